// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/models/session.h"

#include <algorithm>

namespace raftarium::gui {

namespace {

// The live edge is this far behind the clock, so that both ends of what just happened have arrived.
constexpr observe::TimeNs kEdgeLagNs = 100'000'000;

}  // namespace

Session::Session(Clock clock, Settings* settings, QObject* parent)
    : QObject(parent),
      m_clock(std::move(clock)),
      m_settings(settings ? settings : &m_ownSettings),
      m_history(std::make_unique<observe::History>()),
      m_actions(m_player, m_roster, m_api) {
    connect(&m_player, &Player::jumped, this, [this] { advance(0); });
}

Session::~Session() = default;

void Session::post(std::vector<observe::Event> events) { m_queue.push(std::move(events)); }

void Session::reset() {
    m_queue.take();
    m_view = &m_nothing;
    m_roster.clear();
    m_history = std::make_unique<observe::History>();
    m_timeline = {};
    m_feed.clear();
    m_beginNs = m_edgeNs = 0;
    ++m_viewCount;
    m_cluster.reset();
    m_api.setEndpoints({});
    m_actions.setCluster({}, nullptr);
    m_summary.clear();
    m_player.open(Player::Source::nothing, m_history.get(), 0);
}

void Session::enter(Phase phase, const QString& clusterName, const QString& text) {
    m_phase = phase;
    m_clusterName = clusterName;
    m_phaseText = text;
}

void Session::opening(const QString& clusterName, const QString& text) {
    if (m_clusterName != clusterName || m_phase != Opening) reset();
    enter(Opening, clusterName, text);
    emit phaseChanged();
}

void Session::startLive(const QString& clusterName, std::shared_ptr<control::Cluster> cluster) {
    enter(Live, clusterName, {});
    m_cluster = std::move(cluster);
    m_actions.setCluster(clusterName, m_cluster);
    m_beginNs = m_clock();
    m_feed.setOrigin(m_beginNs);
    m_player.open(Player::Source::live, m_history.get(), m_beginNs);
    if (m_cluster) setEndpoints(Roster::endpointsOf(m_cluster->status()));
    emit phaseChanged();
}

void Session::setEndpoints(std::vector<Roster::Endpoint> endpoints) {
    if (m_phase != Live) return;
    m_roster.setEndpoints(std::move(endpoints));
    ++m_viewCount;
    m_roster.refresh(m_history->live(), *m_view);
    refreshEndpoints();
}

void Session::startReplay(const QString& name, std::vector<observe::Event> events) {
    reset();
    enter(Replay, name, {});
    take(std::move(events));
    m_player.open(Player::Source::recording, m_history.get(), m_beginNs);
    m_player.advance(0, m_beginNs, m_edgeNs);
    m_player.seek(m_beginNs);
    m_player.togglePlay();
    emit phaseChanged();
}

void Session::fail(const QString& text) {
    enter(Failed, m_clusterName, text);
    emit phaseChanged();
}

void Session::take(std::vector<observe::Event> events) {
    if (events.empty()) return;
    std::vector<FeedModel::Line> lines;
    m_history->append(std::move(events), [&](const observe::Event& event, const observe::ClusterState& before) {
        m_timeline.add(event);
        if (auto line = observe::describe(event, before))
            lines.push_back({std::move(*line), observe::weightOf(event) == observe::Weight::meaningful});
    });
    m_beginNs = m_phase == Live ? std::min(m_beginNs, m_history->beginNs()) : m_history->beginNs();
    m_feed.setOrigin(m_beginNs);
    m_feed.append(std::move(lines));
    m_edgeNs = std::max(m_edgeNs, m_history->endNs());
}

void Session::advance(qreal seconds) {
    bool eventsCame = false;
    if (m_phase == Live || m_phase == Opening) {
        std::vector<observe::Event> events = m_queue.take();
        eventsCame = !events.empty();
        take(std::move(events));
    }
    if (m_phase != Live && m_phase != Replay) return;
    if (m_phase == Live) m_edgeNs = std::min(std::max(m_edgeNs, m_clock() - kEdgeLagNs), m_clock());
    refresh(seconds, eventsCame);
    emit frameAdvanced();
}

void Session::refresh(qreal seconds, bool eventsCame) {
    m_player.advance(seconds, m_beginNs, m_edgeNs);
    m_view = &m_history->seek(m_player.atNs());
    const std::size_t position = m_history->positionAt(m_player.atNs());
    const bool differs = eventsCame || position != m_viewPosition;
    m_viewPosition = position;
    m_roster.refresh(m_history->live(), *m_view);
    if (differs) {
        ++m_viewCount;
        refreshEndpoints();
    }
    m_summary.refresh(*m_view, m_roster.nameOf(m_view->leader), m_history->live().revision, m_player.past());
    m_feed.showAt(m_player.atNs());
}

// Of the members that run now, wherever the playhead is.
void Session::refreshEndpoints() {
    const observe::ClusterState& now = m_history->live();
    QStringList running;
    for (const Roster::Endpoint& member : m_roster.endpoints()) {
        const observe::NodeState* node = now.node(member.id);
        if (node && node->process != observe::ProcessState::running) continue;
        running.insert(member.id == now.leader ? 0 : running.size(), member.hostPort());
    }
    m_api.setEndpoints(running);
}

void Session::retranslate() {
    m_feed.retranslate();
    ++m_viewCount;
    m_feed.showAt(m_player.atNs());
    emit phaseChanged();
    emit frameAdvanced();
}

}  // namespace raftarium::gui
