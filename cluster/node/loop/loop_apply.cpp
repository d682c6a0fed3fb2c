// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Committed entries become state, in log order, in batches under the reader gate; answers go out after the gate is
// open.

#include "cluster/base/coding.h"
#include "cluster/node/loop/loop.h"

#include <algorithm>

namespace raftarium::node {
namespace {

// Readers wait for at most this many entries.
constexpr std::size_t kEntriesPerBatch = 512;

}  // namespace

void Loop::applyCommitted(raft::Message& message) {
    const raft::Index first = m_applied.index + 1;
    for (std::size_t from = 0; from < message.entries.size() && !m_failed; from += kEntriesPerBatch) {
        const std::size_t to = std::min(message.entries.size(), from + kEntriesPerBatch);
        {
            const ReaderGate::Exclusive gate(*m_parts.gate);
            m_store.holdWatchEvents();
            for (std::size_t i = from; i < to && !m_failed; ++i) applyEntry(message.entries[i]);
            m_store.sendWatchEvents();
        }
        if (listening()) takeStoreTrace(0);
        m_answers.send();
    }
    if (listening()) m_store.setKeyTracing(!m_telemetry.loaded());
    if (m_failed) return;
    if (listening() && m_applied.index >= first) emit(telemetry::Applied{first, m_applied.index, m_store.revision()});
    for (raft::Message& response : message.responses) stepLocal(std::move(response));
}

void Loop::applyEntry(const raft::Entry& entry) {
    RAFTARIUM_CHECK_MSG(entry.index == m_applied.index + 1,
                        "apply of entry " + std::to_string(entry.index) + " after " + std::to_string(m_applied.index));
    m_applied = {entry.index, entry.term};
    if (entry.type == raft::EntryType::normal)
        applyNormal(entry);
    else
        applyConfChange(entry);
    if (listening()) takeStoreTrace(entry.index);
}

void Loop::applyNormal(const raft::Entry& entry) {
    const wire::DecodedRequest& request = m_decoder.decode(entry.data.view());
    m_appliedRequest = request.requestId;
    using Kind = wire::DecodedRequest::Kind;
    if (request.kind == Kind::store) return applyStoreRequest(entry, request);
    const bool fresh = entry.index > m_store.consistentIndex();
    switch (request.kind) {
        case Kind::noop:
            if (isLeader() && entry.term == term()) onLeadershipEstablished();
            break;
        case Kind::v2Put:
            if (const auto id = attributesPathMember(request.path)) {
                if (auto attributes = attributesFromJson(request.value))
                    m_members.applyAttributes(*id, std::move(*attributes), entry.index);
                else
                    m_log.warn("entry {}: {}", entry.index, attributes.error().text);
            } else if (request.path == kClusterVersionPath) {
                m_members.applyVersion(std::string(request.value), entry.index);
            }
            break;
        case Kind::memberAttributes:
            m_members.applyAttributes(request.memberId, {std::string(request.memberName), request.clientUrls},
                                      entry.index);
            break;
        case Kind::clusterVersion:
            m_members.applyVersion(std::string(request.clusterVersion), entry.index);
            break;
        case Kind::unsupported:
            m_log.warn("entry {}: {} requests are not supported", entry.index, request.name);
            break;
        case Kind::malformed:
            fail({base::Errc::corruption, "log entry " + std::to_string(entry.index) + " (term " +
                                              std::to_string(entry.term) + "): not a request that etcd writes"});
            return;
        case Kind::v2Other:
        case Kind::store:
            break;
    }
    if (fresh) m_store.setConsistent(entry.index, entry.term);
    if (request.kind == Kind::unsupported) {
        answer(request.requestId, entry,
               base::Error{base::Errc::unimplemented,
                           std::string(request.name) + " requests are not supported by this version"});
    } else {
        answer(request.requestId, entry, mvcc::Response{});
    }
}

void Loop::applyStoreRequest(const raft::Entry& entry, const wire::DecodedRequest& request) {
    // A received store may be ahead of its snapshot's index: what it answered to this request is not known here.
    const bool done = entry.index <= m_store.consistentIndex();
    base::Result<mvcc::Response> response = mvcc::Response{};
    if (listening()) m_store.setKeyTracing(m_telemetry.admitsKeysOf(request.requestId));
    if (request.problem) {
        response = m_store.apply(entry.index, entry.term, request.store);
    } else {
        m_store.setConsistent(entry.index, entry.term);
        response = request.problem.error();
    }
    if (done) response = mvcc::makeError(mvcc::ApiError::timeout);
    const auto* compact = std::get_if<mvcc::CompactOp>(&request.store);
    const bool waits = compact != nullptr && compact->physical && response.ok();
    const bool overQuota =
        !response && mvcc::apiErrorOf(response.error()) == mvcc::ApiError::noSpace && !m_store.noSpaceRaised();
    if (overQuota) m_answers.noSpaceAtApply();
    answer(request.requestId, entry, std::move(response),
           waits       ? Answers::When::compacted
           : overQuota ? Answers::When::alarmRaised
                       : Answers::When::now);
}

void Loop::answer(std::uint64_t requestId, const raft::Entry& entry, base::Result<mvcc::Response> response,
                  Answers::When when) {
    if (requestId == 0) return;
    ProposalDone done = m_proposals.take(requestId);
    if (!done) return;
    if (response)
        m_answers.add(requestId, std::move(done), Applied{std::move(*response), entry.index, entry.term}, when);
    else
        m_answers.add(requestId, std::move(done), response.error(), when);
}

void Loop::applyConfChange(const raft::Entry& entry) {
    m_outgoing.sendAllDeferred();  // a removed member must learn of its removal while it can be reached
    AppliedMembers::Outcome outcome = m_members.applyConfChange(entry);
    if (outcome.removedSelf) {
        m_publication.removed();
        if (const std::uint64_t next = isLeader() ? m_transfer.successor() : 0; next != 0) m_raft.transferLeader(next);
    }
    if (auto done = m_reconfiguration.takeWaiting(outcome.changeId))
        m_answers.afterwards([done = std::move(done), status = std::move(outcome.status)] { done(status); });
}

void Loop::onLeadershipEstablished() {
    m_leases.promote();
    m_answers.afterwards([this] {
        m_reads.resendNow();
        if (isLeader() && m_members.membership().clusterVersion.empty()) m_publication.proposeVersion();
    });
}

}  // namespace raftarium::node
