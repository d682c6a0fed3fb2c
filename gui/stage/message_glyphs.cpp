// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/stage/message_glyphs.h"

#include <QString>

#include <algorithm>
#include <initializer_list>

namespace raftarium::gui {

namespace {

using observe::MessageKind;

void stroke(ShapeList& shapes, QPointF at, qreal r, std::initializer_list<QPointF> unit, const QColor& color,
            qreal width) {
    std::vector<QPointF> points;
    for (const QPointF& point : unit) points.push_back(at + point * r);
    shapes.polyline(points, width, color);
}

// Seven segments: top, upper left, upper right, middle, lower left, lower right, bottom.
constexpr unsigned kSegments[10] = {0b1110111, 0b0100100, 0b1011101, 0b1101101, 0b0101110,
                                    0b1101011, 0b1111011, 0b0100101, 0b1111111, 0b1101111};

}  // namespace

GlyphLook glyphLook(MessageKind kind, const Palette& p) {
    switch (kind) {
        case MessageKind::voteRequest:
        case MessageKind::preVoteRequest:
            return {p.vote, 1, false};
        case MessageKind::voteGranted:
            return {p.grant, 0.9, false};
        case MessageKind::voteRefused:
            return {p.danger, 0.9, false};
        case MessageKind::append:
            return {p.append, 1, false};
        case MessageKind::appendAck:
            return {p.ack, 0.62, false};
        case MessageKind::appendReject:
            return {p.danger, 0.8, false};
        case MessageKind::heartbeat:
            return {p.heartbeat, 0.72, true};
        case MessageKind::heartbeatAck:
            return {p.ack, 0.45, true};
        case MessageKind::snapshot:
            return {p.snapshot, 1.15, false};
        case MessageKind::timeoutNow:
        case MessageKind::transferRequest:
            return {p.vote, 1, false};
        case MessageKind::readIndex:
        case MessageKind::readIndexAnswer:
            return {p.ack, 0.8, false};
        case MessageKind::proposal:
            return {p.client, 0.85, false};
        case MessageKind::other:
            return {p.ack, 0.6, false};
    }
    return {p.ack, 0.6, false};
}

void drawGlyph(ShapeList& shapes, MessageKind kind, QPointF at, qreal radius, const Palette& palette,
               const QColor& body) {
    const GlyphLook look = glyphLook(kind, palette);
    const qreal r = radius * look.scale;
    const qreal pen = std::max(1.6, r * 0.2);
    const QColor ink = body.lightnessF() > 0.5 ? palette.night().onMessage : palette.projector().onMessage;
    if (look.hollow) {
        shapes.disc(at, r, palette.stage);
        shapes.ring(at, r - pen / 2, pen, body);
        return;
    }
    shapes.disc(at, r + 1.5, palette.stage);
    if (kind == MessageKind::snapshot) {
        shapes.roundRect({at.x() - r, at.y() - r, 2 * r, 2 * r}, r * 0.25, body);
        shapes.roundRect({at.x() - r * 0.45, at.y() - r * 0.45, r * 0.9, r * 0.9}, r * 0.1, ink);
        return;
    }
    if (kind == MessageKind::preVoteRequest) {
        shapes.disc(at, r, palette.stage);
        shapes.dashedRing(at, r - pen / 2, pen, 9, body);
    } else {
        shapes.disc(at, r, body);
    }
    const QColor sign = kind == MessageKind::preVoteRequest ? body : ink;
    switch (kind) {
        case MessageKind::voteRequest:
        case MessageKind::preVoteRequest:
            stroke(
                shapes, at, r,
                {{-.28, -.22}, {-.24, -.42}, {-.02, -.54}, {.22, -.44}, {.28, -.22}, {.14, -.04}, {0, .08}, {0, .24}},
                sign, pen);
            shapes.disc(at + QPointF(0, r * 0.48), pen * 0.62, sign);
            break;
        case MessageKind::voteGranted:
        case MessageKind::appendAck:
        case MessageKind::readIndexAnswer:
            stroke(shapes, at, r, {{-.42, .02}, {-.12, .34}, {.44, -.32}}, sign, pen);
            break;
        case MessageKind::voteRefused:
        case MessageKind::appendReject:
            stroke(shapes, at, r, {{-.36, -.36}, {.36, .36}}, sign, pen);
            stroke(shapes, at, r, {{-.36, .36}, {.36, -.36}}, sign, pen);
            break;
        case MessageKind::append:
        case MessageKind::proposal: {
            const QPointF points[] = {at + QPointF(-.32, -.46) * r, at + QPointF(.54, 0) * r,
                                      at + QPointF(-.32, .46) * r};
            shapes.convex(points, sign);
            break;
        }
        case MessageKind::timeoutNow:
        case MessageKind::transferRequest:
            stroke(shapes, at, r, {{.16, -.6}, {-.24, .08}, {.2, -.04}, {-.16, .6}}, sign, pen);
            break;
        case MessageKind::readIndex:
            shapes.ring(at + QPointF(-.1, -.1) * r, r * 0.34, pen, sign);
            stroke(shapes, at, r, {{.16, .16}, {.5, .5}}, sign, pen);
            break;
        default:
            break;
    }
}

void drawNumber(ShapeList& shapes, unsigned number, QPointF at, qreal height, const QColor& color) {
    const QString digits = QString::number(number);
    const qreal w = height * 0.5;
    const qreal advance = w * 1.5;
    const qreal pen = std::max(1.2, height * 0.14);
    QPointF corner = at - QPointF((static_cast<qreal>(digits.size()) * advance - (advance - w)) / 2, height / 2);
    for (const QChar digit : digits) {
        const unsigned bits = kSegments[digit.digitValue()];
        const QPointF a = corner, b = corner + QPointF(w, 0), c = corner + QPointF(0, height / 2),
                      d = corner + QPointF(w, height / 2), e = corner + QPointF(0, height),
                      f = corner + QPointF(w, height);
        if (bits & 0b0000001) shapes.line(a, b, pen, color);
        if (bits & 0b0000010) shapes.line(a, c, pen, color);
        if (bits & 0b0000100) shapes.line(b, d, pen, color);
        if (bits & 0b0001000) shapes.line(c, d, pen, color);
        if (bits & 0b0010000) shapes.line(c, e, pen, color);
        if (bits & 0b0100000) shapes.line(d, f, pen, color);
        if (bits & 0b1000000) shapes.line(e, f, pen, color);
        corner.rx() += advance;
    }
}

}  // namespace raftarium::gui
