// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Whole nodes in one process: real threads, real files in a temporary directory, messages handed over by function call.
#pragma once

#include "cluster/base/clock.h"
#include "cluster/node/node.h"
#include "cluster/wire/message_codec.h"
#include "cluster/wire/requests.h"

#include <QTemporaryDir>
#include <QTest>

#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

namespace raftarium::node::testing {

// Who is reachable; messages go through their encoding, as on a wire.
class Network {
public:
    struct Endpoint {
        Node* node = nullptr;
        std::int64_t since = 0;
    };
    void join(std::uint64_t id, Node* node) {
        const std::lock_guard lock(m_mutex);
        m_nodes[id] = {node, base::SystemClock().monotonicNow()};
    }
    void leave(std::uint64_t id) {
        const std::lock_guard lock(m_mutex);
        m_nodes.erase(id);
    }
    std::int64_t since(std::uint64_t id) {
        const std::lock_guard lock(m_mutex);
        const auto it = m_nodes.find(id);
        return it == m_nodes.end() ? 0 : it->second.since;
    }
    bool deliver(const Outgoing& outgoing, std::uint64_t from, std::uint64_t incarnation) {
        const std::lock_guard lock(m_mutex);
        const auto it = m_nodes.find(outgoing.message.to);
        if (it == m_nodes.end()) return false;
        std::string bytes;
        wire::encodeMessage(outgoing.message, bytes);
        auto message = wire::decodeMessage(bytes);
        if (!message) return false;
        it->second.node->receive(std::move(*message), {from, incarnation, outgoing.counter});
        return true;
    }
    bool deliverSnapshot(const Outgoing& outgoing, std::uint64_t from, const std::string& path);

private:
    std::mutex m_mutex;
    std::map<std::uint64_t, Endpoint> m_nodes;
};

class LoopbackTransport final : public Transport {
public:
    explicit LoopbackTransport(Network& network) : m_network(network) {}
    void attach(Node* node) {
        m_node = node;
        m_id = node->status().nodeId;
    }
    void send(std::vector<Outgoing>& messages) override {
        for (const Outgoing& outgoing : messages)
            if (!m_network.deliver(outgoing, outgoing.message.from, 1)) {
                m_node->post([to = outgoing.message.to](RaftLoop& loop) { loop.peerUnreachable(to); });
            }
    }
    void sendSnapshot(Outgoing message, const std::string& path, std::function<void(bool)> done) override {
        done(m_network.deliverSnapshot(message, message.message.from, path));
    }
    void setPeer(std::uint64_t id, const std::vector<std::string>&) override {
        const std::lock_guard lock(m_mutex);
        m_peers.insert(id);
    }
    void removePeer(std::uint64_t id) override {
        const std::lock_guard lock(m_mutex);
        m_peers.erase(id);
    }
    std::int64_t connectedSince(std::uint64_t id) const override { return m_network.since(id); }
    bool hasPeer(std::uint64_t id) const {
        const std::lock_guard lock(m_mutex);
        return m_peers.contains(id);
    }

private:
    Network& m_network;
    Node* m_node = nullptr;
    std::uint64_t m_id = 0;
    mutable std::mutex m_mutex;
    std::set<std::uint64_t> m_peers;
};

inline bool Network::deliverSnapshot(const Outgoing& outgoing, std::uint64_t from, const std::string& path) {
    const std::lock_guard lock(m_mutex);
    const auto it = m_nodes.find(outgoing.message.to);
    if (it == m_nodes.end()) return false;
    const QString target = QString::fromStdString(it->second.node->snapshotDirectory() + "/tmp.received");
    QFile::remove(target);
    if (!QFile::copy(QString::fromStdString(path), target)) return false;
    return it->second.node->post(
        [message = outgoing.message, id = MessageId{from, 1, outgoing.counter},
         path = target.toStdString()](RaftLoop& loop) { loop.receiveSnapshot(message, id, path); });
}

// Members n0, n1, ... of one cluster.
class Cluster {
public:
    explicit Cluster(int size, std::function<void(Config&)> adjust = {}) : m_adjust(std::move(adjust)) {
        for (int i = 0; i < size; ++i)
            m_initial.emplace_back("n" + std::to_string(i), std::vector<std::string>{url(i)});
        m_members.resize(static_cast<std::size_t>(size));
    }
    ~Cluster() {
        for (std::size_t i = 0; i < m_members.size(); ++i) stop(i);
    }

