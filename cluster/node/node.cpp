// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/node.h"

#include "cluster/base/coding.h"
#include "cluster/node/config/process_log.h"
#include "cluster/node/loop/loop.h"
#include "cluster/node/start/data_directory.h"
#include "cluster/node/start/member_paths.h"
#include "cluster/storage/files/posix_file_system.h"
#include "cluster/storage/snapshot/snapshot_database.h"

#include <atomic>
#include <future>
#include <pthread.h>
#include <thread>
#include <utility>

namespace raftarium::node {
namespace {

// SIGTERM must end the process within a second.
constexpr base::Nanoseconds kHandOverNs = 400 * base::kMillisecond;

// etcd's request ids: low 16 bits of the member id, 40 bits of the start time in ms, 8 bits that count on.
std::uint64_t firstRequestId(std::uint64_t nodeId, base::Nanoseconds wallNs) {
    const auto ms = static_cast<std::uint64_t>(wallNs / base::kMillisecond);
    return (nodeId << 48) | ((ms & ((std::uint64_t{1} << 40) - 1)) << 8);
}

class NodeOnThreads final : public Node {
public:
    NodeOnThreads(const Config& config, Transport& transport, OpenedMember opened,
                  std::shared_ptr<spdlog::logger> logger)
        : m_config(config),
          m_logger(std::move(logger)),
          m_nodeId(opened.start.nodeId),
          m_snapshotDirectory(opened.start.snapshotDirectory),
          m_requestId(firstRequestId(opened.start.nodeId, m_clock.wallNow())) {
        m_walWriter = std::make_unique<ThreadedWalWriter>(std::move(opened.files), m_clock,
                                                          [this](LogDone done) { m_inbox.logDone(std::move(done)); });
        m_backend = std::move(opened.backend);
        m_store = std::move(opened.store);
        LoopParts parts;
        parts.config = m_config;
        parts.clock = &m_clock;
        parts.fileSystem = &storage::posixFileSystem();
        parts.transport = &transport;
        parts.walWriter = m_walWriter.get();
        parts.backend = m_backend.get();
        parts.store = m_store.get();
        parts.gate = &m_gate;
        parts.hub = &m_hub;
        parts.inbox = &m_inbox;
        parts.views = &m_views;
        parts.logger = m_logger;
        parts.nextRequestId = [this] { return nextRequestId(); };
        parts.fatal = [this](base::Error error) {
            if (m_fatal) m_fatal(std::move(error));
        };
        m_loop = std::make_unique<Loop>(std::move(parts), std::move(opened.start));
    }
    ~NodeOnThreads() override { stop(); }

    void start() override {
        m_loop->start();
        m_thread = std::thread([this] {
            pthread_setname_np(pthread_self(), "raft loop");
            while (!m_ended.load(std::memory_order_acquire)) {
                const base::Nanoseconds next = m_loop->step();
                if (m_afterStep) m_afterStep(false);
                m_inbox.waitUntil(next);
            }
            m_loop->shutDown();
            if (m_afterStep) m_afterStep(true);
        });
    }
    void stop() override {
        if (!m_thread.joinable()) return;
        const auto ready = std::make_shared<std::promise<void>>();
        auto future = ready->get_future();
        if (m_inbox.call(
                [this, ready](RaftLoop&) { m_loop->prepareStop(kHandOverNs, [ready] { ready->set_value(); }); }))
            future.wait_for(std::chrono::nanoseconds(2 * kHandOverNs));
        endLoop();
        if (auto status = m_walWriter->stop(); !status) m_logger->error("closing the log: {}", status.error().text);
        if (auto status = m_backend->commit(); !status) m_logger->error("last commit: {}", status.error().text);
        m_logger->info("stopped");
    }
    void abandon() override {
        if (!m_thread.joinable()) return;
        m_walWriter->abandon();
        endLoop();
    }
    void onFatal(std::function<void(base::Error)> callback) override { m_fatal = std::move(callback); }

    void gatherHere() override { m_gatherer.store(std::this_thread::get_id(), std::memory_order_relaxed); }
    bool gathered() const override { return m_gathered; }
    void release() override {
        if (!std::exchange(m_gathered, false)) return;
        m_inbox.wake();
    }

    void afterSteps(std::function<void(bool last)> work) override {
        m_inbox.call([this, work = std::move(work)](RaftLoop&) { m_afterStep = work; });
    }

