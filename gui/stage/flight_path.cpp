// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/stage/flight_path.h"

#include <algorithm>
#include <cmath>

namespace raftarium::gui {

FlightPath FlightPath::between(QPointF from, QPointF to, qreal clearance) {
    const QPointF way = to - from;
    const qreal length = std::max(1.0, std::hypot(way.x(), way.y()));
    const QPointF unit = way / length;
    const QPointF right(-unit.y(), unit.x());
    const qreal lane = clearance * 0.22;
    const qreal lift = 0.05 * length + lane;
    return {from + unit * clearance + right * lane, (from + to) / 2 + right * lift * 1.4,
            to - unit * clearance + right * lane};
}

QPointF FlightPath::at(qreal share) const {
    const qreal t = std::clamp(share, 0.0, 1.0);
    return from * ((1 - t) * (1 - t)) + bend * (2 * t * (1 - t)) + to * (t * t);
}

std::optional<FlightInstant> instantOf(const observe::Flight& flight, observe::TimeNs now, const FlightTiming& timing,
                                       qreal lingerS) {
    if (now < flight.sentNs) return {};
    FlightInstant instant;
    const auto age = static_cast<qreal>(now - flight.sentNs);
    const auto expected = static_cast<qreal>(std::max<observe::TimeNs>(timing.expectedNs, 1'000'000));
    const auto told = static_cast<qreal>(flight.endNs - flight.sentNs);
    switch (flight.end) {
        case observe::FlightEnd::received:
            if (flight.endNs <= now) return {};
            instant.share = told > 0 ? age / told : 1;
            return instant;
        case observe::FlightEnd::flying:
            // A delayed one announces its end; any other is drawn as far as such messages usually are by now.
            if (flight.held) {
                instant.share = std::min(0.3, age / expected);
                instant.waiting = instant.share >= 0.3;
                return instant;
            }
            instant.share = flight.endNs > flight.sentNs ? age / told : age / expected;
            instant.waiting = instant.share > 0.94;
            instant.share = std::min(instant.share, 0.94);
            return instant;
        case observe::FlightEnd::dropped: {
            instant.lost = true;
            const qreal reach = flight.droppedAtReceiver ? 0.97 : timing.breakShare;
            const qreal way = told > expected * 0.3 ? told : expected * reach;
            instant.share = std::min(reach, reach * age / way);
            if (age >= way) instant.ending = (age - way) / 1e9;
            break;
        }
        case observe::FlightEnd::unknown: {
            instant.unknown = true;
            instant.share = std::min(0.8, age / expected);
            if (age >= 0.8 * expected) instant.ending = (age - 0.8 * expected) / 1e9;
            break;
        }
    }
    if (instant.ending > lingerS) return {};
    return instant;
}

}  // namespace raftarium::gui
