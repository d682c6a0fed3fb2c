// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The connections of a load generator, spread over the endpoints that can be reached. Internal to this layer.
#pragma once

#include "cluster/base/result.h"
#include "cluster/client/channels_internal.h"

#include <memory>
#include <string>
#include <vector>

namespace raftarium::load {

class LoadConnections {
public:
    // Fails only if no endpoint can be reached within five seconds. Endpoints that cannot be reached are left out; see
    // unreachable().
    base::Status open(const std::vector<std::string>& endpoints, int connections);

    std::size_t size() const { return m_channels.size(); }
    const std::shared_ptr<grpc::Channel>& channel(std::size_t i) const { return m_channels[i % m_channels.size()]; }
    // The endpoints left out, with the reason: "127.0.0.1:1: connection refused".
    const std::vector<std::string>& unreachable() const { return m_unreachable; }

private:
    std::vector<std::shared_ptr<grpc::Channel>> m_channels;
    std::vector<std::string> m_unreachable;
};

}  // namespace raftarium::load
