// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Links between members: delay, loss, duplication, order kept or not, one-way cuts, and links that are clogged (what is
// sent meanwhile arrives after it, all at once).
#pragma once

#include "cluster/node/messages/transport.h"
#include "tests/sim/world.h"

#include <map>

namespace raftarium::sim {

class Network {
public:
    explicit Network(World& world) : m_world(world) {}

    void send(Member& from, node::Outgoing&& outgoing);
    void sendSnapshot(Member& from, node::Outgoing&& outgoing, const std::string& path, std::function<void(bool)> done);
    // Since when both directions work and the other side runs; 0 = not now.
    base::Nanoseconds connectedSince(const Member& from, std::uint64_t to) const;

    void cut(std::uint64_t from, std::uint64_t to);
    void clog(std::uint64_t from, std::uint64_t to, base::Nanoseconds until);
    void heal();
    bool isCut(std::uint64_t from, std::uint64_t to) const;

    // While healed: no loss, no duplicates.
    void setCalm(bool calm) { m_calm = calm; }

private:
    struct Link {
        bool cut = false;
        base::Nanoseconds openSince = 0;
        base::Nanoseconds cloggedUntil = 0;
        base::Nanoseconds lastArrival = 0;
    };
    Link& link(std::uint64_t from, std::uint64_t to) { return m_links[{from, to}]; }
    base::Nanoseconds arrival(Link& link);
    void deliver(std::uint64_t from, std::uint64_t incarnation, const node::Outgoing& outgoing);
    void lost(Member& from, std::uint64_t to);

    World& m_world;
    std::map<std::pair<std::uint64_t, std::uint64_t>, Link> m_links;
    bool m_calm = false;
    int m_copies = 0;
};

}  // namespace raftarium::sim
