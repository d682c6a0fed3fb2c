// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/raft/conf/conf_changer.h"

#include <algorithm>
#include <iterator>

namespace raftarium::raft {

namespace {

ChangeResult checked(NextConfiguration next) {
    std::string fault = configurationFault(next.configuration, next.peers);
    if (!fault.empty()) return fault;
    return next;
}

std::size_t differingVoters(const VoterSet& a, const VoterSet& b) {
    VoterSet difference;
    std::set_symmetric_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(difference));
    return difference.size();
}

}  // namespace

bool isLeaveJoint(const ConfChangeV2& change) {
    return change.changes.empty() && change.transition == ConfChangeTransition::automatic;
}

ChangeResult ConfChanger::apply(const ConfChangeV2& change) const {
    if (isLeaveJoint(change)) return leaveJoint();
    if (change.transition != ConfChangeTransition::automatic || change.changes.size() > 1) {
        return enterJoint(change.transition != ConfChangeTransition::jointExplicit, change.changes);
    }
    return simple(change.changes);
}

ChangeResult ConfChanger::simple(const std::vector<ConfChangeSingle>& changes) const {
    NextConfiguration next = copy();
    if (next.configuration.voters.isJoint()) return std::string("can't apply simple config change in joint config");
    if (std::string fault = applyAll(next, changes); !fault.empty()) return fault;
    if (differingVoters(m_tracker.configuration.voters.incoming, next.configuration.voters.incoming) > 1) {
        return std::string("more than one voter changed without entering joint config");
    }
    return checked(std::move(next));
}

ChangeResult ConfChanger::enterJoint(bool autoLeave, const std::vector<ConfChangeSingle>& changes) const {
    NextConfiguration next = copy();
    JointVoters& voters = next.configuration.voters;
    if (voters.isJoint()) return std::string("config is already joint");
    if (voters.incoming.empty()) return std::string("can't make a zero-voter config joint");
    voters.outgoing = voters.incoming;
    if (std::string fault = applyAll(next, changes); !fault.empty()) return fault;
    next.configuration.autoLeave = autoLeave;
    return checked(std::move(next));
}

ChangeResult ConfChanger::leaveJoint() const {
    NextConfiguration next = copy();
    Configuration& configuration = next.configuration;
    if (!configuration.voters.isJoint()) return std::string("can't leave a non-joint config");
    for (const NodeId id : configuration.learnersNext) {
        insertId(configuration.learners, id);
        if (Progress* progress = next.peers.find(id)) progress->learner = true;
    }
    configuration.learnersNext.clear();
    for (const NodeId id : configuration.voters.outgoing) {
        if (!containsId(configuration.voters.incoming, id) && !containsId(configuration.learners, id)) {
            next.peers.erase(id);
        }
    }
    configuration.voters.outgoing.clear();
    configuration.autoLeave = false;
    return checked(std::move(next));
}

ChangeResult ConfChanger::restore(const ConfState& state) const {
    NextConfiguration next;
    for (const NodeId id : state.voters) insertId(next.configuration.voters.incoming, id);
    for (const NodeId id : state.votersOutgoing) insertId(next.configuration.voters.outgoing, id);
    for (const NodeId id : state.learners) insertId(next.configuration.learners, id);
    for (const NodeId id : state.learnersNext) insertId(next.configuration.learnersNext, id);
    next.configuration.autoLeave = state.autoLeave;
    for (const NodeId id : next.configuration.voters.all()) initProgress(next, id, false);
    for (const NodeId id : state.learners) {
        if (!next.peers.find(id)) initProgress(next, id, true);
    }
    return checked(std::move(next));
}

std::string ConfChanger::applyAll(NextConfiguration& next, const std::vector<ConfChangeSingle>& changes) const {
    for (const ConfChangeSingle& change : changes) {
        if (change.nodeId == kNone) continue;  // the application refused this change
        switch (change.type) {
            case ConfChangeType::addNode:
                makeVoter(next, change.nodeId);
                break;
            case ConfChangeType::addLearnerNode:
                makeLearner(next, change.nodeId);
                break;
            case ConfChangeType::removeNode:
                remove(next, change.nodeId);
                break;
            case ConfChangeType::updateNode:
                break;
        }
    }
    return next.configuration.voters.incoming.empty() ? "removed all voters" : "";
}

void ConfChanger::makeVoter(NextConfiguration& next, NodeId id) const {
    insertId(next.configuration.voters.incoming, id);
    Progress* progress = next.peers.find(id);
    if (!progress) {
        initProgress(next, id, false);
        return;
    }
    progress->learner = false;
    eraseId(next.configuration.learners, id);
    eraseId(next.configuration.learnersNext, id);
}

void ConfChanger::makeLearner(NextConfiguration& next, NodeId id) const {
    const Progress* known = next.peers.find(id);
    if (!known) {
        insertId(next.configuration.learners, id);
        initProgress(next, id, true);
        return;
    }
    if (known->learner) return;
    Progress kept = *known;
    remove(next, id);
    // A voter of the outgoing half stays a voter until the joint configuration is left.
    if (containsId(next.configuration.voters.outgoing, id)) {
        insertId(next.configuration.learnersNext, id);
    } else {
        kept.learner = true;
        insertId(next.configuration.learners, id);
    }
    next.peers.insert(id, std::move(kept));
}

void ConfChanger::remove(NextConfiguration& next, NodeId id) const {
    if (!next.peers.find(id)) return;
    eraseId(next.configuration.voters.incoming, id);
    eraseId(next.configuration.learners, id);
    eraseId(next.configuration.learnersNext, id);
    if (!containsId(next.configuration.voters.outgoing, id)) next.peers.erase(id);
}

void ConfChanger::initProgress(NextConfiguration& next, NodeId id, bool learner) const {
    // Counts as active at first, so that the silence of a new member does not make CheckQuorum depose the leader.
    Progress progress(0, std::max<Index>(m_lastIndex, 1), m_tracker.makeInflights(), learner);
    progress.recentActive = true;
    next.peers.insert(id, std::move(progress));
}

std::string configurationFault(const Configuration& configuration, const ProgressMap& peers) {
    const JointVoters& voters = configuration.voters;
    for (const VoterSet& set : {voters.all(), configuration.learners, configuration.learnersNext}) {
        for (const NodeId id : set) {
            if (!peers.find(id)) return "no progress for " + std::to_string(id);
        }
    }
    for (const NodeId id : configuration.learnersNext) {
        if (!containsId(voters.outgoing, id)) return std::to_string(id) + " is in LearnersNext, but not Voters[1]";
        if (peers.find(id)->learner) {
            return std::to_string(id) + " is in LearnersNext, but is already marked as learner";
        }
    }
    for (const NodeId id : configuration.learners) {
        if (containsId(voters.outgoing, id)) return std::to_string(id) + " is in Learners and Voters[1]";
        if (containsId(voters.incoming, id)) return std::to_string(id) + " is in Learners and Voters[0]";
        if (!peers.find(id)->learner) return std::to_string(id) + " is in Learners, but is not marked as learner";
    }
    if (!voters.isJoint()) {
        if (!configuration.learnersNext.empty()) return "cfg.LearnersNext must be nil when not joint";
        if (configuration.autoLeave) return "AutoLeave must be false when not joint";
    }
    return "";
}

}  // namespace raftarium::raft
