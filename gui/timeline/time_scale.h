// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Which stretch of time the timeline shows, and how time maps to pixels. Its right end is the live edge (or the end of
// the recording) until somebody moves it; then it stays until it is made to follow again.
//
// The playhead is never lost:
//   * Whatever moves it or starts it (a scrub, a step, a line of the feed, play, L) brings it into view. Following
//   shows
//     the live edge, because the playhead is there or will be in a moment.
//   * While it is in view it stays in view: the view moves along with it.
//   * A person may move the view elsewhere (pan, zoom, the small map). Then the view stays there, and a sign at the
//   edge
//     shows on which side the playhead is (side()), until something of the first kind happens or the playhead comes
//     into view.
#pragma once

#include "cluster/observe/event.h"

namespace raftarium::gui {

class TimeScale {
public:
    static constexpr observe::TimeNs kSpanLeastNs = 50'000'000;
    enum class Moves { no, itself, withEdge };  // paused, playing, following

    void setRange(observe::TimeNs begin, observe::TimeNs edge);
    void setWidth(double pixels) { m_width = pixels > 1 ? pixels : 1; }
    // Once a frame after setRange(): where the playhead is now, and how it moves. `jumped`: a person moved it, or wants
    // to see it.
    void keep(observe::TimeNs playhead, Moves moves, bool jumped);
    // By `factor` (< 1 = closer) around the instant under `x`.
    void zoom(double factor, double x);
    void pan(observe::TimeNs by);
    void showAll();
    // From here on the view stands still when the edge moves.
    void unpin() { m_pinned = false; }
    // Moves just enough that `time` is visible, a little inside the edges; if it was far away, about the middle.
    void reveal(observe::TimeNs time);

    observe::TimeNs from() const { return m_to - m_span; }
    observe::TimeNs to() const { return m_to; }
    observe::TimeNs span() const { return m_span; }
    bool pinned() const { return m_pinned; }
    double x(observe::TimeNs time) const;
    observe::TimeNs at(double x) const;
    // -1: before what is shown, 1: after it, 0: in view.
    int side(observe::TimeNs time) const { return time < from() ? -1 : time > to() ? 1 : 0; }

private:
    void bound();
    void move(observe::TimeNs by);
    void byHand() { m_away = side(m_playhead) != 0; }

    observe::TimeNs m_begin = 0, m_edge = 1, m_to = 1, m_span = 40'000'000'000;
    observe::TimeNs m_wanted = 40'000'000'000;  // the span that was asked for; shown is as much of it as there is
    double m_width = 1;
    bool m_pinned = true;
    observe::TimeNs m_playhead = 0;
    Moves m_moves = Moves::no;
    bool m_away = false;  // a person moved the view away from the playhead
};

}  // namespace raftarium::gui
