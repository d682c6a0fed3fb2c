// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/sim/trace_recorder.h"

#include "cluster/node/telemetry/telemetry_values.h"
#include "proto/raftarium/telemetry.pb.h"
#include "tests/sim/member.h"

namespace raftarium::sim {
namespace {

constexpr std::size_t kEventsPerBatch = 1024;

}  // namespace

base::Result<std::unique_ptr<TraceRecorder>> TraceRecorder::create(const std::string& path, const World& world) {
    const base::Clock& clock = world.events.clock();
    auto writer = observe::TraceWriter::create(path, "seed " + std::to_string(world.options.seed), clock.wallNow(),
                                               clock.monotonicNow());
    if (!writer) return writer.error();
    return std::unique_ptr<TraceRecorder>(new TraceRecorder(std::move(*writer), world));
}

void TraceRecorder::keep(const base::Status& status) {
    if (m_status && !status) m_status = status;
}

void TraceRecorder::process(const Member& member, observe::ProcessState state) {
    observe::ProcessChanged change;
    change.state = state;
    change.name = member.name();
    keep(m_writer->add({m_world.events.now(), member.id(), 0, change}));
}

void TraceRecorder::begin(const Member& member, node::Loop& loop, node::TelemetryHub& hub) {
    process(member, observe::ProcessState::running);
    m_cursors[member.id()] = hub.subscribe(0, {});
    telemetry::v1::EventBatch batch;
    telemetry::encodeFullState(loop.fullState(), node::describer(), batch);
    batch.mutable_node()->set_name(member.name());
    batch.mutable_node()->set_version("simulated");
    keep(m_writer->add(member.id(), batch));
}

void TraceRecorder::stopped(const Member& member) {
    if (m_cursors.erase(member.id()) == 0) return;
    keep(m_writer->add({m_world.events.now(), member.id(), 0, observe::StreamEnded{"the process ended"}}));
    process(member, observe::ProcessState::stopped);
}

void TraceRecorder::collect(const Member& member, node::Loop& loop, node::TelemetryHub& hub) {
    const auto cursor = m_cursors.find(member.id());
    if (cursor == m_cursors.end()) return begin(member, loop, hub);
    std::vector<telemetry::Event> events;
    while (cursor->second->read(events, kEventsPerBatch) == kEventsPerBatch) continue;
    if (events.empty()) return;
    telemetry::v1::EventBatch batch;
    telemetry::encodeEvents(events, node::describer(), batch);
    keep(m_writer->add(member.id(), batch));
}

void TraceRecorder::mark(const std::string& text) { keep(m_writer->addMark(m_world.events.now(), text)); }

base::Status TraceRecorder::finish() {
    keep(m_writer->flush());
    return m_status;
}

}  // namespace raftarium::sim
