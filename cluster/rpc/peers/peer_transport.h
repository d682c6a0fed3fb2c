// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Sends raft messages to the other members: one gRPC stream to each, with all waiting messages in one write. Messages
// that cannot be sent now are dropped and reported; raft repeats the ones that matter. It also forwards calls to the
// leader. They end when this member knows another leader, or none, because a frozen leader would not answer.
#pragma once

#include "cluster/node/messages/transport.h"
#include "cluster/node/node.h"
#include "cluster/rpc/api/leader_calls.h"
#include "cluster/rpc/edge/completion_thread.h"

#include <map>
#include <memory>
#include <mutex>
#include <set>

namespace raftarium::rpc {

class SnapshotSender;

class PeerTransport final : public node::Transport, public Forwarder {
public:
    PeerTransport();
    ~PeerTransport() override;

    // Called once, on the completion thread, when a peer refuses this member because it was removed from the cluster.
    // The log entry of the removal may never reach it. Set this before start().
    void onRemoved(std::function<void()> callback) { m_whenRemoved = std::move(callback); }
    // Opens streams from now on. Call it before node.start(); the node was created with this transport, `completion`
    // runs.
    void start(node::Node& node, CompletionThread& completion);
    // Closes all streams. Returns when nothing is pending on the completion thread.
    void stop();

    void send(std::vector<node::Outgoing>& messages) override;
    void sendSnapshot(node::Outgoing message, const std::string& path, std::function<void(bool)> done) override;
    void setPeer(std::uint64_t id, const std::vector<std::string>& peerUrls) override;
    void removePeer(std::uint64_t id) override;
    std::int64_t connectedSince(std::uint64_t id) const override;

    void forward(std::uint64_t member, const std::string& method, const std::string& request,
                 ForwardDone done) override;

private:
    class Peer;
    class ForwardCall;
    void reportUnreachable(std::uint64_t peer);  // any thread
    void checkStopped();                         // completion thread
    void toldRemoved();                          // completion thread
    void watchForwards();                        // completion thread

    node::Node* m_node = nullptr;
    CompletionThread* m_completion = nullptr;
    mutable std::mutex m_mutex;  // guards the map and the queues of its peers
    std::map<std::uint64_t, std::shared_ptr<Peer>> m_peers;

    // Completion thread.
    std::vector<std::shared_ptr<Peer>> m_removed;
    std::set<ForwardCall*> m_forwards;  // calls in progress
    std::unique_ptr<Timer> m_forwardTimer;
    std::set<SnapshotSender*> m_snapshots;
    bool m_stopping = false;
    std::function<void()> m_stopped;
    std::function<void()> m_whenRemoved;
};

}  // namespace raftarium::rpc
