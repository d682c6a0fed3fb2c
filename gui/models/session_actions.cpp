// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The road back: what a person does to the cluster, each with the raftariumctl line that does the same.
#include "gui/models/session.h"

#include <QClipboard>
#include <QGuiApplication>

namespace raftarium::gui {

void Session::act(const QString& command, Work work) {
    if (!m_cluster) {
        emit toast(tr("This is a recording: there is no cluster to act on."), command, true);
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
        act(QStringLiteral("raftariumctl cluster %1 %2").arg(verb, name),
            [method = method, node = name.toStdString()](control::Cluster& cluster) {
                return (cluster.*method)(node);
            });
        return;
    }
    emit toast(tr("There is no action called \"%1\".").arg(verb), {}, true);
}

void Session::addNode(bool learner) {
    act(QStringLiteral("raftariumctl cluster add%1").arg(learner ? QStringLiteral(" --learner") : QString()),
        [learner](control::Cluster& cluster) -> base::Status {
            const auto added = cluster.addNode(learner);
            if (!added.ok()) return added.error();
            return {};
        });
}

void Session::cut(const QString& from, const QString& to, bool bothWays) {
    act(QStringLiteral("raftariumctl cluster cut %1 %2%3")
            .arg(from, to, bothWays ? QString() : QStringLiteral(" --one-way")),
        [=](control::Cluster& cluster) { return cluster.cut(from.toStdString(), to.toStdString(), bothWays); });
}

void Session::heal(const QString& from, const QString& to, bool bothWays) {
    act(QStringLiteral("raftariumctl cluster heal %1 %2%3")
            .arg(from, to, bothWays ? QString() : QStringLiteral(" --one-way")),
        [=](control::Cluster& cluster) { return cluster.heal(from.toStdString(), to.toStdString(), bothWays); });
}

void Session::healAll() {
    act(QStringLiteral("raftariumctl cluster heal"), [](control::Cluster& cluster) { return cluster.healAll(); });
}

void Session::partition(const QVariantList& groups) {
    std::vector<std::vector<std::string>> named;
    QStringList words;
    for (const QVariant& group : groups) {
        const QStringList names = group.toStringList();
        std::vector<std::string> one;
        for (const QString& name : names) one.push_back(name.toStdString());
        named.push_back(std::move(one));
        words.append(names.join(QLatin1Char(',')));
    }
    act(QStringLiteral("raftariumctl cluster partition %1").arg(words.join(QLatin1Char(' '))),
        [named](control::Cluster& cluster) { return cluster.partition(named); });
}

void Session::isolate(const QString& name) {
    QStringList others = nodeNames();
    others.removeAll(name);
    partition({QVariant(QStringList{name}), QVariant(others)});
}

void Session::delay(const QString& from, const QString& to, int ms) {
    act(QStringLiteral("raftariumctl cluster delay '%1' '%2' %3ms").arg(from, to).arg(ms),
        [=](control::Cluster& cluster) { return cluster.delay(from.toStdString(), to.toStdString(), ms, 0); });
}

void Session::drop(const QString& from, const QString& to, qreal share) {
    act(QStringLiteral("raftariumctl cluster drop '%1' '%2' %3%").arg(from, to).arg(share * 100),
        [=](control::Cluster& cluster) { return cluster.drop(from.toStdString(), to.toStdString(), share); });
}

void Session::setPace(int preset) {
    const auto pace = static_cast<control::PacePreset>(preset);
    static const char* const names[] = {"classroom", "paper", "etcd"};
    if (preset < 0 || preset > 2) return;
    act(QStringLiteral("raftariumctl cluster pace %1").arg(QLatin1String(names[preset])),
        [pace](control::Cluster& cluster) { return cluster.setPace(control::paceOf(pace)); });
}

void Session::setProtocol(bool preVote, bool checkQuorum) {
    const auto word = [](bool on) { return on ? QStringLiteral("on") : QStringLiteral("off"); };
    act(QStringLiteral("raftariumctl cluster protocol --pre-vote %1 --check-quorum %2")
            .arg(word(preVote), word(checkQuorum)),
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
    const QString command =
        QStringLiteral("etcdctl --endpoints %1 put '%2' '%3'")
            .arg(QString::fromStdString(endpoints.front()).remove(QStringLiteral("http://")), key, value);
    startOrAsk({command, [put = m_put, endpoints, k = key.toStdString(), v = value.toStdString()] {
                    return put(endpoints, k, v);
                }});
}

void Session::copy(const QString& text) const {
    if (QClipboard* clipboard = QGuiApplication::clipboard()) clipboard->setText(text);
}

}  // namespace raftarium::gui
