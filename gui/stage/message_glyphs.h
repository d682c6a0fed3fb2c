// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The sign of each kind of message, drawn as strokes: vote request ?, grant ✓, refusal ✕, append ▸, heartbeat ○, ack
// small, snapshot ▣, timeout-now ⚡, read-index ⌕. Shape tells the kind without colour; size ranks importance.
#pragma once

#include "cluster/observe/event.h"
#include "gui/theme/palette.h"
#include "gui/theme/shape_list.h"

namespace raftarium::gui {

struct GlyphLook {
    QColor body;
    qreal scale = 1;      // of the message radius
    bool hollow = false;  // carries nothing
};
GlyphLook glyphLook(observe::MessageKind kind, const Palette& palette);

void drawGlyph(ShapeList& shapes, observe::MessageKind kind, QPointF at, qreal radius, const Palette& palette,
               const QColor& body);
// A number in strokes, `height` pixels high, centred at `at`.
void drawNumber(ShapeList& shapes, unsigned number, QPointF at, qreal height, const QColor& color);

}  // namespace raftarium::gui
