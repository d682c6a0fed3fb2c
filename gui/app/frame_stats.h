// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What a frame costs, as processor time on the GUI thread and on the render thread. Waiting and what the graphics
// driver does on threads of its own (all the rasterising of a software driver) do not count.
#pragma once

#include "cluster/base/result.h"

#include <QObject>
#include <QQuickWindow>

#include <mutex>
#include <string>
#include <vector>

namespace raftarium::gui {

class FrameStats : public QObject {
    Q_OBJECT

public:
    // Measures from now on, until destroyed.
    explicit FrameStats(QQuickWindow* window, QObject* parent = nullptr);

    // Milliseconds as {"median", "p99", "max"} of: gui (all that the GUI thread did between two frames but waiting),
    // sync (taking over the items' geometry, render thread), render (making draw calls, render thread), interval (wall
    // time from frame to frame); and their number "frames". One JSON object.
    QByteArray toJson() const;
    base::Status write(const QString& file) const;

private:
    void animated();
    void syncBegins();
    void syncEnded();
    void renderBegins();
    void renderEnded();

    static constexpr std::size_t kFramesMax = 200'000;  // an hour at 60 a second

    mutable std::mutex m_mutex;
    std::vector<float> m_guiMs, m_syncMs, m_renderMs, m_intervalMs;
    // Of the GUI thread.
    std::int64_t m_lastCpuNs = 0, m_lastWallNs = 0;
    // Of the render thread, which may be the GUI thread; then what it did is not the GUI's.
    std::int64_t m_syncFromNs = 0, m_renderFromNs = 0;
    std::int64_t m_drawnOnGuiNs = 0;
};

}  // namespace raftarium::gui
