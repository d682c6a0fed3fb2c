// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/api/leader_watch.h"

#include "cluster/rpc/edge/status.h"

namespace raftarium::rpc {
namespace {

constexpr int kLooksWithoutLeader = 3;

}  // namespace

void LeaderWatch::start() {
    const node::Pace pace = m_context.node().status().pace;
    m_timer.start(pace.tickNs * pace.electionTicks, [this] { look(); });
}

void LeaderWatch::look() {
    m_leaderless = m_context.node().status().leader != 0 ? 0 : m_leaderless + 1;
    if (m_leaderless >= kLooksWithoutLeader) {
        m_service.finishStreams(ApiContext::needsLeader, toStatus(mvcc::ApiError::noLeader));
    }
    start();
}

}  // namespace raftarium::rpc
