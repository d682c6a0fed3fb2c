// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/observe/causes.h"

#include "cluster/observe/feed/feed_parts.h"

#include <algorithm>
#include <utility>

namespace raftarium::observe {

namespace {

constexpr TimeNs kLookBack = 60'000'000'000;
constexpr std::size_t kEventsMax = 500'000;  // going over them takes a fraction of a second

struct Span {
    std::size_t campaign = 0, win = 0;  // positions: of the candidacy, of the new role
    std::size_t first = 0;              // the first event of the chain
};

bool isRole(const Event& event, NodeId node, Role role) {
    const auto* change = std::get_if<RoleChanged>(&event.kind);
    return change && event.node == node && change->role == role;
}

std::optional<std::size_t> findWin(const History& history, NodeId leader, std::uint64_t term) {
    for (std::size_t at = history.size(); at > 0; --at) {
        const Event& event = history.at(at - 1);
        if (isRole(event, leader, Role::leader) && std::get<RoleChanged>(event.kind).term == term) return at - 1;
    }
    return std::nullopt;
}

// True for the end of the leadership of `old`, and for faults on links of `old` or of the winner.
bool endsLeadership(const Event& event, NodeId old, NodeId winner) {
    if (std::holds_alternative<FaultsChanged>(event.kind)) return event.node == old || event.node == winner;
    if (event.node != old) return false;
    const auto* process = std::get_if<ProcessChanged>(&event.kind);
    if (process) return process->state == ProcessState::stopped || process->state == ProcessState::paused;
    const auto* role = std::get_if<RoleChanged>(&event.kind);
    return role && role->role != Role::leader;
}

// Back to the candidacy (with the question before it, where PreVote asks one), and before that to the first thing that
// happened to the leader before.
Span findSpan(const History& history, NodeId leader, std::size_t win) {
    Span span{win, win, win};
    const TimeNs oldest = history.at(win).atNs - kLookBack;
    bool campaignFound = false, campaignClosed = false;
    NodeId old = 0;
    std::size_t at = win;
    for (; at > 0 && old == 0 && win - at < kEventsMax; --at) {
        const Event& event = history.at(at - 1);
        if (event.atNs < oldest) break;
        const auto* role = std::get_if<RoleChanged>(&event.kind);
        if (!role) continue;
        if (role->role == Role::leader) old = event.node;
        if (event.node != leader || campaignClosed) continue;
        const bool asks = role->role == Role::preCandidate && campaignFound;
        if ((role->role == Role::candidate && !campaignFound) || asks) span.campaign = at - 1;
        campaignFound = campaignFound || role->role == Role::candidate;
        campaignClosed = role->role != Role::candidate;
    }
    span.first = span.campaign;
    for (; old != 0 && at < span.campaign; ++at) {
        if (!endsLeadership(history.at(at), old, leader)) continue;
        span.first = at;
        break;
    }
    return span;
}

bool logNotOlder(const VoteCast& vote) {
    return std::pair(vote.candidateLastTerm, vote.candidateLastIndex) >= std::pair(vote.ownLastTerm, vote.ownLastIndex);
}

class Explanation {
public:
    Explanation(History& history, NodeId leader, std::uint64_t term, const Span& span)
        : m_history(history), m_leader(leader), m_term(term), m_span(span) {}

    std::vector<FeedLine> lines() {
        const TimeNs before = m_history.at(m_span.first).atNs - 1;
        m_state = m_history.seek(before);
        for (std::size_t at = m_history.positionAt(before); at <= m_span.win; ++at) {
            const Event& event = m_history.at(at);
            if (at >= m_span.first) take(at, event);
            reduce(m_state, event);
        }
        return std::move(m_lines);
    }

private:
    void add(const Event& event) {
        if (auto line = describe(event, m_state)) m_lines.push_back(std::move(*line));
    }

