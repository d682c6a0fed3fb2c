// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/panels/node_view.h"

#include "cluster/control/command_text.h"
#include "gui/models/summary.h"
#include "gui/models/time_text.h"

#include <QUrl>

namespace raftarium::gui {

namespace {

// Numbers that change faster than this cannot be read, and under load they change with every frame.
constexpr qint64 kReadableMs = 100;

QString hostPort(const QString& url) {
    const QUrl parsed(url);
    return parsed.isValid() && parsed.port() > 0 ? QStringLiteral("%1:%2").arg(parsed.host()).arg(parsed.port()) : url;
}

QVariantMap fact(const QString& label, const QString& value, bool isData = false) {
    return {{"label", label}, {"value", value}, {"isData", isData}};
}
QVariantMap number(const QString& label, auto value) { return fact(label, QString::number(value), true); }

}  // namespace

void NodeView::setSession(Session* session) {
    if (session == m_session) return;
    if (m_session) m_session->disconnect(this);
    m_session = session;
    if (session) {
        connect(session, &Session::frameAdvanced, this, &NodeView::frame);
        connect(session, &Session::selectionChanged, this, &NodeView::refresh);
        connect(session, &Session::phaseChanged, this, &NodeView::refresh);
    }
    emit sessionChanged();
    refresh();
}

QString NodeView::setupCommand() const {
    return m_endpoint.isEmpty() ? QString() : QString::fromStdString(control::etcdctlSetup({m_endpoint.toStdString()}));
}

void NodeView::refreshNode(const observe::NodeState& node) {
    m_known = node.known;
    m_processText = QString::fromStdString(node.processText);
    m_term = static_cast<double>(node.term);
    const auto member = [this](const QString& label, observe::NodeId id) {
        return id == 0 ? fact(label, tr("none")) : fact(label, m_session->nodeName(id), true);
    };
    m_facts = {
        fact(tr("role"), node.pid > 0 ? roleTitle(node.role) : tr("none")),
        number(tr("term"), node.term),
        member(tr("voted for"), node.votedFor),
        member(tr("leader"), node.leader),
        number(tr("last index"), node.log.lastIndex),
        number(tr("on disk"), node.log.durableIndex),
        number(tr("committed"), node.log.commitIndex),
        number(tr("applied"), node.log.appliedIndex),
        number(tr("revision"), node.revision),
        fact(tr("last sync"), node.lastSyncNs > 0 ? durationText(node.lastSync.durationNs) : tr("none yet")),
        fact(tr("process"), node.pid > 0 ? tr("pid %1").arg(node.pid) : tr("not running")),
    };
    m_progress.clear();
    for (const auto& peer : node.progress) {
        if (peer.peer == node.id) continue;
        const QString state = peer.state == observe::ProgressState::probe       ? tr("probe")
                              : peer.state == observe::ProgressState::replicate ? tr("replicate")
                                                                                : tr("snapshot");
        const double last = static_cast<double>(std::max<std::uint64_t>(1, node.log.lastIndex));
        m_progress << QVariantMap{{"name", m_session->nodeName(peer.peer)},
                                  {"state", state},
                                  {"match", static_cast<double>(peer.match)},
                                  {"next", static_cast<double>(peer.next)},
                                  {"inFlight", peer.inFlight},
                                  {"share", std::min(1.0, static_cast<double>(peer.match) / last)}};
    }
}

void NodeView::frame() {
    if (!m_session || m_seen == m_session->viewCount()) return;
    const bool jumped = m_scrubs != m_session->scrubCount();
    if (!jumped && m_shownAt.isValid() && m_shownAt.elapsed() < kReadableMs) return;
    refresh();
}

void NodeView::refresh() {
    if (!m_session) return;
    m_seen = m_session->viewCount();
    m_scrubs = m_session->scrubCount();
    m_shownAt.start();
    const auto& view = m_session->view();
    const auto& newest = m_session->history().live();
    QStringList running, newestFirst;
    QString dataDir, endpoint;
    for (const auto& member : m_session->endpoints()) {
        const auto node = view.nodes.find(member.id);
        const bool up = node == view.nodes.end() || node->second.process == observe::ProcessState::running;
        if (up || !m_session->live()) {
            running << hostPort(member.clientUrl);
            newestFirst.insert(member.id == newest.leader ? 0 : newestFirst.size(), hostPort(member.clientUrl));
        }
        if (member.name == m_session->selectedNode()) {
            dataDir = member.dataDir;
            endpoint = hostPort(member.clientUrl);
        }
    }
    const auto live = static_cast<qint64>(newest.revision);
    const qint64 viewed = m_session->past() ? static_cast<qint64>(view.revision) : 0;
    const auto oldFacts = m_facts;
    const auto oldProgress = m_progress;
    const QString oldName = m_name;
    m_name = m_session->selectedNode();
    const auto node = view.nodes.find(m_session->selectedNodeId());
    if (node != view.nodes.end()) {
        refreshNode(node->second);
    } else {
        m_known = false;
        m_facts.clear();
        m_progress.clear();
    }
    const bool differs = oldName != m_name || m_dataDir != dataDir || m_endpoint != endpoint ||
                         viewed != m_viewRevision || oldFacts != m_facts || oldProgress != m_progress;
    m_dataDir = dataDir;
    m_endpoint = endpoint;
    m_viewRevision = viewed;
    if (running != m_endpoints) {
        m_endpoints = running;
        emit endpointsChanged();
    }
    if (newestFirst != m_newestFirst) {
        m_newestFirst = newestFirst;
        emit newestFirstChanged();
    }
    if (live != m_liveRevision) {
        m_liveRevision = live;
        emit liveRevisionChanged();
    }
    if (differs) emit changed();
}

}  // namespace raftarium::gui
