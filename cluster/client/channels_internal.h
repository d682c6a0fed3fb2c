// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// gRPC channels to the members of a cluster, and gRPC's statuses as errors. Internal to this layer.
#pragma once

#include "cluster/base/result.h"

#include <grpcpp/channel.h>
#include <grpcpp/support/status.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace raftarium::client {

// Whether a connection with open calls sends pings to its server. With pings, a connection to a frozen or unreachable
// server ends after about eleven seconds. Without them, its streams would stay silent for ever.
enum class Probe : std::uint8_t { no, yes };

// Reconnects within a quarter of a second after a server comes back. Answers may have any size, as in etcd's client.
std::shared_ptr<grpc::Channel> openChannel(const std::string& target, Probe probe = Probe::no);

// The name of the endpoint for gRPC: without "http://".
std::string targetOf(const std::string& address);

// True if the channel is or becomes connected before `deadline`; false as soon as an attempt to connect fails.
bool awaitConnected(grpc::Channel& channel, std::chrono::system_clock::time_point deadline,
                    const std::atomic<bool>* stop = nullptr);

// Keeps the server's text. If there is none, `where` names the endpoint.
base::Error errorOf(const grpc::Status& status, const std::string& where);

struct Endpoint {
    std::string target;
    std::shared_ptr<grpc::Channel> channel;
};

// Why an endpoint that is not connected cannot be reached, as the connection reports it: "connection refused".
std::string whyUnreachable(const Endpoint& endpoint);

// Endpoints that are tried in turn, beginning with the one that answered last. Any thread.
class Endpoints {
public:
    // "127.0.0.1:2379", "http://127.0.0.1:2379", "unix:/path". With an invalid address every
    // choose() fails and names it.
    explicit Endpoints(const std::vector<std::string>& addresses, Probe probe = Probe::no);

    // An endpoint that is connected, or becomes so within `timeoutMs`. Endpoints that are ready come first. If `stop`
    // is given and becomes true, the wait ends early.
    base::Result<const Endpoint*> choose(std::int64_t timeoutMs, const std::atomic<bool>* stop = nullptr);
    std::size_t size() const { return m_endpoints.size(); }
    // This endpoint did not answer, or its connection broke: the next choice begins behind it.
    void avoid(const Endpoint* endpoint);

private:
    base::Error nobody() const;

    std::vector<Endpoint> m_endpoints;
    std::atomic<std::size_t> m_preferred = 0;
    std::string m_bad;
};

}  // namespace raftarium::client
