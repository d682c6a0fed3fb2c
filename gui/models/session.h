// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// One cluster as the app sees it: everything that happened (history), where the view stands in it (playhead), what is
// selected, and the one road back: act(). Panels take what they show from view() and redraw on frameAdvanced().
//
// Threads: lives on the GUI thread; only post() may be called from others.
#pragma once

#include "cluster/base/result.h"
#include "cluster/control/controller.h"
#include "cluster/observe/history.h"
#include "cluster/observe/timeline_view.h"
#include "gui/models/event_queue.h"
#include "gui/models/feed_model.h"
#include "gui/models/playhead.h"

#include <QObject>
#include <QString>
#include <QThreadPool>
#include <QVariant>
#include <QtQml/qqmlregistration.h>

#include <functional>
#include <memory>
#include <set>
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
    Q_PROPERTY(Mode mode READ mode NOTIFY playheadChanged)
    Q_PROPERTY(bool past READ past NOTIFY playheadChanged)
    Q_PROPERTY(qreal speed READ speed WRITE setSpeed NOTIFY playheadChanged)
    Q_PROPERTY(QString speedText READ speedText NOTIFY playheadChanged)
    Q_PROPERTY(QString clockText READ clockText NOTIFY frameAdvanced)
    Q_PROPERTY(QString lagText READ lagText NOTIFY frameAdvanced)
    Q_PROPERTY(QString caption READ caption NOTIFY captionChanged)
    Q_PROPERTY(int captionRow READ captionRow NOTIFY captionChanged)
    Q_PROPERTY(double term READ term NOTIFY summaryChanged)
    Q_PROPERTY(QString leaderName READ leaderName NOTIFY summaryChanged)
    Q_PROPERTY(double commitIndex READ commitIndex NOTIFY summaryChanged)
    Q_PROPERTY(double revision READ revision NOTIFY summaryChanged)
    Q_PROPERTY(int pacePreset READ pacePreset NOTIFY summaryChanged)
    Q_PROPERTY(QString paceText READ paceText NOTIFY summaryChanged)
    Q_PROPERTY(bool preVote READ preVote NOTIFY summaryChanged)
    Q_PROPERTY(bool checkQuorum READ checkQuorum NOTIFY summaryChanged)
    Q_PROPERTY(int linkDelayMs READ linkDelayMs NOTIFY summaryChanged)
    Q_PROPERTY(int linkLossPercent READ linkLossPercent NOTIFY summaryChanged)
    Q_PROPERTY(int faultCount READ faultCount NOTIFY summaryChanged)
    Q_PROPERTY(QStringList nodeNames READ nodeNames NOTIFY nodesChanged)
    Q_PROPERTY(QStringList laneNames READ laneNames NOTIFY nodesChanged)
    Q_PROPERTY(QString selectedNode READ selectedNode WRITE selectNode NOTIFY selectionChanged)
    Q_PROPERTY(raftarium::gui::FeedModel* feed READ feed CONSTANT)
    Q_PROPERTY(bool busy READ busy NOTIFY busyChanged)

