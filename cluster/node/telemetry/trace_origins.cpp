// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/telemetry/trace_origins.h"

#include <algorithm>

namespace raftarium::node {

telemetry::Cause TraceCauses::of(std::size_t place) const {
    const auto span =
        std::partition_point(m_spans.begin(), m_spans.end(), [place](const Span& each) { return each.to <= place; });
    if (span == m_spans.end() || place < span->from) return {};
    return telemetry::Cause::ofMessage(span->message);
}

std::uint64_t RevisionRequests::requestOf(std::int64_t revision) const {
    const auto write = std::partition_point(m_writes.begin(), m_writes.end(),
                                            [revision](const Write& each) { return each.revision < revision; });
    return write == m_writes.end() || write->revision != revision ? 0 : write->requestId;
}

}  // namespace raftarium::node
