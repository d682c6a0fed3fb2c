// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Messages on their way. Nothing here remembers a frame: position, trail and end follow from the times of the message
// and the playhead.
#include "gui/stage/flight_path.h"
#include "gui/stage/message_glyphs.h"
#include "gui/stage/partition_shape.h"
#include "gui/stage/stage_item.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace raftarium::gui {

namespace {

using observe::Flight;
using observe::FlightEnd;
using observe::MessageKind;

constexpr std::size_t kDrawnMost = 500;
constexpr int kTrailPoints = 9;
constexpr qreal kTrailShare = 0.17;

QColor mixed(const QColor& a, const QColor& b, qreal share) {
    const auto f = static_cast<float>(std::clamp(share, 0.0, 1.0));
    return QColor::fromRgbF(a.redF() + (b.redF() - a.redF()) * f, a.greenF() + (b.greenF() - a.greenF()) * f,
                            a.blueF() + (b.blueF() - a.blueF()) * f);
}

QColor faded(QColor color, qreal alpha) {
    color.setAlphaF(color.alphaF() * static_cast<float>(std::clamp(alpha, 0.0, 1.0)));
    return color;
}

observe::TimeNs expectedTime(const StageFrame& frame, const Flight& flight) {
    const auto delay = [](const std::map<observe::NodeId, observe::LinkFaults>& faults, observe::NodeId peer) {
        const auto found = faults.find(peer);
        return found == faults.end() ? observe::TimeNs{0} : found->second.delayNs;
    };
    observe::TimeNs time = 0;
    if (const auto from = frame.state->nodes.find(flight.message.from); from != frame.state->nodes.end())
        time += delay(from->second.faults, flight.message.to);
    if (const auto to = frame.state->nodes.find(flight.message.to); to != frame.state->nodes.end())
        time += delay(to->second.inboundFaults, flight.message.from);
    return time > 0 ? time : frame.typicalFlightNs;
}

void drawBurst(ShapeList& shapes, const StageFrame& frame, QPointF at, qreal share, const QColor& color) {
    const qreal r = frame.layout->messageRadius;
    const qreal eased = 1 - std::pow(1 - share, 3);
    const QColor ink = faded(color, 1 - share * share);
    for (int ray = 0; ray < 11; ++ray) {
        const qreal angle = ray * 360.0 / 11 + 8;
        const qreal inner = r * (0.7 + 0.6 * eased);
        const qreal outer = r * (0.9 + (ray % 2 ? 1.0 : 1.5) * eased);
        shapes.line(polar(at, inner, angle), polar(at, outer, angle), 2 * frame.layout->unit, ink);
    }
}

// Entries ride behind the head as beads in the colour of their term; more than five become a number.
void drawBeads(ShapeList& shapes, const StageFrame& frame, const FlightPath& path, const Flight& flight, qreal share) {
    if (flight.message.entryCount == 0) return;
    const qreal r = frame.layout->messageRadius;
    const QPointF head = path.at(share);
    const QPointF behind = path.at(std::max(0.0, share - 0.03)) - path.at(std::min(1.0, share + 0.03));
    const qreal length = std::max(0.001, std::hypot(behind.x(), behind.y()));
    const QPointF back = behind / length;
    const QColor color = frame.palette->termFill(flight.message.lastEntryTerm);
    const QColor edge = frame.palette->termEdge(flight.message.lastEntryTerm);
    if (flight.message.entryCount > 5) {
        const QPointF at = head + back * (r * 2.5);
        shapes.roundRect({at.x() - r * 1.3, at.y() - r * 0.75, r * 2.6, r * 1.5}, r * 0.5, color);
        drawNumber(shapes, flight.message.entryCount, at, r * 0.9,
                   frame.palette->termText(flight.message.lastEntryTerm));
        return;
    }
    for (std::uint32_t i = 0; i < flight.message.entryCount; ++i) {
        const QPointF at = head + back * (r * 1.55 + r * 0.78 * i);
        if (edge != color) shapes.disc(at, r * 0.42, edge);
        shapes.disc(at, edge != color ? r * 0.3 : r * 0.36, color);
    }
}

void drawOne(ShapeList& shapes, const StageFrame& frame, const Flight& flight) {
    const int from = frame.placeOf(flight.message.from);
    const int to = frame.placeOf(flight.message.to);
    if (from < 0 || to < 0 || from == to) return;
    const StageLayout& layout = *frame.layout;
    const FlightPath path =
        FlightPath::between(layout.places[static_cast<std::size_t>(from)].centre,
                            layout.places[static_cast<std::size_t>(to)].centre, layout.ringRadius + 2);
    const GlyphLook look = glyphLook(flight.message.kind, *frame.palette);
    const double speed = std::min(1.0, frame.speed);

    // Too quick for the eye at this speed: the way it took glows for a moment.
    const double lifeS = static_cast<double>(flight.endNs - flight.sentNs) / 1e9;
    const double sinceS = static_cast<double>(frame.now - flight.endNs) / 1e9;
    if (flight.end == FlightEnd::received && sinceS >= 0) {
        if (frame.reducedMotion || lifeS > 0.1 * speed || sinceS > 0.22 * speed) return;
        std::array<QPointF, kTrailPoints> points;
        for (int i = 0; i < kTrailPoints; ++i)
            points[static_cast<std::size_t>(i)] = path.at(static_cast<qreal>(i) / (kTrailPoints - 1));
        shapes.trail(points, layout.messageRadius * 0.5 * look.scale,
                     faded(look.body, 0.8 * (1 - sinceS / (0.22 * speed))));
        return;
    }

    FlightTiming timing;
    timing.expectedNs = expectedTime(frame, flight);
    if (flight.end == FlightEnd::dropped && !frame.walls.empty()) {
        std::array<QPointF, 25> points;
        for (std::size_t i = 0; i < points.size(); ++i)
            points[i] = path.at(static_cast<qreal>(i) / (points.size() - 1));
        timing.breakShare = crossing(points, frame.walls, 0.5);
    }
    const double lingerS = 0.5 * speed;
    const auto instant = instantOf(flight, frame.now, timing, lingerS);
    if (!instant) return;
    const QPointF head = path.at(instant->share);
    if (instant->ending >= 0) {
        const qreal share = lingerS > 0 ? instant->ending / lingerS : 1;
        if (instant->lost)
            drawBurst(shapes, frame, head, share, frame.palette->danger);
        else
            shapes.dashedRing(head, layout.messageRadius * (0.8 + 0.5 * share), 1.5, 10,
                              faded(frame.palette->dim, 1 - share));
        return;
    }
    QColor body = look.body;
    if (instant->lost)
        body = mixed(body, frame.palette->danger, instant->share / std::max(0.05, timing.breakShare) * 1.6 - 0.6);
    if (!frame.reducedMotion) {
        std::array<QPointF, kTrailPoints> points;
        const qreal tail = std::max(0.0, instant->share - kTrailShare);
        for (int i = 0; i < kTrailPoints; ++i)
            points[static_cast<std::size_t>(i)] = path.at(tail + (instant->share - tail) * i / (kTrailPoints - 1));
        shapes.trail(points, layout.messageRadius * 0.7 * look.scale, faded(body, 0.55));
    }
    drawBeads(shapes, frame, path, flight, instant->share);
    if (instant->waiting) shapes.dashedRing(head, layout.messageRadius * look.scale + 4, 1.4, 10, frame.palette->dim);
    drawGlyph(shapes, flight.message.kind, head, layout.messageRadius, *frame.palette, body);
}

}  // namespace

void drawFlights(ShapeList& shapes, const StageFrame& frame) {
    std::size_t drawn = 0;
    // What carries little is drawn first, so that votes and entries lie on top.
    const auto light = [](const Flight& flight) {
        return flight.message.kind == MessageKind::heartbeat || flight.message.kind == MessageKind::heartbeatAck ||
               flight.message.kind == MessageKind::appendAck;
    };
    for (const bool pass : {true, false})
        for (const Flight& flight : frame.flights) {
            if (light(flight) != pass) continue;
            if (++drawn > kDrawnMost) break;
            drawOne(shapes, frame, flight);
        }
}

}  // namespace raftarium::gui
