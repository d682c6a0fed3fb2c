// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Clients, each with one request at a time to some member, as the RPC layer would hand it on. Everything asked and
// answered is kept for the history checks.
#pragma once

#include "cluster/node/node.h"
#include "tests/sim/history.h"
#include "tests/sim/world.h"

#include <map>
#include <set>

namespace raftarium::sim {

class Clients {
public:
    explicit Clients(World& world) : m_world(world) {}

    void start();
    void stop() { m_running = false; }
    // One write from outside the crowd: true is returned by probeDone() once any of them was acknowledged.
    void probe();
    bool probeDone() const { return m_probeDone; }
    // Reads every key at every running member, linearizably.
    void readAll();
    std::size_t waiting() const { return m_waiting.size(); }

    const std::vector<Op>& history() const { return m_ops; }
    std::size_t acknowledged() const;

private:
    struct Lease {
        std::int64_t id = 0;
        bool granted = false;
    };
    void next(int client);
    void later(int client);
    void draw(Op& op, base::Rng& rng);
    void issue(Op op, Member& member);
    void issueRead(int id, Member& member);
    void issueWrite(int id, Member& member);
    void answered(int id);
    void settle();
    void tell(const Op& op, const std::string& how) const;
    void grantLease(int client, Member& member);
    void compact(Member& member);
    Member* anyMember();
    std::string freshValue() { return "v" + std::to_string(++m_values); }

    World& m_world;
    bool m_running = false;
    std::vector<Op> m_ops;
    std::set<int> m_waiting;      // ids of ops without an answer
    std::vector<int> m_answered;  // in this instant, to be gone through in order
    bool m_settling = false;
    std::map<int, Lease> m_leases;
    int m_values = 0;
    std::int64_t m_leaseIds = 0;
    bool m_probeDone = false;
};

}  // namespace raftarium::sim
