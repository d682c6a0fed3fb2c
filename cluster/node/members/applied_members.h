// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Who is in the cluster, as the applied entries and installed snapshots say: membership, the core's configuration, the
// cluster's version. Keeps the store's rows of members, the transport's peers and the other threads' view in step.
#pragma once

#include "cluster/mvcc/store.h"
#include "cluster/node/loop/loop_host.h"
#include "cluster/node/loop/loop_views.h"
#include "cluster/node/members/membership.h"
#include "cluster/node/members/membership_json.h"
#include "cluster/node/messages/transport.h"
#include "cluster/raft/raw_node.h"

#include <spdlog/logger.h>

#include <cstdint>
#include <string>

namespace raftarium::node {

struct AppliedMembersParts {
    std::uint64_t self = 0;
    std::uint64_t clusterId = 0;
    std::string directory;  // for errors
    raft::RawNode& raft;
    mvcc::Store& store;
    mvcc::Backend& backend;
    Transport& transport;
    LoopViews& views;
    spdlog::logger& log;
};

class AppliedMembers {
public:
    // `membership` as of the log's snapshot.
    AppliedMembers(LoopHost& host, const AppliedMembersParts& parts, Membership membership);

    const Membership& membership() const { return m_membership; }
    const raft::ConfState& conf() const { return m_conf; }
    void setConf(raft::ConfState conf) { m_conf = std::move(conf); }
    // This member was removed, at that time; it answers for a while longer, and then ends.
    bool removed() const { return m_removed; }

    // --- Under the reader gate ---------------------------------------------------------------------------------------
    struct Outcome {
        std::uint64_t changeId = 0;  // 0: nobody waits for it
        base::Status status;         // an error: the change has no effect
        bool removedSelf = false;
    };
    // A malformed entry ends the node.
    Outcome applyConfChange(const raft::Entry& entry);
    void applyAttributes(std::uint64_t id, MemberAttributes attributes, raft::Index index);
    void applyVersion(std::string version, raft::Index index);
    // Of an installed snapshot. Outside the gate; announce() must follow.
    void install(Membership membership, raft::ConfState conf);
    // Other threads and subscribers see what is there now.
    void announce();

    void step(base::Nanoseconds now);                       // ends the node some time after its removal
    base::Nanoseconds nextDueNs() const { return kNever; }  // the next tick is soon enough

private:
    void change(const raft::ConfChange& change, const ConfChangeContext& context, bool store);
    void storeMember(const Member& member);

    LoopHost& m_host;
    AppliedMembersParts m_parts;
    Membership m_membership;
    raft::ConfState m_conf;
    bool m_removed = false;
    base::Nanoseconds m_endAtNs = kNever;
};

}  // namespace raftarium::node
