// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// All messages with their whole life, found by time.
#pragma once

#include "cluster/observe/flight.h"

#include <deque>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

namespace raftarium::observe {

// add() may get the same event again (when a late event makes the history go over its newest part once more):
// that changes nothing.
//
// How a message of which the receiver says nothing ends: dropped, if the receiver's process was known not to run when
// it was sent; else unknown, as soon as a message sent later on the same link has arrived 250 ms after it was sent,
// when the receiver's process or stream ended, or after 5 s.
class FlightIndex {
public:
    void add(const Event& event);
    void dropBefore(TimeNs time);
    // Those on the way at some instant of [from, to], by the time they were sent. `now` = time of the newest event.
    std::vector<Flight> overlapping(TimeNs from, TimeNs to, TimeNs now) const;
    std::size_t size() const { return m_byKey.size(); }

private:
    using Link = std::pair<NodeId, NodeId>;
    struct KeyHash {
        std::size_t operator()(const MessageKey& key) const;
    };

    Flight& flightOf(const Message& message, TimeNs at);
    void end(Flight& flight, FlightEnd how, TimeNs at);
    void passed(const Message& arrived, TimeNs at);
    void receiverEnded(NodeId node, TimeNs at);
    TimeNs lastInstant(const Flight& flight, TimeNs now) const;

    std::map<std::int64_t, std::deque<Flight>> m_buckets;  // by the time of the first word of a message; addresses stay
    std::unordered_map<MessageKey, Flight*, KeyHash> m_byKey;
    std::map<Link, std::map<MessageKey, Flight*>> m_open;
    std::vector<Flight*> m_long;  // took longer than a bucket search looks back
    std::map<NodeId, TimeNs> m_stoppedNs;
};

}  // namespace raftarium::observe
