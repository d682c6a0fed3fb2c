// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Random values of every kind of telemetry. Each struct is taken apart by name: one that gets a field, or a kind that
// is added, does not compile until it is filled here.
#pragma once

#include "cluster/base/rng.h"
#include "cluster/telemetry/event.h"

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace raftarium::telemetry::testing {

constexpr Role lastOf(Role) { return Role::learner; }
constexpr RoleCause lastOf(RoleCause) { return RoleCause::forgotLeader; }
constexpr VoteResult lastOf(VoteResult) { return VoteResult::oldTerm; }
constexpr TallyResult lastOf(TallyResult) { return TallyResult::won; }
constexpr DropReason lastOf(DropReason) { return DropReason::stepRefused; }
constexpr ProgressState lastOf(ProgressState) { return ProgressState::snapshot; }
constexpr SnapshotPhase lastOf(SnapshotPhase) { return SnapshotPhase::installed; }
constexpr WatcherGroup lastOf(WatcherGroup) { return WatcherGroup::victim; }
constexpr WatcherCause lastOf(WatcherCause) { return WatcherCause::storeReplaced; }
constexpr LeaseChange lastOf(LeaseChange) { return LeaseChange::deadlineMoved; }
constexpr LeaseCause lastOf(LeaseCause) { return LeaseCause::expirySpread; }
constexpr AlarmType lastOf(AlarmType) { return AlarmType::corrupt; }
constexpr RequestPhase lastOf(RequestPhase) { return RequestPhase::failed; }
constexpr LifecyclePhase lastOf(LifecyclePhase) { return LifecyclePhase::restarted; }
constexpr ProcessState lastOf(ProcessState) { return ProcessState::paused; }
constexpr ActionOutcome lastOf(ActionOutcome) { return ActionOutcome::failed; }
constexpr Rule lastOf(Rule) { return Rule::proposalDropped; }

class RandomValues {
public:
    explicit RandomValues(std::uint64_t seed) : m_rng(seed) {}

    // The kind with this index in EventKind.
    EventKind kind(std::size_t index) {
        return kindAt(index, std::make_index_sequence<std::variant_size_v<EventKind>>());
    }

private:
    template <std::size_t... Is>
    EventKind kindAt(std::size_t index, std::index_sequence<Is...>) {
        EventKind out;
        ((Is == index ? static_cast<void>(out = make<std::variant_alternative_t<Is, EventKind>>()) : void()), ...);
        return out;
    }
    template <typename T>
    T make() {
        T value;
        fill(value);
        return value;
    }
    template <typename... Fields>
    void all(Fields&... fields) {
        (fill(fields), ...);
    }

    template <std::integral T>
    void fill(T& value) {
        if constexpr (std::is_same_v<T, bool>) {
            value = m_rng.chance(0.5);
        } else {
            const std::uint64_t choice = m_rng.below(8);
            value = choice == 0   ? T(0)
                    : choice == 1 ? std::numeric_limits<T>::max()
                    : choice == 2 ? std::numeric_limits<T>::min()
                                  : static_cast<T>(m_rng.next());
        }
    }
    template <typename E>
    requires std::is_enum_v<E>
    void fill(E& value) { value = static_cast<E>(m_rng.below(static_cast<std::uint64_t>(lastOf(E{})) + 1)); }
    void fill(double& value) { value = static_cast<double>(m_rng.below(1001)) / 1000; }
    void fill(std::string& value) {
        value.clear();
        for (std::uint64_t left = m_rng.below(12); left > 0; --left)
            value += m_rng.chance(0.1) ? std::string("\xc3\xa9") : std::string(1, static_cast<char>(m_rng.below(128)));
    }
    // Keys and values may be any bytes; none at all decodes to null.
    void fill(base::Bytes& value) {
        std::string bytes(m_rng.below(20), '\0');
        for (char& byte : bytes) byte = static_cast<char>(m_rng.below(256));
        value = bytes.empty() ? base::Bytes() : base::Bytes(std::move(bytes));
    }
    template <typename T>
    void fill(std::vector<T>& values) {
        values.resize(m_rng.below(4));
        for (T& value : values) fill(value);
    }
    template <typename T>
    void fill(Boxed<T>& boxed) {
        boxed = make<T>();
    }

    void fill(MessageKey& value) {
        auto& [sender, incarnation, counter] = value;
        all(sender, incarnation, counter);
    }
    void fill(Message& value) {
        auto& [key, kind, type, from, to, term, logTerm, index, commit, rejectHint, reject, preVote, transfer,
               entryCount, firstEntry, lastEntryTerm, bytes] = value;
        all(key, type, from, to, term, logTerm, index, commit, rejectHint, reject, transfer, entryCount, firstEntry,
            lastEntryTerm, bytes);
        if (m_rng.chance(0.8)) type = static_cast<std::uint8_t>(m_rng.below(20));
        kind = messageKindOf(type, reject);
        preVote = isPreVote(type);
    }
    void fill(LogEntry& value) {
        auto& [index, term, type, text, bytes, requestId, payload] = value;
        all(index, term, type, text, bytes, requestId);
        payload = {};  // never leaves the node
    }
    void fill(Progress& value) {
        auto& [peer, state, match, next, inFlight, paused, recentlyActive] = value;
        all(peer, state, match, next, inFlight, paused, recentlyActive);
    }
    void fill(Member& value) {
        auto& [id, name, peerUrls, clientUrls, learner] = value;
        all(id, name, peerUrls, clientUrls, learner);
    }
    void fill(Configuration& value) {
        auto& [voters, learners, votersOutgoing, learnersNext, autoLeave, members] = value;
        all(voters, learners, votersOutgoing, learnersNext, autoLeave, members);
    }
    void fill(LinkFaults& value) {
        auto& [from, to, cut, delayNs, jitterNs, dropShare, duplicateShare, hold] = value;
        all(from, to, cut, delayNs, jitterNs, dropShare, duplicateShare, hold);
    }
    void fill(Pace& value) {
        auto& [tickNs, heartbeatTicks, electionTicks, preVote, checkQuorum] = value;
        all(tickNs, heartbeatTicks, electionTicks, preVote, checkQuorum);
    }
    void fill(Watcher& value) {
        auto& [stream, id, group, key, rangeEnd, nextRevision] = value;
        all(stream, id, group, key, rangeEnd, nextRevision);
    }
    void fill(Lease& value) {
        auto& [id, ttlSeconds, deadlineNs, keys] = value;
        all(id, ttlSeconds, deadlineNs, keys);
    }
    void fill(Alarm& value) {
        auto& [member, type] = value;
        all(member, type);
    }
    void fill(FullState& value) {
        auto& [name, version, clusterId, incarnation, pid, role, term, votedFor, leader, firstIndex, lastIndex,
               durableIndex, commitIndex, appliedIndex, tail, configuration, progress, deadline, revision,
               compactRevision, faults, pace, watchers, leases, alarms] = value;
        all(name, version, clusterId, incarnation, pid, role, term, votedFor, leader, firstIndex, lastIndex,
            durableIndex, commitIndex, appliedIndex, tail, configuration, progress, deadline, revision, compactRevision,
            faults, pace, watchers, leases, alarms);
    }

    void fill(StreamEnded& value) {
        auto& [reason] = value;
        all(reason);
    }
    void fill(ProcessChanged& value) {
        auto& [state, name, exitCode, signal, text] = value;
        all(state, name, exitCode, signal, text);
    }
    void fill(ActionTaken& value) {
        auto& [line, json, by, outcome, error] = value;
        all(line, json, by, outcome, error);
    }
    void fill(RoleChanged& value) {
        auto& [role, term, leader, cause, causedBy] = value;
        all(role, term, leader, cause, causedBy);
    }
    void fill(TermChanged& value) {
        auto& [term, previous, seenFrom] = value;
        all(term, previous, seenFrom);
    }
    void fill(VoteCast& value) {
        auto& [candidate, term, preVote, result, candidateLastTerm, candidateLastIndex, ownLastTerm, ownLastIndex,
               votedFor] = value;
        all(candidate, term, preVote, result, candidateLastTerm, candidateLastIndex, ownLastTerm, ownLastIndex,
            votedFor);
    }
    void fill(VoteTally& value) {
        auto& [term, preVote, granted, refused, needed, result] = value;
        all(term, preVote, granted, refused, needed, result);
    }
    void fill(ElectionDeadline& value) {
        auto& [deadlineNs, timeoutNs, redrawn] = value;
        all(deadlineNs, timeoutNs, redrawn);
    }
    void fill(MessageSent& value) {
        auto& [message] = value;
        all(message);
    }
    void fill(MessageReceived& value) {
        auto& [message] = value;
        all(message);
    }
    void fill(MessageDropped& value) {
        auto& [message, reason, atReceiver] = value;
        all(message, reason, atReceiver);
    }
    void fill(MessageDelayed& value) {
        auto& [message, untilNs, atReceiver] = value;
        all(message, untilNs, atReceiver);
    }
    void fill(LogAppended& value) {
        auto& [entries, firstIndex, lastIndex, lastTerm] = value;
        all(entries, firstIndex, lastIndex, lastTerm);
    }
    void fill(LogTruncated& value) {
        auto& [fromIndex, toIndex, fromTerm] = value;
        all(fromIndex, toIndex, fromTerm);
    }
    void fill(LogCompacted& value) {
        auto& [firstIndex] = value;
        all(firstIndex);
    }
    void fill(WalSynced& value) {
        auto& [index, term, bytes, entries, durationNs, segment, offset, syncs] = value;
        all(index, term, bytes, entries, durationNs, segment, offset, syncs);
        syncs = std::max(syncs, 1U);
    }
    void fill(CommitAdvanced& value) {
        auto& [index, term] = value;
        all(index, term);
    }
    void fill(Applied& value) {
        auto& [firstIndex, lastIndex, revision] = value;
        all(firstIndex, lastIndex, revision);
    }
    void fill(ProgressChanged& value) {
        auto& [progress] = value;
        all(progress);
    }
    void fill(ConfigurationChanged& value) {
        auto& [configuration, index] = value;
        all(configuration, index);
    }
    void fill(SnapshotProgress& value) {
        auto& [phase, index, term, peer, bytesDone, bytesTotal] = value;
        all(phase, index, term, peer, bytesDone, bytesTotal);
    }
    void fill(KeyChanged& value) {
        auto& [main, sub, deleted, key, content, valueSize, version, createRevision, lease, index, requestId] = value;
        all(main, sub, deleted, key, content, valueSize, version, createRevision, lease, index, requestId);
    }
    void fill(WatcherMoved& value) {
        auto& [watcher, from, cause] = value;
        all(watcher, from, cause);
    }
    void fill(WatchDelivered& value) {
        auto& [stream, watcher, firstRevision, lastRevision, events, requestId] = value;
        all(stream, watcher, firstRevision, lastRevision, events, requestId);
    }
    void fill(LeaseChanged& value) {
        auto& [kind, lease, cause] = value;
        all(kind, lease, cause);
    }
    void fill(Compacted& value) {
        auto& [revision, finished, rowsRemoved] = value;
        all(revision, finished, rowsRemoved);
    }
    void fill(AlarmChanged& value) {
        auto& [alarm, active] = value;
        all(alarm, active);
    }
    void fill(ClientRequest& value) {
        auto& [requestId, phase, text, index, revision, error, forwardedTo, payload] = value;
        all(requestId, phase, text, index, revision, error, forwardedTo);
        payload = {};  // never leaves the node
    }
    void fill(FaultsChanged& value) {
        auto& [links] = value;
        all(links);
    }
    void fill(PaceChanged& value) {
        auto& [pace] = value;
        all(pace);
    }
    void fill(Lifecycle& value) {
        auto& [phase] = value;
        all(phase);
    }
    void fill(RuleFired& value) {
        auto& [rule, values] = value;
        all(rule, values);
    }
    void fill(Lost& value) {
        auto& [count, sampled] = value;
        all(count, sampled);
    }

    base::Rng m_rng;
};

}  // namespace raftarium::telemetry::testing
