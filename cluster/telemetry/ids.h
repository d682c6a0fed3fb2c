// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Who, when, and which message: the identities that events refer to.
#pragma once

#include <compare>
#include <cstdint>

namespace raftarium::telemetry {

using NodeId = std::uint64_t;
using TimeNs = std::int64_t;  // CLOCK_MONOTONIC of the machine, nanoseconds

// One raft message, the same everywhere: sent, delayed, dropped, received.
struct MessageKey {
    std::uint64_t sender = 0, incarnation = 0, counter = 0;
    friend auto operator<=>(const MessageKey&, const MessageKey&) = default;
};

// What brought an event about, where the node knows it: a message that it received, or an earlier event of its own.
struct Cause {
    static Cause ofMessage(const MessageKey& key) { return {key}; }
    static Cause ofEvent(std::uint64_t sequence) { return {{0, 0, sequence}}; }

    bool known() const { return key.counter != 0; }
    bool isMessage() const { return key.sender != 0; }
    const MessageKey& message() const { return key; }       // if isMessage()
    std::uint64_t sequence() const { return key.counter; }  // if known() and not isMessage()
    friend bool operator==(const Cause&, const Cause&) = default;

    MessageKey key;  // sender 0: the counter is a sequence number of the same node
};

}  // namespace raftarium::telemetry
