// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What control does to single messages on directed links: cut the link, drop a share, duplicate, delay with jitter,
// hold until a person decides. The raft loop drives it; every action becomes a telemetry event. For links from this
// member it stands before the transport, for links to this member behind it. Delay without jitter keeps the order of a
// link; jitter may change it.
#pragma once

#include "cluster/base/clock.h"
#include "cluster/base/result.h"
#include "cluster/base/rng.h"
#include "cluster/node/calls.h"
#include "cluster/node/telemetry/telemetry_event.h"
#include "cluster/raft/message.h"

#include <cstdint>
#include <map>
#include <variant>
#include <vector>

namespace raftarium::node {

// What the gate did to a message, for telemetry.
using GateEvent = std::variant<telemetry::MessageDropped, telemetry::MessageDelayed>;

struct GatedMessage {
    raft::Message message;
    MessageId id;
};

class FaultGate {
public:
    FaultGate(std::uint64_t self, std::uint64_t seed) : m_self(self), m_rng(seed) {}

    // Errc::invalidArgument: a number is out of range, or a link does not touch this member (control_limits.h).
    base::Status validate(const std::vector<LinkFaults>& links) const;
    // Replaces the faults of the named links. Held messages of a link that no longer holds become due at once.
    void set(const std::vector<LinkFaults>& links, base::Nanoseconds now);
    void clear(base::Nanoseconds now);
    std::vector<LinkFaults> links() const;

    // True while a message may be affected or kept. Otherwise callers skip the gate.
    bool active() const { return !m_links.empty() || !m_kept.empty(); }

    // Moves `message` to `through` (none, one or two copies), or keeps or drops it; adds what it did to `events`.
    void filter(GatedMessage message, base::Nanoseconds now, std::vector<GatedMessage>& through,
                std::vector<GateEvent>& events);
    // Kept messages whose time has come, in order.
    void takeDue(base::Nanoseconds now, std::vector<GatedMessage>& through, std::vector<GateEvent>& events);
    base::Nanoseconds nextDueNs() const;  // max() if none

    std::vector<MessageInfo> held() const;
    // A zero id means all held messages. Errc::notFound if there is no such message.
    base::Status resolve(const MessageId& id, HeldAction action, std::vector<GatedMessage>& through,
                         std::vector<GateEvent>& events);

private:
    using Link = std::pair<std::uint64_t, std::uint64_t>;  // from, to
    struct Kept {
        GatedMessage message;
        base::Nanoseconds dueNs = 0;  // kHeld: when a person decides
        std::uint64_t order = 0;
    };
    struct LinkState {
        LinkFaults faults;
        base::Nanoseconds lastDueNs = 0;
    };

    bool isForMe(const GatedMessage& message) const { return message.message.to == m_self; }
    void drop(const GatedMessage& message, DropReason reason, std::vector<GateEvent>& events) const;
    void keep(GatedMessage message, base::Nanoseconds dueNs, std::vector<GateEvent>& events);

    std::uint64_t m_self;
    base::Rng m_rng;
    std::map<Link, LinkState> m_links;
    std::vector<Kept> m_kept;
    std::uint64_t m_order = 0;
};

}  // namespace raftarium::node
