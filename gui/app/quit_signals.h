// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Ctrl-C, SIGTERM and SIGHUP end the app as closing its window does: nodes are stopped and recordings completed.
#pragma once

#include <QObject>

namespace raftarium::gui {

class QuitSignals : public QObject {
public:
    // One at a time.
    explicit QuitSignals(QObject* parent = nullptr);
    ~QuitSignals() override;

private:
    int m_sockets[2] = {-1, -1};
};

}  // namespace raftarium::gui
