// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/members/reconfiguration.h"

#include "cluster/base/coding.h"
#include "cluster/mvcc/txn/api_error.h"

#include <algorithm>
#include <utility>

namespace raftarium::node {

Surroundings Reconfiguration::surroundings() const {
    return {m_view.membership, m_view.self, m_host.now(),
            [this](std::uint64_t id) { return m_view.transport.connectedSince(id); }};
}

std::vector<Member> Reconfiguration::members() const {
    std::vector<Member> out;
    for (const auto& [id, member] : m_view.membership.members) out.push_back(member);
    return out;
}

Reconfiguration::Done Reconfiguration::answerWithMembers(MembersDone done) const {
    return [this, done = std::move(done)](const base::Status& status) {
        if (status)
            done(members());
        else
            done(status.error());
    };
}

void Reconfiguration::propose(raft::ConfChange change, const ConfChangeContext& context, Done done) {
    change.id = m_host.nextRequestId();
    if (change.type != raft::ConfChangeType::removeNode)
        change.context = base::Bytes(confChangeContextToJson(context, false));
    m_changes.push_back({change.id, m_host.now() + m_host.requestTimeoutNs(), std::move(done)});
    if (m_raft.proposeConfChange(change) == raft::StepError::none) return;
    const Done failed = std::move(m_changes.back().done);
    m_changes.pop_back();
    failed(mvcc::makeError(m_host.leader() == 0 ? mvcc::ApiError::noLeader : mvcc::ApiError::proposalDropped));
}

void Reconfiguration::add(Member member, MemberAddedDone done) {
    if (m_view.config.strictReconfigCheck) {
        if (auto safe = checkStrictAdd(surroundings(), member.learner); !safe) return done(safe.error());
    }
    if (member.id == 0) member.id = memberId(member.peerUrls, std::to_string(m_view.clock.wallNow() / base::kSecond));
    raft::ConfChange change;
    change.type = member.learner ? raft::ConfChangeType::addLearnerNode : raft::ConfChangeType::addNode;
    change.nodeId = member.id;
    if (auto valid = checkChange(m_view.membership, change, {member, false}); !valid) return done(valid.error());
    propose(change, {member, false}, [this, member, done = std::move(done)](const base::Status& status) {
        if (status)
            done(std::pair{member, members()});
        else
            done(status.error());
    });
}

void Reconfiguration::remove(std::uint64_t id, MembersDone done) {
    raft::ConfChange change;
    change.type = raft::ConfChangeType::removeNode;
    change.nodeId = id;
    if (auto valid = checkChange(m_view.membership, change, {}); !valid) return done(valid.error());
    if (m_view.config.strictReconfigCheck) {
        if (auto safe = checkStrictRemove(surroundings(), id); !safe) return done(safe.error());
    }
    if (id == m_host.leader())
        removeLeader(std::move(change), answerWithMembers(std::move(done)));
    else
        propose(std::move(change), {}, answerWithMembers(std::move(done)));
}

// The leader hands over first. Otherwise, as in etcd, nobody leads from its removal until an election timeout after its
// end, and what members forward to it meanwhile is lost.
void Reconfiguration::removeLeader(raft::ConfChange change, Done done) {
    const auto& voters = m_view.conf.voters;
    const bool votes = std::find(voters.begin(), voters.end(), m_view.self) != voters.end();
    const std::uint64_t target = m_host.isLeader() || !votes ? m_view.transfer.successor() : m_view.self;
    if (target == 0 || target == change.nodeId) return propose(std::move(change), {}, std::move(done));
    m_view.log.info("handing leadership over to {} before {} is removed", base::hexId(target),
                    base::hexId(change.nodeId));
    m_host.transferLeader(target);
    m_removals.push_back({std::move(change), m_host.now() + m_host.electionTimeoutNs(), std::move(done)});
}

void Reconfiguration::update(std::uint64_t id, std::vector<std::string> peerUrls, MembersDone done) {
    raft::ConfChange change;
    change.type = raft::ConfChangeType::updateNode;
    change.nodeId = id;
    ConfChangeContext context;
    context.member.id = id;
    context.member.peerUrls = std::move(peerUrls);
    if (auto valid = checkChange(m_view.membership, change, context); !valid) return done(valid.error());
    context.member.learner = m_view.membership.members.at(id).learner;
    propose(std::move(change), context, answerWithMembers(std::move(done)));
}

void Reconfiguration::promote(std::uint64_t id, MembersDone done) {
    if (!m_host.isLeader()) return done(base::Error{base::Errc::unavailable, base::hexId(m_host.leader())});
    raft::ConfChange change;
    change.type = raft::ConfChangeType::addNode;
    change.nodeId = id;
    ConfChangeContext context;
    context.promote = true;
    if (auto valid = checkChange(m_view.membership, change, context); !valid) return done(valid.error());
    context.member = m_view.membership.members.at(id);
    context.member.learner = false;
    std::uint64_t ownMatch = 0;
    std::uint64_t learnerMatch = 0;
    for (const raft::ProgressView& progress : m_raft.progress()) {
        if (progress.id == m_view.self) ownMatch = progress.match;
        if (progress.id == id) learnerMatch = progress.match;
    }
    if (auto ready = checkCaughtUp(ownMatch, learnerMatch); !ready) return done(ready.error());
    if (m_view.config.strictReconfigCheck) {
        if (auto safe = checkStrictPromote(m_view.membership); !safe) return done(safe.error());
    }
    propose(std::move(change), context, answerWithMembers(std::move(done)));
}

Reconfiguration::Done Reconfiguration::takeWaiting(std::uint64_t changeId) {
    if (changeId == 0) return nullptr;
    const auto it =
        std::find_if(m_changes.begin(), m_changes.end(), [&](const Change& each) { return each.id == changeId; });
    if (it == m_changes.end()) return nullptr;
    Done done = std::move(it->done);
    m_changes.erase(it);
    return done;
}

void Reconfiguration::step(base::Nanoseconds now) {
    for (auto it = m_changes.begin(); it != m_changes.end();) {
        if (it->deadlineNs > now) {
            ++it;
            continue;
        }
        const Done done = std::move(it->done);
        it = m_changes.erase(it);
        done(mvcc::makeError(mvcc::ApiError::timeout));
    }
    for (auto it = m_removals.begin(); it != m_removals.end();) {
        // A new leader refuses changes until it has applied what its log held when it was elected; then it has applied
        // an entry of its own term.
        const bool handedOver =
            m_host.leader() != 0 && m_host.leader() != it->change.nodeId && m_host.applied().term == m_host.term();
        if (!handedOver && now < it->handOverByNs) {
            ++it;
            continue;
        }
        Removal removal = std::move(*it);
        it = m_removals.erase(it);
        propose(std::move(removal.change), {}, std::move(removal.done));
    }
}

base::Nanoseconds Reconfiguration::nextDueNs() const {
    base::Nanoseconds next = kNever;
    for (const Removal& each : m_removals) next = std::min(next, each.handOverByNs);
    for (const Change& each : m_changes) next = std::min(next, each.deadlineNs);
    return next;
}

void Reconfiguration::failAll(const base::Error& error) {
    for (Change& each : std::exchange(m_changes, {})) each.done(error);
    for (Removal& each : std::exchange(m_removals, {})) each.done(error);
}

}  // namespace raftarium::node
