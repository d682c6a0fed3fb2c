// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Recording to and replaying from a file (format: proto/raftarium/trace.proto). A file whose writer crashed is read up
// to its last whole record; damage before that is an error with the offset.
#pragma once

#include "cluster/base/result.h"
#include "cluster/observe/event.h"

#include <memory>
#include <string>
#include <vector>

namespace raftarium::telemetry::v1 {
class EventBatch;
}

namespace raftarium::observe {

// Keeps up to 256 KiB in memory; what is written reaches the operating system at flush() and when that is full. After
// an error nothing more is written and every call returns that error. A recording of a node begins to make sense with
// the batch that carries its full state, so record streams from their start.
class TraceWriter {
public:
    // Replaces a file that is there. `startedWallNs` and `startedNs`: the same instant on the wall clock and on the
    // clock of the events; 0 where unknown.
    static base::Result<std::unique_ptr<TraceWriter>> create(const std::string& path, const std::string& cluster,
                                                             std::int64_t startedWallNs = 0, TimeNs startedNs = 0);
    virtual ~TraceWriter() = default;
    virtual base::Status add(NodeId node, const telemetry::v1::EventBatch& batch) = 0;
    // What the supervisor reports: ProcessChanged, StreamEnded, ActionTaken. Errc::invalidArgument for another kind.
    virtual base::Status add(const Event& event) = 0;
    virtual base::Status addMark(TimeNs at, const std::string& text) = 0;
    virtual base::Status flush() = 0;
};

struct TraceContent {
    std::string cluster;
    std::int64_t startedWallNs = 0;
    TimeNs startedNs = 0;
    std::vector<Event> events;  // in the order of time, ready for History::append
    std::vector<std::pair<TimeNs, std::string>> marks;
    bool cut = false;  // the last record was incomplete
};
// Errc::ioError, or Errc::corruption with the offset.
base::Result<TraceContent> readTrace(const std::string& path);

}  // namespace raftarium::observe
