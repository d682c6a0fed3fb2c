// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Which stretch of time the timeline shows, and how time maps to pixels. As long as nobody moved it, its right end is
// the live edge (or the end of the recording); after that it stays where it was put until told to follow again.
#pragma once

#include "cluster/observe/event.h"

namespace raftarium::gui {

class TimeScale {
public:
    static constexpr observe::TimeNs kSpanLeastNs = 50'000'000;

    void setRange(observe::TimeNs begin, observe::TimeNs edge);
    void setWidth(double pixels) { m_width = pixels > 1 ? pixels : 1; }
    // By `factor` (< 1 = closer) around the instant under `x`.
    void zoom(double factor, double x);
    void pan(observe::TimeNs by);
    void showAll();
    void follow() { m_pinned = true; }
    // Moves just enough that `time` is visible, a little inside the edges.
    void reveal(observe::TimeNs time);

    observe::TimeNs from() const { return m_to - m_span; }
    observe::TimeNs to() const { return m_to; }
    observe::TimeNs span() const { return m_span; }
    bool pinned() const { return m_pinned; }
    double x(observe::TimeNs time) const;
    observe::TimeNs at(double x) const;

private:
    void bound();

    observe::TimeNs m_begin = 0, m_edge = 1, m_to = 1, m_span = 40'000'000'000;
    observe::TimeNs m_wanted = 40'000'000'000;  // the span asked for; shown is what there is of it
    double m_width = 1;
    bool m_pinned = true;
};

}  // namespace raftarium::gui
