// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// gRPC channels to the members of a cluster, and gRPC's statuses as errors. Internal to this layer.
#pragma once

#include "cluster/base/result.h"

#include <grpcpp/channel.h>
#include <grpcpp/support/status.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace raftarium::client {

// Reconnects within a quarter of a second of a server's return; no limit on the size of answers, as etcd's own client.
std::shared_ptr<grpc::Channel> openChannel(const std::string& target);

// The server's text is kept; `where` names the endpoint when there is none.
base::Error errorOf(const grpc::Status& status, const std::string& where);

struct Endpoint {
    std::string target;
    std::shared_ptr<grpc::Channel> channel;
};

// Endpoints tried in turn, beginning with the one that answered last. Safe from several threads.
class Endpoints {
public:
    // "127.0.0.1:2379", "http://127.0.0.1:2379", "unix:/path". A bad one makes every choose() fail and say why.
    explicit Endpoints(const std::vector<std::string>& addresses);

    // One that is connected, within `timeoutMs`: first any that is ready or becomes so at once, then whichever comes
    // back in time. `skip`: this many after the preferred one are passed over (to try another). `stop`, if given, ends
    // the wait early.
    base::Result<const Endpoint*> choose(std::int64_t timeoutMs, std::size_t skip = 0,
                                         const std::atomic<bool>* stop = nullptr);
    std::size_t size() const { return m_endpoints.size(); }

private:
    std::vector<Endpoint> m_endpoints;
    std::atomic<std::size_t> m_preferred = 0;
    std::string m_bad;
};

}  // namespace raftarium::client
