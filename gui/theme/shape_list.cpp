// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/theme/shape_list.h"

#include <QPainter>
#include <QPainterPath>
#include <QtMath>

#include <algorithm>
#include <cmath>

namespace raftarium::gui {

QPointF polar(QPointF centre, qreal radius, qreal degrees) {
    const qreal radians = qDegreesToRadians(degrees - 90);
    return {centre.x() + radius * std::cos(radians), centre.y() + radius * std::sin(radians)};
}

std::vector<QPointF> roundRectOutline(const QRectF& rect, qreal radius) {
    radius = std::min({radius, rect.width() / 2, rect.height() / 2});
    std::vector<QPointF> points;
    constexpr int steps = 4;
    const QPointF corners[] = {{rect.right() - radius, rect.top() + radius},
                               {rect.right() - radius, rect.bottom() - radius},
                               {rect.left() + radius, rect.bottom() - radius},
                               {rect.left() + radius, rect.top() + radius}};
    for (int corner = 0; corner < 4; ++corner)
        for (int i = 0; i <= steps; ++i)
            points.push_back(polar(corners[corner], radius, corner * 90 + i * 90.0 / steps));
    return points;
}

void ShapeList::clear() {
    m_shapes.clear();
    m_points.clear();
}

void ShapeList::add(Kind kind, std::span<const QPointF> points, qreal width, const QColor& color) {
    Shape shape{.kind = kind, .color = color, .centre = {}, .width = width};
    shape.first = static_cast<std::uint32_t>(m_points.size());
    shape.count = static_cast<std::uint32_t>(points.size());
    m_points.insert(m_points.end(), points.begin(), points.end());
    m_shapes.push_back(shape);
}

void ShapeList::disc(QPointF centre, qreal radius, const QColor& color) {
    m_shapes.push_back({.kind = Kind::disc, .color = color, .centre = centre, .radius = radius});
}

void ShapeList::arc(QPointF centre, qreal radius, qreal width, qreal from, qreal sweep, const QColor& color) {
    if (sweep <= 0.01 || radius <= 0) return;
    m_shapes.push_back({.kind = Kind::arc,
                        .color = color,
                        .centre = centre,
                        .radius = radius,
                        .width = width,
                        .from = from,
                        .sweep = std::min(sweep, qreal(360))});
}

void ShapeList::dashedRing(QPointF centre, qreal radius, qreal width, int dashes, const QColor& color) {
    const qreal step = 360.0 / std::max(dashes, 1);
    for (int i = 0; i < dashes; ++i) arc(centre, radius, width, i * step, step * 0.6, color);
}

void ShapeList::line(QPointF a, QPointF b, qreal width, const QColor& color) {
    const QPointF points[] = {a, b};
    add(Kind::polyline, points, width, color);
}

void ShapeList::dashedLine(QPointF a, QPointF b, qreal width, qreal dash, qreal space, const QColor& color) {
    const QPointF points[] = {a, b};
    dashedPolyline(points, width, dash, space, color);
}

void ShapeList::polyline(std::span<const QPointF> points, qreal width, const QColor& color) {
    if (points.size() >= 2) add(Kind::polyline, points, width, color);
}

void ShapeList::dashedPolyline(std::span<const QPointF> points, qreal width, qreal dash, qreal space,
                               const QColor& color) {
    bool on = true;
    qreal left = dash;
    std::vector<QPointF> current;
    for (std::size_t i = 0; i + 1 < points.size(); ++i) {
        QPointF at = points[i];
        const QPointF whole = points[i + 1] - at;
        qreal rest = std::hypot(whole.x(), whole.y());
        if (rest <= 0) continue;
        const QPointF unit = whole / rest;
        if (on && current.empty()) current.push_back(at);
        while (rest > left) {
            at += unit * left;
            rest -= left;
            if (on) {
                current.push_back(at);
                polyline(current, width, color);
                current.clear();
            } else {
                current.push_back(at);
            }
            on = !on;
            left = on ? dash : space;
        }
        left -= rest;
        if (on) current.push_back(points[i + 1]);
    }
    if (on) polyline(current, width, color);
}

void ShapeList::trail(std::span<const QPointF> points, qreal width, const QColor& color) {
    if (points.size() >= 2) add(Kind::trail, points, width, color);
}

void ShapeList::convex(std::span<const QPointF> points, const QColor& color) {
    if (points.size() >= 3) add(Kind::convex, points, 0, color);
}

void ShapeList::rect(const QRectF& rect, const QColor& color) {
    if (rect.width() <= 0 || rect.height() <= 0) return;
    const QPointF corners[] = {rect.topLeft(), rect.topRight(), rect.bottomRight(), rect.bottomLeft()};
    add(Kind::rect, corners, 0, color);
}

void ShapeList::roundRect(const QRectF& rect, qreal radius, const QColor& color) {
    if (rect.width() > 0 && rect.height() > 0) convex(roundRectOutline(rect, radius), color);
}

void ShapeList::roundFrame(const QRectF& rect, qreal radius, qreal width, const QColor& color) {
    std::vector<QPointF> outline =
        roundRectOutline(rect.adjusted(width / 2, width / 2, -width / 2, -width / 2), radius);
    outline.push_back(outline.front());
    outline.push_back(outline[1]);
    polyline(outline, width, color);
}

void ShapeList::dashedFrame(const QRectF& rect, qreal width, const QColor& color) {
    const QRectF inner = rect.adjusted(width / 2, width / 2, -width / 2, -width / 2);
    const QPointF points[] = {inner.topLeft(), inner.topRight(), inner.bottomRight(), inner.bottomLeft(),
                              inner.topLeft()};
    const qreal dash = std::max(inner.width() / 7, qreal(2));
    dashedPolyline(points, width, dash, dash, color);
}

void ShapeList::hatchedDisc(QPointF centre, qreal radius, qreal width, qreal spacing, const QColor& color) {
    const qreal s = std::sqrt(0.5);
    for (qreal d = -radius + spacing / 2; d < radius; d += spacing) {
        const qreal half = std::sqrt(std::max(0.0, radius * radius - d * d));
        const QPointF middle = centre + QPointF(d * s, d * s);
        line(middle + QPointF(-half * s, half * s), middle + QPointF(half * s, -half * s), width, color);
    }
}

void ShapeList::paint(QPainter& painter) const {
    painter.setRenderHint(QPainter::Antialiasing);
    for (const Shape& shape : m_shapes) {
        const auto points = pointsOf(shape);
        painter.setPen(Qt::NoPen);
        painter.setBrush(shape.color);
        switch (shape.kind) {
            case Kind::disc:
                painter.drawEllipse(shape.centre, shape.radius, shape.radius);
                break;
            case Kind::convex:
            case Kind::rect:
                painter.drawConvexPolygon(points.data(), static_cast<int>(points.size()));
                break;
            case Kind::arc: {
                painter.setBrush(Qt::NoBrush);
                painter.setPen(QPen(shape.color, shape.width, Qt::SolidLine, Qt::FlatCap));
                const QRectF box(shape.centre.x() - shape.radius, shape.centre.y() - shape.radius, 2 * shape.radius,
                                 2 * shape.radius);
                painter.drawArc(box, qRound((90 - shape.from) * 16), qRound(-shape.sweep * 16));
                break;
            }
            case Kind::polyline:
            case Kind::trail: {
                painter.setBrush(Qt::NoBrush);
                QColor color = shape.color;
                if (shape.kind == Kind::trail) color.setAlphaF(color.alphaF() * 0.4F);
                painter.setPen(QPen(color, shape.width, Qt::SolidLine, Qt::FlatCap, Qt::RoundJoin));
                painter.drawPolyline(points.data(), static_cast<int>(points.size()));
                break;
            }
        }
    }
}

}  // namespace raftarium::gui
