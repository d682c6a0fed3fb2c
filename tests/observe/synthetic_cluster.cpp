// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/observe/synthetic_cluster.h"

#include "cluster/base/rng.h"

#include <queue>

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <utility>

namespace raftarium::testing {

using namespace observe;

namespace {

constexpr TimeNs kMs = 1'000'000;

// raftpb.MessageType
enum : std::uint8_t { kProp = 2, kApp = 3, kAppResp = 4, kVote = 5, kVoteResp = 6, kHeartbeat = 8, kHeartbeatResp = 9 };

struct Member {
    NodeId id = 0;
    std::string name;
    std::uint64_t incarnation = 0, sequence = 0, counter = 0;
    bool alive = false;
    Role role = Role::follower;
    std::uint64_t term = 0, commit = 0, applied = 0, durable = 0;
    NodeId votedFor = 0, leader = 0;
    std::vector<LogEntry> log;  // index 1 first
    std::uint64_t timer = 0;    // which arming of the election timer is the current one
    TimeNs timeoutNs = 0, deadlineNs = 0;
    std::vector<NodeId> granted, refused;
    std::map<NodeId, Progress> progress;
    std::map<NodeId, TimeNs> heardNs;
    std::map<std::uint64_t, std::uint64_t> waiting;  // index -> request

    std::uint64_t last() const { return log.size(); }
    std::uint64_t lastTerm() const { return log.empty() ? 0 : log.back().term; }
    std::uint64_t termAt(std::uint64_t index) const { return index == 0 || index > last() ? 0 : log[index - 1].term; }
};

class Model {
public:
    explicit Model(const SyntheticOptions& options) : m_options(options), m_rng(options.seed * 7919) {
        const auto ids = syntheticIds(options);
        for (std::size_t i = 0; i < ids.size(); ++i) {
            m_ids.push_back(ids[i]);
            Member& member = m_members[ids[i]];
            member.id = ids[i];
            member.name = "n" + std::to_string(i + 1);
        }
    }

    std::vector<Event> run() {
        m_now = m_options.startNs;
        for (NodeId id : m_ids) at(below(20 * kMs), [this, id] { start(id); });
        if (m_options.putsPerSecond > 0) at(1500 * kMs, [this] { put(); });
        if (m_options.killLeaderNs) at(m_options.killLeaderNs, [this] { killLeader(); });
        if (m_options.partitionNs) at(m_options.partitionNs, [this] { partition(); });
        if (m_options.healNs) at(m_options.healNs, [this] { heal(); });
        const TimeNs end = m_options.startNs + m_options.durationNs;
        while (!m_queue.empty() && m_queue.top().atNs <= end) {
            const Action action = m_queue.top();
            m_queue.pop();
            m_now = action.atNs;
            action.run();
        }
        return std::move(m_events);
    }

private:
    struct Action {
        TimeNs atNs = 0;
        std::uint64_t order = 0;
        std::function<void()> run;
        bool operator<(const Action& other) const {
            return atNs != other.atNs ? atNs > other.atNs : order > other.order;
        }
    };

    TimeNs below(TimeNs bound) { return static_cast<TimeNs>(m_rng.below(static_cast<std::uint64_t>(bound))); }
    void at(TimeNs delay, std::function<void()> run) { m_queue.push({m_now + delay, m_order++, std::move(run)}); }
    Member& member(NodeId id) { return m_members.at(id); }
    std::size_t majority() const { return m_ids.size() / 2 + 1; }
    void emit(Member& node, EventKind kind) { m_events.push_back({m_now, node.id, ++node.sequence, std::move(kind)}); }
    void supervisor(const Member& node, ProcessState state, int signal, std::string text) {
        m_events.push_back({m_now, node.id, 0, ProcessChanged{state, node.name, 0, signal, std::move(text)}});
    }
    bool isCut(NodeId a, NodeId b) const { return m_groups.contains(a) != m_groups.contains(b); }

    // --- life of a process
    void start(NodeId id) {
        Member& node = member(id);
        node.alive = true;
        node.incarnation = 1'700'000'000'000'000'000ULL + static_cast<std::uint64_t>(m_now);
        node.sequence = node.counter = 0;
        node.role = Role::follower;
        node.leader = 0;
        supervisor(node, ProcessState::starting, 0, "");
        supervisor(node, ProcessState::running, 0, "");
        FullState full;
        full.name = node.name;
        full.clusterId = 0xcdf818194e3a8c32;
        full.incarnation = node.incarnation;
        full.pid = 4000 + static_cast<int>(node.id % 1000);
        full.term = node.term;
        full.votedFor = node.votedFor;
        full.firstIndex = 1;
        full.lastIndex = full.durableIndex = node.last();
        full.tail = node.log;
        full.commitIndex = node.commit;
        full.appliedIndex = node.applied;
        full.configuration = configuration();
        full.revision = revisionAt(node, node.applied);
        full.pace = {m_options.heartbeatNs / 10, 10,
                     static_cast<std::uint32_t>(m_options.electionNs * 10 / m_options.heartbeatNs), false, true};
        m_events.push_back({m_now, node.id, 0, full});
        emit(node, Lifecycle{LifecyclePhase::started});
        arm(node, true);
    }

