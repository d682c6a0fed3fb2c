// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A node without consensus: what is proposed is applied at once, by one thread, to a real store in memory. For tests of
// the services, which see only the interfaces Node and RaftLoop.
#pragma once

#include "cluster/mvcc/backend/memory_backend.h"
#include "cluster/node/node.h"
#include "cluster/node/raft_loop.h"
#include "cluster/wire/requests.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <thread>

namespace raftarium::test {

class FakeNode final : public node::Node, private node::RaftLoop {
public:
    static constexpr std::uint64_t kId = 0x628ed94ad692e8a1;
    static constexpr std::uint64_t kClusterId = 0xddcdf4f4fbba999b;

    explicit FakeNode(const mvcc::StoreOptions& options = {});
    ~FakeNode() override;

    // What the next calls are to meet. Any thread.
    std::atomic<bool> learner{false};
    std::atomic<std::uint64_t> leader{kId};
    std::atomic<bool> refuseReads{false};
    std::atomic<bool> secondIsPublished{false};  // member 2 has told its client URLs
    std::atomic<int> proposeError{0};            // an ApiError
    std::vector<raft::Message> received() const;
    std::uint64_t appliedCount() const { return m_index; }
    // Runs on the node's thread and waits.
    void runOnLoop(const std::function<void(node::RaftLoop&)>& work);
    void publish(telemetry::EventKind kind);
    void overrideSize(std::int64_t bytes) {
        const std::unique_lock gate(m_gate);
        m_backend.overrideSize(bytes);
    }

    void start() override {}
    void stop() override;
    void abandon() override { stop(); }
    void onFatal(std::function<void(base::Error)>) override {}
    void afterSteps(std::function<void(bool last)> work) override {
        run([this, work = std::move(work)] { m_afterStep = work; });
    }
    std::uint64_t nextRequestId() override { return ++m_requestId; }
    void propose(std::uint64_t requestId, std::string payload, node::ProposalDone done) override;
    void linearizableRead(node::ReadDone done) override;
    void read(const std::function<void(const mvcc::Store&)>& read) const override;
    void receive(raft::Message message, const node::MessageId& id) override;
    bool post(std::function<void(node::RaftLoop&)> work) override {
        run([this, work = std::move(work)] { work(*this); });
        return true;
    }
    node::NodeStatus status() const override;
    node::Membership membership() const override;
    base::Status defragment() override { return {}; }
    base::Status commitBackend() override { return {}; }
    base::Result<std::uint64_t> writeSnapshot(const std::string&) override {
        return base::Error{base::Errc::ioError, "this node has no files"};
    }
    std::string snapshotDirectory() const override { return {}; }
    bool isMember(std::uint64_t id) const override { return id == kId || id == 2 || id == 3; }
    bool wasRemoved(std::uint64_t id) const override { return id == 9; }
    node::TelemetryHub& telemetry() override { return m_hub; }
    std::atomic<int> unreachableReports{0};
    std::vector<node::MessageId> receivedIds() const;

private:
    // RaftLoop, on the node's thread.
    void openWatchStream(mvcc::WatchSink& sink, std::function<void(mvcc::StreamId)> done) override;
    void closeWatchStream(mvcc::StreamId stream, std::function<void()> closed) override;
    void createWatch(mvcc::StreamId stream, mvcc::WatchRequest request,
                     std::function<void(base::Result<mvcc::WatchCreated>)> done) override;
    void cancelWatch(mvcc::StreamId stream, mvcc::WatchId watch, std::function<void(bool)> done) override;
    void retryWatchStream(mvcc::StreamId stream) override;
    void requestWatchProgress(mvcc::StreamId stream) override;
    void confirmLeadership(node::ReadDone done) override;
    void renewLease(std::int64_t id, node::RenewDone done) override;
    void promoteMember(std::uint64_t id, node::MembersDone done) override;
    void raiseNoSpace() override;
    void addMember(node::Member member, node::MemberAddedDone done) override;
    void removeMember(std::uint64_t id, node::MembersDone done) override;
    void updateMember(std::uint64_t id, std::vector<std::string> peerUrls, node::MembersDone done) override;
    void moveLeader(std::uint64_t target, node::ReadDone done) override;
    void receiveSnapshot(raft::Message, const node::MessageId&, const std::string&) override {}
    void peerUnreachable(std::uint64_t) override { ++unreachableReports; }
    void knownToPeer(const std::string&) override {}
    telemetry::Event fullState() override;
    base::Status setLinkFaults(const std::vector<node::LinkFaults>& links) override;
    void clearLinkFaults() override { m_faults.clear(); }
    std::vector<node::LinkFaults> linkFaults() const override { return m_faults; }
    base::Status setPace(const node::Pace& pace) override;
    node::Pace pace() const override { return m_pace; }
    std::vector<node::MessageInfo> heldMessages() const override { return {}; }
    base::Status resolveHeld(const node::MessageId& id, node::HeldAction action) override;
    void campaign() override {}

    void run(std::function<void()> work);
    void loop();

    mvcc::MemoryBackend m_backend;
    mvcc::Store m_store;
    mutable std::shared_mutex m_gate;
    node::TelemetryHub m_hub;
    std::atomic<std::uint64_t> m_requestId{1000};
    std::atomic<std::uint64_t> m_index{0};
    wire::RequestDecoder m_decoder;
    std::function<void(bool)> m_afterStep;   // the thread's own
    std::vector<node::LinkFaults> m_faults;  // so are they

    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<std::function<void()>> m_work;
    std::vector<raft::Message> m_received;
    std::vector<node::MessageId> m_receivedIds;
    node::Pace m_pace{100 * base::kMillisecond, 1, 10, true, true};
    bool m_stopping = false;
    bool m_ended = false;
    std::thread m_thread;
};

}  // namespace raftarium::test
