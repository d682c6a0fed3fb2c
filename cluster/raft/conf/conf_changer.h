// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Configuration arithmetic: from a configuration and changes to the next configuration, or the reason why that is not
// allowed (paper 6, thesis 4). Nothing here sends messages or changes state.
#pragma once

#include "cluster/raft/tracker/tracker.h"

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace raftarium::raft {

struct NextConfiguration {
    Configuration configuration;
    ProgressMap peers;
};
// The text of a refusal is upstream's.
using ChangeResult = std::variant<NextConfiguration, std::string>;

class ConfChanger {
public:
    // New peers are probed from `lastIndex`. The tracker must outlive the changer; it is not changed.
    ConfChanger(const Tracker& tracker, Index lastIndex) : m_tracker(tracker), m_lastIndex(lastIndex) {}

    // A change of at most one voter.
    ChangeResult simple(const std::vector<ConfChangeSingle>& changes) const;
    ChangeResult enterJoint(bool autoLeave, const std::vector<ConfChangeSingle>& changes) const;
    ChangeResult leaveJoint() const;
    // Leave, joint or simple, as the change itself asks for.
    ChangeResult apply(const ConfChangeV2& change) const;
    // The configuration of a snapshot or of the stored state.
    ChangeResult restore(const ConfState& state) const;

private:
    std::string applyAll(NextConfiguration& next, const std::vector<ConfChangeSingle>& changes) const;
    void makeVoter(NextConfiguration& next, NodeId id) const;
    void makeLearner(NextConfiguration& next, NodeId id) const;
    void remove(NextConfiguration& next, NodeId id) const;
    void initProgress(NextConfiguration& next, NodeId id, bool learner) const;
    NextConfiguration copy() const { return {m_tracker.configuration, m_tracker.peers}; }

    const Tracker& m_tracker;
    Index m_lastIndex;
};

// The first inconsistency in the configuration or between it and the peers; empty if there is none.
std::string configurationFault(const Configuration& configuration, const ProgressMap& peers);

// A change without changes and transition: it leaves a joint configuration.
bool isLeaveJoint(const ConfChangeV2& change);

}  // namespace raftarium::raft
