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

// Whether a connection with calls on it asks the server now and then if it is still there. One that was frozen or cut
// off is given up after about eleven seconds; without this its streams would be silent for ever.
enum class Probe : std::uint8_t { no, yes };

// Reconnects within a quarter of a second of a server's return; no limit on the size of answers, as etcd's own client.
std::shared_ptr<grpc::Channel> openChannel(const std::string& target, Probe probe = Probe::no);

// What gRPC calls the endpoint: without "http://".
std::string targetOf(const std::string& address);

// Whether it is connected, waiting for an attempt under way until `deadline`; false as soon as an attempt fails.
bool awaitConnected(grpc::Channel& channel, std::chrono::system_clock::time_point deadline,
                    const std::atomic<bool>* stop = nullptr);

// The server's text is kept; `where` names the endpoint when there is none.
base::Error errorOf(const grpc::Status& status, const std::string& where);

struct Endpoint {
    std::string target;
    std::shared_ptr<grpc::Channel> channel;
};

// Why one that is not connected cannot be reached, in the connection's own words: "connection refused".
std::string whyUnreachable(const Endpoint& endpoint);

// Endpoints tried in turn, beginning with the one that answered last. Safe from several threads.
class Endpoints {
public:
    // "127.0.0.1:2379", "http://127.0.0.1:2379", "unix:/path". A bad one makes every choose() fail and say why.
    explicit Endpoints(const std::vector<std::string>& addresses, Probe probe = Probe::no);

    // One that is connected, within `timeoutMs`: first any that is ready or becomes so at once, then whichever comes
    // back in time. `stop`, if given, ends the wait early.
    base::Result<const Endpoint*> choose(std::int64_t timeoutMs, const std::atomic<bool>* stop = nullptr);
    std::size_t size() const { return m_endpoints.size(); }
    // The next choice begins after this one, which did not answer or broke off.
    void avoid(const Endpoint* endpoint);

private:
    base::Error nobody() const;

    std::vector<Endpoint> m_endpoints;
    std::atomic<std::size_t> m_preferred = 0;
    std::string m_bad;
};

}  // namespace raftarium::client
