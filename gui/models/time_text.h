// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Times and durations as the app writes them.
#pragma once

#include "cluster/observe/event.h"

#include <QString>

namespace raftarium::gui {

// 01:02.3 (minutes, seconds, `decimals` digits); hours only when there are any. 62'345 ms, 1 digit: "01:02.3".
QString timeText(observe::TimeNs ns, int decimals);
// A length with two or three digits and its unit: "4.2 s", "153 ms", "80 µs".
QString durationText(observe::TimeNs ns);
// From one length to another; no line break falls inside: "3–6 s", "900 ms–1.8 s".
QString durationRangeText(observe::TimeNs from, observe::TimeNs to);

}  // namespace raftarium::gui
