// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The road back: what a person does to the cluster, each with the raftariumctl line that does the same.
#include "cluster/control/command_text.h"
#include "gui/models/byte_text.h"
#include "gui/models/session.h"

#include <QClipboard>
#include <QFileInfo>
#include <QGuiApplication>
#include <QStandardPaths>

namespace raftarium::gui {

void Session::act(control::Action action) {
    if (!m_cluster) {
        emit toast(tr("This is a recording: there is no cluster to act on."), {}, true);
        return;
    }
    const QString line = lineOf(action);
    startOrAsk({line, [cluster = m_cluster, action = std::move(action)]() -> base::Status {
                    const auto outcome = cluster->apply(action);
                    return outcome.ok() ? base::Status() : base::Status(outcome.error());
                }});
}

QString Session::lineOf(const control::Action& action) const {
    control::ActionTarget target{m_clusterName.toStdString(), {}};
    // One endpoint, the leader's if there is one: a line that people read.
    for (const Endpoint& endpoint : m_endpoints) {
        const auto state = m_view->nodes.find(endpoint.id);
        const bool leads = state != m_view->nodes.end() && state->second.role == observe::Role::leader;
        if (leads || target.endpoints.empty())
            target.endpoints = {QString(endpoint.clientUrl).remove(QStringLiteral("http://")).toStdString()};
    }
    return QString::fromStdString(control::printAction(action, target));
}

void Session::startOrAsk(Started action) {
    if (!past()) {
        start(std::move(action));
        return;
    }
    m_pending = std::move(action);
    emit pastActionAsked(m_pending->command);
}

void Session::confirmPast(bool goLive) {
    std::optional<Started> action = std::move(m_pending);
    m_pending.reset();
    if (!goLive || !action) return;
    follow();
    start(std::move(*action));
}

void Session::start(Started action) {
    ++m_running;
    if (m_running == 1) emit busyChanged();
    m_workers.start([this, action = std::move(action)] {
        const base::Status status = action.work();
        const QString error = status.ok() ? QString() : QString::fromStdString(status.error().text);
        QMetaObject::invokeMethod(
            this,
            [this, error, command = action.command] {
                --m_running;
                if (m_running == 0) emit busyChanged();
                emit toast(error, command, !error.isEmpty());
            },
            Qt::QueuedConnection);
    });
}

std::optional<control::Action> Session::nodeAction(const QString& verb, const QString& name) {
    const std::string node = name.toStdString();
    if (verb == QLatin1String("start")) return control::StartNode{node};
    const auto action = control::actionOfWords({verb.toStdString(), node});
    if (!action.ok()) return std::nullopt;
    return *action;
}

QString Session::nodeCommand(const QString& verb, const QString& name) const {
    const auto action = nodeAction(verb, name);
    return action ? lineOf(*action) : QString();
}

void Session::node(const QString& verb, const QString& name) {
    if (auto action = nodeAction(verb, name))
        act(std::move(*action));
    else
        emit toast(tr("There is no action called \"%1\".").arg(verb), {}, true);
}

void Session::addNode(bool learner) { act(control::AddNode{learner}); }

void Session::cut(const QString& from, const QString& to, bool bothWays) {
    act(control::CutLink{from.toStdString(), to.toStdString(), bothWays});
}

void Session::heal(const QString& from, const QString& to, bool bothWays) {
    act(control::HealLink{from.toStdString(), to.toStdString(), bothWays});
}

void Session::healAll() { act(control::HealAll{}); }

void Session::partition(const QVariantList& groups) {
    control::Partition action;
    for (const QVariant& group : groups) {
        std::vector<std::string> named;
        for (const QString& name : group.toStringList()) named.push_back(name.toStdString());
        if (!named.empty()) action.groups.push_back(std::move(named));
    }
    act(std::move(action));
}

void Session::isolate(const QString& name) {
    QStringList others = nodeNames();
    others.removeAll(name);
    partition({QVariant(QStringList{name}), QVariant(others)});
}

void Session::delay(const QString& from, const QString& to, int ms) {
    act(control::DelayLink{from.toStdString(), to.toStdString(), ms, 0});
}

void Session::drop(const QString& from, const QString& to, qreal share) {
    act(control::DropOnLink{from.toStdString(), to.toStdString(), share});
}

void Session::setPace(int preset) {
    if (preset < 0 || preset >= static_cast<int>(control::kPacePresets.size())) return;
    act(control::SetPace{control::paceOf(control::kPacePresets[static_cast<std::size_t>(preset)])});
}

void Session::setProtocol(bool preVote, bool checkQuorum) { act(control::SetProtocol{preVote, checkQuorum}); }

void Session::put(const QString& key, const QString& value) {
    if ((!m_cluster && !m_put) || m_endpoints.empty()) {
        emit toast(tr("There is no running cluster to write to."), {}, true);
        return;
    }
    const auto keyBytes = bytesOfTyped(key), valueBytes = bytesOfTyped(value);
    if (!keyBytes || !valueBytes) {
        emit toast(unreadableText(keyBytes ? value : key), {}, true);
        return;
    }
    control::Put action{*keyBytes, *valueBytes};
    if (m_cluster) {
        act(std::move(action));
        return;
    }
    std::vector<std::string> endpoints;
    for (const Endpoint& endpoint : m_endpoints) endpoints.push_back(endpoint.clientUrl.toStdString());
    startOrAsk({lineOf(action), [put = m_put, endpoints, action] { return put(endpoints, action.key, action.value); }});
}

QString Session::runnable(const QString& command) {
    static const QString kProgram = QStringLiteral("raftariumctl ");
    if (!command.startsWith(kProgram) || !QStandardPaths::findExecutable(kProgram.trimmed()).isEmpty()) return command;
    const QString beside = QCoreApplication::applicationDirPath() + QLatin1Char('/') + kProgram.trimmed();
    if (!QFileInfo(beside).isExecutable()) return command;
    return QString::fromStdString(control::shellWord(beside.toStdString())) + command.mid(kProgram.size() - 1);
}

void Session::copy(const QString& text) const {
    if (QClipboard* clipboard = QGuiApplication::clipboard()) clipboard->setText(runnable(text));
}

}  // namespace raftarium::gui
