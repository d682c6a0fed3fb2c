// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What the timeline draws: term tape, role lanes, ticks; kept up to date event by event, so drawing never scans
// history.
#pragma once

#include "cluster/observe/event.h"

#include <map>
#include <string>
#include <vector>

namespace raftarium::observe {

struct TermSpan {
    TimeNs fromNs = 0, toNs = 0;  // toNs 0 = still
    std::uint64_t term = 0;
    NodeId leader = 0;
};
struct RoleSpan {
    TimeNs fromNs = 0, toNs = 0;
    Role role = Role::follower;
    std::uint64_t term = 0;
    ProcessState process = ProcessState::running;
    bool known = true;
};
enum class TickKind : std::uint8_t { fsync, commit, crash, start, fault, lost, election };
struct Tick {
    TimeNs atNs = 0;
    TickKind kind = TickKind::fsync;
};

// What somebody did to the cluster.
struct ActionMark {
    TimeNs atNs = 0;
    std::string line;  // the command line that does the same
    bool failed = false;
};

class TimelineView {
public:
    void add(const Event& event);
    const std::vector<TermSpan>& terms() const { return m_terms; }
    const std::map<NodeId, std::vector<RoleSpan>>& lanes() const { return m_lanes; }
    const std::map<NodeId, std::vector<Tick>>& ticks() const { return m_ticks; }
    // Spans during which at least one link was cut.
    const std::vector<TermSpan>& faults() const { return m_faults; }
    const std::vector<ActionMark>& actions() const { return m_actions; }  // in the order of time

private:
    void action(TimeNs at, const ActionTaken& taken);
    void tick(const Event& event, TickKind kind);
    void term(TimeNs at, std::uint64_t term, NodeId leader);
    void leaderGone(TimeNs at, NodeId node);
    void cuts(TimeNs at, NodeId node, const std::vector<LinkFaults>& links);

    std::vector<TermSpan> m_terms;
    std::map<NodeId, std::vector<RoleSpan>> m_lanes;
    std::map<NodeId, std::vector<Tick>> m_ticks;
    std::vector<TermSpan> m_faults;
    std::vector<ActionMark> m_actions;
    std::map<NodeId, std::size_t> m_cut;  // links cut, by the node that says so; only those with some
};

}  // namespace raftarium::observe
