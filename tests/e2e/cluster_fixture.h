// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A real cluster of raftarium-node processes in a directory of its own, at etcd's pace.
#pragma once

#include "cluster/client/etcd_client.h"
#include "cluster/control/controller.h"

#include <QDeadlineTimer>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>

#define VERIFY_OK(call)                                                   \
    do {                                                                  \
        const auto result = (call);                                       \
        QVERIFY2(result.ok(), result ? "" : result.error().text.c_str()); \
    } while (false)
#define VERIFY_EMPTY(call)                          \
    do {                                            \
        const std::string problem = (call);         \
        QVERIFY2(problem.empty(), problem.c_str()); \
    } while (false)

namespace raftarium::e2e {

inline constexpr int kWithinMs = 120'000;

// Looks again until it is so. The wait between looks is no assumption about time: it only spares the processor.
inline bool eventually(const std::function<bool()>& condition) {
    const QDeadlineTimer deadline(kWithinMs);
    while (!condition()) {
        if (deadline.hasExpired()) return false;
        QTest::qWait(20);
    }
    return true;
}

class ClusterFixture {
public:
    ClusterFixture() {
        qputenv("XDG_DATA_HOME", m_directory.path().toUtf8());
        qputenv("XDG_RUNTIME_DIR", m_directory.path().toUtf8());
    }

    static std::string binary(const char* name) {
        return qEnvironmentVariable("RAFTARIUM_BIN").toStdString() + "/" + name;
    }

    // Empty if all nodes run; else what went wrong.
    std::string start(int nodes) {
        auto spec = control::createCluster({.name = "demo", .nodes = nodes, .pace = control::PacePreset::etcd});
        if (!spec) return spec.error().text;
        auto opened = control::openCluster("demo", binary("raftarium-node"));
        if (!opened) return opened.error().text;
        cluster = std::move(*opened);
        if (auto started = cluster->apply(control::StartAll{}); !started) return started.error().text;
        if (eventually([&] { return running() == static_cast<std::size_t>(nodes); })) return {};
        std::string text = "not all nodes run:";
        for (const auto& node : cluster->status().nodes) text += " " + node.spec.name + ": " + node.text;
        return text;
    }

    std::size_t running() {
        const auto nodes = cluster->status().nodes;
        return static_cast<std::size_t>(std::count_if(nodes.begin(), nodes.end(), [](const auto& node) {
            return node.process == observe::ProcessState::running;
        }));
    }

    std::unique_ptr<client::EtcdClient> clientOf(const std::string& node, std::int64_t timeoutMs = 5000) {
        client::ClientOptions options;
        options.requestTimeoutMs = timeoutMs;
        options.endpoints = {nodeOf(node).clientUrl()};
        return client::EtcdClient::create(options);
    }

    // Of a node that exists.
    control::NodeSpec nodeOf(const std::string& name) {
        for (const auto& node : cluster->status().nodes) {
            if (node.spec.name == name) return node.spec;
        }
        return {};
    }

    std::string nameOf(std::uint64_t id) {
        for (const auto& node : cluster->status().nodes) {
            if (node.spec.id == id) return node.spec.name;
        }
        return {};
    }

    // The leader that all of these nodes agree on; empty if they do not, yet.
    std::string leaderAmong(const std::vector<std::string>& nodes, std::uint64_t* term = nullptr) {
        std::uint64_t leader = 0, leaderTerm = 0;
        for (const std::string& node : nodes) {
            const auto status = clientOf(node)->status();
            if (!status || status->leader == 0) return {};
            if (leader != 0 && (status->leader != leader || status->raftTerm != leaderTerm)) return {};
            leader = status->leader;
            leaderTerm = status->raftTerm;
        }
        if (term != nullptr) *term = leaderTerm;
        const std::string name = nameOf(leader);
        return std::find(nodes.begin(), nodes.end(), name) == nodes.end() ? std::string() : name;
    }
    std::string awaitLeader(const std::vector<std::string>& nodes, std::uint64_t* term = nullptr) {
        std::string leader;
        eventually([&] { return !(leader = leaderAmong(nodes, term)).empty(); });
        return leader;
    }

    std::vector<std::string> names() {
        std::vector<std::string> out;
        for (const auto& node : cluster->status().nodes) out.push_back(node.spec.name);
        return out;
    }
    std::vector<std::string> others(const std::vector<std::string>& without) {
        std::vector<std::string> out;
        for (const std::string& name : names()) {
            if (std::find(without.begin(), without.end(), name) == without.end()) out.push_back(name);
        }
        return out;
    }

    // Writes one new key through a node; remembers it if it was acknowledged.
    bool put(const std::string& node, std::int64_t timeoutMs = 5000) {
        const std::string number = std::to_string(m_next++);
        const auto done = clientOf(node, timeoutMs)->put("key-" + number, "value-" + number);
        if (done) m_acknowledged["key-" + number] = "value-" + number;
        return done.ok();
    }
    bool putSome(const std::string& node, int count) {
        for (int i = 0; i < count; ++i) {
            if (!eventually([&] { return put(node); })) return false;
        }
        return true;
    }

    // Of a write that was acknowledged to somebody else.
    void remember(const std::string& key, const std::string& value) { m_acknowledged[key] = value; }

    // All nodes have the same history, and every acknowledged write is in it. Empty, or what differs.
    std::string verify() {
        std::string problem;
        eventually([&] { return (problem = differences()).empty(); });
        return problem;
    }

    // The end of each node's own output.
    void showLogs() {
        if (!cluster) return;
        for (const auto& node : cluster->status().nodes) {
            qWarning("%s: %s", node.spec.name.c_str(), cluster->logTail(node.spec.name, 2000).c_str());
        }
    }

    std::unique_ptr<control::Cluster> cluster;

private:
    std::string differences() {
        std::map<std::uint32_t, std::string> hashes;
        std::int64_t revision = 0;
        for (const std::string& name : names()) {
            const auto hash = clientOf(name)->hashKv(0);
            if (!hash) return name + ": " + hash.error().text;
            hashes[hash->hash] += name + " ";
            revision = std::max(revision, hash->header.revision);
        }
        if (hashes.size() != 1) return "hashes differ at revision " + std::to_string(revision);
        for (const std::string& name : names()) {
            client::RangeOptions options;
            options.rangeEnd = client::prefixEnd("key-");
            options.serializable = true;  // what this node itself has
            const auto found = clientOf(name)->range("key-", options);
            if (!found) return name + ": " + found.error().text;
            std::map<std::string, std::string> pairs;
            for (const auto& kv : found->kvs) pairs[kv.key] = kv.value;
            for (const auto& [key, value] : m_acknowledged) {
                if (pairs[key] != value) return name + " lost the acknowledged " + key;
            }
        }
        return {};
    }

    QTemporaryDir m_directory;
    std::map<std::string, std::string> m_acknowledged;
    int m_next = 0;
};

}  // namespace raftarium::e2e
