// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What the header and the controls say of a whole cluster, worked out from its nodes.
#pragma once

#include "cluster/observe/cluster_state.h"

#include <QString>

namespace raftarium::gui {

struct PaceSummary {
    int preset = -1;  // control::PacePreset; -1 = other, or nodes that disagree
    QString text;     // "heartbeat 1 s, election 3–6 s"
    bool preVote = true, checkQuorum = true;
};
PaceSummary summarizePace(const observe::ClusterState& state);

struct FaultSummary {
    int delayMs = 0;      // the largest on any link
    int lossPercent = 0;  // the largest on any link
    int cuts = 0;         // directed links
};
FaultSummary summarizeFaults(const observe::ClusterState& state);

QString roleTitle(observe::Role role);             // "Leader": for people
QString roleWord(observe::Role role);              // "leader": for machines, not translated
QString processWord(observe::ProcessState state);  // "running"

}  // namespace raftarium::gui
