// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/app/options.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QRegularExpression>

namespace raftarium::gui {

namespace {

base::Error wrong(const QString& option, const QString& value, const QString& allowed) {
    return {base::Errc::invalidArgument, QStringLiteral("--%1 %2: give %3").arg(option, value, allowed).toStdString()};
}

}  // namespace

base::Result<Options> parseOptions(const QStringList& arguments) {
    QCommandLineParser parser;
    parser.setApplicationDescription(QCoreApplication::translate("Options", "Watch a real Raft cluster at work."));
    const auto add = [&parser](const char* name, const char* text, const char* value) {
        parser.addOption({QLatin1String(name), QCoreApplication::translate("Options", text), QLatin1String(value)});
    };
    const QCommandLineOption help({QStringLiteral("h"), QStringLiteral("help")}, QStringLiteral("Say this and exit."));
    const QCommandLineOption version(QStringLiteral("version"), QStringLiteral("Say the version and exit."));
    parser.addOption(help);
    parser.addOption(version);
    add("open", "Open the cluster of this name (made if there is none).", "name");
    add("nodes", "Nodes of a new cluster, 1 to 9 (5).", "count");
    add("pace", "Pace of a new cluster: classroom, paper or etcd.", "pace");
    add("replay", "Show a recording.", "file");
    add("record", "Write a recording of this session.", "file");
    add("theme", "night or projector.", "theme");
    add("size", "Size of the window, such as 1600x1000.", "WxH");
    add("scale", "Size of text and controls, 0.7 to 2.", "factor");
    add("screenshot", "Save a picture of the window, print its state as JSON, and exit.", "file");
    add("frame-stats", "Measure what a frame costs, and write it to a file at the end.", "file");
    add("at", "When to take it: seconds after the cluster opened (10).", "seconds");

    Options options;
    if (!parser.parse(arguments)) return base::Error{base::Errc::invalidArgument, parser.errorText().toStdString()};
    if (!parser.positionalArguments().isEmpty())
        return base::Error{base::Errc::invalidArgument, QStringLiteral("\"%1\" is not an option; see --help")
                                                            .arg(parser.positionalArguments().first())
                                                            .toStdString()};
    if (parser.isSet(help)) options.textAndExit = parser.helpText();
    if (parser.isSet(version))
        options.textAndExit = QCoreApplication::applicationName() + QLatin1Char(' ') +
                              QCoreApplication::applicationVersion() + QLatin1Char('\n');
    options.open = parser.value(QStringLiteral("open"));
    options.replay = parser.value(QStringLiteral("replay"));
    options.record = parser.value(QStringLiteral("record"));
    options.screenshot = parser.value(QStringLiteral("screenshot"));
    options.frameStats = parser.value(QStringLiteral("frame-stats"));

    options.theme = parser.value(QStringLiteral("theme"));
    if (!options.theme.isEmpty() && options.theme != QLatin1String("night") &&
        options.theme != QLatin1String("projector"))
        return wrong(QStringLiteral("theme"), options.theme, QStringLiteral("night or projector"));
    options.pace = parser.value(QStringLiteral("pace"));
    if (!options.pace.isEmpty() &&
        !QStringList{QStringLiteral("classroom"), QStringLiteral("paper"), QStringLiteral("etcd")}.contains(
            options.pace))
        return wrong(QStringLiteral("pace"), options.pace, QStringLiteral("classroom, paper or etcd"));
    if (const QString value = parser.value(QStringLiteral("nodes")); !value.isEmpty()) {
        bool ok = false;
        options.nodes = value.toInt(&ok);
        if (!ok || options.nodes < 1 || options.nodes > 9)
            return wrong(QStringLiteral("nodes"), value, QStringLiteral("a number from 1 to 9"));
    }
    if (const QString value = parser.value(QStringLiteral("at")); !value.isEmpty()) {
        bool ok = false;
        options.atSeconds = value.toDouble(&ok);
        if (!ok || options.atSeconds < 0 || options.atSeconds > 3600)
            return wrong(QStringLiteral("at"), value, QStringLiteral("seconds from 0 to 3600"));
    }
    if (const QString value = parser.value(QStringLiteral("scale")); !value.isEmpty()) {
        bool ok = false;
        options.scale = value.toDouble(&ok);
        if (!ok || options.scale < 0.7 || options.scale > 2)
            return wrong(QStringLiteral("scale"), value, QStringLiteral("a number from 0.7 to 2"));
    }
    if (const QString value = parser.value(QStringLiteral("size")); !value.isEmpty()) {
        static const QRegularExpression form(QStringLiteral("^(\\d{3,4})x(\\d{3,4})$"));
        const QRegularExpressionMatch match = form.match(value);
        if (!match.hasMatch())
            return wrong(QStringLiteral("size"), value, QStringLiteral("width x height in pixels, such as 1600x1000"));
        options.size = {match.captured(1).toInt(), match.captured(2).toInt()};
    }
    return options;
}

}  // namespace raftarium::gui
