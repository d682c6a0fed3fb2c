// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/models/playhead.h"

#include <algorithm>
#include <cmath>

namespace raftarium::gui {

namespace {
constexpr double kCatchUpRate = 9;  // 1/s: closes a gap in about a third of a second
constexpr observe::TimeNs kCaughtUpNs = 20'000'000;
}  // namespace

void Playhead::advance(double seconds, observe::TimeNs begin, observe::TimeNs edge, bool live) {
    m_begin = begin;
    m_edge = std::max({m_edge, edge, begin});
    m_live = live;
    const double stepNs = std::max(0.0, seconds) * 1e9;
    if (m_mode == Mode::following) {
        if (m_at < m_begin) {
            m_at = m_edge;
            return;
        }
        const double gap = static_cast<double>(m_edge - m_at);
        const double move = std::max(stepNs, gap * (1 - std::exp(-kCatchUpRate * std::max(0.0, seconds))));
        m_at = gap <= static_cast<double>(kCaughtUpNs) ? m_edge
                                                       : std::min(m_edge, m_at + static_cast<observe::TimeNs>(move));
        return;
    }
    if (m_mode == Mode::playing) {
        m_fraction += stepNs * m_speed;
        const double whole = std::floor(m_fraction);
        m_fraction -= whole;
        m_at += static_cast<observe::TimeNs>(whole);
        if (m_at >= m_edge) {
            m_at = m_edge;
            m_mode = m_live ? (m_speed >= 1 ? Mode::following : Mode::playing) : Mode::paused;
        }
    }
    m_at = std::clamp(m_at, m_begin, m_edge);
}

void Playhead::follow() {
    m_speed = 1;
    m_mode = Mode::following;
}

void Playhead::play() {
    if (m_mode == Mode::playing) return;
    if (m_at >= m_edge) {
        if (m_live && m_speed >= 1) {
            m_mode = Mode::following;
            return;
        }
        if (!m_live) m_at = m_begin;
    }
    m_mode = Mode::playing;
}

void Playhead::pause() { m_mode = Mode::paused; }

void Playhead::seek(observe::TimeNs time) {
    m_at = m_edge > m_begin ? std::clamp(time, m_begin, m_edge) : time;
    m_fraction = 0;
    if (m_mode == Mode::following) m_mode = Mode::paused;
}

void Playhead::setSpeed(double speed) {
    m_speed = std::clamp(speed, kSlowest, 1.0);
    if (m_speed < 1 && m_mode == Mode::following) m_mode = Mode::playing;
}

}  // namespace raftarium::gui
