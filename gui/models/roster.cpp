// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/models/roster.h"

#include <QUrl>

#include <algorithm>

namespace raftarium::gui {

namespace {

// n2 before n10.
bool byName(const auto& a, const auto& b) {
    return a.name.size() != b.name.size() ? a.name.size() < b.name.size() : a.name < b.name;
}

void addLane(std::vector<Roster::Lane>& lanes, observe::NodeId id, const QString& name) {
    auto lane = std::find_if(lanes.begin(), lanes.end(), [&](const auto& one) { return one.name == name; });
    if (lane == lanes.end()) lane = lanes.insert(lanes.end(), {name, {}});
    if (std::find(lane->ids.begin(), lane->ids.end(), id) == lane->ids.end()) lane->ids.push_back(id);
}

}  // namespace

QString Roster::Endpoint::hostPort() const {
    const QUrl parsed(clientUrl);
    return parsed.isValid() && parsed.port() > 0 ? QStringLiteral("%1:%2").arg(parsed.host()).arg(parsed.port())
                                                 : clientUrl;
}

void Roster::clear() {
    m_live = nullptr;
    m_nodes.clear();
    m_lanes.clear();
    m_endpoints.clear();
    m_firstMembers.clear();
    emit changed();
}

std::vector<Roster::Endpoint> Roster::endpointsOf(const control::ClusterStatus& status) {
    std::vector<Endpoint> endpoints;
    const auto text = [](const std::string& s) { return QString::fromStdString(s); };
    for (const control::NodeStatus& node : status.nodes)
        endpoints.push_back({node.spec.id, text(node.spec.name), text(node.spec.clientUrl()), text(node.spec.dataDir),
                             text(node.spec.adminSocket), node.spec.engine});
    return endpoints;
}

void Roster::setEndpoints(std::vector<Endpoint> endpoints) { m_endpoints = std::move(endpoints); }

control::EngineKind Roster::engineOf(const QString& name) const {
    for (const Endpoint& endpoint : m_endpoints)
        if (endpoint.name == name) return endpoint.engine;
    return control::EngineKind::raftarium;
}

// Before any configuration is known (the cluster is being started), the members are those that it began with, so that
// the ring does not grow node by node.
bool Roster::isShown(observe::NodeId id, const observe::ClusterState& view) const {
    if (const observe::NodeState* now = view.node(id)) return !now->left;
    if (view.configurationIndex > 0) return view.isMember(id);
    return m_firstMembers.empty() || m_firstMembers.contains(id);
}

void Roster::refresh(const observe::ClusterState& live, const observe::ClusterState& view) {
    m_live = &live;
    if (m_firstMembers.empty() && live.configurationIndex > 0)
        for (const auto* ids : {&live.configuration.voters, &live.configuration.learners})
            m_firstMembers.insert(ids->begin(), ids->end());
    std::vector<Node> nodes;
    std::vector<Lane> lanes;
    const auto add = [&](observe::NodeId id) {
        const bool there = std::any_of(nodes.begin(), nodes.end(), [id](const Node& node) { return node.id == id; });
        if (!there && isShown(id, view)) nodes.push_back({id, nameIn(live, id)});
    };
    for (const Endpoint& endpoint : m_endpoints) add(endpoint.id);
    for (const auto& [id, node] : live.nodes) {
        add(id);
        addLane(lanes, id, nameIn(live, id));
    }
    for (const Endpoint& endpoint : m_endpoints) addLane(lanes, endpoint.id, endpoint.name);
    std::sort(nodes.begin(), nodes.end(), byName<Node, Node>);
    std::sort(lanes.begin(), lanes.end(), byName<Lane, Lane>);
    if (nodes == m_nodes && lanes == m_lanes) return;
    m_nodes = std::move(nodes);
    m_lanes = std::move(lanes);
    if (selectedId() == 0 && !m_nodes.empty()) select(m_nodes.front().name);
    emit changed();
}

QString Roster::nameIn(const observe::ClusterState& state, observe::NodeId id) const {
    for (const Endpoint& endpoint : m_endpoints)
        if (endpoint.id == id) return endpoint.name;
    const observe::NodeState* node = state.node(id);
    return node && node->name.empty() ? QString::number(id, 16) : QString::fromStdString(state.nameOf(id));
}

QString Roster::nameOf(observe::NodeId id) const {
    for (const Node& node : m_nodes)
        if (node.id == id) return node.name;
    return id == 0 || !m_live ? QString() : nameIn(*m_live, id);
}

observe::NodeId Roster::idOf(const QString& name) const {
    for (const Node& node : m_nodes)
        if (node.name == name) return node.id;
    return 0;
}

QStringList Roster::names() const {
    QStringList names;
    for (const Node& node : m_nodes) names.append(node.name);
    return names;
}

QStringList Roster::laneNames() const {
    QStringList names;
    for (const Lane& lane : m_lanes) names.append(lane.name);
    return names;
}

void Roster::select(const QString& name) {
    if (name == m_selected) return;
    m_selected = name;
    emit selectionChanged();
}

}  // namespace raftarium::gui
