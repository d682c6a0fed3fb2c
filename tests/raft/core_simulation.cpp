// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/raft/core_simulation.h"

#include "cluster/raft/raw_node.h"

#include <algorithm>

namespace raftarium::raft::testing {

struct Simulation::Member {
    Config config;
    MemoryStorage stable;  // what survives a crash
    std::unique_ptr<RawNode> node;
    std::deque<Message> writes;
    std::deque<Message> applies;
    std::map<Index, ConfState> confStates;  // after the entry at that index
    Index applied = 0;

    NodeId id() const { return config.id; }
};

SimulationOptions optionsOfSeed(std::uint64_t seed) {
    base::Rng rng(seed * 7919 + 13);
    SimulationOptions options;
    options.seed = seed;
    options.members = 3 + static_cast<int>(rng.below(3));
    options.asyncWrites = rng.chance(0.7);
    options.preVote = rng.chance(0.5);
    options.checkQuorum = rng.chance(0.5);
    options.changeMembers = rng.chance(0.6);
    return options;
}

Simulation::Simulation(const SimulationOptions& options) : m_options(options), m_rng(options.seed) {
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->metadata.index = snapshot->metadata.term = 1;
    for (int id = 1; id <= options.members; ++id) {
        snapshot->metadata.confState.voters.push_back(static_cast<NodeId>(id));
    }
    // One more that only a membership change brings in.
    for (int id = 1; id <= options.members + 1; ++id) {
        auto member = std::make_unique<Member>();
        Config& config = member->config;
        config.id = static_cast<NodeId>(id);
        config.electionTicks = 8;
        config.heartbeatTicks = 2;
        config.storage = &member->stable;
        config.asyncStorageWrites = options.asyncWrites;
        config.preVote = options.preVote;
        config.checkQuorum = options.checkQuorum;
        // One entry a message, a few, or all there are.
        static constexpr std::uint64_t kBytes[] = {0, 64, kNoLimit, kNoLimit};
        config.maxBytesPerMessage = kBytes[m_rng.below(4)];
        config.maxInflightMessages = 1 + static_cast<int>(m_rng.below(8));
        if (id <= options.members) {
            member->stable.applySnapshot(snapshot);
            member->confStates[1] = snapshot->metadata.confState;
            // A term as if from a bootstrap, so that the term of the snapshot is not a later one.
            member->stable.setHardState({1, kNone, 1});
        }
        m_members.push_back(std::move(member));
        restart(*m_members.back());
    }
}

Simulation::~Simulation() = default;

void Simulation::fail(std::string text) {
    if (m_result.fault) return;
    for (const auto& member : m_members) {
        if (!member->node) continue;
        const Raft& core = member->node->core();
        text += "\n  " + std::to_string(core.id()) + ": role " + std::to_string(static_cast<int>(core.role())) +
                " term " + std::to_string(core.term()) + " lead " + std::to_string(core.lead()) + " committed " +
                std::to_string(core.log().committed()) + " applied " + std::to_string(core.log().applied()) + " last " +
                std::to_string(core.log().lastIndex()) + ' ' + core.tracker().configuration.describe();
        for (const Peered& peer : core.tracker().peers) {
            if (core.role() == Role::leader)
                text += "\n    " + std::to_string(peer.id) + ' ' + peer.progress.describe();
        }
    }
    m_result.fault = std::move(text);
}

void Simulation::restart(Member& member) {
    const auto snapshot = std::get<std::shared_ptr<const Snapshot>>(member.stable.snapshot());
    member.applied = snapshot->metadata.index;
    member.confStates.erase(member.confStates.upper_bound(member.applied), member.confStates.end());
    member.config.applied = member.applied;
    member.config.seed = m_rng.next();
    member.node = std::make_unique<RawNode>(member.config);
    m_invariants.forget(member.id());
    observe(member);
}

void Simulation::crash(Member& member) {
    member.writes.clear();
    member.applies.clear();
    member.node.reset();
    restart(member);
}

void Simulation::observe(Member& member) {
    if (Fault fault = m_invariants.observe(member.node->core())) fail(*fault);
}

bool Simulation::connected(NodeId a, NodeId b) const { return !m_cut.contains({a, b}); }

Simulation::Member& Simulation::anyMember() { return *m_members[m_rng.below(m_members.size())]; }

Simulation::Member* Simulation::anyLeader() {
    std::vector<Member*> leaders;
    for (const auto& member : m_members) {
        if (member->node->core().role() == Role::leader) leaders.push_back(member.get());
    }
    return leaders.empty() ? nullptr : leaders[m_rng.below(leaders.size())];
}

void Simulation::route(Member& from, Message message) {
    if (message.to == kLocalAppendThread) {
        from.writes.push_back(std::move(message));
    } else if (message.to == kLocalApplyThread) {
        from.applies.push_back(std::move(message));
    } else if (message.to == from.id()) {
        from.node->step(std::move(message));
        observe(from);
    } else {
        // One of an older version tells less of where its log differs: a leader copes with any lower index. What it
        // then sends first, the follower may have already, with a tail behind it that must go.
        if (message.type == MessageType::appResp && message.reject && m_rng.chance(0.3)) {
            message.rejectHint = m_rng.below(message.rejectHint + 1);
            message.logTerm = 0;
        }
        if (Fault fault = m_invariants.observeSent(message)) fail(*fault);
        const bool promises = message.type == MessageType::appResp && !message.reject;
        if (promises && message.term == from.node->core().term() && message.index > from.stable.lastIndex() &&
            message.index > from.node->core().log().committed()) {
            fail("member " + std::to_string(from.id()) + ": acknowledged " + std::to_string(message.index) +
                 " before it was on stable storage");
        }
        m_network.push_back(std::move(message));
    }
}

void Simulation::handleReady(Member& member) {
    Ready ready = member.node->ready();
    for (const ReadState& state : ready.readStates) {
        const auto asked = m_reads.find(std::string(state.context.view()));
        if (asked == m_reads.end()) continue;
        ++m_result.reads;
        if (state.index < asked->second) {
            fail("a read " + std::string(state.context.view()) + " was answered at " + std::to_string(state.index) +
                 ", but " + std::to_string(asked->second) + " was committed before it was asked");
        }
    }
    if (!m_options.asyncWrites) {
        if (!ready.hardState.empty()) member.stable.setHardState(ready.hardState);
        if (ready.snapshot) {
            member.stable.applySnapshot(ready.snapshot);
            member.applied = ready.snapshot->metadata.index;
            member.confStates[member.applied] = ready.snapshot->metadata.confState;
        }
        member.stable.append(ready.entries);
    }
    if (m_options.asyncWrites) {
        // As in the node: a candidate asks for votes only once its term is stored. It could lead the same term twice
        // if it crashed before.
        const auto append = std::find_if(ready.messages.begin(), ready.messages.end(),
                                         [](const Message& message) { return message.to == kLocalAppendThread; });
        for (Message& message : ready.messages) {
            if (append == ready.messages.end() || message.type != MessageType::vote) continue;
            append->responses.push_back(std::move(message));
            message.type = MessageType::hup;  // moved away
        }
        std::erase_if(ready.messages, [](const Message& message) { return message.type == MessageType::hup; });
    }
    for (Message& message : ready.messages) route(member, std::move(message));
    if (!m_options.asyncWrites) {
        apply(member, ready.committedEntries);
        member.node->advance();
    }
    observe(member);
}

// One write reaches the disk, and what waited for it is delivered.
void Simulation::write(Member& member) {
    if (member.writes.empty()) return;
    Message work = std::move(member.writes.front());
    member.writes.pop_front();
    const HardState hard{work.term, work.vote, work.commit};
    if (!hard.empty()) member.stable.setHardState(hard);
    if (work.snapshot && member.stable.applySnapshot(work.snapshot)) {
        member.applied = work.snapshot->metadata.index;
        member.confStates[member.applied] = work.snapshot->metadata.confState;
    }
    member.stable.append(work.entries);
    for (Message& response : work.responses) route(member, std::move(response));
    observe(member);
}

void Simulation::apply(Member& member, const std::vector<Entry>& entries) {
    for (const Entry& entry : entries) {
        if (entry.index <= member.applied) continue;
        if (Fault fault = m_invariants.observeApplied(member.id(), entry)) return fail(*fault);
        if (entry.type != EntryType::normal) {
            const auto change = decodeConfChangeV2(entry.data.view());
            if (!change) return fail("a conf change cannot be read");
            member.confStates[entry.index] = member.node->applyConfChange(*change);
        }
        member.applied = entry.index;
    }
}

void Simulation::applyNext(Member& member) {
    if (member.applies.empty()) return;
    // A member that restarts goes by the configuration of what it knows to be committed. If it forgot that a change is,
    // it could elect itself by an old configuration: so the commit index is stored before the entry is applied.
    const Index last = member.applies.front().entries.back().index;
    if (member.stable.initialHardState().commit < last) return;
    Message work = std::move(member.applies.front());
    member.applies.pop_front();
    apply(member, work.entries);
    for (Message& response : work.responses) route(member, std::move(response));
    observe(member);
}

void Simulation::deliver(Message message) {
    Member& to = *m_members[message.to - 1];
    if (!connected(message.from, message.to)) return;
    to.node->step(std::move(message));
    observe(to);
}

void Simulation::deliverOne() {
    if (m_network.empty()) return;
    const std::size_t at = m_rng.chance(0.6) ? 0 : m_rng.below(m_network.size());
    Message message = m_network[at];
    // Sometimes it stays in the network as well: delivered twice.
    if (!m_rng.chance(0.03)) m_network.erase(m_network.begin() + static_cast<std::ptrdiff_t>(at));
    if (!m_rng.chance(0.05)) deliver(std::move(message));
}

void Simulation::propose() {
    Member* leader = anyLeader();
    Member& at = leader && m_rng.chance(0.8) ? *leader : anyMember();
    // At times many at once: a leader that nobody hears then has a long tail that must go again.
    const std::uint64_t count = m_rng.chance(0.1) ? 12 : 1;
    for (std::uint64_t i = 0; i < count; ++i) at.node->propose(base::Bytes("p" + std::to_string(++m_proposals)));
    observe(at);
}

void Simulation::proposeChange() {
    Member* leader = anyLeader();
    if (!leader) return;
    ConfChangeV2 change;
    const std::uint64_t count = m_rng.below(3);
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto id = static_cast<NodeId>(1 + m_rng.below(m_members.size()));
        const auto type = static_cast<ConfChangeType>(m_rng.below(4));
        // Member 1 stays a voter, so that there always is one.
        if (id == 1 && type != ConfChangeType::updateNode) continue;
        change.changes.push_back({type, id});
    }
    change.transition = static_cast<ConfChangeTransition>(m_rng.below(3));
    if (change.changes.empty()) change.transition = ConfChangeTransition::automatic;
    leader->node->proposeConfChange(change);
    observe(*leader);
}

