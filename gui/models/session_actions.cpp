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

void Session::act(const QString& command, Work work) {
    if (!m_cluster) {
        emit toast(tr("This is a recording: there is no cluster to act on."), {}, true);
        return;
    }
    startOrAsk({command, [cluster = m_cluster, work = std::move(work)] { return work(*cluster); }});
}

void Session::startOrAsk(Action action) {
    if (!past()) {
        start(std::move(action));
        return;
    }
    m_pending = std::move(action);
    emit pastActionAsked(m_pending->command);
}

void Session::confirmPast(bool goLive) {
    std::optional<Action> action = std::move(m_pending);
    m_pending.reset();
    if (!goLive || !action) return;
    follow();
    start(std::move(*action));
}

void Session::start(Action action) {
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

QString Session::clusterCommand(const QStringList& words) const {
    std::vector<std::string> plain;
    for (const QString& word : words) plain.push_back(word.toStdString());
    return QString::fromStdString(control::clusterCommand(m_clusterName.toStdString(), plain));
}

QString Session::nodeCommand(const QString& verb, const QString& name) const {
    // `raftariumctl cluster start` takes a cluster's name; to restart a node that does not run is to start it.
    return clusterCommand({verb == QLatin1String("start") ? QStringLiteral("restart") : verb, name});
}

void Session::node(const QString& verb, const QString& name) {
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

void Session::addNode(bool learner) {
    QStringList words{QStringLiteral("add")};
    if (learner) words.append(QStringLiteral("--learner"));
    act(clusterCommand(words), [learner](control::Cluster& cluster) -> base::Status {
        const auto added = cluster.addNode(learner);
        if (!added.ok()) return added.error();
        return {};
    });
}

void Session::cut(const QString& from, const QString& to, bool bothWays) {
    QStringList words{QStringLiteral("cut"), from, to};
    if (!bothWays) words.append(QStringLiteral("--one-way"));
    act(clusterCommand(words),
        [=](control::Cluster& cluster) { return cluster.cut(from.toStdString(), to.toStdString(), bothWays); });
}

void Session::heal(const QString& from, const QString& to, bool bothWays) {
    QStringList words{QStringLiteral("heal"), from, to};
    if (!bothWays) words.append(QStringLiteral("--one-way"));
    act(clusterCommand(words),
        [=](control::Cluster& cluster) { return cluster.heal(from.toStdString(), to.toStdString(), bothWays); });
}

void Session::healAll() {
    act(clusterCommand({QStringLiteral("heal")}), [](control::Cluster& cluster) { return cluster.healAll(); });
}

void Session::partition(const QVariantList& groups) {
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

void Session::isolate(const QString& name) {
    QStringList others = nodeNames();
    others.removeAll(name);
    partition({QVariant(QStringList{name}), QVariant(others)});
}

void Session::delay(const QString& from, const QString& to, int ms) {
    act(clusterCommand({QStringLiteral("delay"), from, to, QStringLiteral("%1ms").arg(ms)}),
        [=](control::Cluster& cluster) { return cluster.delay(from.toStdString(), to.toStdString(), ms, 0); });
}

void Session::drop(const QString& from, const QString& to, qreal share) {
    act(clusterCommand({QStringLiteral("drop"), from, to, QStringLiteral("%1%").arg(share * 100)}),
        [=](control::Cluster& cluster) { return cluster.drop(from.toStdString(), to.toStdString(), share); });
}

void Session::setPace(int preset) {
    const auto pace = static_cast<control::PacePreset>(preset);
    static const char* const names[] = {"classroom", "paper", "etcd"};
    if (preset < 0 || preset > 2) return;
    act(clusterCommand({QStringLiteral("pace"), QLatin1String(names[preset])}),
        [pace](control::Cluster& cluster) { return cluster.setPace(control::paceOf(pace)); });
}

void Session::setProtocol(bool preVote, bool checkQuorum) {
    const auto word = [](bool on) { return on ? QStringLiteral("on") : QStringLiteral("off"); };
    act(clusterCommand({QStringLiteral("protocol"), QStringLiteral("--pre-vote"), word(preVote),
                        QStringLiteral("--check-quorum"), word(checkQuorum)}),
        [=](control::Cluster& cluster) { return cluster.setProtocol(preVote, checkQuorum); });
}

void Session::put(const QString& key, const QString& value) {
    std::vector<std::string> endpoints;
    for (const Endpoint& endpoint : m_endpoints) {
        const auto state = m_view->nodes.find(endpoint.id);
        const bool first = state != m_view->nodes.end() && state->second.role == observe::Role::leader;
        endpoints.insert(first ? endpoints.begin() : endpoints.end(), endpoint.clientUrl.toStdString());
    }
    if (!m_put || endpoints.empty()) {
        emit toast(tr("There is no running cluster to write to."), {}, true);
        return;
    }
    const auto keyBytes = bytesOfTyped(key), valueBytes = bytesOfTyped(value);
    if (!keyBytes || !valueBytes) {
        emit toast(unreadableText(keyBytes ? value : key), {}, true);
        return;
    }
    const std::string first = QString::fromStdString(endpoints.front()).remove(QStringLiteral("http://")).toStdString();
    startOrAsk({QString::fromStdString(control::etcdctlPut({first}, *keyBytes, *valueBytes)),
                [put = m_put, endpoints, k = *keyBytes, v = *valueBytes] { return put(endpoints, k, v); }});
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
