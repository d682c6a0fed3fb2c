// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// One member of a cluster: the composition root of raft loop, WAL writer, store and telemetry. All functions may be
// called from any thread. Completions run on the raft loop's thread: they hand over, and do not block.
#pragma once

#include "cluster/base/result.h"
#include "cluster/mvcc/store.h"
#include "cluster/node/calls.h"
#include "cluster/node/config/config.h"
#include "cluster/node/members/membership.h"
#include "cluster/node/messages/transport.h"
#include "cluster/node/raft_loop.h"
#include "cluster/node/status.h"
#include "cluster/node/telemetry/telemetry_hub.h"

#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>

namespace raftarium::node {

class Node {
public:
    // Opens or bootstraps the data directory. Errors: another process holds it, damage (file, offset, reason), flags
    // that contradict the directory. `transport` must outlive the node.
    // `existing` is the cluster as its members describe it, for a first start. A member that joins
    // (--initial-cluster-state existing) needs it, and finds its own entry by its peer URLs. A member of a new cluster
    // has it only if others run already; a member that they know refuses to start without its data.
    static base::Result<std::unique_ptr<Node>> create(const Config& config, Transport& transport,
                                                      const Membership* existing = nullptr);
    static bool isFirstStart(const Config& config);
    virtual ~Node() = default;

    virtual void start() = 0;  // threads run
    // Transfers leadership if it has it (bounded), finishes the WAL and the backend; returns when all threads ended.
    virtual void stop() = 0;
    // Ends all threads without finishing anything, as a crash would; what was not synced is lost. For tests.
    virtual void abandon() = 0;
    // Called once, on the raft loop, when the node cannot go on (a failed sync, say) or, with Errc::aborted, when this
    // member was removed from the cluster (the process then ends with status 0). Set it before start().
    virtual void onFatal(std::function<void(base::Error)> callback) = 0;

    // --- Requests ----------------------------------------------------------------------------------------------------
    virtual std::uint64_t nextRequestId() = 0;
    // `payload` = bytes of etcdserverpb.InternalRaftRequest with header.ID == requestId. Fails with tooManyRequests
    // when the apply backlog is over 5000, requestTooLarge, timeout after 5 s + 2 election timeouts, proposalDropped,
    // stopped.
    virtual void propose(std::uint64_t requestId, std::string payload, ProposalDone done) = 0;
    // Completes when reads of the local store are linearizable (ReadIndex, batched).
    virtual void linearizableRead(ReadDone done) = 0;
    // Runs `read` under the reader gate: Store's const members may be called, its views die with the call.
    virtual void read(const std::function<void(const mvcc::Store&)>& read) const = 0;
    // A message from the network, through the receiver's fault gate. `id` is the sender's.
    virtual void receive(raft::Message message, const MessageId& id) = 0;

    // One thread may gather: what it hands over by propose(), linearizableRead() and receive() after gatherHere() need
    // not wake the raft loop before its next release(), which it calls before it waits for anything. A wake-up costs
    // more than what most requests take.
    virtual void gatherHere() {}
    virtual bool gathered() const { return false; }  // something waits for release(); for that thread
    virtual void release() {}
    // `work` runs on the raft loop after each of its steps, in which completions may have run; the last time when its
    // thread ends.
    virtual void afterSteps(std::function<void(bool last)> work) = 0;

    // --- The raft loop -----------------------------------------------------------------------------------------------
    // Runs `work` on the raft loop, soon. False, and nothing runs, once that has ended.
    virtual bool post(std::function<void(RaftLoop&)> work) = 0;
    // Calls a function of the raft loop whose last argument is its completion. That gets ApiError::stopped (no stream,
    // false, or nothing, if it takes no error) once the loop has ended.
    template <typename... Parameters, typename... Arguments>
    void ask(void (RaftLoop::*function)(Parameters...), Arguments&&... arguments);
    // Runs `work` on the raft loop and waits for its result. Not from a completion, which runs there itself.
    template <typename Work, typename Value = std::invoke_result_t<Work&, RaftLoop&>>
    Value onLoop(Work work, std::type_identity_t<Value> otherwise);

    // --- What is known without asking --------------------------------------------------------------------------------
    virtual NodeStatus status() const = 0;
    virtual Membership membership() const = 0;
    virtual bool isMember(std::uint64_t id) const = 0;
    virtual bool wasRemoved(std::uint64_t id) const = 0;
    virtual TelemetryHub& telemetry() = 0;

    // --- Files -------------------------------------------------------------------------------------------------------
    virtual std::string snapshotDirectory() const = 0;  // where to write what arrives: names starting with "tmp"
    virtual base::Status defragment() = 0;              // blocks the caller
    virtual base::Status commitBackend() = 0;
    // Writes the store as it is now, as etcd's snapshot file (bbolt, then its SHA-256), to a new file; blocks the
    // caller for as long as that takes, but no other. The result is the size of the database in it.
    virtual base::Result<std::uint64_t> writeSnapshot(const std::string& path) = 0;
};

// How an argument is kept until the raft loop takes it: by value, but for what the function may change.
template <typename Parameter>
using Kept =
    std::conditional_t<std::is_lvalue_reference_v<Parameter> && !std::is_const_v<std::remove_reference_t<Parameter>>,
                       std::reference_wrapper<std::remove_reference_t<Parameter>>, std::decay_t<Parameter>>;

template <typename... Parameters, typename... Arguments>
void Node::ask(void (RaftLoop::*function)(Parameters...), Arguments&&... arguments) {
    using Values = std::tuple<Kept<Parameters>...>;
    const auto values = std::make_shared<Values>(std::forward<Arguments>(arguments)...);
    const bool posted = post([function, values](RaftLoop& loop) {
        std::apply([&](auto&... each) { (loop.*function)(std::move(each)...); }, *values);
    });
    if (posted) return;
    auto& done = std::get<sizeof...(Parameters) - 1>(*values);
    if constexpr (std::is_invocable_v<decltype(done), base::Error>)
        done(mvcc::makeError(mvcc::ApiError::stopped));
    else if constexpr (std::is_invocable_v<decltype(done), mvcc::StreamId>)
        done({});
    else
        done();
}

template <typename Work, typename Value>
Value Node::onLoop(Work work, std::type_identity_t<Value> otherwise) {
    const auto result = std::make_shared<std::promise<Value>>();
    auto future = result->get_future();
    if (!post([&work, result](RaftLoop& loop) { result->set_value(work(loop)); })) return otherwise;
    return future.get();
}

}  // namespace raftarium::node