    Configuration configuration() const {
        Configuration out;
        for (const auto& [id, node] : m_members) {
            out.voters.push_back(id);
            out.members.push_back({id, node.name, {"http://127.0.0.1:2380"}, {"http://127.0.0.1:2379"}, false});
        }
        return out;
    }

    void killLeader() {
        const NodeId id = leaderNow();
        if (id == 0) return at(500 * kMs, [this] { killLeader(); });
        Member& node = member(id);
        node.alive = false;
        ++node.timer;
        node.log.resize(node.durable);
        node.waiting.clear();
        supervisor(node, ProcessState::stopped, 9, "killed by signal 9");
        m_events.push_back({m_now, id, 0, StreamEnded{"connection lost"}});
        if (m_options.restartNs > m_options.killLeaderNs)
            at(m_options.restartNs - m_options.killLeaderNs, [this, id] { start(id); });
    }

    void partition() {
        const NodeId leader = leaderNow();
        m_groups[leader] = true;
        for (NodeId id : m_ids)
            if (id != leader && m_groups.size() < 2 && m_ids.size() > 3) m_groups[id] = true;
        tellFaults();
    }
    void heal() {
        m_groups.clear();
        tellFaults();
    }
    void tellFaults() {
        for (NodeId id : m_ids) {
            FaultsChanged faults;
            for (NodeId other : m_ids)
                if (isCut(id, other)) {
                    faults.links.push_back({id, other, true, 0, 0, 0, 0, false});
                    faults.links.push_back({other, id, true, 0, 0, 0, 0, false});
                }
            if (member(id).alive) emit(member(id), faults);
        }
    }
    NodeId leaderNow() const {
        NodeId found = 0;
        std::uint64_t term = 0;
        for (const auto& [id, node] : m_members)
            if (node.alive && node.role == Role::leader && node.term > term) {
                found = id;
                term = node.term;
            }
        return found;
    }

    // --- elections
    void arm(Member& node, bool draw) {
        if (draw || node.timeoutNs == 0) node.timeoutNs = m_options.electionNs + below(m_options.electionNs);
        node.deadlineNs = m_now + node.timeoutNs;
        emit(node, ElectionDeadline{node.deadlineNs, node.timeoutNs, draw});
        const std::uint64_t timer = ++node.timer;
        at(node.timeoutNs, [this, id = node.id, timer] {
            Member& late = member(id);
            if (late.alive && late.timer == timer && late.role != Role::leader) campaign(late);
        });
    }

    void campaign(Member& node) {
        const std::uint64_t previous = node.term++;
        node.votedFor = node.id;
        node.leader = 0;
        node.role = Role::candidate;
        emit(node, TermChanged{node.term, previous, node.id});
        emit(node, RoleChanged{Role::candidate, node.term, 0, RoleCause::electionTimeout});
        node.granted = {node.id};
        node.refused.clear();
        arm(node, true);
        tally(node);
        for (NodeId id : m_ids)
            if (id != node.id && node.role == Role::candidate) {
                Message ask = message(node, id, kVote, MessageKind::voteRequest);
                ask.index = node.last();
                ask.logTerm = node.lastTerm();
                send(ask, {});
            }
    }

    void tally(Member& node) {
        VoteTally tally{node.term,           false, node.granted, node.refused, static_cast<std::uint32_t>(majority()),
                        TallyResult::pending};
        if (node.granted.size() >= majority()) tally.result = TallyResult::won;
        if (node.refused.size() >= majority()) tally.result = TallyResult::lost;
        emit(node, tally);
        if (tally.result == TallyResult::won) lead(node);
        if (tally.result == TallyResult::lost) follow(node, node.term, 0, RoleCause::voteLost);
    }

