// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/stage/stage_layout.h"

#include <QtMath>

#include <algorithm>
#include <cmath>

namespace raftarium::gui {

QRectF StageLayout::cellRect(std::size_t place, int column) const {
    const QRectF& strip = places[place].strip;
    return {strip.left() + column * (cell + cellGap), strip.top(), cell, cell};
}

namespace {

StageLayout layOutWith(NodeDetail detail, const QSizeF& size, int nodes, const StageMetrics& metrics) {
    StageLayout layout;
    layout.detail = detail;
    layout.unit = metrics.unit;
    const int count = std::max(nodes, 1);
    const qreal u = metrics.unit;
    const qreal crowd = count <= 5 ? 1.0 : std::sqrt(5.0 / count);
    const qreal room = std::min(size.width() * 0.78, size.height() - metrics.bottom);
    layout.discRadius = std::round(std::clamp(room * 0.073 * crowd, 20.0, 64 * u));
    layout.ringRadius = layout.discRadius + std::max(9.0, layout.discRadius * 0.26);
    layout.cell = std::round(std::clamp(layout.discRadius * 0.54, 17.0, 34 * u));
    layout.cellGap = std::round(std::max(3.0, layout.cell * 0.16));
    const bool hasLog = detail <= NodeDetail::shortCaption, hasCaption = detail != NodeDetail::discOnly;
    layout.columns = !hasLog ? 0 : count <= 6 ? 7 : 5;
    layout.messageRadius = std::clamp(layout.discRadius * 0.24, 7.0, 14 * u);
    layout.clientRadius = layout.discRadius * 0.36;

    const qreal stripWidth = hasLog ? layout.columns * layout.cell + (layout.columns - 1) * layout.cellGap : 1;
    const qreal above = layout.ringRadius + layout.discRadius * 0.42 + 6 * u;  // the crown
    const qreal below = layout.ringRadius + 5 * u + (hasCaption ? metrics.captionHeight : 0) +
                        (hasLog ? 4 * u + layout.cell + 12 * u : 4 * u);
    const qreal beside = std::max(stripWidth / 2, layout.ringRadius + 2.4 * layout.clientRadius + 40 * u) + 10 * u;

    qreal highest = 0, lowest = 0, widest = 0.0001;
    for (int i = 0; i < count && count > 1; ++i) {
        const qreal radians = 2 * M_PI * i / count;
        highest = std::max(highest, std::cos(radians));
        lowest = std::max(lowest, -std::cos(radians));
        widest = std::max(widest, std::abs(std::sin(radians)));
    }
    const qreal heightLeft = size.height() - metrics.bottom - above - below - 8 * u;
    qreal radiusY = count > 1 ? std::max(10.0, heightLeft / (highest + lowest)) : 0;
    qreal radiusX = count > 1 ? std::max(10.0, (size.width() / 2 - beside) / widest) : 0;
    radiusX = std::min(radiusX, radiusY * 1.45);
    radiusY = std::min(radiusY, radiusX * 1.1);
    const qreal used = (highest + lowest) * radiusY + above + below;
    const qreal top = std::max(4.0 * u, (size.height() - metrics.bottom - used) / 2);
    layout.middle = {size.width() / 2, top + above + highest * radiusY};

    for (int i = 0; i < count; ++i) {
        NodePlace place;
        place.degrees = 360.0 * i / count;
        const qreal radians = qDegreesToRadians(place.degrees);
        if (count > 1)
            place.centre = layout.middle + QPointF(std::sin(radians) * radiusX, -std::cos(radians) * radiusY);
        else
            place.centre = layout.middle;
        place.centre = {std::round(place.centre.x()), std::round(place.centre.y())};
        place.caption = place.centre + QPointF(0, layout.ringRadius + 5 * u);
        place.strip = QRectF(std::round(place.centre.x() - stripWidth / 2),
                             std::round(place.caption.y() + (hasLog ? metrics.captionHeight + 4 * u : 0)), stripWidth,
                             hasLog ? layout.cell : 1);
        const qreal side = std::sin(radians) < -0.001 ? -1 : 1;
        place.client = place.centre + QPointF(side * (layout.ringRadius + 1.9 * layout.clientRadius + 10 * u),
                                              layout.ringRadius * (std::cos(radians) < -0.3 ? 0.3 : -0.55));
        layout.places.push_back(place);
    }
    return layout;
}

// Whether a node's disc, caption and log keep clear of the others'.
bool isClear(const StageLayout& layout, const StageMetrics& metrics) {
    // About 24 letters and 13, in a face whose letters are half as wide as they are high.
    const qreal caption = layout.detail == NodeDetail::full       ? metrics.captionHeight * 4.4
                          : layout.detail == NodeDetail::discOnly ? 0
                                                                  : metrics.captionHeight * 2.4;
    const auto block = [&](const NodePlace& place) {
        const qreal half = std::max({layout.ringRadius, place.strip.width() / 2, caption});
        const qreal top = place.centre.y() - layout.ringRadius;
        const qreal bottom = layout.columns > 0 ? place.strip.bottom() + 6 * layout.unit
                             : caption > 0      ? place.caption.y() + metrics.captionHeight
                                                : place.centre.y() + layout.ringRadius;
        return QRectF(place.centre.x() - half, top, 2 * half, bottom - top);
    };
    for (std::size_t a = 0; a < layout.places.size(); ++a)
        for (std::size_t b = a + 1; b < layout.places.size(); ++b)
            if (block(layout.places[a]).intersects(block(layout.places[b]))) return false;
    return true;
}

}  // namespace

StageLayout layOut(const QSizeF& size, int nodes, const StageMetrics& metrics) {
    for (const NodeDetail detail : {NodeDetail::full, NodeDetail::shortCaption, NodeDetail::noLog}) {
        StageLayout layout = layOutWith(detail, size, nodes, metrics);
        if (isClear(layout, metrics)) return layout;
    }
    return layOutWith(NodeDetail::discOnly, size, nodes, metrics);
}

}  // namespace raftarium::gui
