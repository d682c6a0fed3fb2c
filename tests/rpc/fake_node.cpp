// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/rpc/fake_node.h"

#include "cluster/base/coding.h"
#include "cluster/node/control_limits.h"
#include "cluster/node/telemetry/telemetry_values.h"

#include <future>
#include <utility>

namespace raftarium::test {
namespace {

constexpr std::uint64_t kTerm = 7;

base::Nanoseconds now() { return base::SystemClock().monotonicNow(); }

}  // namespace

FakeNode::FakeNode(const mvcc::StoreOptions& options) : m_store(m_backend, options) {
    const base::Status opened = m_store.open();
    RAFTARIUM_CHECK(opened.ok());
    m_store.promoteLeases(now(), 0);
    m_thread = std::thread([this] { loop(); });
}

FakeNode::~FakeNode() { stop(); }

void FakeNode::stop() {
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
        m_changed.notify_one();
    }
    if (m_thread.joinable()) m_thread.join();
}

void FakeNode::run(std::function<void()> work) {
    {
        const std::lock_guard lock(m_mutex);
        if (!m_ended) {
            m_work.push_back(std::move(work));
            m_changed.notify_one();
            return;
        }
    }
    work();  // as the real node answers when it has stopped
}

void FakeNode::loop() {
    std::unique_lock lock(m_mutex);
    bool background = false;
    while (true) {
        const auto ready = [this] { return m_stopping || !m_work.empty(); };
        // Batches that a slow client refused are offered again every 10 ms.
        m_changed.wait_for(lock, std::chrono::milliseconds(background ? 1 : 10), ready);
        if (m_work.empty() && m_stopping) {
            m_ended = true;
            lock.unlock();
            if (m_afterStep) m_afterStep(true);
            return;
        }
        std::deque<std::function<void()>> work;
        work.swap(m_work);
        lock.unlock();
        for (const auto& each : work) each();
        {
            const std::unique_lock gate(m_gate);
            background = m_store.backgroundStep(now());
        }
        if (m_afterStep) m_afterStep(false);
        lock.lock();
    }
}

void FakeNode::runOnLoop(const std::function<void(node::RaftLoop&)>& work) {
    std::promise<void> done;
    run([&] {
        work(*this);
        done.set_value();
    });
    done.get_future().wait();
}

void FakeNode::publish(telemetry::EventKind kind) {
    std::vector<telemetry::Event> events;
    events.push_back({now(), 0, 0, std::move(kind)});
    m_hub.publish(events);
}

void FakeNode::propose(std::uint64_t, std::string payload, node::ProposalDone done) {
    auto shared = std::make_shared<std::string>(std::move(payload));
    run([this, shared, done = std::move(done)] {
        if (const int error = proposeError; error != 0)
            return done(mvcc::makeError(static_cast<mvcc::ApiError>(error)));
        const wire::DecodedRequest& request = m_decoder.decode(*shared);
        if (request.kind != wire::DecodedRequest::Kind::store) {
            return done(base::Error{base::Errc::internal, "the payload is not a store request"});
        }
        if (!request.problem) return done(request.problem.error());
        base::Result<mvcc::Response> response = [&] {
            const std::unique_lock gate(m_gate);
            return m_store.apply(++m_index, kTerm, request.store);
        }();
        if (!response) return done(response.error());
        node::Applied applied;
        applied.response = std::move(*response);
        applied.index = m_index;
        applied.term = kTerm;
        done(std::move(applied));
    });
}

void FakeNode::linearizableRead(node::ReadDone done) {
    run([this, done = std::move(done)] {
        if (refuseReads) return done(mvcc::makeError(mvcc::ApiError::timeout));
        done({});
    });
}

void FakeNode::read(const std::function<void(const mvcc::Store&)>& read) const {
    const std::shared_lock gate(m_gate);
    read(m_store);
}

void FakeNode::confirmLeadership(node::ReadDone done) {
    if (leader != kId) return done(base::Error{base::Errc::unavailable, base::hexId(leader)});
    if (refuseReads) return done(mvcc::makeError(mvcc::ApiError::timeout));
    done({});
}

void FakeNode::renewLease(std::int64_t id, node::RenewDone done) {
    if (leader != kId) return done(base::Error{base::Errc::unavailable, base::hexId(leader)});
    const std::unique_lock gate(m_gate);
    done(m_store.renewLease(id, now()));
}

void FakeNode::openWatchStream(mvcc::WatchSink& sink, std::function<void(mvcc::StreamId)> done) {
    const std::unique_lock gate(m_gate);
    done(m_store.openWatchStream(sink));
}

void FakeNode::closeWatchStream(mvcc::StreamId stream, std::function<void()> closed) {
    const std::unique_lock gate(m_gate);
    m_store.closeWatchStream(stream);
    closed();
}