    void lead(Member& node) {
        node.role = Role::leader;
        node.leader = node.id;
        ++node.timer;
        emit(node, ElectionDeadline{});
        emit(node, RoleChanged{Role::leader, node.term, node.id, RoleCause::voteWon});
        node.progress.clear();
        for (NodeId id : m_ids)
            if (id != node.id) {
                node.progress[id] = {id, ProgressState::probe, 0, node.last() + 1, 0, false, true};
                node.heardNs[id] = m_now;
            }
        appendOwn(node, {0, 0, 0, "noop", 0, 0});
        at(m_options.heartbeatNs, [this, id = node.id, term = node.term] { beat(id, term); });
    }

    void follow(Member& node, std::uint64_t term, NodeId leader, RoleCause cause, NodeId causedBy = 0) {
        if (term > node.term) {
            emit(node, TermChanged{term, node.term, leader});
            node.votedFor = 0;
            node.term = term;
        }
        const bool changed = node.role != Role::follower || node.leader != leader;
        const bool wasLeader = node.role == Role::leader;
        node.role = Role::follower;
        node.leader = leader;
        if (changed) emit(node, RoleChanged{Role::follower, node.term, leader, cause, causedBy});
        if (!wasLeader) return;
        for (const auto& [index, request] : node.waiting)
            emit(node, ClientRequest{request, RequestPhase::failed, "", 0, 0, "etcdserver: leader changed", 0});
        node.waiting.clear();
        arm(node, true);
    }

    void beat(NodeId id, std::uint64_t term) {
        Member& node = member(id);
        if (!node.alive || node.role != Role::leader || node.term != term) return;
        std::size_t heard = 1;
        for (const auto& [peer, time] : node.heardNs)
            if (m_now - time <= m_options.electionNs) ++heard;
        if (heard < majority()) return follow(node, node.term, 0, RoleCause::quorumLost);
        for (NodeId peer : m_ids)
            if (peer != id) {
                Message sign = message(node, peer, kHeartbeat, MessageKind::heartbeat);
                sign.commit = std::min(node.commit, node.progress[peer].match);
                send(sign, {});
                if (node.progress[peer].match < node.last()) replicate(node, peer, true);
            }
        at(m_options.heartbeatNs, [this, id, term] { beat(id, term); });
    }

    // --- messages
    Message message(Member& from, NodeId to, std::uint8_t type, MessageKind kind) {
        Message out;
        out.key = {from.id, from.incarnation, ++from.counter};
        out.kind = kind;
        out.type = type;
        out.from = from.id;
        out.to = to;
        out.term = from.term;
        out.bytes = 24;
        return out;
    }

    void send(const Message& message, std::vector<LogEntry> entries) {
        Member& from = member(message.from);
        emit(from, MessageSent{message});
        if (isCut(message.from, message.to)) return emit(from, MessageDropped{message, DropReason::linkCut, false});
        at(m_options.linkNs / 2 + below(m_options.linkNs), [this, message, carried = std::move(entries)] {
            Member& to = member(message.to);
            if (!to.alive) {
                if (member(message.from).alive)
                    emit(member(message.from), MessageDropped{message, DropReason::unreachable, false});
                return;
            }
            emit(to, MessageReceived{message});
            receive(to, message, carried);
        });
    }

    void receive(Member& node, const Message& message, const std::vector<LogEntry>& entries) {
        if (message.term > node.term) {
            const bool fromLeader = message.type == kApp || message.type == kHeartbeat;
            follow(node, message.term, fromLeader ? message.from : 0, RoleCause::higherTerm, message.from);
        }
        switch (message.type) {
            case kVote:
                return voteAsked(node, message);
            case kVoteResp:
                return voteAnswered(node, message);
            case kApp:
                return append(node, message, entries);
            case kAppResp:
                return appendAnswered(node, message);
            case kHeartbeat:
                return heartbeat(node, message);
            case kHeartbeatResp:
                node.heardNs[message.from] = m_now;
                return;
            default:
                return;
        }
    }

    void voteAsked(Member& node, const Message& ask) {
        VoteCast vote{ask.from,  ask.term,        false,       VoteResult::granted, ask.logTerm,
                      ask.index, node.lastTerm(), node.last(), node.votedFor};
        if (ask.term < node.term)
            vote.result = VoteResult::oldTerm;
        else if (node.votedFor != 0 && node.votedFor != ask.from)
            vote.result = VoteResult::alreadyVoted;
        else if (std::pair(ask.logTerm, ask.index) < std::pair(node.lastTerm(), node.last()))
            vote.result = VoteResult::logBehind;
        if (vote.result == VoteResult::granted) {
            node.votedFor = ask.from;
            arm(node, false);
        }
        vote.votedFor = node.votedFor;
        emit(node, vote);
        const bool granted = vote.result == VoteResult::granted;
        Message answer =
            message(node, ask.from, kVoteResp, granted ? MessageKind::voteGranted : MessageKind::voteRefused);
        answer.reject = !granted;
        send(answer, {});
    }