    std::uint64_t nextRequestId() override { return m_requestId.fetch_add(1, std::memory_order_relaxed) + 1; }
    void propose(std::uint64_t requestId, std::string payload, ProposalDone done) override {
        const NodeStatus now = m_views.status.load();
        if (payload.size() > m_config.maxRequestBytes) {
            done(mvcc::makeError(mvcc::ApiError::requestTooLarge));
        } else if (now.commit > now.applied + kMaxApplyBacklog) {
            done(mvcc::makeError(mvcc::ApiError::tooManyRequests));
        } else {
            Proposal proposal{requestId, base::Bytes(std::move(payload)), std::move(done)};
            if (!m_inbox.propose(std::move(proposal), wakeFor()))
                proposal.done(mvcc::makeError(mvcc::ApiError::stopped));  // NOLINT(bugprone-use-after-move): see Inbox
        }
    }
    void linearizableRead(ReadDone done) override {
        if (!m_inbox.read(std::move(done), wakeFor()))
            done(mvcc::makeError(mvcc::ApiError::stopped));  // NOLINT(bugprone-use-after-move): see Inbox
    }
    void read(const std::function<void(const mvcc::Store&)>& read) const override {
        const ReaderGate::Shared gate(m_gate);
        read(*m_store);
    }
    void receive(raft::Message message, const MessageId& id) override {
        if (message.to == m_nodeId) m_inbox.receive({std::move(message), id}, wakeFor());
    }
    bool post(std::function<void(RaftLoop&)> work) override { return m_inbox.call(std::move(work)); }

    NodeStatus status() const override { return m_views.status.load(); }
    Membership membership() const override { return *m_views.membership(); }
    bool isMember(std::uint64_t id) const override { return m_views.membership()->members.contains(id); }
    bool wasRemoved(std::uint64_t id) const override { return m_views.membership()->removed.contains(id); }
    TelemetryHub& telemetry() override { return m_hub; }

    std::string snapshotDirectory() const override { return m_snapshotDirectory; }
    base::Status defragment() override { return m_backend->defragment(); }
    base::Status commitBackend() override {
        const auto result = std::make_shared<std::promise<base::Status>>();
        auto future = result->get_future();
        const bool asked = m_inbox.call([this, result](RaftLoop&) {
            m_backend->commitAsync([result](base::Status status) { result->set_value(status); });
        });
        return asked ? future.get() : base::Status(mvcc::makeError(mvcc::ApiError::stopped));
    }

    base::Result<std::uint64_t> writeSnapshot(const std::string& path) override {
        std::unique_ptr<mvcc::ReadView> view;
        {
            const ReaderGate::Shared gate(m_gate);
            view = m_backend->readView();
        }
        const auto size = storage::writeSnapshotDatabase(*view, storage::posixFileSystem(), path);
        if (!size) return size.error();
        return size->databaseBytes;
    }

private:
    Inbox::Wake wakeFor() {
        if (std::this_thread::get_id() != m_gatherer.load(std::memory_order_relaxed)) return Inbox::Wake::now;
        m_gathered = true;
        return Inbox::Wake::later;
    }
    void endLoop() {
        m_ended.store(true, std::memory_order_release);
        m_inbox.close();
        m_thread.join();
        // Calls that came too late for the last step: those that wait for them must not wait for ever.
        InboxBatch rest;
        if (!m_inbox.take(rest)) return;
        for (Proposal& proposal : rest.proposals) proposal.done(mvcc::makeError(mvcc::ApiError::stopped));
        for (ReadDone& read : rest.reads) read(mvcc::makeError(mvcc::ApiError::stopped));
        for (auto& call : rest.calls) call(*m_loop);
        m_loop->shutDown();
    }

    // In this order on purpose: the backend and the writer call into the loop and the inbox until they are gone.
    Config m_config;
    base::SystemClock m_clock;
    std::shared_ptr<spdlog::logger> m_logger;
    std::uint64_t m_nodeId;
    std::string m_snapshotDirectory;
    std::atomic<std::uint64_t> m_requestId;
    std::function<void(base::Error)> m_fatal;
    TelemetryHub m_hub;
    ReaderGate m_gate;
    Inbox m_inbox;
    LoopViews m_views;
    std::unique_ptr<Loop> m_loop;
    std::unique_ptr<ThreadedWalWriter> m_walWriter;
    std::unique_ptr<storage::LmdbBackend> m_backend;
    std::unique_ptr<mvcc::Store> m_store;
    std::atomic<std::thread::id> m_gatherer{};
    bool m_gathered = false;  // the gatherer's own
    std::atomic<bool> m_ended{false};
    std::function<void(bool)> m_afterStep;  // the loop's own
    std::thread m_thread;
};

}  // namespace

base::Result<std::unique_ptr<Node>> Node::create(const Config& config, Transport& transport,
                                                 const Membership* existing) {
    auto logger = makeLogger(config);
    if (!logger) return logger.error();
    const base::SystemClock clock;
    auto opened = openMember(config, storage::posixFileSystem(), clock, existing);
    if (!opened) return opened.error();
    if (!opened->note.empty()) (*logger)->warn("{}", opened->note);
    (*logger)->info("member {} ({}) of cluster {} with data in {}", base::hexId(opened->start.nodeId), config.name,
                    base::hexId(opened->start.clusterId), memberPaths(config).data);
    return std::unique_ptr<Node>(
        std::make_unique<NodeOnThreads>(config, transport, std::move(*opened), std::move(*logger)));
}

bool Node::isFirstStart(const Config& config) {
    base::FileSystem& fs = storage::posixFileSystem();
    const std::string wal = memberPaths(config).wal;
    return !storage::Wal::exists(fs, wal) || storage::Wal::untouched(fs, wal);
}

}  // namespace raftarium::node
