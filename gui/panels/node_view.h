// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The selected node at the playhead, as the panels show it.
#pragma once

#include "gui/models/session.h"

#include <QElapsedTimer>
#include <QObject>
#include <QPointer>
#include <QStringList>
#include <QtQml/qqmlregistration.h>

namespace raftarium::gui {

class NodeView : public QObject {
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(raftarium::gui::Session* session READ session WRITE setSession NOTIFY sessionChanged)
    Q_PROPERTY(bool active READ active WRITE setActive NOTIFY activeChanged)  // follows the session while it is true
    // Empty: none is selected.
    Q_PROPERTY(QString name READ name NOTIFY changed)
    Q_PROPERTY(QString dataDir READ dataDir NOTIFY changed)
    Q_PROPERTY(QString endpoint READ endpoint NOTIFY changed)
    Q_PROPERTY(QString setupCommand READ setupCommand NOTIFY changed)  // makes a shell's etcdctl talk to it
    Q_PROPERTY(bool known READ known NOTIFY changed)
    Q_PROPERTY(QString processText READ processText NOTIFY changed)
    Q_PROPERTY(double term READ term NOTIFY changed)
    // Label and value pairs in order, for the facts of the Node tab: [{label, value, isData}].
    Q_PROPERTY(QVariantList facts READ facts NOTIFY changed)
    // The leader's view of the others: [{name, state, match, next, inFlight, share}], share = match / last index.
    Q_PROPERTY(QVariantList progress READ progress NOTIFY changed)

public:
    explicit NodeView(QObject* parent = nullptr) : QObject(parent) {}

    Session* session() const { return m_session; }
    void setSession(Session* session);
    bool active() const { return m_active; }
    void setActive(bool active);
    QString name() const { return m_name; }
    QString dataDir() const { return m_dataDir; }
    QString endpoint() const { return m_endpoint; }
    QString setupCommand() const;
    bool known() const { return m_known; }
    QString processText() const { return m_processText; }
    double term() const { return m_term; }
    QVariantList facts() const { return m_facts; }
    QVariantList progress() const { return m_progress; }

signals:
    void sessionChanged();
    void activeChanged();
    void changed();

private:
    void frame();
    void refresh();
    void refreshNode(const observe::NodeState& node);

    QPointer<Session> m_session;
    std::uint64_t m_seen = 0;  // the session's view count that is shown
    std::uint64_t m_jumps = 0;
    QElapsedTimer m_shownAt;
    bool m_active = true;
    QString m_name, m_dataDir, m_endpoint, m_processText;
    bool m_known = false;
    double m_term = 0;
    QVariantList m_facts, m_progress;
};

}  // namespace raftarium::gui
