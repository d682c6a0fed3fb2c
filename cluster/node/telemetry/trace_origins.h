// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Where the events of a step come from: which message made the core change something, which client request wrote a
// revision. Both are known to the loop while it steps or applies, and forgotten with the step. Used from one thread.
#pragma once

#include "cluster/telemetry/ids.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace raftarium::node {

// Of the core's trace, by the place of an event in it.
class TraceCauses {
public:
    // The events [from, to) were added while this message was stepped.
    void stepped(std::size_t from, std::size_t to, const telemetry::MessageKey& message) {
        if (from < to) m_spans.push_back({from, to, message});
    }
    telemetry::Cause of(std::size_t place) const;
    void clear() { m_spans.clear(); }

private:
    struct Span {
        std::size_t from = 0, to = 0;
        telemetry::MessageKey message;
    };
    std::vector<Span> m_spans;  // ascending
};

// Of the revisions that the last batch of entries made.
class RevisionRequests {
public:
    void wrote(std::int64_t revision, std::uint64_t requestId) {
        if (requestId != 0 && (m_writes.empty() || m_writes.back().revision != revision))
            m_writes.push_back({revision, requestId});
    }
    std::uint64_t requestOf(std::int64_t revision) const;  // 0 = not known
    void clear() { m_writes.clear(); }

private:
    struct Write {
        std::int64_t revision = 0;
        std::uint64_t requestId = 0;
    };
    std::vector<Write> m_writes;  // ascending
};

}  // namespace raftarium::node
