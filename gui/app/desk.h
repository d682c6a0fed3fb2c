// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What the window needs of the program around it: which panels there are, and opening clusters.
#pragma once

#include <QObject>
#include <QVariant>
#include <QtQml/qqmlregistration.h>

#include <functional>

namespace raftarium::gui {

class Desk : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("made by the application")
    Q_PROPERTY(QVariantList panels READ panels CONSTANT)

public:
    using QObject::QObject;

    // {name, url} of the inspector's tabs, in their order; only those that are built in.
    QVariantList panels() const;

    Q_INVOKABLE void again() { emit againAsked(); }
    Q_INVOKABLE void openNew(int nodes) { emit newAsked(nodes); }

signals:
    void againAsked();
    void newAsked(int nodes);
};

}  // namespace raftarium::gui
