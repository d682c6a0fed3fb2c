// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The traces of the core and the store as telemetry.

#include "cluster/node/telemetry/telemetry_enums.h"
#include "cluster/node/telemetry/telemetry_values.h"

#include <memory>
#include <string>
#include <utility>
#include <variant>

namespace raftarium::node {
namespace {

using MaybeKind = std::optional<telemetry::EventKind>;

// One overload for each kind of the core's trace that is reported as it is.
struct CoreTrace {
    MaybeKind operator()(const raft::trace::RoleChanged& e) const {
        const telemetry::RoleCause cause = valueOf(e.cause);
        const bool byMessage = cause == telemetry::RoleCause::higherTerm || cause == telemetry::RoleCause::leaderSeen ||
                               cause == telemetry::RoleCause::transfer;
        return telemetry::RoleChanged{roleOf(e.role), e.term, e.leader, cause, byMessage ? e.messageFrom : 0};
    }
    MaybeKind operator()(const raft::trace::TermChanged& e) const {
        return telemetry::TermChanged{e.term, e.previous, e.messageFrom};
    }
    MaybeKind operator()(const raft::trace::VoteCast& e) const {
        return telemetry::VoteCast{
            e.candidate,          e.term,        e.preVote,      valueOf(e.result), e.candidateLastTerm,
            e.candidateLastIndex, e.ownLastTerm, e.ownLastIndex, e.votedFor};
    }
    MaybeKind operator()(const raft::trace::LogTruncated& e) const {
        return telemetry::LogTruncated{e.first, e.last, e.firstTerm};
    }
    MaybeKind operator()(const raft::trace::LogCompacted& e) const { return telemetry::LogCompacted{e.first}; }
    MaybeKind operator()(const raft::trace::CommitAdvanced& e) const {
        return telemetry::CommitAdvanced{e.index, e.term};
    }
    MaybeKind operator()(const raft::trace::ProgressChanged& e) const {
        return telemetry::ProgressChanged{
            {e.peer, valueOf(e.state), e.match, e.next, static_cast<std::uint32_t>(e.inFlight), e.paused, true}};
    }
    MaybeKind operator()(const raft::trace::MessageIgnored& e) const {
        const telemetry::Rule rule = ruleOf(e.reason);
        if (rule == telemetry::Rule::unknown) return std::nullopt;
        return telemetry::RuleFired{rule, {e.from, e.term}};
    }
    MaybeKind operator()(const raft::trace::ProposalDropped& e) const {
        return telemetry::RuleFired{telemetry::Rule::proposalDropped, {static_cast<std::uint64_t>(e.reason)}};
    }
    MaybeKind operator()(const raft::trace::TransferStarted& e) const {
        return telemetry::RuleFired{telemetry::Rule::transferStarted, {e.target}};
    }
    MaybeKind operator()(const raft::trace::TransferAborted& e) const {
        return telemetry::RuleFired{telemetry::Rule::transferAborted, {e.target}};
    }
    template <typename Other>
    MaybeKind operator()(const Other&) const {
        return std::nullopt;
    }
};

telemetry::LeaseChanged leaseChanged(telemetry::LeaseChange kind, telemetry::Lease lease, telemetry::LeaseCause cause) {
    return {kind, lease, cause};
}

// One overload for each kind of the store's trace.
struct StoreValue {
    std::uint64_t index;
    std::uint64_t requestId;

    telemetry::EventKind operator()(mvcc::trace::KeyChanged& e) const {
        telemetry::KeyChanged out;
        out.index = index;
        out.requestId = requestId;
        if (!e.event) return out;
        const mvcc::KeyValue& kv = e.event->kv;
        out.main = e.event->revision.main;
        out.sub = e.event->revision.sub;
        out.deleted = e.event->deleted;
        out.key = base::Bytes(std::shared_ptr<const std::string>(e.event, &kv.key));
        out.value = base::Bytes(std::shared_ptr<const std::string>(e.event, &kv.value));
        out.valueSize = static_cast<std::uint32_t>(kv.value.size());
        out.version = kv.version;
        out.createRevision = kv.createRevision;
        out.lease = kv.lease;
        return out;
    }
    telemetry::EventKind operator()(const mvcc::trace::WatchDelivered& e) const {
        return telemetry::WatchDelivered{e.stream, e.watcher, e.firstRevision, e.lastRevision, e.events, 0};
    }
    telemetry::EventKind operator()(mvcc::trace::WatcherMoved& e) const {
        return telemetry::WatcherMoved{
            {e.stream, e.watcher, valueOf(e.to), std::move(e.key), std::move(e.rangeEnd), e.nextRevision},
            valueOf(e.from),
            valueOf(e.cause)};
    }
    telemetry::EventKind operator()(const mvcc::trace::LeaseGranted& e) const {
        return leaseChanged(telemetry::LeaseChange::granted, {e.lease, e.ttlSeconds, e.deadlineNs, 0},
                            telemetry::LeaseCause::grant);
    }
    telemetry::EventKind operator()(const mvcc::trace::LeaseRenewed& e) const {
        return leaseChanged(telemetry::LeaseChange::renewed, {e.lease, e.ttlSeconds, e.deadlineNs, 0},
                            telemetry::LeaseCause::keepAlive);
    }
    telemetry::EventKind operator()(const mvcc::trace::LeaseRecounted& e) const {
        return leaseChanged(telemetry::LeaseChange::deadlineMoved, {e.lease, e.ttlSeconds, e.deadlineNs, 0},
                            telemetry::LeaseCause::newLeader);
    }
    telemetry::EventKind operator()(const mvcc::trace::LeaseRevoked& e) const {
        return leaseChanged(telemetry::LeaseChange::revoked, {e.lease, 0, 0, e.keys}, telemetry::LeaseCause::unknown);
    }
    telemetry::EventKind operator()(const mvcc::trace::LeaseExpired& e) const {
        return leaseChanged(telemetry::LeaseChange::expired, {e.lease, e.ttlSeconds, 0, 0},
                            telemetry::LeaseCause::unknown);
    }
    telemetry::EventKind operator()(const mvcc::trace::LeaseCheckpointed& e) const {
        return leaseChanged(telemetry::LeaseChange::checkpoint, {e.lease, e.remainingSeconds, 0, 0},
                            telemetry::LeaseCause::checkpoint);
    }
    telemetry::EventKind operator()(const mvcc::trace::CompactionScheduled& e) const {
        return telemetry::Compacted{e.revision, false, 0};
    }
    telemetry::EventKind operator()(const mvcc::trace::CompactionFinished& e) const {
        return telemetry::Compacted{e.revision, true, static_cast<std::uint64_t>(e.rowsRemoved)};
    }
    telemetry::EventKind operator()(const mvcc::trace::AlarmRaised& e) const {
        return telemetry::AlarmChanged{valueOf(e.alarm), true};
    }
    telemetry::EventKind operator()(const mvcc::trace::AlarmDisarmed& e) const {
        return telemetry::AlarmChanged{valueOf(e.alarm), false};
    }
};

}  // namespace

std::optional<telemetry::EventKind> valueOf(const raft::TraceEvent& event) { return std::visit(CoreTrace{}, event); }

bool isFrequent(const raft::TraceEvent& event) {
    return std::holds_alternative<raft::trace::CommitAdvanced>(event) ||
           std::holds_alternative<raft::trace::ProgressChanged>(event);
}

telemetry::EventKind valueOf(mvcc::StoreTrace&& trace, std::uint64_t index, std::uint64_t requestId) {
    return std::visit(StoreValue{index, requestId}, trace);
}

}  // namespace raftarium::node