void Simulation::read() {
    Member& at = anyMember();
    const std::string context = "r" + std::to_string(m_reads.size());
    m_reads[context] = m_invariants.committed();
    at.node->readIndex(base::Bytes(context));
    observe(at);
}

void Simulation::compact(Member& member) {
    const Index snapshot = std::get<std::shared_ptr<const Snapshot>>(member.stable.snapshot())->metadata.index;
    // What a write still on its way would replace must stay.
    const Index at = std::min(member.applied, member.stable.lastIndex());
    if (at <= snapshot || member.confStates.empty()) return;
    const auto conf = std::prev(member.confStates.upper_bound(at));
    if (!member.stable.createSnapshot(at, conf->second, {})) return;
    member.stable.compact(at - m_rng.below(std::min<Index>(at - snapshot, 4)));
    observe(member);
}

void Simulation::act() {
    Member& member = anyMember();
    const std::uint64_t dice = m_rng.below(1000);
    if (dice < 250) {
        member.node->tick();
        observe(member);
    } else if (dice < 450) {
        if (member.node->hasReady()) handleReady(member);
    } else if (dice < 570) {
        write(member);
    } else if (dice < 640) {
        applyNext(member);
    } else if (dice < 900) {
        deliverOne();
    } else if (dice < 940) {
        propose();
    } else if (dice < 955) {
        read();
    } else if (dice < 965) {
        if (m_options.changeMembers) proposeChange();
    } else if (dice < 975) {
        compact(member);
    } else if (dice < 980) {
        crash(member);
    } else if (dice < 984) {
        if (Member* leader = anyLeader()) leader->node->transferLeader(member.id());
    } else if (dice < 990) {
        const NodeId other = anyMember().id();
        if (other != member.id()) m_cut.insert({member.id(), other});
    } else if (dice < 994) {
        m_cut.clear();
    } else if (dice < 996) {
        // The member alone on its side.
        for (const auto& other : m_members) {
            if (other->id() == member.id()) continue;
            m_cut.insert({member.id(), other->id()});
            m_cut.insert({other->id(), member.id()});
        }
    } else {
        if (Member* leader = anyLeader()) {
            leader->node->reportUnreachable(member.id());
            leader->node->reportSnapshot(member.id(), m_rng.chance(0.5));
        }
    }
}

