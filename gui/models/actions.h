// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What a person does to the running cluster. Each action has the command line that does the same. While the past is
// shown, nothing is done before the person agrees to go live.
//
// Threads: lives on the GUI thread; the actions run on worker threads of its own.
#pragma once

#include "cluster/control/action.h"
#include "cluster/control/controller.h"
#include "gui/models/cluster_api.h"
#include "gui/models/player.h"
#include "gui/models/roster.h"

#include <QByteArray>
#include <QObject>
#include <QString>
#include <QThreadPool>
#include <QVariant>
#include <QtQml/qqmlregistration.h>

#include <memory>
#include <optional>

namespace raftarium::gui {

class Actions : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("belongs to the session")
    Q_PROPERTY(bool busy READ busy NOTIFY busyChanged)  // an action is under way

public:
    Actions(Player& player, Roster& roster, ClusterApi& api, QObject* parent = nullptr);
    ~Actions() override;  // waits for what is under way

    void setCluster(const QString& name, std::shared_ptr<control::Cluster> cluster);  // null: there is none to act on
    bool busy() const { return m_running > 0; }

    // Applies the action on a worker thread. A toast shows its command line, or the error.
    void act(control::Action action);
    // kill stop pause resume restart wipe campaign transfer start promote remove
    Q_INVOKABLE void node(const QString& verb, const QString& name);
    Q_INVOKABLE QString nodeCommand(const QString& verb, const QString& name) const;  // what node() does
    // Whether node() can be tried on a node whose process is in this state ("running", as the stage says it):
    // control/engine.h decides.
    Q_INVOKABLE bool can(const QString& verb, const QString& name, const QString& process) const;
    Q_INVOKABLE void addNode(bool learner);
    Q_INVOKABLE void cut(const QString& from, const QString& to, bool bothWays);
    Q_INVOKABLE void heal(const QString& from, const QString& to, bool bothWays);
    Q_INVOKABLE void healAll();
    Q_INVOKABLE void partition(const QVariantList& groups);  // of lists of names
    Q_INVOKABLE void isolate(const QString& name);           // it on one side, all others on the other
    Q_INVOKABLE void delay(const QString& from, const QString& to, int ms);
    Q_INVOKABLE void drop(const QString& from, const QString& to, qreal share);
    Q_INVOKABLE void setPace(int preset);  // control::PacePreset
    Q_INVOKABLE void setProtocol(bool preVote, bool checkQuorum);
    Q_INVOKABLE void put(const QString& key, const QString& value);  // as typed, see byte_text.h
    // Only if the key was last changed at this revision.
    Q_INVOKABLE void deleteKey(const QByteArray& key, qint64 modRevision);
    Q_INVOKABLE QString deleteCommand(const QByteArray& key, qint64 modRevision) const;

    // The answer to pastActionAsked().
    Q_INVOKABLE void confirmPast(bool goLive);
    Q_INVOKABLE void say(const QString& text, const QString& command, bool bad) { emit toast(text, command, bad); }
    // To the clipboard, as it runs in a terminal.
    Q_INVOKABLE void copy(const QString& command) const;
    // A command as it runs also where raftariumctl is not on the path.
    static QString runnable(const QString& command);

signals:
    void busyChanged();
    void pastActionAsked(const QString& command);
    void toast(const QString& text, const QString& command, bool bad);

private:
    void start(const control::Action& action);
    void finish(const control::Action& action, const QString& command,
                const base::Result<control::ActionOutcome>& outcome);
    QString lineOf(const control::Action& action) const;

    Player& m_player;
    Roster& m_roster;
    ClusterApi& m_api;
    QString m_clusterName;
    std::shared_ptr<control::Cluster> m_cluster;
    std::optional<control::Action> m_pending;  // until confirmPast()
    QThreadPool m_workers;
    int m_running = 0;
};

}  // namespace raftarium::gui
