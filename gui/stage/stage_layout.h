// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Where things stand on the stage, from its size and the number of nodes alone: nodes on a ring, the first at twelve
// o'clock, clockwise; under each its caption and its log strip; its clients beside it, outside the ring.
#pragma once

#include <QPointF>
#include <QRectF>
#include <QSizeF>

#include <vector>

namespace raftarium::gui {

struct NodePlace {
    QPointF centre;
    qreal degrees = 0;  // on the ring, 0 = twelve o'clock
    QPointF caption;    // top centre of the line under the disc
    QRectF strip;       // log cells; a point where there is no room for them
    QPointF client;     // centre of the client's sign
};

// What is shown of a node, less and less as room gets scarce: role with timeout and log; role and log; role; the disc.
enum class NodeDetail { full, shortCaption, noLog, discOnly };

struct StageLayout {
    NodeDetail detail = NodeDetail::full;
    std::vector<NodePlace> places;
    QPointF middle;
    qreal discRadius = 0;
    qreal ringRadius = 0;  // of the election ring
    qreal cell = 0, cellGap = 0;
    int columns = 0;  // 0: no log
    qreal messageRadius = 0;
    qreal clientRadius = 0;
    qreal unit = 1;

    QRectF cellRect(std::size_t place, int column) const;
};

struct StageMetrics {
    qreal unit = 1;  // Theme::u
    qreal captionHeight = 22;
    qreal bottom = 48;  // kept free for the caption
};
// With as much detail as fits without nodes standing on each other's caption.
StageLayout layOut(const QSizeF& size, int nodes, const StageMetrics& metrics);

}  // namespace raftarium::gui
