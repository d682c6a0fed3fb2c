// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Where the view stands in time. Three states: following (at the live edge), playing (moving at `speed`, behind it) and
// paused. It has no clock: the caller says how long the last frame took, and where the recording begins and ends.
#pragma once

#include "cluster/observe/event.h"

namespace raftarium::gui {

class Playhead {
public:
    enum class Mode { following, playing, paused };

    static constexpr double kSlowest = 0.001;

    Mode mode() const { return m_mode; }
    double speed() const { return m_speed; }
    observe::TimeNs at() const { return m_at; }

    // Moves by `seconds` of wall time. The edge never runs backwards; `live` says that it keeps moving by itself.
    void advance(double seconds, observe::TimeNs begin, observe::TimeNs edge, bool live);

    void follow();
    void play();  // at the end of a recording that no longer grows: from its beginning
    void pause();
    void seek(observe::TimeNs time);  // following becomes paused; playing goes on from there
    void setSpeed(double speed);      // 1 .. kSlowest; below 1 following becomes playing
    // How far the view is behind the edge.
    observe::TimeNs lagNs() const { return m_edge > m_at ? m_edge - m_at : 0; }

private:
    Mode m_mode = Mode::following;
    double m_speed = 1;
    double m_fraction = 0;  // of a nanosecond, so that 1/1000 of a short frame is not lost
    observe::TimeNs m_at = 0, m_begin = 0, m_edge = 0;
    bool m_live = false;
};

}  // namespace raftarium::gui
