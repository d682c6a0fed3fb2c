// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Changes of members that were proposed here and wait for their entry to be applied, each with its deadline; and
// removals of the leader, which wait until it has handed leadership over.
#pragma once

#include "cluster/node/config/config.h"
#include "cluster/node/leadership/leadership_transfer.h"
#include "cluster/node/loop/loop_host.h"
#include "cluster/node/members/membership_rules.h"
#include "cluster/node/messages/transport.h"
#include "cluster/raft/raw_node.h"

#include <spdlog/logger.h>

#include <cstdint>
#include <functional>
#include <vector>

namespace raftarium::node {

// What a reconfiguration looks at besides the host.
struct ReconfigurationView {
    std::uint64_t self = 0;
    const Config& config;
    const base::Clock& clock;
    const Membership& membership;
    const raft::ConfState& conf;
    const Transport& transport;
    const LeadershipTransfer& transfer;
    spdlog::logger& log;
};

class Reconfiguration {
public:
    Reconfiguration(LoopHost& host, raft::RawNode& raft, const ReconfigurationView& view)
        : m_host(host), m_raft(raft), m_view(view) {}

    // As RaftLoop has them.
    void add(Member member, MemberAddedDone done);
    void remove(std::uint64_t id, MembersDone done);
    void update(std::uint64_t id, std::vector<std::string> peerUrls, MembersDone done);
    void promote(std::uint64_t id, MembersDone done);

    using Done = std::function<void(base::Status)>;
    // The entry with the change's id is applied: who waits for it; null if nobody here does.
    Done takeWaiting(std::uint64_t changeId);

    void step(base::Nanoseconds now);
    base::Nanoseconds nextDueNs() const;  // kNever if nobody waits
    void failAll(const base::Error& error);

private:
    struct Change {
        std::uint64_t id = 0;
        base::Nanoseconds deadlineNs = 0;
        Done done;
    };
    struct Removal {
        raft::ConfChange change;
        base::Nanoseconds handOverByNs = 0;
        Done done;
    };
    Surroundings surroundings() const;
    std::vector<Member> members() const;
    Done answerWithMembers(MembersDone done) const;
    void propose(raft::ConfChange change, const ConfChangeContext& context, Done done);
    void removeLeader(raft::ConfChange change, Done done);

    LoopHost& m_host;
    raft::RawNode& m_raft;
    ReconfigurationView m_view;
    std::vector<Change> m_changes;
    std::vector<Removal> m_removals;
};

}  // namespace raftarium::node
