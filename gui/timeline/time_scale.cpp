// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/timeline/time_scale.h"

#include <algorithm>
#include <cmath>

namespace raftarium::gui {

namespace {
constexpr double kMargin = 0.04;  // free space kept at the right of the live edge
}

void TimeScale::setRange(observe::TimeNs begin, observe::TimeNs edge) {
    m_begin = begin;
    m_edge = std::max(edge, begin + 1);
    bound();
}

void TimeScale::bound() {
    const observe::TimeNs whole = std::max<observe::TimeNs>(m_edge - m_begin, 10'000'000'000);
    const auto most = static_cast<observe::TimeNs>(static_cast<double>(whole) / (1 - kMargin));
    m_wanted = std::max(m_wanted, kSpanLeastNs);
    m_span = std::clamp(m_wanted, kSpanLeastNs, std::max(most, kSpanLeastNs));
    const observe::TimeNs latest = m_edge + static_cast<observe::TimeNs>(static_cast<double>(m_span) * kMargin);
    if (m_pinned) m_to = latest;
    // Shows nothing before the beginning, unless the whole recording fits.
    if (m_to - m_span < m_begin) m_to = m_begin + m_span;
    if (m_to > latest && m_to - m_span > m_begin) m_to = std::max(latest, m_begin + m_span);
}

void TimeScale::zoom(double factor, double x) {
    const observe::TimeNs held = at(x);
    const observe::TimeNs before = m_span;
    // Not further out than the whole recording: else the next step in would do nothing.
    m_wanted = static_cast<observe::TimeNs>(std::clamp(static_cast<double>(m_span) * factor, 1.0, 4e18));
    bound();
    m_wanted = m_span;
    if (m_pinned || m_span == before) return byHand();
    const double right = (m_width - x) / m_width;
    m_to = held + static_cast<observe::TimeNs>(static_cast<double>(m_span) * right);
    bound();
    byHand();
}

void TimeScale::move(observe::TimeNs by) {
    m_pinned = false;
    m_to += by;
    bound();
}

void TimeScale::pan(observe::TimeNs by) {
    move(by);
    byHand();
}

void TimeScale::keep(observe::TimeNs playhead, Moves moves, bool jumped) {
    const bool setGoing = moves != Moves::no && moves != m_moves;
    m_playhead = playhead;
    m_moves = moves;
    if (jumped || setGoing || side(playhead) == 0) m_away = false;
    if (moves == Moves::withEdge && (jumped || setGoing)) {
        m_pinned = true;
        bound();
    }
    // Following, the playhead may still be on its way to the edge.
    if (m_away || (moves == Moves::withEdge && m_pinned)) return;
    reveal(playhead);
}

void TimeScale::showAll() {
    m_pinned = true;
    m_wanted = static_cast<observe::TimeNs>(static_cast<double>(m_edge - m_begin) / (1 - kMargin));
    bound();
    byHand();
}

void TimeScale::reveal(observe::TimeNs time) {
    if (m_pinned && time >= from()) return;
    const observe::TimeNs inset = m_span / 20;
    // It was far away: put it near the middle, so that there is something to see on both sides.
    if (time < from() - 2 * inset || time > to() + 2 * inset) return move(time - m_span * 2 / 5 - from());
    if (time < from() + inset)
        move(time - inset - from());
    else if (time > to() - inset)
        move(time + inset - to());
}

double TimeScale::x(observe::TimeNs time) const {
    return static_cast<double>(time - from()) / static_cast<double>(m_span) * m_width;
}

observe::TimeNs TimeScale::at(double x) const {
    return from() + static_cast<observe::TimeNs>(x / m_width * static_cast<double>(m_span));
}

}  // namespace raftarium::gui
