// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Loads the main window onto a session; pictures of it.
#pragma once

#include "cluster/base/result.h"
#include "gui/app/desk.h"
#include "gui/models/session.h"

#include <QQmlApplicationEngine>
#include <QQuickWindow>
#include <QSize>

#include <memory>

namespace raftarium::gui {

// Before the first window: the renderer that works here. Without a display server there is only the software renderer.
void chooseRenderer();

class MainWindow {
public:
    MainWindow(Session* session, Desk* desk, const QSize& size);
    QQuickWindow* window() const { return m_window; }  // null if the QML failed to load; the reason is on stderr
    base::Status save(const QString& path) const;

private:
    QQmlApplicationEngine m_engine;
    QQuickWindow* m_window = nullptr;
};

}  // namespace raftarium::gui
