// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The shapes of the timeline: the tape of terms and faults, a lane per member, the small map, the playhead.
#pragma once

#include "cluster/observe/timeline_view.h"
#include "gui/theme/palette.h"
#include "gui/theme/shape_list.h"
#include "gui/timeline/time_scale.h"

#include <QSizeF>

#include <algorithm>
#include <vector>

namespace raftarium::gui {

// What a frame of it is drawn from. Sizes are in pixels.
struct TimelineFrame {
    const observe::TimelineView& timeline;
    const TimeScale& scale;
    const Palette& palette;
    bool dark = true;
    observe::TimeNs playheadNs = 0, beginNs = 0, edgeNs = 0;
    QSizeF size;
    qreal tapeHeight = 0;
    qreal mapTop = 0;
};

void drawTape(ShapeList& shapes, const TimelineFrame& frame);
// What people did: a small flag for each action, which hangs from the upper edge of the tape.
void drawActions(ShapeList& shapes, const TimelineFrame& frame);
inline constexpr qreal kActionHalfWidth = 3.5;
// One member's roles, and what happened to it: syncs, starts, crashes, lost telemetry.
void drawLane(ShapeList& shapes, const TimelineFrame& frame, observe::NodeId id, qreal y, qreal height);
void drawMap(ShapeList& shapes, const TimelineFrame& frame);
void drawPlayhead(ShapeList& shapes, const TimelineFrame& frame, qreal bottom);

// First span that may reach into what is shown from `from` on: spans are in the order of time.
template <typename Span>
auto firstVisible(const std::vector<Span>& spans, observe::TimeNs from) {
    auto found = std::upper_bound(spans.begin(), spans.end(), from,
                                  [](observe::TimeNs time, const Span& span) { return time < span.fromNs; });
    return found == spans.begin() ? found : found - 1;
}

}  // namespace raftarium::gui
