// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Who is in the cluster: conf changes with etcd's checks (facts: behaviour section 12), attributes, cluster version.

#include "cluster/base/coding.h"
#include "cluster/node/loop/loop.h"

#include <algorithm>

namespace raftarium::node {
namespace {

constexpr base::Nanoseconds kPublishRetryNs = 500 * base::kMillisecond;
constexpr std::string_view kVersionKey = "clusterVersion";

std::string goList(const std::vector<std::string>& items) {
    std::string out = "[";
    for (const std::string& item : items) out += (out.size() > 1 ? " " : "") + item;
    return out + "]";
}

}  // namespace

void Loop::applyConfChange(const raft::Entry& entry) {
    sendHeldCommits(true);  // a member that goes is to hear of it while it can be reached
    const bool fresh = entry.index > m_store.consistentIndex();
    if (entry.type == raft::EntryType::confChangeV2) {
        // etcd proposes none of these; the core itself makes one to leave a joint configuration.
        const auto change = raft::decodeConfChangeV2(entry.data.view());
        if (!change) {
            fail({base::Errc::corruption, "log entry " + std::to_string(entry.index) + ": malformed conf change"});
            return;
        }
        if (const std::string fault = m_raft.confChangeFault(*change); !fault.empty())
            m_log.warn("conf change in entry {} has no effect: {}", entry.index, fault);
        m_confState = m_raft.applyConfChange(*change);
        membershipChanged();
        if (fresh) m_store.setConsistent(entry.index, entry.term);
        return;
    }
    auto change = raft::decodeConfChange(entry.data.view());
    if (!change) {
        fail({base::Errc::corruption, "log entry " + std::to_string(entry.index) + ": malformed conf change"});
        return;
    }
    ConfChangeContext context;
    base::Status status;
    if (!change->context.empty()) {
        auto parsed = confChangeContextFromJson(change->context.view());
        if (parsed)
            context = std::move(*parsed);
        else
            status = parsed.error();
    }
    if (status) status = checkChange(m_membership, *change, context);
    if (status) {
        if (const std::string fault = m_raft.confChangeFault(raft::asV2(*change)); !fault.empty())
            status = base::Error{base::Errc::invalidArgument, fault};
    }
    const std::uint64_t id = change->id;
    if (status) {
        m_confState = m_raft.applyConfChange(raft::asV2(*change));
        changeMembership(*change, context, fresh);
    } else {
        m_log.warn("conf change in entry {} has no effect: {}", entry.index, status.error().text);
        change->nodeId = raft::kNone;
        m_confState = m_raft.applyConfChange(raft::asV2(*change));
    }
    if (fresh) m_store.setConsistent(entry.index, entry.term);
    for (auto it = m_changes.begin(); id != 0 && it != m_changes.end(); ++it) {
        if (it->id != id) continue;
        m_afterApply.push_back([done = std::move(it->done), status] { done(status); });
        m_changes.erase(it);
        break;
    }
}

void Loop::changeMembership(const raft::ConfChange& change, const ConfChangeContext& context, bool store) {
    const std::uint64_t id = change.nodeId;
    switch (change.type) {
        case raft::ConfChangeType::addNode:
        case raft::ConfChangeType::addLearnerNode: {
            Member& member = m_membership.members[id];
            if (context.promote) {
                member.learner = false;
                m_log.info("promoted member {}", base::hexId(id));
            } else {
                member = context.member;
                member.id = id;
                member.learner = change.type == raft::ConfChangeType::addLearnerNode;
                m_log.info("added member {} {} to cluster {}", base::hexId(id), goList(member.peerUrls),
                           base::hexId(m_start.clusterId));
            }
            if (id != m_start.nodeId) m_transport.setPeer(id, member.peerUrls);
            if (store) storeMember(member);
            break;
        }
        case raft::ConfChangeType::removeNode:
            m_membership.members.erase(id);
            m_membership.removed.insert(id);
            m_log.info("removed member {} from cluster {}", base::hexId(id), base::hexId(m_start.clusterId));
            if (store) {
                m_parts.backend->remove(mvcc::Bucket::members, base::hexId(id));
                m_parts.backend->put(mvcc::Bucket::membersRemoved, base::hexId(id), "removed");
            }
            if (id == m_start.nodeId) {
                m_removed = true;
                m_removedAtNs = m_now;
                emit(LifecycleStep{3, "removed from the cluster"});
                if (const std::uint64_t next = isLeader() ? successor() : 0; next != 0) m_raft.transferLeader(next);
            } else {
                m_transport.removePeer(id);
            }
            break;
        case raft::ConfChangeType::updateNode: {
            Member& member = m_membership.members[id];
            member.peerUrls = context.member.peerUrls;
            m_log.info("updated member {} {}", base::hexId(id), goList(member.peerUrls));
            if (id != m_start.nodeId) m_transport.setPeer(id, member.peerUrls);
            if (store) storeMember(member);
            break;
        }
    }
    membershipChanged();
}

void Loop::storeMember(const Member& member) {
    m_parts.backend->put(mvcc::Bucket::members, base::hexId(member.id), memberToJson(member));
}

void Loop::membershipChanged() {
    auto view = std::make_shared<const Membership>(m_membership);
    m_parts.views->setMembership(view);
    emit(ConfigurationNow{m_confState, m_applied, std::move(view)});
}

void Loop::applyAttributes(std::uint64_t id, MemberAttributes attributes, raft::Index index) {
    const auto it = m_membership.members.find(id);
    if (it == m_membership.members.end()) return;
    it->second.name = std::move(attributes.name);
    it->second.clientUrls = std::move(attributes.clientUrls);
    if (index > m_store.consistentIndex()) storeMember(it->second);
    membershipChanged();
}

void Loop::applyClusterVersion(std::string version, raft::Index index) {
    const bool first = m_membership.clusterVersion.empty();
    if (m_membership.clusterVersion == version) return;
    if (auto status = refuseNewerCluster(version, m_start.snapshotDirectory); !status) {
        fail(status.error());
        return;
    }
    m_membership.clusterVersion = std::move(version);
    if (index > m_store.consistentIndex())
        m_parts.backend->put(mvcc::Bucket::cluster, kVersionKey, m_membership.clusterVersion);
    const std::string& now = m_membership.clusterVersion;
    const std::string minor = now.substr(0, now.rfind('.'));
    m_log.info("{} cluster version to {}", first ? "set the initial" : "updated the", minor);
    m_log.info("enabled capabilities for version {}", minor);
    membershipChanged();
}

std::vector<Member> Loop::memberList() const {
    std::vector<Member> out;
    for (const auto& [id, member] : m_membership.members) out.push_back(member);
    return out;
}

Surroundings Loop::surroundings() const {
    return {m_membership, m_start.nodeId, m_now, [this](std::uint64_t id) { return m_transport.connectedSince(id); }};
}

void Loop::proposeConfChange(raft::ConfChange change, const ConfChangeContext& context,
                             std::function<void(base::Status)> done) {
    change.id = m_parts.nextRequestId();
    if (change.type != raft::ConfChangeType::removeNode)
        change.context = base::Bytes(confChangeContextToJson(context, false));
    m_changes.push_back({change.id, m_now + m_requestTimeoutNs, std::move(done)});
    if (m_raft.proposeConfChange(change) == raft::StepError::none) return;
    auto failed = std::move(m_changes.back().done);
    m_changes.pop_back();
    failed(mvcc::makeError(leader() == 0 ? mvcc::ApiError::noLeader : mvcc::ApiError::proposalDropped));
}

void Loop::addMember(Member member, MemberAddedDone done) {
    if (m_parts.config.strictReconfigCheck) {
        if (auto safe = checkStrictAdd(surroundings(), member.learner); !safe) return done(safe.error());
    }
    if (member.id == 0) member.id = memberId(member.peerUrls, std::to_string(m_parts.clock->wallNow() / base::kSecond));
    raft::ConfChange change;
    change.type = member.learner ? raft::ConfChangeType::addLearnerNode : raft::ConfChangeType::addNode;
    change.nodeId = member.id;
    if (auto valid = checkChange(m_membership, change, {member, false}); !valid) return done(valid.error());
    proposeConfChange(change, {member, false}, [this, member, done = std::move(done)](const base::Status& status) {
        if (status)
            done(std::pair{member, memberList()});
        else
            done(status.error());
    });
}

void Loop::removeMember(std::uint64_t id, MembersDone done) {
    raft::ConfChange change;
    change.type = raft::ConfChangeType::removeNode;
    change.nodeId = id;
    if (auto valid = checkChange(m_membership, change, {}); !valid) return done(valid.error());
    if (m_parts.config.strictReconfigCheck) {
        if (auto safe = checkStrictRemove(surroundings(), id); !safe) return done(safe.error());
    }
    const auto finished = [this, done = std::move(done)](const base::Status& status) {
        if (status)
            done(memberList());
        else
            done(status.error());
    };
    if (id == leader())
        removeLeader(change, finished);
    else
        proposeConfChange(change, {}, finished);
}

// It hands over first: otherwise, as in etcd, nobody leads from its removal until an election timeout after its end,
// and what is forwarded to it meanwhile is lost.
void Loop::removeLeader(raft::ConfChange change, std::function<void(base::Status)> done) {
    const auto& voters = m_confState.voters;
    const bool votes = std::find(voters.begin(), voters.end(), m_start.nodeId) != voters.end();
    const std::uint64_t target = isLeader() || !votes ? successor() : m_start.nodeId;
    if (target == 0 || target == change.nodeId) {
        proposeConfChange(std::move(change), {}, std::move(done));
        return;
    }
    m_log.info("handing leadership over to {} before {} is removed", base::hexId(target), base::hexId(change.nodeId));
    m_raft.transferLeader(target);
    m_removals.push_back({std::move(change), m_now + electionNs(), std::move(done)});
}

void Loop::checkRemovals() {
    for (auto it = m_removals.begin(); it != m_removals.end();) {
        // A new leader refuses changes until it has applied what its log held when it was elected; then it has applied
        // an entry of its own term.
        const bool handedOver =
            leader() != 0 && leader() != it->change.nodeId && m_appliedTerm == m_raft.status().hardState.term;
        if (!handedOver && m_now < it->handOverByNs) {
            ++it;
            continue;
        }
        PendingRemoval removal = std::move(*it);
        it = m_removals.erase(it);
        proposeConfChange(std::move(removal.change), {}, std::move(removal.done));
    }
}

void Loop::updateMember(std::uint64_t id, std::vector<std::string> peerUrls, MembersDone done) {
    raft::ConfChange change;
    change.type = raft::ConfChangeType::updateNode;
    change.nodeId = id;
    ConfChangeContext context;
    context.member.id = id;
    context.member.peerUrls = std::move(peerUrls);
    if (auto valid = checkChange(m_membership, change, context); !valid) return done(valid.error());
    context.member.learner = m_membership.members.at(id).learner;
    proposeConfChange(change, context, [this, done = std::move(done)](const base::Status& status) {
        if (status)
            done(memberList());
        else
            done(status.error());
    });
}

void Loop::promoteMember(std::uint64_t id, MembersDone done) {
    if (!isLeader()) {
        done(base::Error{base::Errc::unavailable, base::hexId(leader())});
        return;
    }
    raft::ConfChange change;
    change.type = raft::ConfChangeType::addNode;
    change.nodeId = id;
    ConfChangeContext context;
    context.promote = true;
    if (auto valid = checkChange(m_membership, change, context); !valid) return done(valid.error());
    context.member = m_membership.members.at(id);
    context.member.learner = false;
    std::uint64_t ownMatch = 0;
    std::uint64_t learnerMatch = 0;
    for (const raft::ProgressView& view : m_raft.progress()) {
        if (view.id == m_start.nodeId) ownMatch = view.match;
        if (view.id == id) learnerMatch = view.match;
    }
    if (auto ready = checkCaughtUp(ownMatch, learnerMatch); !ready) return done(ready.error());
    if (m_parts.config.strictReconfigCheck) {
        if (auto safe = checkStrictPromote(m_membership); !safe) return done(safe.error());
    }
    proposeConfChange(change, context, [this, done = std::move(done)](const base::Status& status) {
        if (status)
            done(memberList());
        else
            done(status.error());
    });
}

void Loop::publishIfDue() {
    if (m_published || m_publishing || m_removed || leader() == 0 || m_now < m_nextPublishNs) return;
    // Once others know this member, one without anything stored is taken for one that lost its data.
    if (m_durable == 0) return;
    m_publishing = true;
    m_firstStart = false;
    m_nextPublishNs = m_now + kPublishRetryNs;
    const std::uint64_t id = m_parts.nextRequestId();
    const Config& config = m_parts.config;
    const std::string value = attributesToJson({config.name, config.advertiseClientUrls});
    proposeOwn(id, wire::encodeV2Put(id, attributesPath(m_start.nodeId), value), [this](base::Result<Applied> applied) {
        m_publishing = false;
        if (!applied) return;  // tried again
        m_published = true;
        const Config& own = m_parts.config;
        m_log.info("published {{Name:{} ClientURLs:{}}} to cluster {}", own.name, goList(own.advertiseClientUrls),
                   base::hexId(m_start.clusterId));
        m_log.info("ready to serve client requests");
        emit(LifecycleStep{1, "serves clients"});
    });
}

void Loop::proposeClusterVersion() {
    if (!isLeader() || m_versionProposed || !m_membership.clusterVersion.empty()) return;
    m_versionProposed = true;
    m_log.info("setting up the initial cluster version to 3.4");
    const std::uint64_t id = m_parts.nextRequestId();
    proposeOwn(id, wire::encodeV2Put(id, kClusterVersionPath, kClusterVersion), [this](base::Result<Applied> applied) {
        if (!applied) m_versionProposed = false;
    });
}

}  // namespace raftarium::node