public:
    // What the window shows: nothing opened; opening (phaseText says what is waited for); a running cluster; a
    // recording; or why there is none.
    enum Phase { Empty, Opening, Live, Replay, Failed };
    Q_ENUM(Phase)
    enum Mode { Following, Playing, Paused };
    Q_ENUM(Mode)

    struct NodeRef {
        observe::NodeId id = 0;
        QString name;
        friend bool operator==(const NodeRef&, const NodeRef&) = default;
    };
    struct Endpoint {
        observe::NodeId id = 0;
        QString name;
        QString clientUrl;  // http://127.0.0.1:port
        QString dataDir;
        QString adminSocket;
    };
    using Clock = std::function<observe::TimeNs()>;  // CLOCK_MONOTONIC now
    using Work = std::function<base::Status(control::Cluster&)>;

    explicit Session(Clock clock, QObject* parent = nullptr);
    ~Session() override;

    // --- data in ---
    void post(std::vector<observe::Event> events);  // from any thread
    void opening(const QString& clusterName, const QString& text);
    void startLive(const QString& clusterName,
                   std::shared_ptr<control::Cluster> cluster);  // cluster may be null: look only
    void startReplay(const QString& name, std::vector<observe::Event> events);
    Q_INVOKABLE void fail(const QString& text);
    // The members the running cluster has now, after startLive(): some joined, some are gone.
    void setEndpoints(std::vector<Endpoint> endpoints);
    static std::vector<Endpoint> endpointsOf(const control::ClusterStatus& status);
    // Once a frame: takes in what came, moves the playhead, refreshes what depends on it.
    Q_INVOKABLE void advance(qreal seconds);
    void retranslate();  // the language has changed

    // --- what is shown ---
    const observe::ClusterState& view() const { return *m_view; }  // at the playhead; never null
    observe::History& history() { return *m_history; }
    const observe::TimelineView& timeline() const { return m_timeline; }
    observe::TimeNs playheadNs() const { return m_playhead.at(); }
    observe::TimeNs beginNs() const { return m_beginNs; }
    observe::TimeNs edgeNs() const { return m_edgeNs; }    // the live edge, or the end of the recording
    std::uint64_t scrubCount() const { return m_scrubs; }  // changes whenever the view jumped in time
    // Changes whenever view(), its members or where they are reached may differ from before: who builds texts from them
    // asks this first.
    std::uint64_t viewCount() const { return m_viewCount; }
    const std::vector<NodeRef>& nodes() const { return m_nodes; }  // members at the playhead, in the order of names
    // All that ever were: what the timeline has lanes for. Several of one name share a lane (a wiped member comes back
    // with a new id).
    struct Lane {
        QString name;
        std::vector<observe::NodeId> ids;
        friend bool operator==(const Lane&, const Lane&) = default;
    };
    const std::vector<Lane>& lanes() const { return m_lanes; }
    QString nodeName(observe::NodeId id) const;
    observe::NodeId nodeId(const QString& name) const;
    std::vector<Endpoint> endpoints() const { return m_endpoints; }
    std::shared_ptr<control::Cluster> cluster() const { return m_cluster; }

    Phase phase() const { return m_phase; }
    QString phaseText() const { return m_phaseText; }
    QString clusterName() const { return m_clusterName; }
    bool controllable() const { return m_phase == Live && m_cluster != nullptr; }
    Mode mode() const { return static_cast<Mode>(m_playhead.mode()); }
    bool live() const { return m_phase == Live && m_playhead.mode() == Playhead::Mode::following; }
    bool past() const { return m_phase == Live && !live(); }
    qreal speed() const { return m_playhead.speed(); }
    QString speedText() const;
    QString clockText() const;
    QString lagText() const;
    QString caption() const { return m_caption; }
    int captionRow() const { return m_captionRow; }
    double term() const { return static_cast<double>(m_summary.term); }
    QString leaderName() const { return m_summary.leader; }
    double commitIndex() const { return static_cast<double>(m_summary.commit); }
    double revision() const { return static_cast<double>(m_summary.revision); }
    int pacePreset() const { return m_summary.preset; }  // control::PacePreset, -1 = none of them
    QString paceText() const { return m_summary.paceText; }
    bool preVote() const { return m_summary.preVote; }
    bool checkQuorum() const { return m_summary.checkQuorum; }
    int linkDelayMs() const { return m_summary.delayMs; }
    int linkLossPercent() const { return m_summary.lossPercent; }
    int faultCount() const { return m_summary.faults; }
    QStringList nodeNames() const;
    QStringList laneNames() const;
    QString selectedNode() const { return m_selected; }
    observe::NodeId selectedNodeId() const { return nodeId(m_selected); }
    FeedModel* feed() { return &m_feed; }
    bool busy() const { return m_running > 0; }

    // --- looking ---
    Q_INVOKABLE void follow();
    Q_INVOKABLE void togglePlay();
    Q_INVOKABLE void pause();
    Q_INVOKABLE void seek(qint64 timeNs);
    Q_INVOKABLE void step(int direction, bool messages);
    Q_INVOKABLE void setSpeed(qreal speed);
    Q_INVOKABLE void selectNode(const QString& name);

    // --- acting: on the running cluster, now; never while the past is shown without asking ---
    // Runs `work` on a worker thread; `command` is the line that does the same in a shell (control/command_text.h). An
    // error becomes a toast.
    void act(const QString& command, Work work);
    Q_INVOKABLE void node(const QString& verb,
                          const QString& name);  // kill stop pause resume restart wipe campaign transfer start
                                                 // promote remove
    Q_INVOKABLE void addNode(bool learner);
    Q_INVOKABLE void cut(const QString& from, const QString& to, bool bothWays);
    Q_INVOKABLE void heal(const QString& from, const QString& to, bool bothWays);
    Q_INVOKABLE void healAll();
    Q_INVOKABLE void partition(const QVariantList& groups);  // of lists of names
    Q_INVOKABLE void isolate(const QString& name);           // it on one side, all others on the other
    Q_INVOKABLE void delay(const QString& from, const QString& to, int ms);
    Q_INVOKABLE void drop(const QString& from, const QString& to, qreal share);
    Q_INVOKABLE void setPace(int preset);
    Q_INVOKABLE void setProtocol(bool preVote, bool checkQuorum);
    Q_INVOKABLE void put(const QString& key, const QString& value);  // as typed, see byte_text.h
    Q_INVOKABLE void confirmPast(bool goLive);
    Q_INVOKABLE void say(const QString& text, const QString& command, bool bad) { emit toast(text, command, bad); }
    // To the clipboard, as it runs in a terminal.
    Q_INVOKABLE void copy(const QString& text) const;
    // A command as it runs also where raftariumctl is not on the path.
    static QString runnable(const QString& command);
    // What node() does, as a command line.
    Q_INVOKABLE QString nodeCommand(const QString& verb, const QString& name) const;

    // How a put is carried out; set by the application (the models know no network).
    using Put = std::function<base::Status(const std::vector<std::string>& endpoints, const std::string& key,
                                           const std::string& value)>;
    void setPut(Put put) { m_put = std::move(put); }

    QByteArray stateJson() const;  // one line, for --screenshot and tests

