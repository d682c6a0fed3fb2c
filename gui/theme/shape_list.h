// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A drawing as a list of simple shapes, remade every frame, in pixels of its item. It becomes either one mesh of
// triangles with a colour per corner (edges are smoothed by a strip, one device pixel wide, that fades out) or, under
// the software renderer, a picture. Angles in degrees, 0 = twelve o'clock, clockwise.
#pragma once

#include <QColor>
#include <QPointF>
#include <QRectF>

#include <cstdint>
#include <span>
#include <vector>

class QPainter;

namespace raftarium::gui {

struct MeshVertex {
    float x, y;
    std::uint8_t r, g, b, a;  // premultiplied
};
struct Mesh {
    std::vector<MeshVertex> vertices;
    std::vector<std::uint32_t> indices;
};

class ShapeList {
public:
    void clear();
    bool empty() const { return m_shapes.empty(); }
    std::size_t size() const { return m_shapes.size(); }

    void disc(QPointF centre, qreal radius, const QColor& color);
    void ring(QPointF centre, qreal radius, qreal width, const QColor& color) {
        arc(centre, radius, width, 0, 360, color);
    }
    void arc(QPointF centre, qreal radius, qreal width, qreal from, qreal sweep, const QColor& color);
    void dashedRing(QPointF centre, qreal radius, qreal width, int dashes, const QColor& color);
    void line(QPointF a, QPointF b, qreal width, const QColor& color);
    void dashedLine(QPointF a, QPointF b, qreal width, qreal dash, qreal space, const QColor& color);
    void polyline(std::span<const QPointF> points, qreal width, const QColor& color);
    void dashedPolyline(std::span<const QPointF> points, qreal width, qreal dash, qreal space, const QColor& color);
    // Thin and clear at its first point, full at its last.
    void trail(std::span<const QPointF> points, qreal width, const QColor& color);
    void convex(std::span<const QPointF> points, const QColor& color);
    void rect(const QRectF& rect, const QColor& color);
    void roundRect(const QRectF& rect, qreal radius, const QColor& color);
    void roundFrame(const QRectF& rect, qreal radius, qreal width, const QColor& color);
    void dashedFrame(const QRectF& rect, qreal width, const QColor& color);
    // Diagonal strokes inside a disc.
    void hatchedDisc(QPointF centre, qreal radius, qreal width, qreal spacing, const QColor& color);

    void tessellate(Mesh& mesh, qreal pixel) const;  // `pixel`: size of a device pixel
    void paint(QPainter& painter) const;

private:
    enum class Kind : std::uint8_t { disc, arc, polyline, trail, convex, rect };
    struct Shape {
        Kind kind;
        QColor color;
        QPointF centre;
        qreal radius = 0, width = 0, from = 0, sweep = 0;
        std::uint32_t first = 0, count = 0;  // of m_points
    };
    std::span<const QPointF> pointsOf(const Shape& shape) const { return {m_points.data() + shape.first, shape.count}; }
    void add(Kind kind, std::span<const QPointF> points, qreal width, const QColor& color);

    std::vector<Shape> m_shapes;
    std::vector<QPointF> m_points;
};

std::vector<QPointF> roundRectOutline(const QRectF& rect, qreal radius);
QPointF polar(QPointF centre, qreal radius, qreal degrees);

}  // namespace raftarium::gui
