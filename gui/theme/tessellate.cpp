// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Shapes to triangles. Every edge is drawn as a full part, half a pixel inside the true outline, and a strip that fades
// to nothing half a pixel outside it.
#include "gui/theme/shape_list.h"

#include <QtMath>

#include <algorithm>
#include <cmath>

namespace raftarium::gui {

namespace {

struct Ink {
    std::uint8_t r, g, b, a;
};

Ink premultiplied(const QColor& color, qreal coverage = 1) {
    const qreal alpha = color.alphaF() * coverage;
    const auto channel = [alpha](qreal value) { return static_cast<std::uint8_t>(std::lround(value * alpha * 255)); };
    return {channel(color.redF()), channel(color.greenF()), channel(color.blueF()),
            static_cast<std::uint8_t>(std::lround(alpha * 255))};
}
constexpr Ink kClear{0, 0, 0, 0};

class Builder {
public:
    Builder(Mesh& mesh, qreal pixel) : m_mesh(mesh), m_half(pixel / 2) {}

    std::uint32_t vertex(QPointF at, Ink ink) {
        m_mesh.vertices.push_back({static_cast<float>(at.x()), static_cast<float>(at.y()), ink.r, ink.g, ink.b, ink.a});
        return static_cast<std::uint32_t>(m_mesh.vertices.size() - 1);
    }
    void triangle(std::uint32_t a, std::uint32_t b, std::uint32_t c) {
        m_mesh.indices.insert(m_mesh.indices.end(), {a, b, c});
    }
    // Rows of `columns` vertices each, joined to strips.
    void joinRows(std::uint32_t first, std::uint32_t rows, std::uint32_t columns) {
        for (std::uint32_t row = 0; row + 1 < rows; ++row)
            for (std::uint32_t column = 0; column + 1 < columns; ++column) {
                const std::uint32_t a = first + row * columns + column;
                triangle(a, a + 1, a + columns);
                triangle(a + 1, a + columns + 1, a + columns);
            }
    }

    void disc(QPointF centre, qreal radius, const QColor& color) {
        const Ink ink = premultiplied(color);
        const int steps = stepsFor(radius, 360);
        const std::uint32_t middle = vertex(centre, ink);
        const std::uint32_t first = middle + 1;
        for (int i = 0; i <= steps; ++i) {
            const qreal angle = 360.0 * i / steps;
            vertex(polar(centre, std::max(0.0, radius - m_half), angle), ink);
            vertex(polar(centre, radius + m_half, angle), kClear);
        }
        for (int i = 0; i < steps; ++i) triangle(middle, first + 2 * i, first + 2 * i + 2);
        joinRows(first, static_cast<std::uint32_t>(steps + 1), 2);
    }

    void arc(QPointF centre, qreal radius, qreal width, qreal from, qreal sweep, const QColor& color) {
        const Ink ink = premultiplied(color, std::min(1.0, width / (2 * m_half)));
        const qreal inside = std::max(0.0, width / 2 - m_half);
        const int steps = stepsFor(radius, sweep);
        const auto first = static_cast<std::uint32_t>(m_mesh.vertices.size());
        for (int i = 0; i <= steps; ++i) {
            const qreal angle = from + sweep * i / steps;
            vertex(polar(centre, radius - inside - 2 * m_half, angle), kClear);
            vertex(polar(centre, radius - inside, angle), ink);
            vertex(polar(centre, radius + inside, angle), ink);
            vertex(polar(centre, radius + inside + 2 * m_half, angle), kClear);
        }
        joinRows(first, static_cast<std::uint32_t>(steps + 1), 4);
    }

    void polyline(std::span<const QPointF> points, qreal width, const QColor& color, bool tapers) {
        const qreal inside = std::max(0.0, width / 2 - m_half);
        const qreal thin = std::min(1.0, width / (2 * m_half));
        const auto first = static_cast<std::uint32_t>(m_mesh.vertices.size());
        std::uint32_t rows = 0;
        const std::size_t count = points.size();
        for (std::size_t i = 0; i < count; ++i) {
            const QPointF normal = miter(points, i);
            const qreal share = tapers ? static_cast<qreal>(i) / static_cast<qreal>(count - 1) : 1;
            const Ink ink = premultiplied(color, tapers ? std::pow(share, 1.6) : thin);
            const qreal reach = inside * (tapers ? 0.25 + 0.75 * share : 1);
            vertex(points[i] - normal * (reach + 2 * m_half), kClear);
            vertex(points[i] - normal * reach, ink);
            vertex(points[i] + normal * reach, ink);
            vertex(points[i] + normal * (reach + 2 * m_half), kClear);
            ++rows;
        }
        joinRows(first, rows, 4);
    }