    void voteAnswered(Member& node, const Message& answer) {
        if (node.role != Role::candidate || answer.term != node.term) return;
        (answer.reject ? node.refused : node.granted).push_back(answer.from);
        tally(node);
    }

    void heartbeat(Member& node, const Message& sign) {
        if (sign.term < node.term) return;
        follow(node, sign.term, sign.from, RoleCause::leaderSeen, sign.from);
        arm(node, false);
        commitTo(node, std::min(sign.commit, node.last()));
        send(message(node, sign.from, kHeartbeatResp, MessageKind::heartbeatAck), {});
    }

    // --- log
    void appendOwn(Member& node, LogEntry entry) {
        entry.index = node.last() + 1;
        entry.term = node.term;
        node.log.push_back(entry);
        emit(node, LogAppended{{entry}, entry.index, entry.index, entry.term});
        for (auto& [peer, progress] : node.progress) replicate(node, peer, false);
        sync(node, [this, id = node.id] { advanceCommit(member(id)); });
    }

    void sync(Member& node, std::function<void()> then) {
        const TimeNs takes = kMs / 2 + below(2 * kMs);
        const std::uint64_t index = node.last(), term = node.lastTerm(), incarnation = node.incarnation;
        at(takes, [this, id = node.id, index, term, incarnation, takes, then = std::move(then)] {
            Member& written = member(id);
            if (!written.alive || written.incarnation != incarnation) return;
            if (written.termAt(index) == term) written.durable = std::max(written.durable, index);
            emit(written, WalSynced{index, term, 512, 1, takes, 0, index * 512});
            then();
        });
    }

    void replicate(Member& node, NodeId peer, bool again) {
        Progress& progress = node.progress[peer];
        if (again) progress.next = std::min(progress.next, progress.match + 1);
        if (progress.next == 0) progress.next = 1;
        if (progress.next > node.last()) return;
        Message carry = message(node, peer, kApp, MessageKind::append);
        carry.index = progress.next - 1;
        carry.logTerm = node.termAt(carry.index);
        carry.commit = node.commit;
        const std::uint64_t count = std::min<std::uint64_t>(node.last() - carry.index, 20);
        const auto begin = node.log.begin() + static_cast<std::ptrdiff_t>(carry.index);
        std::vector<LogEntry> entries(begin, begin + static_cast<std::ptrdiff_t>(count));
        carry.entryCount = static_cast<std::uint32_t>(count);
        carry.firstEntry = carry.index + 1;
        carry.lastEntryTerm = entries.back().term;
        carry.bytes += carry.entryCount * 40;
        progress.next += count;
        send(carry, std::move(entries));
    }

    void append(Member& node, const Message& carry, const std::vector<LogEntry>& entries) {
        if (carry.term < node.term) return;
        follow(node, carry.term, carry.from, RoleCause::leaderSeen, carry.from);
        arm(node, false);
        Message answer = message(node, carry.from, kAppResp, MessageKind::appendAck);
        if (carry.index > node.last() || node.termAt(carry.index) != carry.logTerm) {
            answer.kind = MessageKind::appendReject;
            answer.reject = true;
            answer.index = carry.index;
            answer.rejectHint = std::min(node.last(), carry.index == 0 ? 0 : carry.index - 1);
            return send(answer, {});
        }
        std::vector<LogEntry> added;
        for (const auto& entry : entries) {
            if (node.termAt(entry.index) == entry.term) continue;
            if (entry.index <= node.last()) {
                emit(node, LogTruncated{entry.index, node.last(), node.termAt(entry.index)});
                node.log.resize(entry.index - 1);
                node.durable = std::min(node.durable, node.last());
            }
            node.log.push_back(entry);
            added.push_back(entry);
        }
        answer.index = carry.index + entries.size();
        const std::uint64_t commit = std::min(carry.commit, answer.index);
        if (added.empty()) {
            commitTo(node, commit);
            return send(answer, {});
        }
        emit(node, LogAppended{added, added.front().index, added.back().index, added.back().term});
        commitTo(node, commit);
        sync(node, [this, answer] { send(answer, {}); });
    }

