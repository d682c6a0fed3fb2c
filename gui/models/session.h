// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// One cluster as the app sees it: everything that happened (history), and the parts that answer for the rest. Whoever
// shows something takes it from view() and the parts, and redraws on frameAdvanced().
//
// Threads: lives on the GUI thread; only post() may be called from others.
#pragma once

#include "cluster/control/controller.h"
#include "cluster/observe/history.h"
#include "cluster/observe/timeline_view.h"
#include "gui/models/actions.h"
#include "gui/models/cluster_api.h"
#include "gui/models/event_queue.h"
#include "gui/models/feed_model.h"
#include "gui/models/player.h"
#include "gui/models/roster.h"
#include "gui/models/settings.h"
#include "gui/models/summary.h"

#include <QObject>
#include <QString>
#include <QtQml/qqmlregistration.h>

#include <functional>
#include <memory>
#include <vector>

namespace raftarium::gui {

class Session : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("made by the application")
    Q_PROPERTY(Phase phase READ phase NOTIFY phaseChanged)
    Q_PROPERTY(QString phaseText READ phaseText NOTIFY phaseChanged)
    Q_PROPERTY(QString clusterName READ clusterName NOTIFY phaseChanged)
    Q_PROPERTY(bool controllable READ controllable NOTIFY phaseChanged)
    Q_PROPERTY(raftarium::gui::Player* player READ player CONSTANT)
    Q_PROPERTY(raftarium::gui::Roster* roster READ roster CONSTANT)
    Q_PROPERTY(raftarium::gui::Summary* summary READ summary CONSTANT)
    Q_PROPERTY(raftarium::gui::FeedModel* feed READ feed CONSTANT)
    Q_PROPERTY(raftarium::gui::ClusterApi* api READ api CONSTANT)
    Q_PROPERTY(raftarium::gui::Actions* actions READ actions CONSTANT)
    Q_PROPERTY(raftarium::gui::Settings* settings READ settings CONSTANT)

public:
    // What the window shows: nothing opened; opening (phaseText says what is waited for); a running cluster; a
    // recording; or why there is none.
    enum Phase { Empty, Opening, Live, Replay, Failed };
    Q_ENUM(Phase)
    using Clock = std::function<observe::TimeNs()>;  // CLOCK_MONOTONIC now

    // `settings` outlive the session; null: it has some of its own, which are not remembered.
    explicit Session(Clock clock, Settings* settings = nullptr, QObject* parent = nullptr);
    ~Session() override;

    // --- what comes in ---
    void post(std::vector<observe::Event> events);  // from any thread
    void opening(const QString& clusterName, const QString& text);
    // `cluster` may be null: then it can only be looked at.
    void startLive(const QString& clusterName, std::shared_ptr<control::Cluster> cluster);
    void startReplay(const QString& name, std::vector<observe::Event> events);
    Q_INVOKABLE void fail(const QString& text);
    // The members the running cluster has now, after startLive(): some joined, some are gone.
    void setEndpoints(std::vector<Roster::Endpoint> endpoints);
    // Once a frame: takes in what came, moves the playhead, refreshes the parts.
    Q_INVOKABLE void advance(qreal seconds);
    void retranslate();  // the language has changed

    // --- what there is to show ---
    Phase phase() const { return m_phase; }
    QString phaseText() const { return m_phaseText; }
    QString clusterName() const { return m_clusterName; }
    bool controllable() const { return m_phase == Live && m_cluster != nullptr; }
    const observe::ClusterState& view() const { return *m_view; }  // at the playhead
    observe::History& history() { return *m_history; }
    const observe::History& history() const { return *m_history; }
    const observe::TimelineView& timeline() const { return m_timeline; }
    // Changes whenever view(), its members or where they are reached may differ from before. Whoever makes texts of
    // them looks at this first.
    std::uint64_t viewCount() const { return m_viewCount; }

    Player* player() { return &m_player; }
    const Player* player() const { return &m_player; }
    Roster* roster() { return &m_roster; }
    const Roster* roster() const { return &m_roster; }
    Summary* summary() { return &m_summary; }
    const Summary* summary() const { return &m_summary; }
    FeedModel* feed() { return &m_feed; }
    const FeedModel* feed() const { return &m_feed; }
    ClusterApi* api() { return &m_api; }
    Actions* actions() { return &m_actions; }
    Settings* settings() { return m_settings; }

signals:
    void phaseChanged();
    void frameAdvanced();

private:
    void reset();
    void enter(Phase phase, const QString& clusterName, const QString& text);
    void take(std::vector<observe::Event> events);
    void refresh(qreal seconds, bool eventsCame);
    void refreshEndpoints();

    Clock m_clock;
    Settings m_ownSettings;
    Settings* const m_settings;
    EventQueue m_queue;
    std::unique_ptr<observe::History> m_history;
    observe::TimelineView m_timeline;
    observe::ClusterState m_nothing;
    const observe::ClusterState* m_view = &m_nothing;
    observe::TimeNs m_beginNs = 0, m_edgeNs = 0;
    std::uint64_t m_viewCount = 0;
    std::size_t m_viewPosition = 0;
    Phase m_phase = Empty;
    QString m_phaseText, m_clusterName;
    std::shared_ptr<control::Cluster> m_cluster;

    FeedModel m_feed;
    Player m_player;
    Roster m_roster;
    Summary m_summary;
    ClusterApi m_api;
    Actions m_actions;
};

}  // namespace raftarium::gui
