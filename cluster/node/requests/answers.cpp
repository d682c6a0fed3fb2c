// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/requests/answers.h"

#include "cluster/mvcc/txn/api_error.h"
#include "cluster/wire/requests.h"

#include <iterator>
#include <memory>
#include <utility>

namespace raftarium::node {
namespace {

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

template <typename T>
void moveAll(std::vector<T>& from, std::vector<T>& to) {
    std::move(from.begin(), from.end(), std::back_inserter(to));
    from.clear();
}

}  // namespace

void Answers::add(std::uint64_t requestId, ProposalDone done, base::Result<Applied> result, When when) {
    auto& list = when == When::now ? m_ready : when == When::compacted ? m_compacting : m_overQuota;
    list.push_back({std::move(done), std::move(result), requestId});
}

void Answers::send() {
    if (!m_ready.empty()) {
        std::vector<Answer> answers;
        answers.swap(m_ready);
        for (Answer& answer : answers) {
            if (m_telemetry.admits(answer.id)) {
                telemetry::ClientRequest step;
                step.requestId = answer.id;
                step.phase = answer.result ? telemetry::RequestPhase::answered : telemetry::RequestPhase::failed;
                if (answer.result) {
                    step.index = answer.result->index;
                    step.revision = revisionOf(answer.result->response);
                } else {
                    step.error = answer.result.error().text;
                }
                m_host.emit(std::move(step));
            }
            answer.done(std::move(answer.result));
        }
        answers.clear();
        if (m_ready.empty()) m_ready.swap(answers);
    }
    if (m_afterwards.empty()) return;
    std::vector<std::function<void()>> afterwards;
    afterwards.swap(m_afterwards);
    for (auto& work : afterwards) work();
}

// This member's store is over its quota. The alarm reports that to all members, whichever of them was asked to write,
// as in etcd. If the alarm gets lost, the next write that does not fit raises it again.
void Answers::raiseNoSpace() {
    if (m_raisingNoSpace || m_store.noSpaceRaised()) return;
    m_raisingNoSpace = true;
    proposeAlarm();
}

void Answers::noSpaceAtApply() {
    if (m_raisingNoSpace) return;
    m_raisingNoSpace = true;
    afterwards([this] { proposeAlarm(); });
}

void Answers::proposeAlarm() {
    m_log.warn("the store is over its quota with {} bytes: raising the alarm NOSPACE", m_store.size().total);
    etcdserverpb::AlarmRequest request;
    request.set_action(etcdserverpb::AlarmRequest::ACTIVATE);
    request.set_memberid(m_self);
    request.set_alarm(etcdserverpb::NOSPACE);
    const std::uint64_t id = m_host.nextRequestId();
    m_host.propose(id, wire::wrapRequest(wire::RequestField::alarm, request, id), [this](const base::Result<Applied>&) {
        m_raisingNoSpace = false;
        moveAll(m_overQuota, m_ready);
        send();
    });
}

// The rows are gone for good only when the disk has that, too.
void Answers::sendCompacted() {
    if (m_compacting.empty() || m_store.compactionPending()) return;
    const auto waiting = std::make_shared<std::vector<Answer>>(std::exchange(m_compacting, {}));
    m_backend.commitAsync([this, waiting](base::Status status) {
        const bool posted = m_host.post([this, waiting, status = std::move(status)] {
            if (!status) m_host.fail(status.error());
            moveAll(*waiting, m_ready);
            send();
        });
        if (posted) return;
        for (Answer& answer : *waiting) answer.done(mvcc::makeError(mvcc::ApiError::stopped));
    });
}

void Answers::failAll(const base::Error& error) {
    for (Answer& answer : std::exchange(m_compacting, {})) answer.done(error);
    for (Answer& answer : std::exchange(m_overQuota, {})) answer.done(error);
}

}  // namespace raftarium::node
