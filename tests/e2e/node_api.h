// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Short forms of the API calls that end-to-end tests make beside etcdctl.
#pragma once

#include "proto/etcd/rpc.grpc.pb.h"
#include "proto/raftarium/control.grpc.pb.h"
#include "proto/raftarium/telemetry.grpc.pb.h"

#include <QString>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <vector>

namespace raftarium::e2e {

std::shared_ptr<grpc::Channel> openChannel(const QString& address);

std::optional<etcdserverpb::StatusResponse> memberStatus(const QString& endpoint);
// The member index that leads, as all running ones agree; -1 if they do not.
int leaderOf(const std::vector<QString>& endpoints);
bool putKey(const std::shared_ptr<grpc::Channel>& channel, const std::string& key, const std::string& value,
            int timeoutMs = 10'000);
// Again until it is acknowledged: a change of leaders loses what is under way.
bool putEventually(const std::shared_ptr<grpc::Channel>& channel, const std::string& key, const std::string& value);
// The linearizable reads of keysWithPrefix are made again until one is answered; `readOnce` asks once, for the keys
// from `key` up to `end`, or for one.
std::optional<std::set<std::string>> readOnce(const std::shared_ptr<grpc::Channel>& channel, const std::string& key,
                                              const std::string& end);
std::optional<std::set<std::string>> keysWithPrefix(const std::shared_ptr<grpc::Channel>& channel,
                                                    const std::string& prefix);
std::optional<etcdserverpb::HashKVResponse> hashKv(const QString& endpoint);
// All answer, and have the same revision and the same hash over what is in their stores.
bool sameStore(const std::vector<QString>& endpoints);

// Writes PREFIX0, PREFIX1, ... to one endpoint until stopped, on several threads; remembers what was acknowledged.
class Writer {
public:
    Writer(const QString& endpoint, std::string prefix, int threads);
    ~Writer() { stop(); }
    void stop();
    std::set<std::string> acknowledged() const;
    std::size_t count() const { return m_count; }

private:
    std::shared_ptr<grpc::Channel> m_channel;
    std::string m_prefix;
    std::atomic<bool> m_stopping{false};
    std::atomic<std::uint64_t> m_next{0};
    std::atomic<std::size_t> m_count{0};
    mutable std::mutex m_mutex;
    std::set<std::string> m_acknowledged;
    std::vector<std::thread> m_threads;
};

// A telemetry subscription that collects events until it is stopped.
class Subscriber {
public:
    explicit Subscriber(const QString& adminSocket);
    ~Subscriber() { stop(); }
    void stop();
    std::vector<raftarium::telemetry::v1::Event> events() const;
    std::optional<raftarium::telemetry::v1::FullState> state() const;

private:
    grpc::ClientContext m_context;
    mutable std::mutex m_mutex;
    std::vector<raftarium::telemetry::v1::Event> m_events;
    std::optional<raftarium::telemetry::v1::FullState> m_state;
    std::thread m_thread;
};

}  // namespace raftarium::e2e
