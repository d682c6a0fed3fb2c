// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/models/summary.h"

#include "gui/models/time_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace raftarium::gui {

namespace {

struct Known {
    observe::TimeNs heartbeatNs, electionNs;
};
constexpr Known kPresets[] = {{1'000'000'000, 3'000'000'000}, {50'000'000, 150'000'000}, {100'000'000, 1'000'000'000}};

}  // namespace

PaceSummary summarizePace(const observe::ClusterState& state) {
    PaceSummary summary;
    const observe::NodeState* first = nullptr;
    for (const auto& [id, node] : state.nodes) {
        if (node.pace.tickNs <= 0) continue;
        if (!first || node.known) first = &node;
        if (node.known) break;
    }
    if (!first) return summary;
    const observe::TimeNs heartbeat = first->pace.tickNs * first->pace.heartbeatTicks;
    const observe::TimeNs election = first->pace.tickNs * first->pace.electionTicks;
    for (int i = 0; i < 3; ++i)
        if (heartbeat == kPresets[i].heartbeatNs && election == kPresets[i].electionNs) summary.preset = i;
    summary.preVote = first->pace.preVote;
    summary.checkQuorum = first->pace.checkQuorum;
    summary.text = QCoreApplication::translate("Pace", "heartbeat %1, election %2")
                       .arg(durationText(heartbeat), durationRangeText(election, 2 * election));
    return summary;
}

FaultSummary summarizeFaults(const observe::ClusterState& state) {
    FaultSummary summary;
    for (const auto& [id, node] : state.nodes)
        for (const auto& [peer, faults] : node.faults) {
            summary.delayMs = std::max(summary.delayMs, static_cast<int>(faults.delayNs / 1'000'000));
            summary.lossPercent = std::max(summary.lossPercent, static_cast<int>(std::lround(faults.dropShare * 100)));
            if (faults.cut) ++summary.cuts;
        }
    return summary;
}

QString roleTitle(observe::Role role) {
    switch (role) {
        case observe::Role::follower:
            return QCoreApplication::translate("Role", "Follower");
        case observe::Role::candidate:
            return QCoreApplication::translate("Role", "Candidate");
        case observe::Role::leader:
            return QCoreApplication::translate("Role", "Leader");
        case observe::Role::preCandidate:
            return QCoreApplication::translate("Role", "Pre-candidate");
        case observe::Role::learner:
            return QCoreApplication::translate("Role", "Learner");
    }
    return {};
}

QString roleWord(observe::Role role) {
    switch (role) {
        case observe::Role::follower:
            return QStringLiteral("follower");
        case observe::Role::candidate:
            return QStringLiteral("candidate");
        case observe::Role::leader:
            return QStringLiteral("leader");
        case observe::Role::preCandidate:
            return QStringLiteral("pre-candidate");
        case observe::Role::learner:
            return QStringLiteral("learner");
    }
    return QStringLiteral("unknown");
}

QString processWord(observe::ProcessState state) {
    switch (state) {
        case observe::ProcessState::stopped:
            return QStringLiteral("stopped");
        case observe::ProcessState::starting:
            return QStringLiteral("starting");
        case observe::ProcessState::running:
            return QStringLiteral("running");
        case observe::ProcessState::paused:
            return QStringLiteral("paused");
    }
    return QStringLiteral("unknown");
}

}  // namespace raftarium::gui
