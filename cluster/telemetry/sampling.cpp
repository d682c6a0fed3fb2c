// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/telemetry/sampling.h"

#include <variant>

namespace raftarium::telemetry {
namespace {

template <typename Kind>
constexpr bool kIsMessage = requires(const Kind& kind) {
    kind.message.key;
};

struct MayBeLeftOut {
    template <typename Kind>
    bool operator()(const Kind&) const {
        return kIsMessage<Kind>;
    }
    bool operator()(const ClientRequest&) const { return true; }
    bool operator()(const KeyChanged&) const { return true; }
    bool operator()(const WatchDelivered&) const { return true; }
    bool operator()(const RuleFired&) const { return true; }
};

struct Identity {
    std::uint64_t sequence;

    template <typename Kind>
    std::uint64_t operator()(const Kind& kind) const {
        if constexpr (kIsMessage<Kind>) {
            return samplingIdentity(kind.message.key);
        } else {
            return sequence;
        }
    }
    std::uint64_t operator()(const ClientRequest& request) const { return request.requestId; }
};

}  // namespace

bool mayBeLeftOut(const EventKind& kind) { return std::visit(MayBeLeftOut{}, kind); }

std::uint64_t samplingIdentity(const EventKind& kind, std::uint64_t sequence) {
    return std::visit(Identity{sequence}, kind);
}

std::uint64_t samplingIdentity(const MessageKey& key) {
    return key.sender ^ (key.incarnation << 1) ^ (key.counter * 0x9E3779B97F4A7C15ULL);
}

}  // namespace raftarium::telemetry
