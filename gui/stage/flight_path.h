// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Where a message is at an instant: a pure function of its times and the playhead, so that scrubbing backwards draws
// right.
#pragma once

#include "cluster/observe/flight.h"

#include <QPointF>

#include <array>
#include <optional>

namespace raftarium::gui {

// The way from one disc's edge to another's, bent to its own lane (right-hand side, seen in the direction of flight).
struct FlightPath {
    QPointF from, bend, to;

    static FlightPath between(QPointF from, QPointF to, qreal clearance);
    QPointF at(qreal share) const;
};

struct FlightTiming {
    observe::TimeNs expectedNs = 0;  // how long such a message takes, for those whose end is not known
    qreal breakShare = 0.5;          // where on its way a lost one breaks
};

struct FlightInstant {
    qreal share = 0;       // of the way
    bool lost = false;     // it will not arrive
    bool unknown = false;  // nobody can say
    bool waiting = false;  // longer on its way than expected, or held
    qreal ending = -1;     // seconds since it broke or faded; < 0 = still flying
};

// Nothing if the message is not to be seen at `now`; `lingerS`: how long an end stays visible.
std::optional<FlightInstant> instantOf(const observe::Flight& flight, observe::TimeNs now, const FlightTiming& timing,
                                       qreal lingerS);

}  // namespace raftarium::gui
