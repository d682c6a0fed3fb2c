// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/models/actions.h"

#include "cluster/control/command_text.h"
#include "cluster/control/engine.h"
#include "gui/models/byte_text.h"
#include "gui/models/role_text.h"
#include "gui/models/say.h"

#include <QClipboard>
#include <QFileInfo>
#include <QGuiApplication>
#include <QStandardPaths>

namespace raftarium::gui {

namespace {

std::optional<control::Action> nodeAction(const QString& verb, const QString& name) {
    const std::string node = name.toStdString();
    if (verb == QLatin1String("start")) return control::StartNode{node};
    auto action = control::actionOfWords({verb.toStdString(), node});
    if (!action.ok()) return std::nullopt;
    return std::move(*action);
}

}  // namespace

Actions::Actions(Player& player, Roster& roster, ClusterApi& api, QObject* parent)
    : QObject(parent), m_player(player), m_roster(roster), m_api(api) {
    m_workers.setMaxThreadCount(2);
}

Actions::~Actions() { m_workers.waitForDone(); }

void Actions::setCluster(const QString& name, std::shared_ptr<control::Cluster> cluster) {
    m_clusterName = name;
    m_cluster = std::move(cluster);
    m_pending.reset();
}

void Actions::act(control::Action action) {
    if (!m_cluster) {
        emit toast(tr("This is a recording: there is no cluster to act on."), {}, true);
        return;
    }
    if (!m_player.past()) {
        start(action);
        return;
    }
    m_pending = std::move(action);
    emit pastActionAsked(lineOf(*m_pending));
}

void Actions::confirmPast(bool goLive) {
    const std::optional<control::Action> action = std::exchange(m_pending, std::nullopt);
    if (!goLive || !action) return;
    m_player.follow();
    start(*action);
}

void Actions::start(const control::Action& action) {
    ++m_running;
    if (m_running == 1) emit busyChanged();
    m_workers.start([this, action, cluster = m_cluster, command = lineOf(action)] {
        auto outcome = cluster->apply(action);
        QMetaObject::invokeMethod(
            this, [this, action, command, outcome = std::move(outcome)] { finish(action, command, outcome); },
            Qt::QueuedConnection);
    });
}

void Actions::finish(const control::Action& action, const QString& command,
                     const base::Result<control::ActionOutcome>& outcome) {
    --m_running;
    if (m_running == 0) emit busyChanged();
    if (!outcome.ok()) {
        emit toast(gui::say(outcome.error()), command, true);
        return;
    }
    const auto* deleted = std::get_if<control::DeleteKey>(&action);
    if (!deleted) {
        emit toast({}, command, false);
        return;
    }
    const QString key = textOfBytes(deleted->key);
    if (outcome->keyDeleted)
        emit toast(tr("%1 was deleted at revision %2.").arg(key, QString::number(outcome->revision)), command, false);
    else
        emit toast(tr("%1 was not deleted: it has changed meanwhile, or is gone.").arg(key), {}, true);
}

QString Actions::lineOf(const control::Action& action) const {
    control::ActionTarget target{m_clusterName.toStdString(), {}};
    if (m_api.reachable()) target.endpoints = {m_api.endpoints().front().toStdString()};  // a line that people read
    return QString::fromStdString(control::printAction(action, target));
}

QString Actions::nodeCommand(const QString& verb, const QString& name) const {
    const auto action = nodeAction(verb, name);
    return action ? lineOf(*action) : QString();
}

bool Actions::can(const QString& verb, const QString& name, const QString& process) const {
    using observe::ProcessState;
    const auto action = nodeAction(verb, name);
    if (!action) return false;
    control::ClusterStatus status;
    status.spec.name = m_clusterName.toStdString();
    for (const QString& member : m_roster.names()) {
        control::NodeStatus node;
        node.spec.name = member.toStdString();
        node.spec.engine = m_roster.engineOf(member);
        node.process = ProcessState::running;
        for (const auto state : {ProcessState::stopped, ProcessState::starting, ProcessState::paused})
            if (member == name && process == processWord(state)) node.process = state;
        status.nodes.push_back(std::move(node));
    }
    return !control::whyNot(*action, status);
}

void Actions::node(const QString& verb, const QString& name) {
    if (auto action = nodeAction(verb, name))
        act(std::move(*action));
    else
        emit toast(tr("There is no action called “%1”.").arg(verb), {}, true);
}

void Actions::addNode(bool learner) { act(control::AddNode{learner}); }

void Actions::cut(const QString& from, const QString& to, bool bothWays) {
    act(control::CutLink{from.toStdString(), to.toStdString(), bothWays});
}

void Actions::heal(const QString& from, const QString& to, bool bothWays) {
    act(control::HealLink{from.toStdString(), to.toStdString(), bothWays});
}

void Actions::healAll() { act(control::HealAll{}); }

void Actions::partition(const QVariantList& groups) {
    control::Partition action;
    for (const QVariant& group : groups) {
        std::vector<std::string> named;
        for (const QString& name : group.toStringList()) named.push_back(name.toStdString());
        if (!named.empty()) action.groups.push_back(std::move(named));
    }
    act(std::move(action));
}

void Actions::isolate(const QString& name) {
    QStringList others = m_roster.names();
    others.removeAll(name);
    partition({QVariant(QStringList{name}), QVariant(others)});
}

void Actions::delay(const QString& from, const QString& to, int ms) {
    act(control::DelayLink{from.toStdString(), to.toStdString(), ms, 0});
}

void Actions::drop(const QString& from, const QString& to, qreal share) {
    act(control::DropOnLink{from.toStdString(), to.toStdString(), share});
}

void Actions::setPace(int preset) {
    if (preset < 0 || preset >= static_cast<int>(control::kPacePresets.size())) return;
    act(control::SetPace{control::paceOf(control::kPacePresets[static_cast<std::size_t>(preset)])});
}

void Actions::setProtocol(bool preVote, bool checkQuorum) { act(control::SetProtocol{preVote, checkQuorum}); }

void Actions::put(const QString& key, const QString& value) {
    const auto keyBytes = bytesOfTyped(key), valueBytes = bytesOfTyped(value);
    if (!keyBytes || !valueBytes)
        emit toast(unreadableText(keyBytes ? value : key), {}, true);
    else if (!m_api.reachable())
        emit toast(tr("There is no running cluster to write to."), {}, true);
    else
        act(control::Put{*keyBytes, *valueBytes});
}

void Actions::deleteKey(const QByteArray& key, qint64 modRevision) {
    act(control::DeleteKey{key.toStdString(), modRevision});
}

QString Actions::deleteCommand(const QByteArray& key, qint64 modRevision) const {
    return m_api.reachable() ? lineOf(control::DeleteKey{key.toStdString(), modRevision}) : QString();
}

QString Actions::runnable(const QString& command) {
    static const QString kProgram = QStringLiteral("raftariumctl ");
    if (!command.startsWith(kProgram) || !QStandardPaths::findExecutable(kProgram.trimmed()).isEmpty()) return command;
    const QString beside = QCoreApplication::applicationDirPath() + QLatin1Char('/') + kProgram.trimmed();
    if (!QFileInfo(beside).isExecutable()) return command;
    return QString::fromStdString(control::shellWord(beside.toStdString())) + command.mid(kProgram.size() - 1);
}

void Actions::copy(const QString& command) const {
    if (QClipboard* clipboard = QGuiApplication::clipboard()) clipboard->setText(runnable(command));
}

}  // namespace raftarium::gui
