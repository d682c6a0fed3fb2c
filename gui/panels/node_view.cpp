// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/panels/node_view.h"

#include "cluster/control/command_text.h"
#include "gui/models/role_text.h"
#include "gui/models/time_text.h"

#include <algorithm>
#include <tuple>

namespace raftarium::gui {

namespace {

// Numbers that change faster than this cannot be read, and under load they change with every frame.
constexpr qint64 kReadableMs = 100;

QVariantMap fact(const QString& label, const QString& value, bool isData = false) {
    return {{"label", label}, {"value", value}, {"isData", isData}};
}
QVariantMap number(const QString& label, auto value) { return fact(label, QString::number(value), true); }

}  // namespace

void NodeView::setSession(Session* session) {
    if (session == m_session) return;
    if (m_session) {
        m_session->disconnect(this);
        m_session->roster()->disconnect(this);
    }
    m_session = session;
    if (session) {
        connect(session, &Session::frameAdvanced, this, &NodeView::frame);
        connect(session->roster(), &Roster::selectionChanged, this, &NodeView::refresh);
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
        return id == 0 ? fact(label, tr("none")) : fact(label, m_session->roster()->nameOf(id), true);
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
        m_progress << QVariantMap{{"name", m_session->roster()->nameOf(peer.peer)},
                                  {"state", state},
                                  {"match", static_cast<double>(peer.match)},
                                  {"next", static_cast<double>(peer.next)},
                                  {"inFlight", peer.inFlight},
                                  {"share", std::min(1.0, static_cast<double>(peer.match) / last)}};
    }
}

void NodeView::setActive(bool active) {
    if (active == m_active) return;
    m_active = active;
    emit activeChanged();
    refresh();
}

void NodeView::frame() {
    if (!m_session || !m_active || m_seen == m_session->viewCount()) return;
    const bool jumped = m_jumps != m_session->player()->jumpCount();
    if (!jumped && m_shownAt.isValid() && m_shownAt.elapsed() < kReadableMs) return;
    refresh();
}

void NodeView::refresh() {
    if (!m_session || !m_active) return;
    m_seen = m_session->viewCount();
    m_jumps = m_session->player()->jumpCount();
    m_shownAt.start();
    const Roster& roster = *m_session->roster();
    const auto shown = [this] {
        return std::tuple(m_name, m_dataDir, m_endpoint, m_known, m_processText, m_facts, m_progress);
    };
    const auto before = shown();
    m_name = roster.selected();
    m_dataDir.clear();
    m_endpoint.clear();
    for (const Roster::Endpoint& member : roster.endpoints()) {
        if (member.name != m_name) continue;
        m_dataDir = member.dataDir;
        m_endpoint = member.hostPort();
    }
    if (const observe::NodeState* node = m_session->view().node(roster.selectedId())) {
        refreshNode(*node);
    } else {
        m_known = false;
        m_processText.clear();
        m_facts.clear();
        m_progress.clear();
    }
    if (shown() != before) emit changed();
}

}  // namespace raftarium::gui
