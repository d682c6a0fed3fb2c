// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/messages/fault_gate.h"

#include "cluster/base/coding.h"
#include "cluster/node/control_limits.h"
#include "cluster/node/telemetry/telemetry_values.h"

#include <algorithm>
#include <limits>

namespace raftarium::node {
namespace {

constexpr base::Nanoseconds kHeld = std::numeric_limits<base::Nanoseconds>::max();

}  // namespace

base::Status FaultGate::validate(const std::vector<LinkFaults>& links) const {
    for (const LinkFaults& link : links)
        if (auto status = checkLinkFaults(link, m_self); !status) return status;
    return {};
}

void FaultGate::set(const std::vector<LinkFaults>& links, base::Nanoseconds now) {
    for (const LinkFaults& link : links) {
        const Link key{link.from, link.to};
        if (link.none())
            m_links.erase(key);
        else
            m_links[key].faults = link;
        if (link.hold) continue;
        for (Kept& kept : m_kept)
            if (kept.dueNs == kHeld && kept.message.message.from == link.from && kept.message.message.to == link.to)
                kept.dueNs = now;
    }
}

void FaultGate::clear(base::Nanoseconds now) {
    m_links.clear();
    for (Kept& kept : m_kept) kept.dueNs = std::min(kept.dueNs, now);
}

std::vector<LinkFaults> FaultGate::links() const {
    std::vector<LinkFaults> out;
    for (const auto& [key, state] : m_links) out.push_back(state.faults);
    return out;
}

void FaultGate::drop(const GatedMessage& message, DropReason reason, std::vector<GateEvent>& events) const {
    events.push_back(telemetry::MessageDropped{valueOf(message.message, message.id), reason, isForMe(message)});
}

void FaultGate::keep(GatedMessage message, base::Nanoseconds dueNs, std::vector<GateEvent>& events) {
    events.push_back(
        telemetry::MessageDelayed{valueOf(message.message, message.id), dueNs == kHeld ? 0 : dueNs, isForMe(message)});
    m_kept.push_back({std::move(message), dueNs, ++m_order});
}

void FaultGate::filter(GatedMessage message, base::Nanoseconds now, std::vector<GatedMessage>& through,
                       std::vector<GateEvent>& events) {
    const auto it = m_links.find({message.message.from, message.message.to});
    if (it == m_links.end()) {
        through.push_back(std::move(message));
        return;
    }
    const LinkFaults& faults = it->second.faults;
    if (faults.cut || (faults.dropShare > 0 && m_rng.chance(faults.dropShare))) {
        drop(message, faults.cut ? DropReason::linkCut : DropReason::loss, events);
        return;
    }
    const auto pass = [&](GatedMessage one) {
        if (faults.hold) {
            keep(std::move(one), kHeld, events);
        } else if (faults.delayNs > 0 || faults.jitterNs > 0) {
            base::Nanoseconds due = now + faults.delayNs;
            if (faults.jitterNs > 0)
                due += static_cast<base::Nanoseconds>(m_rng.below(static_cast<std::uint64_t>(faults.jitterNs) + 1));
            else
                due = std::max(due, it->second.lastDueNs);
            it->second.lastDueNs = std::max(it->second.lastDueNs, due);
            keep(std::move(one), due, events);
        } else {
            through.push_back(std::move(one));
        }
    };
    if (faults.duplicateShare > 0 && m_rng.chance(faults.duplicateShare)) pass(message);
    pass(std::move(message));
}

void FaultGate::takeDue(base::Nanoseconds now, std::vector<GatedMessage>& through, std::vector<GateEvent>& events) {
    if (m_kept.empty()) return;
    std::vector<Kept> due;
    for (auto it = m_kept.begin(); it != m_kept.end();) {
        if (it->dueNs > now) {
            ++it;
            continue;
        }
        due.push_back(std::move(*it));
        it = m_kept.erase(it);
    }
    std::sort(due.begin(), due.end(),
              [](const Kept& a, const Kept& b) { return a.dueNs != b.dueNs ? a.dueNs < b.dueNs : a.order < b.order; });
    for (Kept& kept : due) {
        const auto it = m_links.find({kept.message.message.from, kept.message.message.to});
        if (it != m_links.end() && it->second.faults.cut) {
            drop(kept.message, DropReason::linkCut, events);
            continue;
        }
        through.push_back(std::move(kept.message));
    }
}

base::Nanoseconds FaultGate::nextDueNs() const {
    base::Nanoseconds next = kHeld;
    for (const Kept& kept : m_kept) next = std::min(next, kept.dueNs);
    return next;
}

std::vector<MessageInfo> FaultGate::held() const {
    std::vector<MessageInfo> out;
    for (const Kept& kept : m_kept)
        if (kept.dueNs == kHeld) out.push_back(valueOf(kept.message.message, kept.message.id));
    return out;
}

base::Status FaultGate::resolve(const MessageId& id, HeldAction action, std::vector<GatedMessage>& through,
                                std::vector<GateEvent>& events) {
    bool found = id == MessageId{};
    for (auto it = m_kept.begin(); it != m_kept.end();) {
        if (it->dueNs != kHeld || (id != MessageId{} && !(it->message.id == id))) {
            ++it;
            continue;
        }
        found = true;
        GatedMessage message = std::move(it->message);
        it = m_kept.erase(it);
        if (action == HeldAction::drop) {
            drop(message, DropReason::byHand, events);
            continue;
        }
        if (action == HeldAction::duplicate) through.push_back(message);
        through.push_back(std::move(message));
    }
    if (found) return {};
    return base::Error{base::Errc::notFound, "no held message has the id " + base::hexId(id.sender) + "/" +
                                                 std::to_string(id.incarnation) + "/" + std::to_string(id.counter)};
}

}  // namespace raftarium::node
