// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/models/state_json.h"

#include "gui/models/role_text.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace raftarium::gui {

QByteArray stateJson(const Session& session) {
    QJsonArray nodes;
    for (const Roster::Node& ref : session.roster()->nodes()) {
        QJsonObject node{{QStringLiteral("name"), ref.name}};
        if (const observe::NodeState* found = session.view().node(ref.id)) {
            const observe::NodeState& state = *found;
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
    return QJsonDocument(QJsonObject{{QStringLiteral("cluster"), session.clusterName()},
                                     {QStringLiteral("phase"), QLatin1String(phases[session.phase()])},
                                     {QStringLiteral("mode"), QLatin1String(modes[session.player()->mode()])},
                                     {QStringLiteral("term"), static_cast<qint64>(session.summary()->term())},
                                     {QStringLiteral("leader"), session.summary()->leaderName()},
                                     {QStringLiteral("commit"), static_cast<qint64>(session.summary()->commitIndex())},
                                     {QStringLiteral("revision"), static_cast<qint64>(session.summary()->revision())},
                                     {QStringLiteral("events"), static_cast<qint64>(session.history().size())},
                                     {QStringLiteral("caption"), session.feed()->caption()},
                                     {QStringLiteral("error"),
                                      session.phase() == Session::Failed ? session.phaseText() : QString()},
                                     {QStringLiteral("nodes"), nodes}})
        .toJson(QJsonDocument::Compact);
}

}  // namespace raftarium::gui
