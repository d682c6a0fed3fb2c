// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Writes a run as a trace file, which the app replays: the members' own telemetry, and a mark for each fault.
#pragma once

#include "cluster/node/loop/loop.h"
#include "cluster/node/telemetry/telemetry_hub.h"
#include "cluster/observe/trace/trace_file.h"
#include "tests/sim/world.h"

#include <map>
#include <memory>

namespace raftarium::sim {

class TraceRecorder {
public:
    static base::Result<std::unique_ptr<TraceRecorder>> create(const std::string& path, const World& world);

    // After a step: the member's full state the first time, then what happened.
    void collect(const Member& member, node::Loop& loop, node::TelemetryHub& hub);
    void stopped(const Member& member);
    void mark(const std::string& text);
    base::Status finish();

private:
    TraceRecorder(std::unique_ptr<observe::TraceWriter> writer, const World& world)
        : m_writer(std::move(writer)), m_world(world) {}
    void keep(const base::Status& status);
    void begin(const Member& member, node::Loop& loop, node::TelemetryHub& hub);
    void process(const Member& member, observe::ProcessState state);

    std::unique_ptr<observe::TraceWriter> m_writer;
    const World& m_world;
    std::map<std::uint64_t, std::unique_ptr<node::TelemetryHub::Cursor>> m_cursors;
    base::Status m_status;
};

}  // namespace raftarium::sim
