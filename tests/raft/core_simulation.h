// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A small seeded simulation of cores alone: members with a write and an apply worker each, joined by a network that
// loses, doubles, delays and reorders, with partitions, crashes that lose unsynced writes, membership changes,
// transfers, compaction and reads. The safety properties are checked after every step.
#pragma once

#include "cluster/base/rng.h"
#include "cluster/raft/invariants.h"

#include <deque>
#include <memory>
#include <set>

namespace raftarium::raft::testing {

struct SimulationOptions {
    std::uint64_t seed = 1;
    int members = 5;
    int steps = 4000;
    bool asyncWrites = true;
    bool preVote = true;
    bool checkQuorum = true;
    bool changeMembers = true;
    bool leaseReads = false;
};
// The kind of run that a seed stands for: sizes and switches vary with it.
SimulationOptions optionsOfSeed(std::uint64_t seed);

struct SimulationResult {
    Fault fault;
    int step = 0;  // of the fault
    Index committed = 0;
    std::size_t elections = 0;
    std::size_t reads = 0;
};

class Simulation {
public:
    explicit Simulation(const SimulationOptions& options);
    ~Simulation();
    // Storms for the given steps, then heals and expects progress.
    SimulationResult run();

private:
    struct Member;

    void act();
    void heal();
    void restart(Member& member);
    void crash(Member& member);
    void drain(Member& member);
    void handleReady(Member& member);
    void route(Member& from, Message message);
    void write(Member& member);
    void apply(Member& member, const std::vector<Entry>& entries);
    void applyNext(Member& member);
    void deliverOne();
    void deliver(Message message);
    void propose();
    void proposeChange();
    void read();
    void compact(Member& member);
    void observe(Member& member);
    void fail(std::string text);
    bool connected(NodeId a, NodeId b) const;
    Member& anyMember();
    Member* anyLeader();

    SimulationOptions m_options;
    base::Rng m_rng;
    ClusterInvariants m_invariants;
    std::vector<std::unique_ptr<Member>> m_members;
    std::vector<Message> m_network;
    std::set<std::pair<NodeId, NodeId>> m_cut;  // one way
    std::map<std::string, Index> m_reads;       // what was committed when it was asked
    SimulationResult m_result;
    int m_proposals = 0;
};

}  // namespace raftarium::raft::testing
