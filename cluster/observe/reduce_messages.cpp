// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Messages on their way. Sent and received of one message come from two streams, in either order.
#include "cluster/observe/reducers.h"

#include <algorithm>

namespace raftarium::observe {

namespace {

void end(ClusterState& state, Flight& flight, FlightEnd how, TimeNs at) {
    flight.end = how;
    flight.endNs = at;
    flight.held = false;
    state.endedFlights.emplace_back(state.nowNs, flight.message.key);
    while (state.endedFlights.size() > kEndedMax) {
        state.flights.erase(state.endedFlights.front().second);
        state.endedFlights.pop_front();
    }
}

Flight& flightOf(ClusterState& state, const Message& message) {
    if (state.flights.size() > kOpenMax && !state.flights.contains(message.key))
        state.flights.erase(state.flights.begin());
    auto [it, isNew] = state.flights.try_emplace(message.key);
    if (isNew) it->second.message = message;
    return it->second;
}

}  // namespace

void reducePart(ClusterState& state, NodeState&, const Event& event, const MessageSent& sent) {
    Flight& flight = flightOf(state, sent.message);
    flight.sentNs = event.atNs;
    if (flight.end != FlightEnd::flying) flight.endNs = std::max(flight.endNs, event.atNs);
}

void reducePart(ClusterState& state, NodeState&, const Event& event, const MessageReceived& received) {
    Flight& flight = flightOf(state, received.message);
    if (flight.end == FlightEnd::flying)
        end(state, flight, FlightEnd::received, event.atNs);
    else if (flight.end == FlightEnd::unknown)
        flight.end = FlightEnd::received;
}

void reducePart(ClusterState& state, NodeState&, const Event& event, const MessageDropped& dropped) {
    Flight& flight = flightOf(state, dropped.message);
    if (flight.end == FlightEnd::received || flight.end == FlightEnd::dropped) return;
    flight.dropReason = dropped.reason;
    flight.droppedAtReceiver = dropped.atReceiver;
    // A message that never left its sender is not told as sent.
    if (flight.sentNs == 0 && !dropped.atReceiver) flight.sentNs = event.atNs;
    if (flight.end == FlightEnd::flying)
        end(state, flight, FlightEnd::dropped, event.atNs);
    else
        flight.end = FlightEnd::dropped;
}

void reducePart(ClusterState& state, NodeState&, const Event& event, const MessageDelayed& delayed) {
    Flight& flight = flightOf(state, delayed.message);
    if (flight.end != FlightEnd::flying) return;
    if (flight.sentNs == 0) flight.sentNs = event.atNs;
    flight.held = delayed.untilNs == 0;
    flight.endNs = delayed.untilNs;
}

void sweepFlights(ClusterState& state) {
    while (!state.endedFlights.empty() && state.nowNs - state.endedFlights.front().first > kFlightRemembered) {
        state.flights.erase(state.endedFlights.front().second);
        state.endedFlights.pop_front();
    }
    std::vector<MessageKey> overdue;
    for (const auto& [key, flight] : state.flights) {
        if (flight.end != FlightEnd::flying || flight.held) continue;
        if (state.nowNs - std::max(flight.sentNs, flight.endNs) > kFlightLife) overdue.push_back(key);
    }
    for (const auto& key : overdue) {
        // end() lets the oldest ended ones go, which may be among these.
        const auto it = state.flights.find(key);
        if (it != state.flights.end()) end(state, it->second, FlightEnd::unknown, state.nowNs);
    }
}

}  // namespace raftarium::observe
