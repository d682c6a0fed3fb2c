// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/observe/flight_index.h"

#include <algorithm>

namespace raftarium::observe {

namespace {

constexpr TimeNs kBucket = 100'000'000;
constexpr TimeNs kLookBack = 1'000'000'000;    // flights longer than this are listed apart
constexpr TimeNs kFlightLife = 5'000'000'000;  // without a word for so long: its end is unknown
constexpr TimeNs kPassedAfter = 250'000'000;

std::int64_t bucketOf(TimeNs time) { return time / kBucket; }

}  // namespace

std::size_t FlightIndex::KeyHash::operator()(const MessageKey& key) const {
    std::uint64_t hash = key.counter * 0x9E3779B97F4A7C15ULL;
    hash ^= (key.sender + key.incarnation * 0xBF58476D1CE4E5B9ULL) + (hash >> 29);
    return static_cast<std::size_t>(hash * 0x94D049BB133111EBULL);
}

Flight& FlightIndex::flightOf(const Message& message, TimeNs at) {
    const auto found = m_byKey.find(message.key);
    if (found != m_byKey.end()) return *found->second;
    auto& bucket = m_buckets[bucketOf(at)];
    Flight& flight = bucket.emplace_back();
    flight.message = message;
    m_byKey.emplace(message.key, &flight);
    m_open[{message.from, message.to}].emplace(message.key, &flight);
    return flight;
}

void FlightIndex::end(Flight& flight, FlightEnd how, TimeNs at) {
    const bool wasOpen = flight.end == FlightEnd::flying;
    flight.end = how;
    flight.endNs = std::max(at, flight.sentNs);
    flight.held = false;
    if (!wasOpen) return;
    if (const auto open = m_open.find({flight.message.from, flight.message.to}); open != m_open.end())
        open->second.erase(flight.message.key);
    if (flight.sentNs != 0 && flight.endNs - flight.sentNs > kLookBack) m_long.push_back(&flight);
}

// Messages of one link arrive in the order they were sent, but for delays, which are reported.
void FlightIndex::passed(const Message& arrived, TimeNs at) {
    const auto open = m_open.find({arrived.from, arrived.to});
    if (open == m_open.end()) return;
    std::vector<Flight*> lost;
    for (const auto& [key, flight] : open->second) {
        if (key >= arrived.key) break;
        const bool delayed = flight->held || flight->endNs != 0;
        if (!delayed && flight->sentNs != 0 && at - flight->sentNs > kPassedAfter) lost.push_back(flight);
    }
    for (Flight* flight : lost) end(*flight, FlightEnd::unknown, at);
}

void FlightIndex::receiverEnded(NodeId node, TimeNs at) {
    for (auto& [link, open] : m_open) {
        if (link.second != node) continue;
        std::vector<Flight*> cutOff;
        for (const auto& [key, flight] : open)
            if (!flight->held && flight->sentNs <= at) cutOff.push_back(flight);
        for (Flight* flight : cutOff) end(*flight, FlightEnd::unknown, at);
    }
}

void FlightIndex::add(const Event& event) {
    if (const auto* sent = std::get_if<MessageSent>(&event.kind)) {
        Flight& flight = flightOf(sent->message, event.atNs);
        flight.sentNs = event.atNs;
        if (flight.end != FlightEnd::flying) {
            flight.endNs = std::max(flight.endNs, event.atNs);
        } else if (const auto stopped = m_stoppedNs.find(sent->message.to);
                   stopped != m_stoppedNs.end() && stopped->second <= event.atNs) {
            flight.dropReason = DropReason::unreachable;
            flight.droppedAtReceiver = true;
            end(flight, FlightEnd::dropped, event.atNs);
        }
    } else if (const auto* received = std::get_if<MessageReceived>(&event.kind)) {
        Flight& flight = flightOf(received->message, event.atNs);
        if (flight.end == FlightEnd::flying || flight.end == FlightEnd::unknown)
            end(flight, FlightEnd::received, event.atNs);
        passed(received->message, event.atNs);
    } else if (const auto* dropped = std::get_if<MessageDropped>(&event.kind)) {
        Flight& flight = flightOf(dropped->message, event.atNs);
        if (flight.end != FlightEnd::flying && flight.end != FlightEnd::unknown) return;
        flight.dropReason = dropped->reason;
        flight.droppedAtReceiver = dropped->atReceiver;
        // A message that never left its sender has no MessageSent.
        if (flight.sentNs == 0 && !dropped->atReceiver) flight.sentNs = event.atNs;
        end(flight, FlightEnd::dropped, event.atNs);
    } else if (const auto* delayed = std::get_if<MessageDelayed>(&event.kind)) {
        Flight& flight = flightOf(delayed->message, event.atNs);
        if (flight.end != FlightEnd::flying) return;
        if (flight.sentNs == 0) flight.sentNs = event.atNs;
        flight.held = delayed->untilNs == 0;
        flight.endNs = delayed->untilNs;
    } else if (const auto* process = std::get_if<ProcessChanged>(&event.kind)) {
        if (process->state != ProcessState::stopped) {
            m_stoppedNs.erase(event.node);
            return;
        }
        m_stoppedNs.try_emplace(event.node, event.atNs);
        receiverEnded(event.node, event.atNs);
    } else if (std::holds_alternative<StreamEnded>(event.kind)) {
        receiverEnded(event.node, event.atNs);
    } else if (std::holds_alternative<Boxed<FullState>>(event.kind)) {
        m_stoppedNs.erase(event.node);
    }
}

void FlightIndex::dropBefore(TimeNs time) {
    while (!m_buckets.empty() && m_buckets.begin()->first < bucketOf(time - kLookBack)) {
        for (Flight& flight : m_buckets.begin()->second) {
            m_byKey.erase(flight.message.key);
            if (const auto open = m_open.find({flight.message.from, flight.message.to}); open != m_open.end())
                open->second.erase(flight.message.key);
            std::erase(m_long, &flight);
        }
        m_buckets.erase(m_buckets.begin());
    }
}

TimeNs FlightIndex::lastInstant(const Flight& flight, TimeNs now) const {
    if (flight.end != FlightEnd::flying) return flight.endNs;
    if (flight.held) return now;
    return std::max(flight.sentNs + kFlightLife, flight.endNs);
}

std::vector<Flight> FlightIndex::overlapping(TimeNs from, TimeNs to, TimeNs now) const {
    std::vector<Flight> found;
    const auto take = [&](const Flight& flight) {
        const TimeNs last = lastInstant(flight, now);
        if (flight.sentNs == 0 || flight.sentNs > to || last < from) return;
        found.push_back(flight);
        if (flight.end != FlightEnd::flying || flight.held || now <= last) return;
        found.back().end = FlightEnd::unknown;
        found.back().endNs = last;
    };
    const std::int64_t first = bucketOf(from - kLookBack), last = bucketOf(to + kLookBack);
    for (auto it = m_buckets.lower_bound(first); it != m_buckets.end() && it->first <= last; ++it)
        for (const Flight& flight : it->second) take(flight);
    // Those whose bucket was not looked into. A flight's bucket is that of its first word, at most at its sending.
    const auto elsewhere = [&](const Flight& flight) { return bucketOf(flight.sentNs) < first; };
    for (const auto& [link, open] : m_open)
        for (const auto& [key, flight] : open)
            if (elsewhere(*flight)) take(*flight);
    for (const Flight* flight : m_long)
        if (elsewhere(*flight)) take(*flight);
    std::sort(found.begin(), found.end(), [](const Flight& a, const Flight& b) {
        return a.sentNs != b.sentNs ? a.sentNs < b.sentNs : a.message.key < b.message.key;
    });
    return found;
}

}  // namespace raftarium::observe
