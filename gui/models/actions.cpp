// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/models/actions.h"

#include "cluster/control/command_text.h"
#include "gui/models/byte_text.h"
#include "gui/models/say.h"

#include <QClipboard>
#include <QFileInfo>
#include <QGuiApplication>
#include <QStandardPaths>

namespace raftarium::gui {

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

void Actions::act(const QString& command, Work work) {
    if (!m_cluster) {
        emit toast(tr("This is a recording: there is no cluster to act on."), {}, true);
        return;
    }
    startOrAsk({command, [cluster = m_cluster, work = std::move(work)] { return work(*cluster); }});
}

void Actions::startOrAsk(Pending action) {
    if (!m_player.past()) {
        start(std::move(action));
        return;
    }
    m_pending = std::move(action);
    emit pastActionAsked(m_pending->command);
}

void Actions::confirmPast(bool goLive) {
    std::optional<Pending> action = std::move(m_pending);
    m_pending.reset();
    if (!goLive || !action) return;
    m_player.follow();
    start(std::move(*action));
}

void Actions::start(Pending action) {
    ++m_running;
    if (m_running == 1) emit busyChanged();
    m_workers.start([this, action = std::move(action)] {
        const base::Status status = action.work();
        QMetaObject::invokeMethod(
            this,
            [this, status, command = action.command] {
                --m_running;
                if (m_running == 0) emit busyChanged();
                emit toast(status.ok() ? QString() : gui::say(status.error()), command, !status.ok());
            },
            Qt::QueuedConnection);
    });
}

QString Actions::clusterCommand(const QStringList& words) const {
    std::vector<std::string> plain;
    for (const QString& word : words) plain.push_back(word.toStdString());
    return QString::fromStdString(control::clusterCommand(m_clusterName.toStdString(), plain));
}

QString Actions::nodeCommand(const QString& verb, const QString& name) const {
    // `raftariumctl cluster start` takes a cluster's name; to restart a node that does not run is to start it.
    return clusterCommand({verb == QLatin1String("start") ? QStringLiteral("restart") : verb, name});
}

void Actions::node(const QString& verb, const QString& name) {
    using Verb = base::Status (control::Cluster::*)(const std::string&);
    static const std::pair<const char*, Verb> verbs[] = {
        {"kill", &control::Cluster::kill},
        {"stop", &control::Cluster::stop},
        {"pause", &control::Cluster::pause},
        {"resume", &control::Cluster::resume},
        {"restart", &control::Cluster::restart},
        {"wipe", &control::Cluster::wipe},
        {"start", &control::Cluster::start},
        {"campaign", &control::Cluster::campaign},
        {"transfer", &control::Cluster::transferLeadership},
        {"promote", &control::Cluster::promote},
        {"remove", &control::Cluster::removeNode},
    };
    for (const auto& [word, method] : verbs) {
        if (verb != QLatin1String(word)) continue;
        act(nodeCommand(verb, name), [method = method, node = name.toStdString()](control::Cluster& cluster) {
            return (cluster.*method)(node);
        });
        return;
    }
    emit toast(tr("There is no action called \"%1\".").arg(verb), {}, true);
}

void Actions::addNode(bool learner) {
    QStringList words{QStringLiteral("add")};
    if (learner) words.append(QStringLiteral("--learner"));
    act(clusterCommand(words), [learner](control::Cluster& cluster) -> base::Status {
        const auto added = cluster.addNode(learner);
        if (!added.ok()) return added.error();
        return {};
    });
}

void Actions::cut(const QString& from, const QString& to, bool bothWays) {
    QStringList words{QStringLiteral("cut"), from, to};
    if (!bothWays) words.append(QStringLiteral("--one-way"));
    act(clusterCommand(words),
        [=](control::Cluster& cluster) { return cluster.cut(from.toStdString(), to.toStdString(), bothWays); });
}

void Actions::heal(const QString& from, const QString& to, bool bothWays) {
    QStringList words{QStringLiteral("heal"), from, to};
    if (!bothWays) words.append(QStringLiteral("--one-way"));
    act(clusterCommand(words),
        [=](control::Cluster& cluster) { return cluster.heal(from.toStdString(), to.toStdString(), bothWays); });
}

void Actions::healAll() {
    act(clusterCommand({QStringLiteral("heal")}), [](control::Cluster& cluster) { return cluster.healAll(); });
}

void Actions::partition(const QVariantList& groups) {
    std::vector<std::vector<std::string>> named;
    QStringList words{QStringLiteral("partition")};
    for (const QVariant& group : groups) {
        const QStringList names = group.toStringList();
        if (names.isEmpty()) continue;
        std::vector<std::string> one;
        for (const QString& name : names) one.push_back(name.toStdString());
        named.push_back(std::move(one));
        words.append(names.join(QLatin1Char(',')));
    }
    act(clusterCommand(words), [named](control::Cluster& cluster) { return cluster.partition(named); });
}

void Actions::isolate(const QString& name) {
    QStringList others = m_roster.names();
    others.removeAll(name);
    partition({QVariant(QStringList{name}), QVariant(others)});
}

void Actions::delay(const QString& from, const QString& to, int ms) {
    act(clusterCommand({QStringLiteral("delay"), from, to, QStringLiteral("%1ms").arg(ms)}),
        [=](control::Cluster& cluster) { return cluster.delay(from.toStdString(), to.toStdString(), ms, 0); });
}

void Actions::drop(const QString& from, const QString& to, qreal share) {
    act(clusterCommand({QStringLiteral("drop"), from, to, QStringLiteral("%1%").arg(share * 100)}),
        [=](control::Cluster& cluster) { return cluster.drop(from.toStdString(), to.toStdString(), share); });
}

void Actions::setPace(int preset) {
    const auto pace = static_cast<control::PacePreset>(preset);
    static const char* const names[] = {"classroom", "paper", "etcd"};
    if (preset < 0 || preset > 2) return;
    act(clusterCommand({QStringLiteral("pace"), QLatin1String(names[preset])}),
        [pace](control::Cluster& cluster) { return cluster.setPace(control::paceOf(pace)); });
}

void Actions::setProtocol(bool preVote, bool checkQuorum) {
    const auto word = [](bool on) { return on ? QStringLiteral("on") : QStringLiteral("off"); };
    act(clusterCommand({QStringLiteral("protocol"), QStringLiteral("--pre-vote"), word(preVote),
                        QStringLiteral("--check-quorum"), word(checkQuorum)}),
        [=](control::Cluster& cluster) { return cluster.setProtocol(preVote, checkQuorum); });
}

void Actions::put(const QString& key, const QString& value) {
    const auto keyBytes = bytesOfTyped(key), valueBytes = bytesOfTyped(value);
    if (!keyBytes || !valueBytes) {
        emit toast(unreadableText(keyBytes ? value : key), {}, true);
        return;
    }
    const auto client = m_api.caller(ClusterApi::Call::write);
    if (!client) {
        emit toast(tr("There is no running cluster to write to."), {}, true);
        return;
    }
    const std::string endpoint = m_api.endpoints().front().toStdString();
    startOrAsk({QString::fromStdString(control::etcdctlPut({endpoint}, *keyBytes, *valueBytes)),
                [client, k = *keyBytes, v = *valueBytes]() -> base::Status {
                    const auto result = client().put(k, v);
                    return result.ok() ? base::Status() : result.error();
                }});
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
