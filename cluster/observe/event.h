// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Telemetry as values: what the reducer, the feed and the views work on. One flat struct per kind, decoded from the
// telemetry messages at the door (decode.h). Times are CLOCK_MONOTONIC nanoseconds of the machine.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace raftarium::observe {

using NodeId = std::uint64_t;
using TimeNs = std::int64_t;

enum class Role : std::uint8_t { follower, candidate, leader, preCandidate, learner };

struct MessageKey {
    std::uint64_t sender = 0, incarnation = 0, counter = 0;
    friend auto operator<=>(const MessageKey&, const MessageKey&) = default;
};

// What a flying glyph stands for.
enum class MessageKind : std::uint8_t {
    voteRequest,
    preVoteRequest,
    voteGranted,
    voteRefused,
    append,
    appendAck,
    appendReject,
    heartbeat,
    heartbeatAck,
    snapshot,
    timeoutNow,
    readIndex,
    readIndexAnswer,
    proposal,
    transferRequest,
    other,
};

struct Message {
    MessageKey key;
    MessageKind kind = MessageKind::other;
    std::uint8_t type = 0;  // raftpb.MessageType
    NodeId from = 0, to = 0;
    std::uint64_t term = 0, logTerm = 0, index = 0, commit = 0, rejectHint = 0;
    bool reject = false, preVote = false, transfer = false;
    std::uint32_t entryCount = 0;
    std::uint64_t firstEntry = 0, lastEntryTerm = 0;
    std::uint32_t bytes = 0;
    friend bool operator==(const Message&, const Message&) = default;
};

struct LogEntry {
    std::uint64_t index = 0, term = 0;
    std::uint8_t type = 0;
    std::string text;
    std::uint32_t bytes = 0;
    std::uint64_t requestId = 0;
    friend bool operator==(const LogEntry&, const LogEntry&) = default;
};

enum class VoteResult : std::uint8_t { granted, alreadyVoted, logBehind, leaderKnown, leaderLease, oldTerm };
enum class DropReason : std::uint8_t { unknown, linkCut, loss, unreachable, queueFull, byHand, stepRefused };
enum class ProgressState : std::uint8_t { probe, replicate, snapshot };
enum class WatcherGroup : std::uint8_t { none, synced, unsynced, setAside };
enum class ProcessState : std::uint8_t { stopped, starting, running, paused };

struct Progress {
    NodeId peer = 0;
    ProgressState state = ProgressState::probe;
    std::uint64_t match = 0, next = 0;
    std::uint32_t inFlight = 0;
    bool paused = false, recentlyActive = false;
    friend bool operator==(const Progress&, const Progress&) = default;
};
struct Member {
    NodeId id = 0;
    std::string name;
    std::vector<std::string> peerUrls, clientUrls;
    bool learner = false;
    friend bool operator==(const Member&, const Member&) = default;
};
struct Configuration {
    std::vector<NodeId> voters, learners, votersOutgoing, learnersNext;
    bool autoLeave = false;
    std::vector<Member> members;
    friend bool operator==(const Configuration&, const Configuration&) = default;
};
struct LinkFaults {
    NodeId from = 0, to = 0;
    bool cut = false;
    TimeNs delayNs = 0, jitterNs = 0;
    double dropShare = 0, duplicateShare = 0;
    bool hold = false;
    friend bool operator==(const LinkFaults&, const LinkFaults&) = default;
};
struct Pace {
    TimeNs tickNs = 0;
    std::uint32_t heartbeatTicks = 0, electionTicks = 0;
    bool preVote = true, checkQuorum = true;
    friend bool operator==(const Pace&, const Pace&) = default;
};
struct Watcher {
    std::uint64_t stream = 0;
    std::int64_t id = 0;
    WatcherGroup group = WatcherGroup::none;
    std::string key, rangeEnd;
    std::int64_t nextRevision = 0;
    friend bool operator==(const Watcher&, const Watcher&) = default;
};
struct Lease {
    std::int64_t id = 0, ttlSeconds = 0;
    TimeNs deadlineNs = 0;
    std::uint32_t keys = 0;
    friend bool operator==(const Lease&, const Lease&) = default;
};
struct Alarm {
    NodeId member = 0;
    std::uint32_t type = 0;
    friend bool operator==(const Alarm&, const Alarm&) = default;
};

