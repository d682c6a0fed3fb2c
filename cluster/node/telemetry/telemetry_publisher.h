// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The loop's side of telemetry. Asks the budget before an event is made, so that what is left out costs a few
// nanoseconds; hands the hub what a step told. Under load it joins what is told of progress: of a few milliseconds'
// log appends, syncs, commits and applies one event each remains, in an order that was true (appended before on disk
// before committed before applied); everything else that is told of the node's state ends such a group at once.
// Calm: every step's events go out as they are, with it. Used from one thread.
#pragma once

#include "cluster/node/telemetry/telemetry_budget.h"
#include "cluster/node/telemetry/telemetry_hub.h"
#include "cluster/raft/types.h"
#include "cluster/telemetry/sampling.h"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace raftarium::node {

class TelemetryPublisher {
public:
    explicit TelemetryPublisher(TelemetryHub& hub);

    // Once a step, before anything is told.
    void begin(base::Nanoseconds now);
    bool listening() const { return m_listening; }
    // More happens than is told.
    bool loaded() const { return m_listening && m_budget.loaded(); }

    // Whether to make and add() an event that may be left out; a refusal is counted.
    bool admits(std::uint64_t identity) {
        if (!m_listening) return false;
        if (m_budget.admits(identity)) return true;
        ++m_leftOut;
        return false;
    }
    bool admits(const MessageId& id) { return admits(telemetry::samplingIdentity(id)); }
    // The same for an entry's key and watch events, of which nobody knows before how many there will be: addTold() says
    // it afterwards.
    bool admitsKeysOf(std::uint64_t requestId) { return m_budget.admits(requestId); }
    void addTold(std::uint64_t told, std::uint64_t leftOut);

    void add(TelemetryPayload payload, base::Nanoseconds now);
    void addEntries(const std::vector<raft::Entry>& entries, base::Nanoseconds now);
    // At the end of a step: hands over what is due. `all`: everything, now.
    void publish(base::Nanoseconds now, bool all = false);
    base::Nanoseconds nextDueNs() const;  // max() if nothing waits

private:
    template <typename T>
    struct Joined {
        base::Nanoseconds atNs = 0;
        T value;
    };
    bool join(const TelemetryPayload& payload, base::Nanoseconds now);
    void closeGroup();
    template <typename T>
    void put(std::optional<Joined<T>>& joined);
    void push(TelemetryPayload payload, base::Nanoseconds now);
    bool groupEmpty() const { return !m_synced && !m_commit && !m_applied && m_progress.empty(); }

    TelemetryHub& m_hub;
    TelemetryBudget m_budget;
    bool m_listening = false;
    base::Nanoseconds m_now = 0;
    base::Nanoseconds m_dueNs = 0;
    std::uint64_t m_leftOut = 0;
    std::vector<TelemetryEvent> m_events;
    // The open group.
    std::optional<std::size_t> m_appendedAt;  // in m_events
    std::optional<Joined<telemetry::WalSynced>> m_synced;
    std::optional<Joined<telemetry::CommitAdvanced>> m_commit;
    std::optional<Joined<telemetry::Applied>> m_applied;
    std::map<std::uint64_t, std::optional<Joined<telemetry::ProgressChanged>>> m_progress;  // by peer
};

}  // namespace raftarium::node
