// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/members/applied_members.h"

#include "cluster/base/coding.h"
#include "cluster/node/leadership/publication.h"
#include "cluster/node/members/membership_rules.h"
#include "cluster/node/telemetry/telemetry_values.h"

#include <memory>
#include <utility>

namespace raftarium::node {
namespace {

// The others may not know yet that a removal is committed, and need the removed member for the quorum of the
// configuration they know: it answers for so long.
constexpr base::Nanoseconds kRemovedGraceNs = base::kSecond;
constexpr std::string_view kVersionKey = "clusterVersion";

base::Error malformedChange(const raft::Entry& entry) {
    return {base::Errc::corruption, "log entry " + std::to_string(entry.index) + ": malformed conf change"};
}

}  // namespace

AppliedMembers::AppliedMembers(LoopHost& host, const AppliedMembersParts& parts, Membership membership)
    : m_host(host), m_parts(parts), m_membership(std::move(membership)) {
    m_membership.clusterId = m_parts.clusterId;
}

AppliedMembers::Outcome AppliedMembers::applyConfChange(const raft::Entry& entry) {
    const bool fresh = entry.index > m_parts.store.consistentIndex();
    if (entry.type == raft::EntryType::confChangeV2) {
        // etcd proposes none of these; the core itself makes one to leave a joint configuration.
        const auto change = raft::decodeConfChangeV2(entry.data.view());
        if (!change) return m_host.fail(malformedChange(entry)), Outcome{};
        if (const std::string fault = m_parts.raft.confChangeFault(*change); !fault.empty())
            m_parts.log.warn("conf change in entry {} has no effect: {}", entry.index, fault);
        m_conf = m_parts.raft.applyConfChange(*change);
        announce();
        if (fresh) m_parts.store.setConsistent(entry.index, entry.term);
        return {};
    }
    auto change = raft::decodeConfChange(entry.data.view());
    if (!change) return m_host.fail(malformedChange(entry)), Outcome{};
    ConfChangeContext context;
    Outcome outcome;
    outcome.changeId = change->id;
    if (!change->context.empty()) {
        auto parsed = confChangeContextFromJson(change->context.view());
        if (parsed)
            context = std::move(*parsed);
        else
            outcome.status = parsed.error();
    }
    if (outcome.status) outcome.status = checkChange(m_membership, *change, context);
    if (outcome.status) {
        if (const std::string fault = m_parts.raft.confChangeFault(raft::asV2(*change)); !fault.empty())
            outcome.status = base::Error{base::Errc::invalidArgument, fault};
    }
    if (outcome.status) {
        m_conf = m_parts.raft.applyConfChange(raft::asV2(*change));
        this->change(*change, context, fresh);
        outcome.removedSelf = change->type == raft::ConfChangeType::removeNode && change->nodeId == m_parts.self;
    } else {
        m_parts.log.warn("conf change in entry {} has no effect: {}", entry.index, outcome.status.error().text);
        change->nodeId = raft::kNone;
        m_conf = m_parts.raft.applyConfChange(raft::asV2(*change));
    }
    if (fresh) m_parts.store.setConsistent(entry.index, entry.term);
    return outcome;
}

void AppliedMembers::change(const raft::ConfChange& change, const ConfChangeContext& context, bool store) {
    const std::uint64_t id = change.nodeId;
    switch (change.type) {
        case raft::ConfChangeType::addNode:
        case raft::ConfChangeType::addLearnerNode: {
            Member& member = m_membership.members[id];
            if (context.promote) {
                member.learner = false;
                m_parts.log.info("promoted member {}", base::hexId(id));
            } else {
                member = context.member;
                member.id = id;
                member.learner = change.type == raft::ConfChangeType::addLearnerNode;
                m_parts.log.info("added member {} {} to cluster {}", base::hexId(id), goList(member.peerUrls),
                                 base::hexId(m_parts.clusterId));
            }
            if (id != m_parts.self) m_parts.transport.setPeer(id, member.peerUrls);
            if (store) storeMember(member);
            break;
        }
        case raft::ConfChangeType::removeNode:
            m_membership.members.erase(id);
            m_membership.removed.insert(id);
            m_parts.log.info("removed member {} from cluster {}", base::hexId(id), base::hexId(m_parts.clusterId));
            if (store) {
                m_parts.backend.remove(mvcc::Bucket::members, base::hexId(id));
                m_parts.backend.put(mvcc::Bucket::membersRemoved, base::hexId(id), "removed");
            }
            if (id == m_parts.self) {
                m_removed = true;
                m_endAtNs = m_host.now() + kRemovedGraceNs;
                m_host.emit(telemetry::Lifecycle{telemetry::LifecyclePhase::removed});
            } else {
                m_parts.transport.removePeer(id);
            }
            break;
        case raft::ConfChangeType::updateNode: {
            Member& member = m_membership.members[id];
            member.peerUrls = context.member.peerUrls;
            m_parts.log.info("updated member {} {}", base::hexId(id), goList(member.peerUrls));
            if (id != m_parts.self) m_parts.transport.setPeer(id, member.peerUrls);
            if (store) storeMember(member);
            break;
        }
    }
    announce();
}

void AppliedMembers::storeMember(const Member& member) {
    m_parts.backend.put(mvcc::Bucket::members, base::hexId(member.id), memberToJson(member));
}

void AppliedMembers::announce() {
    m_parts.views.setMembership(std::make_shared<const Membership>(m_membership));
    m_host.emit(telemetry::ConfigurationChanged{valueOf(m_conf, m_membership), m_host.applied().index});
}

void AppliedMembers::applyAttributes(std::uint64_t id, MemberAttributes attributes, raft::Index index) {
    const auto it = m_membership.members.find(id);
    if (it == m_membership.members.end()) return;
    it->second.name = std::move(attributes.name);
    it->second.clientUrls = std::move(attributes.clientUrls);
    if (index > m_parts.store.consistentIndex()) storeMember(it->second);
    announce();
}

void AppliedMembers::applyVersion(std::string version, raft::Index index) {
    const bool first = m_membership.clusterVersion.empty();
    if (m_membership.clusterVersion == version) return;
    if (auto status = refuseNewerCluster(version, m_parts.directory); !status) return m_host.fail(status.error());
    m_membership.clusterVersion = std::move(version);
    const std::string& now = m_membership.clusterVersion;
    if (index > m_parts.store.consistentIndex()) m_parts.backend.put(mvcc::Bucket::cluster, kVersionKey, now);
    const std::string minor = now.substr(0, now.rfind('.'));
    m_parts.log.info("{} cluster version to {}", first ? "set the initial" : "updated the", minor);
    m_parts.log.info("enabled capabilities for version {}", minor);
    announce();
}

void AppliedMembers::install(Membership membership, raft::ConfState conf) {
    for (const auto& [id, member] : m_membership.members)
        if (id != m_parts.self && !membership.members.contains(id)) m_parts.transport.removePeer(id);
    m_membership = std::move(membership);
    m_membership.clusterId = m_parts.clusterId;
    for (const auto& [id, member] : m_membership.members)
        if (id != m_parts.self) m_parts.transport.setPeer(id, member.peerUrls);
    m_conf = std::move(conf);
}

void AppliedMembers::step(base::Nanoseconds now) {
    if (!m_removed || now < m_endAtNs) return;
    m_endAtNs = kNever;
    m_host.fail(
        {base::Errc::aborted, "this member (" + base::hexId(m_parts.self) +
                                  ") has been removed from the cluster; its data directory cannot be used again"});
}

}  // namespace raftarium::node
