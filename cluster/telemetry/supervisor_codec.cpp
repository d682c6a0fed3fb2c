// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/telemetry/codec.h"
#include "cluster/telemetry/codec_enums.h"

#include <utility>
#include <variant>

namespace raftarium::telemetry {

bool encodeSupervisorEvent(const Event& event, trace::v1::TraceRecord& out) {
    if (const auto* process = std::get_if<ProcessChanged>(&event.kind)) {
        trace::v1::ProcessChanged& record = *out.mutable_process();
        record.set_at_ns(event.atNs);
        record.set_node_id(event.node);
        record.set_name(process->name);
        record.set_state(toProto(process->state));
        record.set_exit_code(process->exitCode);
        record.set_signal(process->signal);
        record.set_text(process->text);
        return true;
    }
    if (const auto* ended = std::get_if<StreamEnded>(&event.kind)) {
        out.mutable_stream_ended()->set_at_ns(event.atNs);
        out.mutable_stream_ended()->set_node_id(event.node);
        out.mutable_stream_ended()->set_reason(ended->reason);
        return true;
    }
    if (const auto* action = std::get_if<ActionTaken>(&event.kind)) {
        trace::v1::ActionTaken& record = *out.mutable_action();
        record.set_at_ns(event.atNs);
        record.set_node_id(event.node);
        record.set_line(action->line);
        record.set_json(action->json);
        record.set_by(action->by);
        record.set_outcome(toProto(action->outcome));
        record.set_error(action->error);
        return true;
    }
    return false;
}

bool decodeSupervisorEvent(const trace::v1::TraceRecord& in, Event& out) {
    switch (in.record_case()) {
        case trace::v1::TraceRecord::kProcess: {
            const trace::v1::ProcessChanged& record = in.process();
            out = {record.at_ns(), record.node_id(), 0,
                   ProcessChanged{fromProto(record.state(), ProcessState::stopped), record.name(), record.exit_code(),
                                  record.signal(), record.text()}};
            return true;
        }
        case trace::v1::TraceRecord::kStreamEnded: {
            const trace::v1::StreamEnded& record = in.stream_ended();
            out = {record.at_ns(), record.node_id(), 0, StreamEnded{record.reason()}};
            return true;
        }
        case trace::v1::TraceRecord::kAction: {
            const trace::v1::ActionTaken& record = in.action();
            out = {record.at_ns(), record.node_id(), 0,
                   ActionTaken{record.line(), record.json(), record.by(),
                               fromProto(record.outcome(), ActionOutcome::done), record.error()}};
            return true;
        }
        default:
            return false;
    }
}

}  // namespace raftarium::telemetry
