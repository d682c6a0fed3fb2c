// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/models/session.h"

#include "gui/models/summary.h"
#include "gui/models/time_text.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <cmath>

namespace raftarium::gui {

namespace {
// The live edge is this far behind the clock, so that both ends of what just happened have arrived.
constexpr observe::TimeNs kEdgeLagNs = 100'000'000;
}  // namespace

Session::Session(Clock clock, QObject* parent)
    : QObject(parent), m_clock(std::move(clock)), m_history(std::make_unique<observe::History>()), m_feed(this) {
    m_workers.setMaxThreadCount(2);
}

Session::~Session() { m_workers.waitForDone(); }

void Session::post(std::vector<observe::Event> events) { m_queue.push(std::move(events)); }

void Session::reset() {
    m_queue.take();
    m_history = std::make_unique<observe::History>();
    m_timeline = {};
    m_feed.clear();
    m_playhead = {};
    m_view = &m_nothing;
    m_beginNs = m_edgeNs = 0;
    m_nodes.clear();
    m_lanes.clear();
    m_firstMembers.clear();
    m_endpoints.clear();
    ++m_viewCount;
    m_cluster.reset();
    m_summary = {};
    m_caption.clear();
    m_captionRow = -1;
    ++m_scrubs;
    emit nodesChanged();
    emit summaryChanged();
    emit captionChanged();
    emit playheadChanged();
}

void Session::opening(const QString& clusterName, const QString& text) {
    if (m_clusterName != clusterName || m_phase != Opening) reset();
    m_phase = Opening;
    m_clusterName = clusterName;
    m_phaseText = text;
    emit phaseChanged();
}

void Session::startLive(const QString& clusterName, std::shared_ptr<control::Cluster> cluster) {
    m_phase = Live;
    m_clusterName = clusterName;
    m_phaseText.clear();
    m_cluster = std::move(cluster);
    m_beginNs = m_clock();
    m_feed.setOrigin(m_beginNs);
    if (m_cluster) {
        m_endpoints = endpointsOf(m_cluster->status());
        refreshNodes();
    }
    m_playhead.follow();
    emit phaseChanged();
    emit playheadChanged();
}

std::vector<Session::Endpoint> Session::endpointsOf(const control::ClusterStatus& status) {
    std::vector<Endpoint> endpoints;
    const auto text = [](const std::string& s) { return QString::fromStdString(s); };
    for (const control::NodeStatus& node : status.nodes)
        endpoints.push_back({node.spec.id, text(node.spec.name), text(node.spec.clientUrl()), text(node.spec.dataDir),
                             text(node.spec.adminSocket)});
    return endpoints;
}

void Session::setEndpoints(std::vector<Endpoint> endpoints) {
    if (m_phase != Live) return;
    m_endpoints = std::move(endpoints);
    ++m_viewCount;
    refreshNodes();
}

void Session::startReplay(const QString& name, std::vector<observe::Event> events) {
    reset();
    m_phase = Replay;
    m_clusterName = name;
    m_phaseText.clear();
    take(std::move(events));
    m_playhead.advance(0, m_beginNs, m_edgeNs, false);
    m_playhead.seek(m_beginNs);
    m_playhead.play();
    emit phaseChanged();
    emit playheadChanged();
}

void Session::fail(const QString& text) {
    m_phase = Failed;
    m_phaseText = text;
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
    const observe::ClusterState& live = m_history->live();
    if (m_firstMembers.empty() && live.configurationIndex > 0)
        for (const auto* ids : {&live.configuration.voters, &live.configuration.learners})
            m_firstMembers.insert(ids->begin(), ids->end());
    m_beginNs = m_phase == Live ? std::min(m_beginNs, m_history->beginNs()) : m_history->beginNs();
    m_feed.setOrigin(m_beginNs);
    m_feed.append(std::move(lines));
    m_edgeNs = std::max(m_edgeNs, m_history->endNs());
}

void Session::advance(qreal seconds) {
    const auto before = m_playhead.mode();
    bool came = false;
    if (m_phase == Live || m_phase == Opening) {
        std::vector<observe::Event> events = m_queue.take();
        came = !events.empty();
        take(std::move(events));
    }
    if (m_phase != Live && m_phase != Replay) return;
    if (m_phase == Live) m_edgeNs = std::max(m_edgeNs, m_clock() - kEdgeLagNs);
    if (m_phase == Live && m_edgeNs > m_clock()) m_edgeNs = m_clock();
    m_playhead.advance(seconds, m_beginNs, m_edgeNs, m_phase == Live);
    m_view = &m_history->seek(m_playhead.at());
    const std::size_t position = m_history->positionAt(m_playhead.at());
    if (came || position != m_viewPosition) ++m_viewCount;
    m_viewPosition = position;
    refreshNodes();
    refreshSummary();
    refreshCaption();
    if (m_playhead.mode() != before) emit playheadChanged();
    emit frameAdvanced();
}

void Session::retranslate() {
    m_feed.retranslate();
    ++m_viewCount;
    refreshCaption();
    emit phaseChanged();
    emit frameAdvanced();
}

QString Session::nameIn(const observe::ClusterState& state, observe::NodeId id) const {
    for (const Endpoint& endpoint : m_endpoints)
        if (endpoint.id == id) return endpoint.name;
    const observe::NodeState* node = state.node(id);
    return node && node->name.empty() ? QString::number(id, 16) : QString::fromStdString(state.nameOf(id));
}

// Who stands on the ring: the members at the playhead. Before any configuration is known (the cluster is only being
// started), those that it began with, so that the ring does not grow node by node.
void Session::refreshNodes() {
    const observe::ClusterState& live = m_history->live();
    std::vector<NodeRef> nodes;
    const auto isShown = [&](observe::NodeId id) {
        if (const observe::NodeState* now = m_view->node(id)) return !now->left;
        if (m_view->configurationIndex > 0) return m_view->isMember(id);
        return m_firstMembers.empty() || m_firstMembers.contains(id);
    };
    const auto add = [&](observe::NodeId id) {
        const bool there = std::any_of(nodes.begin(), nodes.end(), [id](const NodeRef& ref) { return ref.id == id; });
        if (!there && isShown(id)) nodes.push_back({id, nameIn(live, id)});
    };
    for (const Endpoint& endpoint : m_endpoints) add(endpoint.id);
    for (const auto& [id, node] : live.nodes) add(id);
    const auto byName = [](const auto& a, const auto& b) {
        return a.name.size() != b.name.size() ? a.name.size() < b.name.size() : a.name < b.name;
    };
    std::sort(nodes.begin(), nodes.end(), byName);
    std::vector<Lane> lanes;
    const auto addLane = [&](observe::NodeId id, const QString& name) {
        auto lane = std::find_if(lanes.begin(), lanes.end(), [&](const Lane& one) { return one.name == name; });
        if (lane == lanes.end()) lane = lanes.insert(lanes.end(), {name, {}});
        if (std::find(lane->ids.begin(), lane->ids.end(), id) == lane->ids.end()) lane->ids.push_back(id);
    };
    for (const auto& [id, node] : live.nodes) addLane(id, nameIn(live, id));
    for (const Endpoint& endpoint : m_endpoints) addLane(endpoint.id, endpoint.name);
    std::sort(lanes.begin(), lanes.end(), byName);
    if (nodes == m_nodes && lanes == m_lanes) return;
    m_nodes = std::move(nodes);
    m_lanes = std::move(lanes);
    if (nodeId(m_selected) == 0 && !m_nodes.empty()) selectNode(m_nodes.front().name);
    emit nodesChanged();
}

void Session::refreshSummary() {
    Summary now;
    now.term = m_view->term;
    now.commit = m_view->commitIndex;
    now.revision = m_view->revision;
    now.leader = m_view->leader ? nodeName(m_view->leader) : QString();
    const PaceSummary pace = summarizePace(*m_view);
    now.preset = pace.preset;
    now.paceText = pace.text;
    now.preVote = pace.preVote;
    now.checkQuorum = pace.checkQuorum;
    const FaultSummary faults = summarizeFaults(*m_view);
    now.delayMs = faults.delayMs;
    now.lossPercent = faults.lossPercent;
    now.faults = faults.cuts;
    if (now == m_summary) return;
    m_summary = std::move(now);
    emit summaryChanged();
}

void Session::refreshCaption() {
    int row = m_feed.rowAt(m_playhead.at(), true);
    if (row < 0) row = m_feed.rowAt(m_playhead.at());
    const QString text = m_feed.textOf(row);
    if (row == m_captionRow && text == m_caption) return;
    m_captionRow = row;
    m_caption = text;
    emit captionChanged();
}

QString Session::nodeName(observe::NodeId id) const {
    for (const NodeRef& node : m_nodes)
        if (node.id == id) return node.name;
    return id == 0 ? QString() : nameIn(m_history->live(), id);
}

observe::NodeId Session::nodeId(const QString& name) const {
    for (const NodeRef& node : m_nodes)
        if (node.name == name) return node.id;
    return 0;
}

QStringList Session::nodeNames() const {
    QStringList names;
    for (const NodeRef& node : m_nodes) names.append(node.name);
    return names;
}

QStringList Session::laneNames() const {
    QStringList names;
    for (const Lane& lane : m_lanes) names.append(lane.name);
    return names;
}

QString Session::speedText() const {
    const double speed = m_playhead.speed();
    return speed >= 0.995 ? QStringLiteral("1×") : QStringLiteral("1/%1×").arg(std::lround(1 / speed));
}

QString Session::clockText() const {
    if (m_beginNs == 0) return timeText(0, 3);
    return timeText(m_playhead.at() - m_beginNs, 3);
}

QString Session::lagText() const {
    const double seconds = static_cast<double>(m_edgeNs - m_playhead.at()) / 1e9;
    return seconds < 0.05 ? QString() : tr("−%1 s").arg(seconds, 0, 'f', seconds < 100 ? 1 : 0);
}

void Session::jumped() {
    ++m_scrubs;
    advance(0);
    emit playheadChanged();
}

void Session::follow() {
    m_playhead.follow();
    if (m_phase == Replay) m_playhead.pause(), m_playhead.seek(m_edgeNs);
    jumped();
}

void Session::togglePlay() {
    if (m_playhead.mode() == Playhead::Mode::paused)
        m_playhead.play();
    else
        m_playhead.pause();
    emit playheadChanged();
}

void Session::pause() {
    m_playhead.pause();
    emit playheadChanged();
}

void Session::seek(qint64 timeNs) {
    m_playhead.seek(timeNs);
    jumped();
}

void Session::step(int direction, bool messages) {
    const auto weight = messages ? observe::Weight::message : observe::Weight::meaningful;
    const auto time =
        direction > 0 ? m_history->next(m_playhead.at(), weight) : m_history->previous(m_playhead.at(), weight);
    m_playhead.pause();
    if (time) m_playhead.seek(*time);
    jumped();
}

void Session::setSpeed(qreal speed) {
    m_playhead.setSpeed(speed);
    emit playheadChanged();
}

void Session::selectNode(const QString& name) {
    if (name == m_selected) return;
    m_selected = name;
    emit selectionChanged();
}

QByteArray Session::stateJson() const {
    QJsonArray nodes;
    for (const NodeRef& ref : m_nodes) {
        QJsonObject node{{QStringLiteral("name"), ref.name}};
        if (const auto found = m_view->nodes.find(ref.id); found != m_view->nodes.end()) {
            const observe::NodeState& state = found->second;
            node[QStringLiteral("role")] = roleWord(state.role);
            node[QStringLiteral("process")] = processWord(state.process);
            node[QStringLiteral("known")] = state.known;
            node[QStringLiteral("term")] = static_cast<qint64>(state.term);
            node[QStringLiteral("commit")] = static_cast<qint64>(state.log.commitIndex);
        }
        nodes.append(node);
    }
    static const char* const phases[] = {"empty", "opening", "live", "replay", "failed"};
    static const char* const modes[] = {"following", "playing", "paused"};
    return QJsonDocument(QJsonObject{{QStringLiteral("cluster"), m_clusterName},
                                     {QStringLiteral("phase"), QLatin1String(phases[m_phase])},
                                     {QStringLiteral("mode"), QLatin1String(modes[mode()])},
                                     {QStringLiteral("term"), static_cast<qint64>(m_summary.term)},
                                     {QStringLiteral("leader"), m_summary.leader},
                                     {QStringLiteral("commit"), static_cast<qint64>(m_summary.commit)},
                                     {QStringLiteral("revision"), static_cast<qint64>(m_summary.revision)},
                                     {QStringLiteral("events"), static_cast<qint64>(m_history->size())},
                                     {QStringLiteral("caption"), m_caption},
                                     {QStringLiteral("error"), m_phase == Failed ? m_phaseText : QString()},
                                     {QStringLiteral("nodes"), nodes}})
        .toJson(QJsonDocument::Compact);
}

}  // namespace raftarium::gui