    void take(std::size_t at, const Event& event) {
        if (at < m_span.campaign) return beginning(event);
        if (at == m_span.campaign) deadlinePassed(event);
        if (isRole(event, m_leader, Role::candidate)) return asked(event);
        if (isRole(event, m_leader, Role::preCandidate)) return add(event);
        if (const auto* vote = std::get_if<VoteCast>(&event.kind)) {
            const bool real = vote->candidate == m_leader && vote->term == m_term;
            if (!real) return;
            if (!vote->preVote && vote->result == VoteResult::granted) m_logsAgree = m_logsAgree && logNotOlder(*vote);
            return add(event);
        }
        if (at == m_span.win) won(event);
    }

    // The end of the leadership before.
    void beginning(const Event& event) {
        const auto* process = std::get_if<ProcessChanged>(&event.kind);
        const auto* role = std::get_if<RoleChanged>(&event.kind);
        const NodeState* node = m_state.node(event.node);
        const bool wasLeader = node && node->role == Role::leader;
        if (process && wasLeader) return add(event);
        if (role && wasLeader && role->role != Role::leader) return add(event);
        const auto* faults = std::get_if<FaultsChanged>(&event.kind);
        if (faults && (wasLeader || event.node == m_leader)) add(event);
    }

    void deadlinePassed(const Event& event) {
        const NodeState* node = m_state.node(m_leader);
        if (!node || node->deadline.deadlineNs == 0 || node->deadline.deadlineNs > event.atNs + 1'000'000'000) return;
        m_lines.push_back(
            feedLine(event, Say::whySilence,
                     {m_state.nameOf(m_leader),
                      milliseconds(std::max(node->deadline.timeoutNs, event.atNs - node->deadlineSetNs))}));
        const NodeState* next = nullptr;
        for (const auto& [id, other] : m_state.nodes) {
            const bool waits = id != m_leader && other.process == ProcessState::running && other.role != Role::leader &&
                               other.deadline.deadlineNs > event.atNs;
            if (waits && (!next || other.deadline.deadlineNs < next->deadline.deadlineNs)) next = &other;
        }
        if (!next) return;
        m_lines.push_back(feedLine(event, Say::whyFirst,
                                   {m_state.nameOf(m_leader), m_state.nameOf(next->id),
                                    milliseconds(next->deadline.deadlineNs - event.atNs)}));
    }

    void asked(const Event& event) {
        add(event);
        const NodeState* node = m_state.node(m_leader);
        if (!node || std::get<RoleChanged>(event.kind).term != m_term) return;
        const LogEntry* last = node->log.find(node->log.lastIndex);
        m_lines.push_back(feedLine(
            event, Say::whyAsked,
            {m_state.nameOf(m_leader), text(m_term), last ? text(last->term) : "0", text(node->log.lastIndex)}));
    }

    void won(const Event& event) {
        const NodeState* node = m_state.node(m_leader);
        if (node && node->tally && !node->tally->preVote && node->tally->term == m_term) {
            const VoteTally& tally = *node->tally;
            m_lines.push_back(feedLine(event, Say::whyCounted,
                                       {m_state.nameOf(m_leader), text(tally.needed), text(tally.granted.size()),
                                        namesOf(m_state, tally.granted)}));
            if (m_logsAgree && tally.granted.size() >= tally.needed && tally.granted.size() > 1)
                m_lines.push_back(feedLine(event, Say::whyLogs, {m_state.nameOf(m_leader)}));
        }
        add(event);
    }

    History& m_history;
    NodeId m_leader;
    std::uint64_t m_term;
    Span m_span;
    ClusterState m_state;
    bool m_logsAgree = true;
    std::vector<FeedLine> m_lines;
};

}  // namespace

std::vector<FeedLine> whyElected(History& history, NodeId leader, std::uint64_t term) {
    const auto win = findWin(history, leader, term);
    if (!win) return {};
    return Explanation(history, leader, term, findSpan(history, leader, *win)).lines();
}

std::vector<FeedLine> whyLeader(History& history, TimeNs at) {
    const ClusterState& state = history.seek(at);
    if (state.leader == 0) return {};
    const NodeId leader = state.leader;
    const std::uint64_t term = state.term;
    return whyElected(history, leader, term);
}

}  // namespace raftarium::observe