    void appendAnswered(Member& node, const Message& answer) {
        node.heardNs[answer.from] = m_now;
        if (node.role != Role::leader || answer.term != node.term) return;
        Progress& progress = node.progress[answer.from];
        if (answer.reject) {
            progress.state = ProgressState::probe;
            progress.next = std::max(progress.match, answer.rejectHint) + 1;
            emit(node, ProgressChanged{progress});
            return replicate(node, answer.from, false);
        }
        if (answer.index <= progress.match) return;
        progress.match = answer.index;
        progress.next = std::max(progress.next, answer.index + 1);
        progress.state = ProgressState::replicate;
        emit(node, ProgressChanged{progress});
        advanceCommit(node);
        replicate(node, answer.from, false);
    }

    void advanceCommit(Member& node) {
        if (node.role != Role::leader) return;
        std::vector<std::uint64_t> matches{node.durable};
        for (const auto& [peer, progress] : node.progress) matches.push_back(progress.match);
        std::sort(matches.rbegin(), matches.rend());
        const std::uint64_t index = matches[majority() - 1];
        if (node.termAt(index) == node.term) commitTo(node, index);
    }

    void commitTo(Member& node, std::uint64_t index) {
        if (index <= node.commit) return;
        node.commit = index;
        emit(node, CommitAdvanced{index, node.termAt(index)});
        const std::uint64_t first = node.applied + 1;
        for (std::uint64_t i = first; i <= index; ++i) applyOne(node, i);
        node.applied = index;
        emit(node, Applied{first, index, revisionAt(node, index)});
    }

    void applyOne(Member& node, std::uint64_t index) {
        const LogEntry& entry = node.log[index - 1];
        const std::int64_t revision = revisionAt(node, index);
        if (entry.requestId != 0)
            emit(node, KeyChanged{revision, 0, false, base::Bytes("k" + std::to_string(entry.requestId % 10)),
                                  base::Bytes(entry.text), 8, 1, revision, 0, index});
        const auto waiting = node.waiting.find(index);
        if (waiting == node.waiting.end()) return;
        emit(node, ClientRequest{waiting->second, RequestPhase::answered, "", index, revision, "", 0});
        node.waiting.erase(waiting);
    }

    // Puts have text; each makes a revision after the first.
    std::int64_t revisionAt(const Member& node, std::uint64_t index) const {
        std::int64_t revision = 1;
        for (std::uint64_t i = m_revisionsAt.size(); i < index; ++i) m_revisionsAt.push_back(0);
        for (std::uint64_t i = index; i > 0; --i) {
            if (m_revisionsAt[i - 1] != 0 && i != index)
                return m_revisionsAt[index - 1] = m_revisionsAt[i - 1] + count(node, i, index);
        }
        revision += count(node, 0, index);
        if (index > 0) m_revisionsAt[index - 1] = revision;
        return revision;
    }
    static std::int64_t count(const Member& node, std::uint64_t after, std::uint64_t upTo) {
        return std::count_if(node.log.begin() + static_cast<std::ptrdiff_t>(after),
                             node.log.begin() + static_cast<std::ptrdiff_t>(upTo),
                             [](const LogEntry& entry) { return entry.requestId != 0; });
    }

    void put() {
        at(static_cast<TimeNs>(1e9 / m_options.putsPerSecond * (0.5 + static_cast<double>(m_rng.below(1000)) / 1000)),
           [this] { put(); });
        const NodeId id = leaderNow();
        if (id == 0) return;
        Member& node = member(id);
        const std::uint64_t request = ++m_requests;
        const std::string text = "put k" + std::to_string(request % 10) + " = " + std::to_string(request);
        emit(node, ClientRequest{request, RequestPhase::received, text, 0, 0, "", 0});
        emit(node, ClientRequest{request, RequestPhase::proposed, "", node.last() + 1, 0, "", 0});
        node.waiting[node.last() + 1] = request;
        appendOwn(node, {0, 0, 0, text, static_cast<std::uint32_t>(text.size() + 16), request});
    }

    SyntheticOptions m_options;
    base::Rng m_rng;
    TimeNs m_now = 0;
    std::uint64_t m_order = 0, m_requests = 0;
    std::priority_queue<Action> m_queue;
    std::vector<NodeId> m_ids;
    std::map<NodeId, Member> m_members;
    std::map<NodeId, bool> m_groups;                  // members of the cut-off side
    mutable std::vector<std::int64_t> m_revisionsAt;  // by index - 1 of a committed entry; 0 = not known
    std::vector<Event> m_events;
};

}  // namespace

std::vector<NodeId> syntheticIds(const SyntheticOptions& options) {
    base::Rng rng(options.seed);
    std::vector<NodeId> ids;
    for (int i = 0; i < options.nodes; ++i) ids.push_back(rng.next() | 1);
    return ids;
}

std::vector<Event> synthesize(const SyntheticOptions& options) { return Model(options).run(); }

}  // namespace raftarium::testing
