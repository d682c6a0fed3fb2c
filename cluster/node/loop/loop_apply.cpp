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

std::int64_t revisionOf(const mvcc::Response& response) {
    return std::visit(
        [](const auto& result) -> std::int64_t {
            if constexpr (requires { result.revision; })
                return result.revision;
            else
                return 0;
        },
        response);
}

}  // namespace

void Loop::applyCommitted(raft::Message& message) {
    const raft::Index first = m_applied + 1;
    for (std::size_t from = 0; from < message.entries.size() && !m_failed; from += kEntriesPerBatch) {
        const std::size_t to = std::min(message.entries.size(), from + kEntriesPerBatch);
        {
            const ReaderGate::Exclusive gate(*m_parts.gate);
            m_store.holdWatchEvents();
            for (std::size_t i = from; i < to && !m_failed; ++i) applyEntry(message.entries[i]);
            m_store.sendWatchEvents();
        }
        if (listening()) takeStoreTrace(0);
        completeApplied();
    }
    if (listening()) m_store.setKeyTracing(!m_telemetry.loaded());
    if (m_failed) return;
    if (listening() && m_applied >= first) emit(AppliedUpTo{first, m_applied, m_store.revision()});
    for (raft::Message& response : message.responses) stepLocal(std::move(response));
}

void Loop::applyEntry(const raft::Entry& entry) {
    RAFTARIUM_CHECK_MSG(entry.index == m_applied + 1,
                        "apply of entry " + std::to_string(entry.index) + " after " + std::to_string(m_applied));
    m_applied = entry.index;
    m_appliedTerm = entry.term;
    if (entry.type == raft::EntryType::normal)
        applyNormal(entry);
    else
        applyConfChange(entry);
    if (listening()) takeStoreTrace(entry.index);
}

void Loop::applyNormal(const raft::Entry& entry) {
    const wire::DecodedRequest& request = m_decoder.decode(entry.data.view());
    using Kind = wire::DecodedRequest::Kind;
    if (request.kind == Kind::store) {
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
        if (overQuota) noSpaceAtApply();
        if (request.requestId == 0) return;
        finishApplied(request.requestId, entry, std::move(response));
        if ((waits || overQuota) && !m_outcomes.empty() && m_outcomes.back().id == request.requestId) {
            (waits ? m_compacting : m_overQuota).push_back(std::move(m_outcomes.back()));
            m_outcomes.pop_back();
        }
        return;
    }
    const bool fresh = entry.index > m_store.consistentIndex();
    switch (request.kind) {
        case Kind::noop:
            if (isLeader() && entry.term == m_raft.status().hardState.term) onLeadershipEstablished();
            break;
        case Kind::v2Put:
            if (const auto id = attributesPathMember(request.path)) {
                if (auto attributes = attributesFromJson(request.value))
                    applyAttributes(*id, std::move(*attributes), entry.index);
                else
                    m_log.warn("entry {}: {}", entry.index, attributes.error().text);
            } else if (request.path == kClusterVersionPath) {
                applyClusterVersion(std::string(request.value), entry.index);
            }
            break;
        case Kind::memberAttributes:
            applyAttributes(request.memberId, {std::string(request.memberName), request.clientUrls}, entry.index);
            break;
        case Kind::clusterVersion:
            applyClusterVersion(std::string(request.clusterVersion), entry.index);
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
    if (request.requestId == 0) return;
    if (request.kind == Kind::unsupported) {
        finishApplied(request.requestId, entry,
                      base::Error{base::Errc::unimplemented,
                                  std::string(request.name) + " requests are not supported by this version"});
    } else {
        finishApplied(request.requestId, entry, mvcc::Response{});
    }
}

void Loop::finishApplied(std::uint64_t requestId, const raft::Entry& entry, base::Result<mvcc::Response> response) {
    ProposalDone done = m_pending.take(requestId);
    if (!done) return;
    if (response)
        m_outcomes.push_back({std::move(done), Applied{std::move(*response), entry.index, entry.term}, requestId});
    else
        m_outcomes.push_back({std::move(done), response.error(), requestId});
}

void Loop::completeApplied() {
    if (!m_outcomes.empty()) {
        std::vector<Outcome> outcomes;
        outcomes.swap(m_outcomes);
        for (Outcome& outcome : outcomes) {
            if (m_telemetry.admits(outcome.id)) {
                RequestStep step;
                step.requestId = outcome.id;
                step.phase = outcome.result ? 3 : 4;
                if (outcome.result) {
                    step.index = outcome.result->index;
                    step.revision = revisionOf(outcome.result->response);
                } else {
                    step.text = outcome.result.error().text;
                }
                emit(std::move(step));
            }
            outcome.done(std::move(outcome.result));
        }
        outcomes.clear();
        if (m_outcomes.empty()) m_outcomes.swap(outcomes);
    }
    if (m_afterApply.empty()) return;
    std::vector<std::function<void()>> after;
    after.swap(m_afterApply);
    for (auto& work : after) work();
}

// This member's store is over its quota. It says so to all members, whichever of them was asked to write, as etcd does.
// If the alarm gets lost, the next write that does not fit raises it again.
void Loop::raiseNoSpace() {
    if (m_raisingNoSpace || m_store.noSpaceRaised()) return;
    m_raisingNoSpace = true;
    proposeNoSpaceAlarm();
}

void Loop::noSpaceAtApply() {
    if (m_raisingNoSpace) return;
    m_raisingNoSpace = true;
    m_afterApply.push_back([this] { proposeNoSpaceAlarm(); });
}

void Loop::proposeNoSpaceAlarm() {
    m_log.warn("the store is over its quota with {} bytes: raising the alarm NOSPACE", m_store.size().total);
    etcdserverpb::AlarmRequest request;
    request.set_action(etcdserverpb::AlarmRequest::ACTIVATE);
    request.set_memberid(m_start.nodeId);
    request.set_alarm(etcdserverpb::NOSPACE);
    const std::uint64_t id = m_parts.nextRequestId();
    proposeOwn(id, wire::wrapRequest(wire::RequestField::alarm, request, id), [this](const base::Result<Applied>&) {
        m_raisingNoSpace = false;
        std::move(m_overQuota.begin(), m_overQuota.end(), std::back_inserter(m_outcomes));
        m_overQuota.clear();
        completeApplied();
    });
}

// The rows are gone for good only when the disk has that, too.
void Loop::answerPhysicalCompactions() {
    if (m_compacting.empty() || m_store.compactionPending()) return;
    auto waiting = std::make_shared<std::vector<Outcome>>(std::move(m_compacting));
    m_compacting.clear();
    m_parts.backend->commitAsync([this, waiting, inbox = m_parts.inbox](base::Status status) {
        const bool asked = inbox->call([this, waiting, status = std::move(status)](RaftLoop&) {
            if (!status) fail(status.error());
            std::move(waiting->begin(), waiting->end(), std::back_inserter(m_outcomes));
            completeApplied();
        });
        if (asked) return;
        for (Outcome& outcome : *waiting) outcome.done(mvcc::makeError(mvcc::ApiError::stopped));
    });
}

void Loop::onLeadershipEstablished() {
    if (!m_leasesPromoted) {
        m_leasesPromoted = true;
        m_revoking.clear();
        m_store.promoteLeases(m_now, electionNs());
    }
    m_afterApply.push_back([this] {
        m_reads.resendNow();
        proposeClusterVersion();
    });
}

}  // namespace raftarium::node