signals:
    void phaseChanged();
    void playheadChanged();
    void frameAdvanced();
    void captionChanged();
    void summaryChanged();
    void nodesChanged();
    void selectionChanged();
    void busyChanged();
    void pastActionAsked(const QString& command);
    void toast(const QString& text, const QString& command, bool bad);

private:
    struct Summary {
        std::uint64_t term = 0, commit = 0;
        std::int64_t revision = 0;
        QString leader;
        int preset = -1;
        QString paceText;
        bool preVote = true, checkQuorum = true;
        int delayMs = 0, lossPercent = 0, faults = 0;
        friend bool operator==(const Summary&, const Summary&) = default;
    };
    struct Action {
        QString command;
        std::function<base::Status()> work;
    };

    void reset();
    void take(std::vector<observe::Event> events);
    void refreshNodes();
    QString nameIn(const observe::ClusterState& state, observe::NodeId id) const;
    void refreshSummary();
    void refreshCaption();
    void start(Action action);
    void startOrAsk(Action action);
    QString clusterCommand(const QStringList& words) const;
    void jumped();

    Clock m_clock;
    EventQueue m_queue;
    std::unique_ptr<observe::History> m_history;
    observe::TimelineView m_timeline;
    FeedModel m_feed;
    Playhead m_playhead;
    observe::ClusterState m_nothing;
    const observe::ClusterState* m_view = &m_nothing;
    observe::TimeNs m_beginNs = 0, m_edgeNs = 0;
    std::uint64_t m_scrubs = 0;
    Phase m_phase = Empty;
    QString m_phaseText, m_clusterName, m_caption, m_selected;
    int m_captionRow = -1;
    std::vector<NodeRef> m_nodes;
    std::vector<Lane> m_lanes;
    std::set<observe::NodeId> m_firstMembers;  // of the first configuration known
    std::uint64_t m_viewCount = 0;
    std::size_t m_viewPosition = 0;
    std::vector<Endpoint> m_endpoints;
    std::shared_ptr<control::Cluster> m_cluster;
    Summary m_summary;
    std::optional<Action> m_pending;
    Put m_put;
    QThreadPool m_workers;
    int m_running = 0;
};

}  // namespace raftarium::gui
