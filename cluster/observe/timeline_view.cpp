// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/observe/timeline_view.h"

#include <algorithm>

namespace raftarium::observe {

namespace {

RoleSpan& lane(std::vector<RoleSpan>& spans, TimeNs at) {
    if (spans.empty()) {
        spans.push_back({at, 0, Role::follower, 0, ProcessState::running, true});
    }
    return spans.back();
}

// Ends the last span and goes on with `changed`, unless nothing changed.
void go(std::vector<RoleSpan>& spans, TimeNs at, RoleSpan changed) {
    RoleSpan& last = spans.back();
    if (last.role == changed.role && last.term == changed.term && last.process == changed.process &&
        last.known == changed.known)
        return;
    changed.fromNs = std::max(at, last.fromNs);
    changed.toNs = 0;
    if (changed.fromNs == last.fromNs) {
        last = changed;
        return;
    }
    last.toNs = changed.fromNs;
    spans.push_back(changed);
}

}  // namespace

void TimelineView::tick(const Event& event, TickKind kind) {
    auto& ticks = m_ticks[event.node];
    Tick tick{event.atNs, kind};
    const auto at = std::upper_bound(ticks.begin(), ticks.end(), tick.atNs,
                                     [](TimeNs time, const Tick& other) { return time < other.atNs; });
    ticks.insert(at, tick);
}

void TimelineView::term(TimeNs at, std::uint64_t term, NodeId leader) {
    if (term == 0) return;
    if (!m_terms.empty()) {
        TermSpan& last = m_terms.back();
        if (term < last.term || (term == last.term && (leader == 0 || leader == last.leader))) return;
        at = std::max(at, last.fromNs);
        if (at == last.fromNs) {
            last.term = term;
            last.leader = leader;
            return;
        }
        last.toNs = at;
    }
    m_terms.push_back({at, 0, term, leader});
}

void TimelineView::leaderGone(TimeNs at, NodeId node) {
    if (m_terms.empty() || m_terms.back().leader != node) return;
    TermSpan& last = m_terms.back();
    last.toNs = std::max(at, last.fromNs);
    m_terms.push_back({last.toNs, 0, last.term, 0});
}

void TimelineView::cuts(TimeNs at, NodeId node, const std::vector<LinkFaults>& links) {
    const auto cut = std::count_if(links.begin(), links.end(), [](const LinkFaults& link) { return link.cut; });
    const bool before = !m_cut.empty();
    if (cut > 0)
        m_cut[node] = static_cast<std::size_t>(cut);
    else
        m_cut.erase(node);
    if (before == !m_cut.empty()) return;
    if (before)
        m_faults.back().toNs = std::max(at, m_faults.back().fromNs);
    else
        m_faults.push_back({at, 0, 0, 0});
}

void TimelineView::action(TimeNs at, const ActionTaken& taken) {
    const auto place = std::upper_bound(m_actions.begin(), m_actions.end(), at,
                                        [](TimeNs time, const ActionMark& other) { return time < other.atNs; });
    m_actions.insert(place, {at, taken.line, taken.outcome == telemetry::ActionOutcome::failed});
}

void TimelineView::add(const Event& event) {
    const TimeNs at = event.atNs;
    if (const auto* taken = std::get_if<ActionTaken>(&event.kind)) {
        action(at, *taken);
        return;
    }
    auto& spans = m_lanes[event.node];
    const bool first = spans.empty();
    RoleSpan now = lane(spans, at);
    if (const auto* full = std::get_if<Boxed<FullState>>(&event.kind)) {
        now.role = (*full)->role;
        now.term = (*full)->term;
        now.known = true;
        if (now.process != ProcessState::paused) now.process = ProcessState::running;
        term(at, now.term, (*full)->role == Role::leader ? event.node : (*full)->leader);
        cuts(at, event.node, (*full)->faults);
    } else if (const auto* role = std::get_if<RoleChanged>(&event.kind)) {
        if (now.role == Role::leader && role->role != Role::leader) leaderGone(at, event.node);
        now.role = role->role;
        now.term = role->term;
        term(at, role->term, role->role == Role::leader ? event.node : role->leader);
        if (role->role == Role::leader) tick(event, TickKind::election);
    } else if (const auto* seen = std::get_if<TermChanged>(&event.kind)) {
        now.term = seen->term;
        term(at, seen->term, 0);
    } else if (const auto* process = std::get_if<ProcessChanged>(&event.kind)) {
        const bool ended = !first && now.process != ProcessState::stopped;
        now.process = process->state;
        if (first) spans.back().process = process->state;
        if (process->state == ProcessState::stopped) {
            leaderGone(at, event.node);
            if (now.role != Role::learner) now.role = Role::follower;
            cuts(at, event.node, {});
            if (ended) tick(event, TickKind::crash);  // not one that was never seen running
        } else if (process->state == ProcessState::running) {
            tick(event, TickKind::start);
        }
    } else if (std::holds_alternative<StreamEnded>(event.kind)) {
        now.known = false;
    } else if (const auto* faults = std::get_if<FaultsChanged>(&event.kind)) {
        cuts(at, event.node, faults->links);
        tick(event, TickKind::fault);
    } else if (std::holds_alternative<WalSynced>(event.kind)) {
        tick(event, TickKind::fsync);
    } else if (std::holds_alternative<CommitAdvanced>(event.kind)) {
        tick(event, TickKind::commit);
    } else if (std::holds_alternative<Lost>(event.kind)) {
        tick(event, TickKind::lost);
    }
    go(spans, at, now);
}

}  // namespace raftarium::observe
