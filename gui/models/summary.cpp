// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/models/summary.h"

#include "cluster/control/spec/pace.h"
#include "gui/models/time_text.h"

#include <algorithm>
#include <cmath>

namespace raftarium::gui {

namespace {
constexpr observe::TimeNs kMs = 1'000'000;
}

void Summary::clear() {
    m_shown = {};
    emit changed();
}

void Summary::refresh(const observe::ClusterState& view, const QString& leaderName, std::int64_t newestRevision,
                      bool past) {
    Shown now;
    now.term = view.term;
    now.commit = view.commitIndex;
    now.revision = view.revision;
    now.newestRevision = newestRevision;
    now.past = past;
    now.leader = leaderName;
    addPace(now, view);
    addFaults(now, view);
    if (now == m_shown) return;
    m_shown = std::move(now);
    emit changed();
}

// All nodes have the same pace; that of one that reports is the newest.
void Summary::addPace(Shown& shown, const observe::ClusterState& view) {
    const observe::NodeState* first = nullptr;
    for (const auto& [id, node] : view.nodes) {
        if (node.pace.tickNs <= 0) continue;
        if (!first || node.known) first = &node;
        if (node.known) break;
    }
    if (!first) return;
    const observe::TimeNs heartbeat = first->pace.tickNs * first->pace.heartbeatTicks;
    const observe::TimeNs election = first->pace.tickNs * first->pace.electionTicks;
    for (const control::PacePreset preset : control::kPacePresets) {
        const control::PaceSpec pace = control::paceOf(preset);
        if (heartbeat == pace.heartbeatMs * kMs && election == pace.electionMs * kMs)
            shown.preset = static_cast<int>(preset);
    }
    shown.preVote = first->pace.preVote;
    shown.checkQuorum = first->pace.checkQuorum;
    shown.paceText =
        tr("heartbeat %1, election %2").arg(durationText(heartbeat), durationRangeText(election, 2 * election));
}

void Summary::addFaults(Shown& shown, const observe::ClusterState& view) {
    for (const auto& [id, node] : view.nodes)
        for (const auto& [peer, faults] : node.faults) {
            shown.delayMs = std::max(shown.delayMs, static_cast<int>(faults.delayNs / kMs));
            shown.lossPercent = std::max(shown.lossPercent, static_cast<int>(std::lround(faults.dropShare * 100)));
            if (faults.cut) ++shown.cuts;
        }
}

}  // namespace raftarium::gui
