// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A group of cores for scenario tests: a perfect network unless told otherwise, writes done at once.
#pragma once

#include "cluster/raft/invariants.h"
#include "cluster/raft/raw_node.h"

#include <functional>
#include <map>
#include <memory>
#include <set>

namespace raftarium::raft::testing {

// Terms of a log's entries from index 1 on, as the paper's figures write them.
using Terms = std::vector<Term>;

class Group {
public:
    // Members 1..count, all voters, with empty logs. `adjust` may change each configuration.
    explicit Group(int count, const std::function<void(Config&)>& adjust = {});

    RawNode& node(NodeId id) { return *m_members.at(id).node; }
    const Raft& core(NodeId id) { return m_members.at(id).node->core(); }
    MemoryStorage& storage(NodeId id) { return *m_members.at(id).storage; }
    // Gives the member this log, term and vote, as after a restart.
    void setLog(NodeId id, const Terms& terms, Term term, NodeId vote = kNone, Index commit = 0);
    Terms log(NodeId id);
    void restart(NodeId id);

    // One Ready of a member: written, applied, its messages queued.
    void process(NodeId id);
    // Until nothing is left to do.
    void settle();
    // Cut members neither send nor get anything.
    void cut(std::set<NodeId> ids) { m_cut = std::move(ids); }
    void heal() { m_cut.clear(); }
    // Messages for which this is true are lost.
    std::function<bool(const Message&)> drop;
    // Everything sent, in order.
    std::vector<Message> sent;

    void elect(NodeId id) {
        node(id).campaign();
        settle();
    }
    StepError propose(NodeId id, const std::string& text) { return node(id).propose(base::Bytes(text)); }
    std::vector<std::string> applied(NodeId id) { return m_members.at(id).applied; }
    std::vector<ReadState> reads(NodeId id) { return m_members.at(id).reads; }
    std::vector<TraceEvent> trace(NodeId id) { return m_members.at(id).trace; }
    // Steps a message straight into a member.
    StepError step(Message message) { return node(message.to).step(std::move(message)); }
    // Of all members at every settle().
    Fault fault;

private:
    struct Member {
        Config config;
        std::unique_ptr<MemoryStorage> storage;
        std::unique_ptr<RawNode> node;
        std::vector<std::string> applied;
        std::vector<ReadState> reads;
        std::vector<TraceEvent> trace;
    };
    void check(NodeId id);

    std::map<NodeId, Member> m_members;
    std::vector<Message> m_queue;
    std::set<NodeId> m_cut;
    ClusterInvariants m_invariants;
};

Message makeMessage(MessageType type, NodeId from, NodeId to, Term term);

}  // namespace raftarium::raft::testing