    Config config(std::size_t i) const {
        Config config;
        config.name = "n" + std::to_string(i);
        config.dataDir = m_dir.filePath(QString::fromStdString(config.name)).toStdString();
        config.initialAdvertisePeerUrls = config.listenPeerUrls = {url(static_cast<int>(i))};
        config.advertiseClientUrls = {"http://127.0.0.1:" + std::to_string(30000 + i)};
        config.initialCluster = m_initial;
        config.heartbeatMs = 50;
        config.electionMs = 600;  // short, yet longer than what a busy machine may keep a thread waiting
        config.walSegmentBytes = 1 << 20;
        config.logLevel = qEnvironmentVariableIsSet("RAFTARIUM_TEST_LOG") ? "info" : "fatal";
        if (m_adjust) m_adjust(config);
        return config;
    }
    base::Status start(std::size_t i) {
        Entry& entry = m_members[i];
        entry.transport = std::make_unique<LoopbackTransport>(m_network);
        auto node = Node::create(config(i), *entry.transport);
        if (!node) return node.error();
        entry.node = std::move(*node);
        entry.node->onFatal([&entry](const base::Error& error) {
            const std::lock_guard lock(*entry.mutex);
            entry.fatal = error;
        });
        entry.transport->attach(entry.node.get());
        entry.node->start();
        entry.transport->attach(entry.node.get());
        m_network.join(id(i), entry.node.get());
        return {};
    }
    bool startAll() {
        for (std::size_t i = 0; i < m_members.size(); ++i)
            if (auto status = start(i); !status) {
                qWarning("%s", status.error().text.c_str());
                return false;
            }
        return true;
    }
    void stop(std::size_t i) {
        end(i, [](Node& node) { node.stop(); });
    }
    void crash(std::size_t i) {
        end(i, [](Node& node) { node.abandon(); });
    }
    bool up(std::size_t i) const { return m_members[i].node != nullptr; }
    Node& node(std::size_t i) { return *m_members[i].node; }
    // Runs `work` on the member's raft loop and waits for it.
    void onLoop(std::size_t i, const std::function<void(RaftLoop&)>& work) {
        const auto run = [&](RaftLoop& loop) {
            work(loop);
            return true;
        };
        QVERIFY(node(i).onLoop(run, false));
    }
    LoopbackTransport& transport(std::size_t i) { return *m_members[i].transport; }
    std::size_t size() const { return m_members.size(); }
    std::uint64_t id(std::size_t i) const { return memberId({url(static_cast<int>(i))}, "etcd-cluster"); }
    std::optional<base::Error> fatal(std::size_t i) const {
        const std::lock_guard lock(*m_members[i].mutex);
        return m_members[i].fatal;
    }

