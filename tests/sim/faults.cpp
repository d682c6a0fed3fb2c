// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/sim/faults.h"

#include <algorithm>

namespace raftarium::sim {
namespace {

constexpr std::size_t kMaxMembers = 9;
constexpr base::Nanoseconds kRetireAfter = 3 * base::kSecond;

}  // namespace

std::string peerUrlOf(const std::string& name) { return "http://" + name + ":2380"; }

node::Config configOf(const World& world, const std::string& name) {
    const Options& options = world.options;
    node::Config config;
    config.name = name;
    config.dataDir = "/data";
    config.initialAdvertisePeerUrls = config.listenPeerUrls = {peerUrlOf(name)};
    config.advertiseClientUrls = {"http://" + name + ":2379"};
    for (int i = 0; i < options.members; ++i) {
        const std::string other = "n" + std::to_string(i + 1);
        config.initialCluster.emplace_back(other, std::vector<std::string>{peerUrlOf(other)});
    }
    config.heartbeatMs = options.heartbeatMs;
    config.electionMs = options.electionMs;
    config.snapshotCount = options.snapshotCount;
    config.snapshotCatchupEntries = options.snapshotCatchupEntries;
    config.walSegmentBytes = options.walSegmentBytes;
    config.maxWals = 2;
    config.maxSnapshots = 2;
    config.preVote = options.preVote;
    config.checkQuorum = options.checkQuorum;
    config.strictReconfigCheck = options.seed % 2 == 0;
    return config;
}

void Faults::start() {
    m_running = true;
    m_names = m_world.options.members;
    const Options& options = m_world.options;
    every(options.partitions, &Faults::partition);
    every(options.crashes, &Faults::crash);
    every(options.slowness, &Faults::slow);
    every(options.diskFaults, &Faults::diskFault);
    every(options.membership, &Faults::changeMembers);
    every(options.leadership, &Faults::moveLeadership);
}

void Faults::every(base::Nanoseconds mean, void (Faults::*action)()) {
    if (mean == 0) return;
    m_world.events.after(World::around(m_world.faultRng, mean), [this, mean, action] {
        if (!m_running) return;
        (this->*action)();
        every(mean, action);
    });
}

std::vector<Member*> Faults::up() const {
    std::vector<Member*> out;
    for (const auto& member : m_world.members)
        if (member->up() && !member->dying()) out.push_back(member.get());
    return out;
}

Member* Faults::anyUp() {
    const auto members = up();
    return members.empty() ? nullptr : members[dice(members.size())];
}

// Of the newest term, as an outsider would find out.
Member* Faults::leader() {
    Member* found = nullptr;
    for (Member* member : up())
        if (member->status().role == raft::Role::leader && (!found || member->status().term > found->status().term))
            found = member;
    return found;
}

void Faults::isolate(const Member& member, bool in, bool out) {
    for (const auto& other : m_world.members) {
        if (other.get() == &member) continue;
        if (in) m_world.network->cut(other->id(), member.id());
        if (out) m_world.network->cut(member.id(), other->id());
    }
}

void Faults::partition() {
    Member* leads = leader();
    Member* one = leads && dice(2) == 0 ? leads : anyUp();
    if (!one) return;
    switch (dice(7)) {
        case 0:
        case 1:
            m_world.note("all links are whole again");
            m_world.network->heal();
            break;
        case 2:
            m_world.note(one->name() + " is cut off");
            isolate(*one, true, true);
            break;
        case 3:
            m_world.note(one->name() + " hears nobody");
            isolate(*one, true, false);
            break;
        case 4:
            m_world.note(one->name() + " is heard by nobody");
            isolate(*one, false, true);
            break;
        case 5: {
            std::vector<bool> side;
            for (std::size_t i = 0; i < m_world.members.size(); ++i) side.push_back(dice(2) == 0);
            m_world.note("the network falls into two parts");
            for (std::size_t i = 0; i < side.size(); ++i)
                for (std::size_t j = 0; j < side.size(); ++j)
                    if (side[i] != side[j]) m_world.network->cut(m_world.members[i]->id(), m_world.members[j]->id());
            break;
        }
        default: {
            // Each link alone: rings, bridges, and what has no name.
            m_world.note("some links break");
            for (const auto& from : m_world.members)
                for (const auto& to : m_world.members)
                    if (from != to && dice(3) == 0) m_world.network->cut(from->id(), to->id());
            break;
        }
    }
}

void Faults::crashOne(Member& member) {
    static constexpr storage::CrashMode kModes[] = {storage::CrashMode::keepAll, storage::CrashMode::dropUnsynced,
                                                    storage::CrashMode::tear};
    m_world.note(member.name() + " crashes");
    member.crash(kModes[dice(3)]);
    restartLater(member);
}

void Faults::restartLater(Member& member) {
    const base::Nanoseconds pause = dice(3) == 0 ? ms(500, 4000) : ms(1, 200);
    m_world.events.after(pause, [this, &member] {
        if (!m_running || member.up() || member.removed() || member.retired()) return;
        if (member.everStarted())
            member.start();
        else
            startAdded(member.name());
    });
}

void Faults::crash() {
    const std::uint64_t kind = dice(10);
    if (kind == 0) {
        for (Member* member : up()) crashOne(*member);
        return;
    }
    Member* leads = leader();
    Member* one = leads && kind < 4 ? leads : anyUp();
    if (one) crashOne(*one);
    // Those that a full disk or a failed sync has ended.
    for (const auto& member : m_world.members)
        if (!member->up() && !member->removed() && !member->retired() && member->everStarted()) restartLater(*member);
}

void Faults::slow() {
    Member* one = anyUp();
    if (!one) return;
    const base::Nanoseconds now = m_world.events.now();
    const base::Nanoseconds length = dice(3) == 0 ? ms(1000, 3000) : ms(20, 600);
    switch (dice(3)) {
        case 0:
            m_world.note(one->name() + " is paused");
            one->pause(now + length);
            break;
        case 1: {
            const Member* other = anyUp();
            if (other == one) break;
            m_world.note("the link from " + one->name() + " to " + other->name() + " is clogged");
            m_world.network->clog(one->id(), other->id(), now + length);
            break;
        }
        default:
            m_world.note(one->name() + " has a slow disk");
            one->slowDisk(now + length, ms(20, 400));
            break;
    }
}

void Faults::diskFault() {
    Member* one = anyUp();
    if (!one) return;
    if (dice(4) == 0) {
        m_world.note("the next sync of " + one->name() + " will fail");
        one->failNextSync();
    } else {
        const std::uint64_t steps = dice(12);
        m_world.note(one->name() + " will crash after " + std::to_string(steps) + " changes of its disk");
        one->crashAtDiskStep(steps);
    }
    restartLater(*one);
    for (const auto& member : m_world.members)
        if (!member->up() && !member->removed() && !member->retired() && member->everStarted()) restartLater(*member);
}

void Faults::addMember(Member& by) {
    if (m_world.members.size() >= kMaxMembers) return;
    const std::string name = "n" + std::to_string(++m_names);
    node::Config config = configOf(m_world, name);
    config.initialClusterExisting = true;
    m_world.members.push_back(std::make_unique<Member>(m_world, name, config));
    node::Member wanted;
    wanted.peerUrls = {peerUrlOf(name)};
    wanted.learner = dice(2) == 0;
    m_world.note(by.name() + " is asked to add " + name + (wanted.learner ? " as a learner" : ""));
    by.call([this, name, wanted](node::Loop& loop) {
        loop.addMember(wanted, [this, name](const auto& added) {
            m_world.note(name + (added ? " is added" : " is not added: " + added.error().text));
            if (!added) return;
            m_world.events.after(10 * base::kMillisecond, [this, name] { startAdded(name); });
        });
    });
}

void Faults::startAdded(const std::string& name) {
    Member* member = m_world.byName(name);
    if (!member || member->up() || member->retired() || member->removed()) return;
    for (const Member* other : up()) {
        const auto membership = other->membership();
        const bool there = std::any_of(membership->members.begin(), membership->members.end(), [&](const auto& item) {
            return item.second.peerUrls == std::vector<std::string>{peerUrlOf(name)};
        });
        if (!there) continue;
        const node::Membership existing = *membership;
        member->join(existing);
        return;
    }
}

void Faults::changeMembers() {
    Member* leads = leader();
    Member* by = leads && dice(4) != 0 ? leads : anyUp();
    if (!by) return;
    const auto membership = by->membership();
    std::vector<std::uint64_t> learners;
    std::vector<std::uint64_t> all;
    for (const auto& [id, member] : membership->members) {
        all.push_back(id);
        if (member.learner) learners.push_back(id);
    }
    const std::uint64_t kind = dice(10);
    if (kind < 4) {
        addMember(*by);
    } else if (kind < 7 && !learners.empty()) {
        const std::uint64_t id = learners[dice(learners.size())];
        m_world.note(by->name() + " is asked to promote " + m_world.checks.nameOf(id));
        by->call([id](node::Loop& loop) { loop.promoteMember(id, [](const auto&) {}); });
    } else if (all.size() > 1) {
        const std::uint64_t id = all[dice(all.size())];
        m_world.note(by->name() + " is asked to remove " + m_world.checks.nameOf(id));
        by->call([id](node::Loop& loop) { loop.removeMember(id, [](const auto&) {}); });
    }
    for (const auto& member : m_world.members)
        if (!member->everStarted()) startAdded(member->name());
}

void Faults::moveLeadership() {
    Member* leads = leader();
    Member* one = anyUp();
    if (!one) return;
    if (leads && dice(2) == 0) {
        m_world.note("leadership goes from " + leads->name() + " to " + one->name());
        leads->call([id = one->id()](node::Loop& loop) { loop.moveLeader(id, [](const base::Status&) {}); });
    } else {
        m_world.note(one->name() + " campaigns");
        one->call([](node::Loop& loop) { loop.campaign(); });
    }
}

void Faults::heal() {
    m_running = false;
    m_world.note("all faults end");
    m_world.network->heal();
    m_world.network->setCalm(true);
    for (const auto& member : m_world.members) {
        member->clearDiskFaults();
        member->pause(0);
    }
    reconcile();
}

void Faults::reconcile() {
    // Who knows most says who is in the cluster.
    const Member* wisest = nullptr;
    for (const Member* member : up())
        if (!wisest || member->status().applied > wisest->status().applied) wisest = member;
    const node::Membership membership = wisest ? *wisest->membership() : node::Membership();
    for (const auto& member : m_world.members) {
        if (member->retired()) continue;
        if (member->everStarted() && membership.removed.contains(member->id())) {
            // It ends by itself, a second after it learns of it: until then the others may need it to learn it, too.
            if (member->up() && m_world.events.now() < member->foundRemovedAt(m_world.events.now()) + kRetireAfter)
                continue;
            if (member->up()) member->crash(storage::CrashMode::keepAll);
            member->retire();
        } else if (!member->up() && member->everStarted() && !member->removed()) {
            member->start();
        } else if (!member->up() && !member->everStarted()) {
            // The first members bootstrap; the others join.
            if (member->config().initialClusterExisting)
                startAdded(member->name());
            else
                member->start();
        }
    }
}

}  // namespace raftarium::sim