// --- kinds -----------------------------------------------------------------------------------------------------------
struct RoleChanged {
    Role role = Role::follower;
    std::uint64_t term = 0;
    NodeId leader = 0;
    std::string reason;
    friend bool operator==(const RoleChanged&, const RoleChanged&) = default;
};
struct TermChanged {
    std::uint64_t term = 0, previous = 0;
    NodeId seenFrom = 0;
    friend bool operator==(const TermChanged&, const TermChanged&) = default;
};
struct VoteCast {
    NodeId candidate = 0;
    std::uint64_t term = 0;
    bool preVote = false;
    VoteResult result = VoteResult::granted;
    std::uint64_t candidateLastTerm = 0, candidateLastIndex = 0, ownLastTerm = 0, ownLastIndex = 0;
    NodeId votedFor = 0;
    friend bool operator==(const VoteCast&, const VoteCast&) = default;
};
struct VoteTally {
    std::uint64_t term = 0;
    bool preVote = false;
    std::vector<NodeId> granted, refused;
    std::uint32_t needed = 0, result = 0;  // 0 pending, 1 lost, 2 won
    friend bool operator==(const VoteTally&, const VoteTally&) = default;
};
struct ElectionDeadline {
    TimeNs deadlineNs = 0, timeoutNs = 0;
    bool redrawn = false;
    friend bool operator==(const ElectionDeadline&, const ElectionDeadline&) = default;
};
struct MessageSent {
    Message message;
    friend bool operator==(const MessageSent&, const MessageSent&) = default;
};
struct MessageReceived {
    Message message;
    friend bool operator==(const MessageReceived&, const MessageReceived&) = default;
};
struct MessageDropped {
    Message message;
    DropReason reason = DropReason::unknown;
    bool atReceiver = false;
    friend bool operator==(const MessageDropped&, const MessageDropped&) = default;
};
struct MessageDelayed {
    Message message;
    TimeNs untilNs = 0;
    bool atReceiver = false;
    friend bool operator==(const MessageDelayed&, const MessageDelayed&) = default;
};  // untilNs 0 = held
struct LogAppended {
    std::vector<LogEntry> entries;
    std::uint64_t firstIndex = 0, lastIndex = 0, lastTerm = 0;
    friend bool operator==(const LogAppended&, const LogAppended&) = default;
};
struct LogTruncated {
    std::uint64_t fromIndex = 0, toIndex = 0, fromTerm = 0;
    friend bool operator==(const LogTruncated&, const LogTruncated&) = default;
};
struct LogCompacted {
    std::uint64_t firstIndex = 0;
    friend bool operator==(const LogCompacted&, const LogCompacted&) = default;
};
struct WalSynced {
    std::uint64_t index = 0, term = 0, bytes = 0;
    std::uint32_t entries = 0;
    TimeNs durationNs = 0;
    std::uint64_t segment = 0, offset = 0;
    friend bool operator==(const WalSynced&, const WalSynced&) = default;
};
struct CommitAdvanced {
    std::uint64_t index = 0, term = 0;
    friend bool operator==(const CommitAdvanced&, const CommitAdvanced&) = default;
};
struct Applied {
    std::uint64_t firstIndex = 0, lastIndex = 0;
    std::int64_t revision = 0;
    friend bool operator==(const Applied&, const Applied&) = default;
};
struct ProgressChanged {
    Progress progress;
    friend bool operator==(const ProgressChanged&, const ProgressChanged&) = default;
};
struct ConfigurationChanged {
    Configuration configuration;
    std::uint64_t index = 0;
    friend bool operator==(const ConfigurationChanged&, const ConfigurationChanged&) = default;
};
struct SnapshotProgress {
    std::uint8_t phase = 0;  // telemetry.proto SnapshotPhase
    std::uint64_t index = 0, term = 0;
    NodeId peer = 0;
    std::uint64_t bytesDone = 0, bytesTotal = 0;
    friend bool operator==(const SnapshotProgress&, const SnapshotProgress&) = default;
};
struct KeyChanged {
    std::int64_t main = 0, sub = 0;
    bool deleted = false;
    std::string key, value;
    std::uint32_t valueSize = 0;
    std::int64_t version = 0, createRevision = 0, lease = 0;
    std::uint64_t index = 0;
    friend bool operator==(const KeyChanged&, const KeyChanged&) = default;
};
struct WatcherMoved {
    Watcher watcher;
    WatcherGroup from = WatcherGroup::none;
    std::string reason;
    friend bool operator==(const WatcherMoved&, const WatcherMoved&) = default;
};
struct WatchDelivered {
    std::uint64_t stream = 0;
    std::int64_t watcher = 0, firstRevision = 0, lastRevision = 0;
    std::uint32_t events = 0;
    friend bool operator==(const WatchDelivered&, const WatchDelivered&) = default;
};
struct LeaseChanged {
    std::uint8_t kind = 0;
    Lease lease;
    friend bool operator==(const LeaseChanged&, const LeaseChanged&) = default;
};
struct Compacted {
    std::int64_t revision = 0;
    bool finished = false;
    std::uint64_t rowsRemoved = 0;
    friend bool operator==(const Compacted&, const Compacted&) = default;
};
struct AlarmChanged {
    Alarm alarm;
    bool active = false;
    friend bool operator==(const AlarmChanged&, const AlarmChanged&) = default;
};
struct ClientRequest {
    std::uint64_t requestId = 0;
    std::uint8_t phase = 0;  // telemetry.proto RequestPhase
    std::string text;
    std::uint64_t index = 0;
    std::int64_t revision = 0;
    std::string error;
    NodeId forwardedTo = 0;
    friend bool operator==(const ClientRequest&, const ClientRequest&) = default;
};
struct FaultsChanged {
    std::vector<LinkFaults> links;
    friend bool operator==(const FaultsChanged&, const FaultsChanged&) = default;
};
struct PaceChanged {
    Pace pace;
    friend bool operator==(const PaceChanged&, const PaceChanged&) = default;
};
struct Lifecycle {
    std::uint8_t phase = 0;
    std::string text;
    friend bool operator==(const Lifecycle&, const Lifecycle&) = default;
};
struct Lost {
    std::uint64_t count = 0;
    bool sampled = false;
    friend bool operator==(const Lost&, const Lost&) = default;
};
// Not from a node: what the supervisor did to, or saw of, its process.
struct ProcessChanged {
    ProcessState state = ProcessState::stopped;
    std::string name;
    int exitCode = 0, signal = 0;
    std::string text;
    friend bool operator==(const ProcessChanged&, const ProcessChanged&) = default;
};
// The node's own full state, at the start of a stream; also after a gap.
struct FullState {
    std::string name;
    std::uint64_t clusterId = 0, incarnation = 0;
    int pid = 0;
    Role role = Role::follower;
    std::uint64_t term = 0;
    NodeId votedFor = 0, leader = 0;
    std::uint64_t firstIndex = 0, lastIndex = 0, durableIndex = 0, commitIndex = 0, appliedIndex = 0;
    std::vector<LogEntry> tail;
    Configuration configuration;
    std::vector<Progress> progress;
    ElectionDeadline deadline;
    std::int64_t revision = 0, compactRevision = 0;
    std::vector<LinkFaults> faults;
    Pace pace;
    std::vector<Watcher> watchers;
    std::vector<Lease> leases;
    std::vector<Alarm> alarms;
    friend bool operator==(const FullState&, const FullState&) = default;
};
// A shared, immutable value: keeps a rare large kind from making every event large. Compares by content.
template <typename T>
class Boxed {
public:
    Boxed() : m_value(std::make_shared<const T>()) {}
    Boxed(T value) : m_value(std::make_shared<const T>(std::move(value))) {}
    const T& operator*() const { return *m_value; }
    const T* operator->() const { return m_value.get(); }
    friend bool operator==(const Boxed& a, const Boxed& b) { return *a == *b; }

private:
    std::shared_ptr<const T> m_value;
};

// The stream to this node broke: from here on nothing is known of it until its next FullState.
struct StreamEnded {
    std::string reason;
    friend bool operator==(const StreamEnded&, const StreamEnded&) = default;
};

using EventKind =
    std::variant<Boxed<FullState>, StreamEnded, ProcessChanged, RoleChanged, TermChanged, VoteCast, VoteTally,
                 ElectionDeadline, MessageSent, MessageReceived, MessageDropped, MessageDelayed, LogAppended,
                 LogTruncated, LogCompacted, WalSynced, CommitAdvanced, Applied, ProgressChanged, ConfigurationChanged,
                 SnapshotProgress, KeyChanged, WatcherMoved, WatchDelivered, LeaseChanged, Compacted, AlarmChanged,
                 ClientRequest, FaultsChanged, PaceChanged, Lifecycle, Lost>;

struct Event {
    TimeNs atNs = 0;
    NodeId node = 0;
    std::uint64_t sequence = 0;  // of the node; 0 for what the supervisor says
    EventKind kind;
    friend bool operator==(const Event&, const Event&) = default;
};

}  // namespace raftarium::observe
