// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/upkeep/store_upkeep.h"

#include "cluster/wire/requests.h"

namespace raftarium::node {
namespace {

constexpr base::Nanoseconds kPauseNs = base::kMillisecond;
constexpr base::Nanoseconds kIdleNs = 100 * base::kMillisecond;

}  // namespace

void StoreUpkeep::step(base::Nanoseconds now) {
    if (now < m_nextNs) return;
    bool more = false;
    {
        const ReaderGate::Exclusive gate(m_gate);
        more = m_store.backgroundStep(now);
    }
    m_host.storeChanged();
    m_answers.sendCompacted();
    m_nextNs = now + (more ? kPauseNs : kIdleNs);
}

void Compactor::step(base::Nanoseconds now) {
    const auto revision = m_when.poll(now, m_store.revision(), m_host.isLeader());
    if (!revision || *revision <= m_store.compactRevision()) return;
    m_log.info("automatic compaction at revision {}", *revision);
    etcdserverpb::CompactionRequest request;
    request.set_revision(*revision);
    const std::uint64_t id = m_host.nextRequestId();
    m_host.propose(id, wire::wrapRequest(wire::RequestField::compaction, request, id),
                   [this, revision = *revision](const base::Result<Applied>& applied) {
                       if (!applied) m_log.warn("automatic compaction at {}: {}", revision, applied.error().text);
                   });
}

}  // namespace raftarium::node