    // Index of the leader that all running members agree on; -1 if none.
    int leader() {
        std::uint64_t leader = 0;
        int index = -1;
        for (std::size_t i = 0; i < size(); ++i) {
            if (!up(i)) continue;
            const NodeStatus status = node(i).status();
            if (status.leader == 0 || (leader != 0 && status.leader != leader)) return -1;
            leader = status.leader;
            if (status.role == raft::Role::leader) index = static_cast<int>(i);
        }
        return index;
    }
    int waitForLeader() {
        waitFor([this] { return leader() >= 0 && ready(); });
        return leader();
    }
    bool ready() {
        for (std::size_t i = 0; i < size(); ++i)
            if (up(i) && !node(i).status().ready) return false;
        return true;
    }
    static bool waitFor(const std::function<bool()>& condition) { return QTest::qWaitFor(condition, 120'000); }

    base::Result<Applied> propose(std::size_t i, wire::RequestField field,
                                  const google::protobuf::MessageLite& request) {
        auto done = std::make_shared<std::promise<base::Result<Applied>>>();
        auto future = done->get_future();
        const std::uint64_t requestId = node(i).nextRequestId();
        node(i).propose(requestId, wire::wrapRequest(field, request, requestId),
                        [done](base::Result<Applied> applied) { done->set_value(std::move(applied)); });
        return future.get();
    }
    base::Result<Applied> put(std::size_t i, const std::string& key, const std::string& value, std::int64_t lease = 0) {
        etcdserverpb::PutRequest request;
        request.set_key(key);
        request.set_value(value);
        request.set_lease(lease);
        return propose(i, wire::RequestField::put, request);
    }
    std::string get(std::size_t i, const std::string& key) {
        std::string value = "(none)";
        node(i).read([&](const mvcc::Store& store) {
            mvcc::RangeOp op;
            op.range.key = key;
            if (auto result = store.range(op); result && !result->kvs.empty()) value = result->kvs[0].value;
        });
        return value;
    }
    base::Status linearizable(std::size_t i) {
        auto done = std::make_shared<std::promise<base::Status>>();
        auto future = done->get_future();
        node(i).linearizableRead([done](base::Status status) { done->set_value(std::move(status)); });
        return future.get();
    }
    std::uint32_t hash(std::size_t i) {
        std::uint32_t hash = 0;
        node(i).read([&](const mvcc::Store& store) {
            if (auto result = store.hashKv(0)) hash = result->hash;
        });
        return hash;
    }
    bool sameState() {
        for (std::size_t i = 1; i < size(); ++i)
            if (node(i).status().revision != node(0).status().revision || hash(i) != hash(0)) return false;
        return true;
    }
    // Cuts every link between the groups, at both ends.
    void partition(const std::vector<std::set<std::size_t>>& groups) {
        for (std::size_t i = 0; i < size(); ++i) {
            std::vector<LinkFaults> links;
            for (std::size_t j = 0; j < size(); ++j) {
                if (i == j || together(groups, i, j)) continue;
                for (const auto& [from, to] : {std::pair{i, j}, {j, i}}) {
                    LinkFaults link;
                    link.from = id(from);
                    link.to = id(to);
                    link.cut = true;
                    links.push_back(link);
                }
            }
            onLoop(i, [&](RaftLoop& loop) { QVERIFY(loop.setLinkFaults(links).ok()); });
        }
    }
    void heal() {
        for (std::size_t i = 0; i < size(); ++i) onLoop(i, [](RaftLoop& loop) { loop.clearLinkFaults(); });
    }

private:
    struct Entry {
        std::unique_ptr<LoopbackTransport> transport;
        std::unique_ptr<Node> node;
        std::unique_ptr<std::mutex> mutex = std::make_unique<std::mutex>();
        std::optional<base::Error> fatal;
    };
    static std::string url(int i) { return "http://127.0.0.1:" + std::to_string(20000 + i); }
    static bool together(const std::vector<std::set<std::size_t>>& groups, std::size_t a, std::size_t b) {
        for (const auto& group : groups)
            if (group.contains(a) && group.contains(b)) return true;
        return false;
    }
    template <typename How>
    void end(std::size_t i, How how) {
        if (!up(i)) return;
        m_network.leave(id(i));
        how(*m_members[i].node);
        m_members[i].node.reset();
        m_members[i].transport.reset();
    }

    std::function<void(Config&)> m_adjust;
    std::vector<std::pair<std::string, std::vector<std::string>>> m_initial;
    QTemporaryDir m_dir;
    Network m_network;
    std::vector<Entry> m_members;
};

}  // namespace raftarium::node::testing