    void convex(std::span<const QPointF> points, const QColor& color) {
        const Ink ink = premultiplied(color);
        qreal area = 0;
        for (std::size_t i = 0; i < points.size(); ++i) {
            const QPointF& a = points[i];
            const QPointF& b = points[(i + 1) % points.size()];
            area += a.x() * b.y() - b.x() * a.y();
        }
        const qreal outward = area > 0 ? 1 : -1;
        const auto count = static_cast<std::uint32_t>(points.size());
        const auto first = static_cast<std::uint32_t>(m_mesh.vertices.size());
        for (std::uint32_t i = 0; i < count; ++i) {
            const QPointF normal =
                corner(points[(i + count - 1) % count], points[i], points[(i + 1) % count]) * outward;
            vertex(points[i] - normal * m_half, ink);
            vertex(points[i] + normal * m_half, kClear);
        }
        for (std::uint32_t i = 1; i + 1 < count; ++i) triangle(first, first + 2 * i, first + 2 * i + 2);
        for (std::uint32_t i = 0; i < count; ++i) {
            const std::uint32_t a = first + 2 * i;
            const std::uint32_t b = first + 2 * ((i + 1) % count);
            triangle(a, a + 1, b);
            triangle(a + 1, b + 1, b);
        }
    }

    // Upright rectangles lie on whole pixels, so they need no fading edges.
    void rect(std::span<const QPointF> points, const QColor& color) {
        const Ink ink = premultiplied(color);
        const std::uint32_t first = vertex(points[0], ink);
        for (int i = 1; i < 4; ++i) vertex(points[static_cast<std::size_t>(i)], ink);
        triangle(first, first + 1, first + 2);
        triangle(first, first + 2, first + 3);
    }

private:
    static int stepsFor(qreal radius, qreal sweep) {
        const int whole = std::clamp(static_cast<int>(10 + radius * 0.9), 12, 72);
        return std::max(2, static_cast<int>(std::ceil(whole * sweep / 360)));
    }
    static QPointF normalOf(QPointF a, QPointF b) {
        const QPointF d = b - a;
        const qreal length = std::hypot(d.x(), d.y());
        return length > 1e-9 ? QPointF(d.y() / length, -d.x() / length) : QPointF();
    }
    static QPointF corner(QPointF before, QPointF at, QPointF after) {
        const QPointF a = normalOf(before, at);
        const QPointF b = normalOf(at, after);
        const QPointF sum = a + b;
        const qreal square = QPointF::dotProduct(sum, sum);
        if (square < 0.2) return a.isNull() ? b : a;  // a hairpin: no endless spike
        return sum * (2 / square);
    }
    static QPointF miter(std::span<const QPointF> points, std::size_t i) {
        if (i == 0) return normalOf(points[0], points[1]);
        if (i + 1 == points.size()) return normalOf(points[i - 1], points[i]);
        return corner(points[i - 1], points[i], points[i + 1]);
    }

    Mesh& m_mesh;
    const qreal m_half;
};

}  // namespace

void ShapeList::tessellate(Mesh& mesh, qreal pixel) const {
    mesh.vertices.clear();
    mesh.indices.clear();
    Builder builder(mesh, pixel);
    for (const Shape& shape : m_shapes) {
        if (shape.color.alpha() == 0) continue;
        const auto points = pointsOf(shape);
        switch (shape.kind) {
            case Kind::disc:
                builder.disc(shape.centre, shape.radius, shape.color);
                break;
            case Kind::arc:
                builder.arc(shape.centre, shape.radius, shape.width, shape.from, shape.sweep, shape.color);
                break;
            case Kind::polyline:
                builder.polyline(points, shape.width, shape.color, false);
                break;
            case Kind::trail:
                builder.polyline(points, shape.width, shape.color, true);
                break;
            case Kind::convex:
                builder.convex(points, shape.color);
                break;
            case Kind::rect:
                builder.rect(points, shape.color);
                break;
        }
    }
}

}  // namespace raftarium::gui
