// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Nodes: the body says the term, the outline the role, the ring the time left before an election, the strip the log.
#include "gui/stage/message_glyphs.h"
#include "gui/stage/partition_shape.h"
#include "gui/stage/stage_item.h"

#include <algorithm>
#include <cmath>

namespace raftarium::gui {

namespace {

using observe::NodeState;
using observe::ProcessState;
using observe::Role;

QColor faded(QColor color, float alpha) {
    color.setAlphaF(color.alphaF() * alpha);
    return color;
}

void drawCrown(ShapeList& shapes, QPointF centre, qreal ring, qreal radius, const QColor& color) {
    const qreal w = radius * 0.36;
    const qreal h = radius * 0.3;
    const QPointF base = centre - QPointF(0, ring + radius * 0.14);
    const QPointF left[] = {base + QPointF(-w, 0), base + QPointF(-w, -h), base + QPointF(-w * 0.1, 0)};
    const QPointF middle[] = {base + QPointF(-w * 0.75, 0), base + QPointF(0, -h * 1.12), base + QPointF(w * 0.75, 0)};
    const QPointF right[] = {base + QPointF(w * 0.1, 0), base + QPointF(w, -h), base + QPointF(w, 0)};
    shapes.convex(left, color);
    shapes.convex(middle, color);
    shapes.convex(right, color);
}

void drawBody(ShapeList& shapes, const StageFrame& frame, const NodeState* node, QPointF centre, bool stopped) {
    const Palette& p = *frame.palette;
    const qreal r = frame.layout->discRadius;
    const qreal u = frame.layout->unit;
    if (stopped) {
        shapes.disc(centre, r, p.stopped);
        shapes.dashedRing(centre, r, 1.6 * u, 26, p.stoppedEdge);
        const qreal x = r * 0.36;
        const QColor cross = faded(p.stoppedEdge, 0.55F);
        shapes.line(centre + QPointF(-x, -x), centre + QPointF(x, x), 2.6 * u, cross);
        shapes.line(centre + QPointF(-x, x), centre + QPointF(x, -x), 2.6 * u, cross);
        return;
    }
    const QColor fill = p.termFill(node->term);
    const QColor edge = p.termEdge(node->term);
    const bool hollow = node->role == Role::learner;
    if (!node->known) {  // remembered, not seen
        shapes.disc(centre, r, faded(fill, 0.35F));
        shapes.dashedRing(centre, r, 1.6 * u, 26, edge);
        return;
    }
    if (hollow) {
        shapes.disc(centre, r, faded(fill, 0.22F));
        shapes.ring(centre, r - 2.5 * u, 5 * u, edge);
    } else {
        shapes.disc(centre, r, fill);
        if (edge != fill) shapes.ring(centre, r - u, 2 * u, edge);
    }
    if (node->process == ProcessState::paused) {
        shapes.disc(centre, r, faded(p.stage, 0.35F));
        shapes.hatchedDisc(centre, r - u, 1.4 * u, 9 * u, faded(p.stage, 0.75F));
        shapes.ring(centre, r - u, 2 * u, edge);
    }
    if (node->role == Role::candidate || node->role == Role::preCandidate) {
        const qreal gap = r + (frame.layout->ringRadius - r) * 0.5;
        shapes.dashedRing(centre, gap, 2.4 * u, node->role == Role::candidate ? 22 : 34, p.ring);
    }
}

void drawElectionRing(ShapeList& shapes, const StageFrame& frame, const NodeState& node, QPointF centre) {
    const Palette& p = *frame.palette;
    const qreal ring = frame.layout->ringRadius;
    const qreal u = frame.layout->unit;
    if (node.role == Role::leader) {
        shapes.ring(centre, ring, 2.6 * u, p.termEdge(node.term));
        shapes.ring(centre, ring - (ring - frame.layout->discRadius) * 0.52, 1.8 * u, p.termEdge(node.term));
        drawCrown(shapes, centre, ring, frame.layout->discRadius, p.ring);
        return;
    }
    shapes.ring(centre, ring, 3.4 * u, p.ringTrack);
    if (node.deadline.deadlineNs <= 0 || node.deadline.timeoutNs <= 0) return;
    const double left =
        static_cast<double>(node.deadline.deadlineNs - frame.now) / static_cast<double>(node.deadline.timeoutNs);
    const qreal share = std::clamp(left, 0.0, 1.0);
    // A new draw is a longer or shorter time, not just a fresh start: the ring swells for a moment.
    const double sinceS = static_cast<double>(frame.now - node.deadlineSetNs) / 1e9;
    const double swellS = 0.35 * frame.speed;
    const bool fresh = node.deadline.redrawn && sinceS >= 0 && sinceS < swellS && !frame.reducedMotion;
    const qreal width = 3.4 * u + (fresh ? 2.6 * u * (1 - sinceS / swellS) : 0);
    shapes.arc(centre, ring, width, 360 * (1 - share), 360 * share, share < 0.15 ? p.warning : p.ring);
}

void drawCell(ShapeList& shapes, const StageFrame& frame, const NodeState& node, std::uint64_t index,
              const QRectF& rect, bool stopped) {
    const Palette& p = *frame.palette;
    const qreal radius = rect.width() * 0.16;
    if (index > node.log.lastIndex) {
        shapes.dashedFrame(rect, 1, faded(p.strongLine, 0.8F));
        return;
    }
    if (index < node.log.firstIndex) {
        shapes.line({rect.left() + 3, rect.center().y()}, {rect.right() - 3, rect.center().y()}, 1.5, p.strongLine);
        return;
    }
    const observe::LogEntry* entry = node.log.find(index);
    const std::uint64_t term = entry ? entry->term : 0;
    const float strength = stopped ? 0.55F : 1.0F;
    const QColor fill = faded(p.termFill(term), strength);
    const QColor edge = faded(p.termEdge(term), strength);
    const qreal line = std::max(1.5, rect.width() * 0.08);
    if (index <= node.log.commitIndex) {
        shapes.roundRect(rect, radius, fill);
        if (p.termEdge(term) != p.termFill(term)) shapes.roundFrame(rect, radius, 1.2, edge);
    } else {
        shapes.roundFrame(rect, radius, line, edge);
        if (index <= node.log.durableIndex)
            shapes.roundFrame(rect.adjusted(line + 1.5, line + 1.5, -line - 1.5, -line - 1.5), radius * 0.6, 1.3, edge);
    }
    if (index <= node.log.appliedIndex)
        shapes.disc({rect.center().x(), rect.bottom() + rect.height() * 0.24}, std::max(1.7, rect.width() * 0.085),
                    faded(p.dim, strength));
}

}  // namespace

void drawNodes(ShapeList& shapes, const StageFrame& frame) {
    const LogWindow window = logWindow(*frame.state, frame.layout->columns);
    const qreal u = frame.layout->unit;
    for (std::size_t place = 0; place < frame.ids.size(); ++place) {
        const NodeState* node = frame.node(place);
        const QPointF centre = frame.layout->places[place].centre;
        const bool stopped = !node || node->process == ProcessState::stopped || node->process == ProcessState::starting;
        const int number = static_cast<int>(place);
        shapes.disc(centre, frame.layout->ringRadius + 3 * u, frame.palette->stage);
        if (number == frame.selected || number == frame.hovered)
            shapes.ring(centre, frame.layout->ringRadius + 6.5 * u, (number == frame.selected ? 1.8 : 1.0) * u,
                        faded(frame.palette->accent, number == frame.selected ? 0.95F : 0.6F));
        drawBody(shapes, frame, node, centre, stopped);
        if (!stopped && node->known) drawElectionRing(shapes, frame, *node, centre);
        if (!node) continue;
        for (int column = 0; column < frame.layout->columns; ++column) {
            const std::uint64_t index = window.first + static_cast<std::uint64_t>(column);
            if (index > window.highest) break;
            drawCell(shapes, frame, *node, index, frame.layout->cellRect(place, column), stopped);
        }
    }
}

void drawLinks(ShapeList& shapes, const StageFrame& frame) {
    const Palette& p = *frame.palette;
    const qreal u = frame.layout->unit;
    const int leader = frame.placeOf(frame.state->leader);
    for (std::size_t a = 0; a < frame.ids.size(); ++a)
        for (std::size_t b = a + 1; b < frame.ids.size(); ++b) {
            const QPointF from = frame.layout->places[a].centre;
            const QPointF to = frame.layout->places[b].centre;
            const bool forth = isCut(*frame.state, frame.ids[a], frame.ids[b]);
            const bool back = isCut(*frame.state, frame.ids[b], frame.ids[a]);
            const bool hovered = frame.hoveredLink == std::pair(static_cast<int>(a), static_cast<int>(b));
            if (hovered) shapes.line(from, to, 7 * u, faded(p.accent, 0.35F));
            if (forth || back) {
                // Behind a wall the cut is told by the wall; elsewhere by a red link with a cross.
                const bool walled = !frame.walls.empty() && forth && back;
                shapes.dashedLine(from, to, walled ? 1 : 1.6 * u, 3, 7, faded(p.danger, walled ? 0.28F : 0.8F));
                if (walled) continue;
                const QPointF middle = forth && back ? (from + to) / 2
                                       : forth       ? from + (to - from) * 0.6
                                                     : from + (to - from) * 0.4;
                const qreal x = 5 * u;
                shapes.disc(middle, 2 * x, p.stage);
                shapes.line(middle + QPointF(-x, -x), middle + QPointF(x, x), 2 * u, p.danger);
                shapes.line(middle + QPointF(-x, x), middle + QPointF(x, -x), 2 * u, p.danger);
                continue;
            }
            const bool led =
                leader >= 0 && (a == static_cast<std::size_t>(leader) || b == static_cast<std::size_t>(leader));
            if (led)
                shapes.line(from, to, 1.2 * u, p.link);
            else
                shapes.dashedLine(from, to, 1.2 * u, 1.6, 8, p.link);
        }
}

void drawWalls(ShapeList& shapes, const StageFrame& frame) {
    const qreal u = frame.layout->unit;
    for (const auto& wall : frame.walls) {
        shapes.polyline(wall, 10 * u, faded(frame.palette->danger, 0.24F));
        shapes.dashedPolyline(wall, 2.6 * u, 9 * u, 7 * u, frame.palette->danger);
    }
}

void drawClients(ShapeList& shapes, const StageFrame& frame) {
    const Palette& p = *frame.palette;
    const qreal u = frame.layout->unit;
    const qreal r = frame.layout->clientRadius;
    for (std::size_t place = 0; place < frame.ids.size(); ++place) {
        const auto shown = frame.calls.find(frame.ids[place]);
        if (shown == frame.calls.end()) continue;
        const observe::ClientCall* call = shown->second.call;
        const QPointF client = frame.layout->places[place].client;
        const QPointF node = frame.layout->places[place].centre;
        const bool answered = call->answeredNs > 0 && call->answeredNs <= frame.now;
        const QColor ink = !call->error.empty() && answered ? p.danger : p.client;
        shapes.dashedLine(client, node, 1.6 * u, 4, 4, faded(ink, answered ? 0.6F : 1.0F));
        const int other = frame.placeOf(call->forwardedTo);
        if (other >= 0 && !answered)
            shapes.dashedLine(node, frame.layout->places[static_cast<std::size_t>(other)].centre, 1.6 * u, 4, 4, ink);
        shapes.disc(client, r, p.stage);
        shapes.ring(client, r, 2 * u, ink);
        // Going in, and the answer coming out.
        const double travelS = 0.45 * std::min(1.0, frame.speed);
        const auto along = [&](observe::TimeNs since) {
            return static_cast<double>(frame.now - since) / 1e9 / travelS;
        };
        if (const double in = along(call->receivedNs); in < 1 && !answered)
            shapes.disc(client + (node - client) * in, 4.5 * u, ink);
        if (const double out = answered ? along(call->answeredNs) : 2; out < 1)
            shapes.disc(node + (client - node) * out, 4.5 * u, ink);
    }
}

}  // namespace raftarium::gui
