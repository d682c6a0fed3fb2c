// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The main window on a session, and pictures of it.
#pragma once

#include "cluster/base/result.h"
#include "gui/app/cluster_opener.h"
#include "gui/models/session.h"

#include <QQmlApplicationEngine>
#include <QQuickWindow>
#include <QSize>

#include <memory>

namespace raftarium::gui {

// To be called before the first window: chooses the renderer. Without a display server it is the software renderer.
void chooseRenderer();

class MainWindow : public QObject {
public:
    MainWindow(Session* session, ClusterOpener* opener, const QSize& size);
    QQuickWindow* window() const { return m_window; }  // null if the QML failed to load; the reason is on stderr
    base::Status save(const QString& path) const;

protected:
    // When the language changes, all texts are read again.
    bool eventFilter(QObject* object, QEvent* event) override;

private:
    Session* const m_session;
    QQmlApplicationEngine m_engine;
    QQuickWindow* m_window = nullptr;
};

}  // namespace raftarium::gui