void Simulation::drain(Member& member) {
    while (!m_result.fault && (member.node->hasReady() || !member.writes.empty() || !member.applies.empty())) {
        if (member.node->hasReady()) handleReady(member);
        write(member);
        applyNext(member);
    }
}

// No more faults: the cluster must elect a leader and commit something new.
void Simulation::heal() {
    m_cut.clear();
    const Index before = m_invariants.committed();
    for (int round = 0; round < 800 && !m_result.fault; ++round) {
        for (const auto& member : m_members) {
            // A removed leader goes on leading, by design, until somebody stops it; first it brings the others up to
            // date.
            const Raft& core = member->node->core();
            const bool votes = core.tracker().configuration.voters.contains(core.id());
            if (core.role() == Role::leader && !votes && round % 100 == 99) crash(*member);
            member->node->tick();
            observe(*member);
            drain(*member);
        }
        for (Message& message : std::exchange(m_network, {})) {
            if (m_result.fault) break;
            const NodeId to = message.to;
            deliver(std::move(message));
            drain(*m_members[to - 1]);
        }
        if (round % 10 == 9) propose();
        // The transport owes the core a word on snapshots that were lost, and the application a new snapshot: one from
        // before a member was added is of no use to it.
        if (Member* leader = round % 20 == 0 ? anyLeader() : nullptr) {
            compact(*leader);
            for (const auto& member : m_members) leader->node->reportSnapshot(member->id(), false);
        }
        if (m_invariants.committed() > before + 5) return;
    }
    // Changes take effect when applied, so one situation has no way out: the members that know of a committed change
    // are no voters by it, the only voter left does not know of it, and their uncommitted tails make them refuse its
    // vote.
    const ConfState first = m_members.front()->node->confState();
    for (const auto& member : m_members) {
        if (member->node->confState() != first && !member->node->confState().voters.empty()) return;
    }
    fail("nothing was committed after all faults were healed");
}

SimulationResult Simulation::run() {
    for (int step = 0; step < m_options.steps && !m_result.fault; ++step) {
        m_result.step = step;
        act();
        if (m_network.size() > 400) m_network.erase(m_network.begin(), m_network.begin() + 200);
    }
    if (!m_result.fault) heal();
    m_result.committed = m_invariants.committed();
    m_result.elections = m_invariants.elections();
    return m_result;
}

}  // namespace raftarium::raft::testing
