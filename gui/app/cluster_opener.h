// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What the window asks the program around it: to open a cluster.
#pragma once

#include <QObject>
#include <QtQml/qqmlregistration.h>

namespace raftarium::gui {

class ClusterOpener : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("made by the application")

public:
    using QObject::QObject;

    Q_INVOKABLE void openAgain() { emit againAsked(); }
    Q_INVOKABLE void openNew(int nodes) { emit newAsked(nodes); }

signals:
    void againAsked();
    void newAsked(int nodes);
};

}  // namespace raftarium::gui
