// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Telemetry and control of one node, over its admin socket.
#pragma once

#include "cluster/base/result.h"
#include "cluster/observe/event.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace raftarium::telemetry::v1 {
class EventBatch;
}

namespace raftarium::client {

// Reads a node's telemetry until destroyed; reconnects with the last sequence after a break (a node that is restarted
// comes back by itself). Callbacks run on a thread of the stream.
class TelemetryStream {
public:
    struct Callbacks {
        // Decoded events of one batch, FullState first after each (re)connect, StreamEnded after each break.
        std::function<void(std::uint64_t node, std::vector<observe::Event>)> onEvents;
        // The raw batch, for recording; may be empty.
        std::function<void(std::uint64_t node, const telemetry::v1::EventBatch&)> onBatch;
    };
    // `address`: "unix:/path". `node` = expected node id, or 0.
    static std::unique_ptr<TelemetryStream> open(const std::string& address, std::uint64_t node, Callbacks callbacks);
    virtual ~TelemetryStream() = default;
};

struct PaceSettings {
    std::int64_t tickNs = 0;                              // 0 = leave
    std::uint32_t heartbeatTicks = 0, electionTicks = 0;  // 0 = leave
    int preVote = -1, checkQuorum = -1;                   // -1 = leave
};

struct ControlState {
    std::vector<observe::LinkFaults> links;
    observe::Pace pace;
    std::vector<observe::Message> held;
};

class ControlClient {
public:
    static std::unique_ptr<ControlClient> create(const std::string& address);
    virtual ~ControlClient() = default;
    virtual base::Result<ControlState> setLinkFaults(const std::vector<observe::LinkFaults>& links) = 0;
    virtual base::Result<ControlState> clearLinkFaults() = 0;
    virtual base::Result<ControlState> setPace(const PaceSettings& pace) = 0;
    enum class HeldAction : std::uint8_t { deliver, drop, duplicate };
    // A default-made id stands for all held messages.
    virtual base::Result<ControlState> resolveHeld(const observe::MessageKey& id, HeldAction action) = 0;
    virtual base::Result<ControlState> campaign() = 0;
    virtual base::Result<ControlState> transferLeadership(std::uint64_t target) = 0;
    virtual base::Result<ControlState> state() = 0;
};

}  // namespace raftarium::client
