// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/load/load_connections_internal.h"

#include <algorithm>
#include <chrono>

namespace raftarium::load {

using client::awaitConnected;
using client::Endpoint;
using client::openChannel;
using client::Probe;
using client::targetOf;
using client::whyUnreachable;

namespace {

using Clock = std::chrono::system_clock;  // the clock of gRPC's deadlines
constexpr std::chrono::milliseconds kWithin{5000};
constexpr std::chrono::milliseconds kAgain{50};

}  // namespace

base::Status LoadConnections::open(const std::vector<std::string>& endpoints, int connections) {
    const auto deadline = Clock::now() + kWithin;
    std::vector<Endpoint> asked, alive;
    for (const std::string& address : endpoints) {
        const std::string target = targetOf(address);
        asked.push_back({target, openChannel(target, Probe::yes)});
        asked.back().channel->GetState(true);
    }
    for (bool first = true; alive.empty() && (first || Clock::now() < deadline); first = false) {
        for (const Endpoint& endpoint : asked) {
            // An endpoint that neither answers nor refuses must not use the time of the others.
            const auto share = std::min(deadline, Clock::now() + kWithin / static_cast<int>(asked.size()));
            if (awaitConnected(*endpoint.channel, share)) alive.push_back(endpoint);
        }
        if (alive.empty() && !asked.empty()) {
            grpc::Channel& channel = *asked.front().channel;
            channel.WaitForStateChange(channel.GetState(true), std::min(deadline, Clock::now() + kAgain));
        }
    }
    for (const Endpoint& endpoint : asked) {
        const bool reached = std::any_of(alive.begin(), alive.end(),
                                         [&](const Endpoint& other) { return other.channel == endpoint.channel; });
        if (!reached) m_unreachable.push_back(endpoint.target + ": " + whyUnreachable(endpoint));
    }
    if (alive.empty()) {
        std::string all;
        for (const std::string& each : m_unreachable) all += (all.empty() ? "" : "; ") + each;
        return base::Error{base::Errc::unavailable, "no endpoint can be reached within 5 s (" + all + ")"};
    }
    for (std::size_t i = 0; i < static_cast<std::size_t>(connections); ++i) {
        const Endpoint& endpoint = alive[i % alive.size()];
        m_channels.push_back(i < alive.size() ? endpoint.channel : openChannel(endpoint.target, Probe::yes));
        if (!m_channels.back()->WaitForConnected(Clock::now() + kWithin))
            return base::Error{base::Errc::unavailable, "cannot connect to " + endpoint.target + " within 5 s"};
    }
    return {};
}

}  // namespace raftarium::load
