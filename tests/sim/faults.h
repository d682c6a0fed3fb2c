// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What goes wrong during the storm, and what an operator changes meanwhile.
#pragma once

#include "tests/sim/member.h"

namespace raftarium::sim {

// A member that is to be started with these flags; its peer URL is made of its name.
node::Config configOf(const World& world, const std::string& name);
std::string peerUrlOf(const std::string& name);

class Faults {
public:
    explicit Faults(World& world) : m_world(world) {}

    void start();
    // No more faults: links whole, disks well, processes running.
    void heal();
    // The operator's part after the storm: starts who is in the membership, stops who is not.
    void reconcile();

private:
    void every(base::Nanoseconds mean, void (Faults::*action)());
    void partition();
    void crash();
    void slow();
    void diskFault();
    void changeMembers();
    void moveLeadership();

    void isolate(const Member& member, bool in, bool out);
    void crashOne(Member& member);
    void restartLater(Member& member);
    void addMember(Member& by);
    void startAdded(const std::string& name);
    Member* anyUp();
    Member* leader();
    std::vector<Member*> up() const;
    std::uint64_t dice(std::uint64_t sides) { return m_world.faultRng.below(sides); }
    base::Nanoseconds ms(std::uint64_t from, std::uint64_t below) {
        return static_cast<base::Nanoseconds>(from + dice(below)) * base::kMillisecond;
    }

    World& m_world;
    bool m_running = false;
    int m_names = 0;
};

}  // namespace raftarium::sim
