// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/app/desk.h"

#include <QFile>

namespace raftarium::gui {

QVariantList Desk::panels() const {
    const std::pair<const char*, QString> known[] = {
        {"NodePanel", tr("Node")}, {"KeysPanel", tr("Keys")}, {"WatchesPanel", tr("Watches")}, {"WalPanel", tr("WAL")}};
    QVariantList panels;
    for (const auto& [file, name] : known) {
        const QString path = QStringLiteral("/qt/qml/Raftarium/Panels/%1.qml").arg(QLatin1String(file));
        if (!QFile::exists(QLatin1Char(':') + path)) continue;
        panels.append(QVariantMap{{QStringLiteral("name"), name},
                                  {QStringLiteral("url"), QStringLiteral("qrc") + QLatin1Char(':') + path}});
    }
    return panels;
}

}  // namespace raftarium::gui