void FakeNode::createWatch(mvcc::StreamId stream, mvcc::WatchRequest request,
                           std::function<void(base::Result<mvcc::WatchCreated>)> done) {
    const std::unique_lock gate(m_gate);
    done(m_store.createWatch(stream, request));
}

void FakeNode::retryWatchStream(mvcc::StreamId stream) {
    const std::unique_lock gate(m_gate);
    m_store.retryWatchStream(stream);
}

void FakeNode::cancelWatch(mvcc::StreamId stream, mvcc::WatchId watch, std::function<void(bool)> done) {
    const std::unique_lock gate(m_gate);
    done(m_store.cancelWatch(stream, watch));
}

void FakeNode::requestWatchProgress(mvcc::StreamId stream) {
    const std::unique_lock gate(m_gate);
    m_store.requestWatchProgress(stream);
}

void FakeNode::raiseNoSpace() {
    const std::unique_lock gate(m_gate);
    const mvcc::AlarmOp raise{mvcc::AlarmAction::activate, kId, mvcc::AlarmType::noSpace};
    RAFTARIUM_CHECK(m_store.apply(++m_index, kTerm, raise).ok());
}

node::NodeStatus FakeNode::status() const {
    node::NodeStatus status;
    status.nodeId = kId;
    status.clusterId = kClusterId;
    status.incarnation = 42;
    status.role = leader == kId ? raft::Role::leader : raft::Role::follower;
    status.learner = learner;
    status.term = kTerm;
    status.leader = leader;
    status.commit = m_index;
    status.applied = m_index;
    status.ready = true;
    const std::lock_guard lock(m_mutex);
    status.pace = m_pace;
    return status;
}

node::Membership FakeNode::membership() const {
    node::Membership membership;
    membership.clusterId = kClusterId;
    membership.members[kId] = {kId, "n1", {"http://127.0.0.1:23800"}, {"http://127.0.0.1:23790"}, false};
    std::vector<std::string> urls;
    if (secondIsPublished) urls.emplace_back("http://127.0.0.1:23792");
    if (!urls.empty()) membership.members[2] = {2, "n2", {"http://127.0.0.1:23802"}, urls, false};
    membership.clusterVersion = "3.4.0";
    return membership;
}

void FakeNode::addMember(node::Member member, node::MemberAddedDone done) {
    if (member.id == 0) member.id = node::memberId(member.peerUrls, "1");
    std::vector<node::Member> all = {membership().members.at(kId), member};
    done(std::pair{member, all});
}

void FakeNode::removeMember(std::uint64_t, node::MembersDone done) {
    done(mvcc::makeError(mvcc::ApiError::memberNotEnoughStarted));
}

void FakeNode::updateMember(std::uint64_t, std::vector<std::string>, node::MembersDone done) {
    done(mvcc::makeError(mvcc::ApiError::memberNotFound));
}

void FakeNode::promoteMember(std::uint64_t, node::MembersDone done) {
    if (leader != kId) return done(base::Error{base::Errc::unavailable, base::hexId(leader)});
    done(mvcc::makeError(mvcc::ApiError::learnerNotReady));
}

void FakeNode::moveLeader(std::uint64_t, node::ReadDone done) {
    done(mvcc::makeError(mvcc::ApiError::badLeaderTransferee));
}

void FakeNode::receive(raft::Message message, const node::MessageId& id) {
    const std::lock_guard lock(m_mutex);
    m_received.push_back(std::move(message));
    m_receivedIds.push_back(id);
}

std::vector<raft::Message> FakeNode::received() const {
    const std::lock_guard lock(m_mutex);
    return m_received;
}

std::vector<node::MessageId> FakeNode::receivedIds() const {
    const std::lock_guard lock(m_mutex);
    return m_receivedIds;
}

telemetry::Event FakeNode::fullState() {
    const node::NodeStatus now = status();
    telemetry::FullState state;
    state.incarnation = now.incarnation;
    state.clusterId = now.clusterId;
    state.role = node::roleOf(now.role);
    state.term = now.term;
    state.leader = now.leader;
    state.commitIndex = now.commit;
    state.pace = now.pace;
    state.configuration = node::valueOf(raft::ConfState(), membership());
    state.name = "n1";
    return {0, now.nodeId, m_hub.lastSequence(), std::move(state)};
}

base::Status FakeNode::setLinkFaults(const std::vector<node::LinkFaults>& links) {
    for (const node::LinkFaults& link : links)
        if (auto valid = node::checkLinkFaults(link, kId); !valid) return valid;
    m_faults = links;
    return {};
}

base::Status FakeNode::setPace(const node::Pace& pace) {
    if (auto valid = node::checkPace(pace); !valid) return valid;
    const std::lock_guard lock(m_mutex);
    m_pace = pace;
    return {};
}

base::Status FakeNode::resolveHeld(const node::MessageId&, node::HeldAction) {
    return base::Error{base::Errc::notFound, "no message with this id is held"};
}

}  // namespace raftarium::test
