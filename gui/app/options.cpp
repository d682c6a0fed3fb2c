// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/app/options.h"

#include "gui/models/settings.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QRegularExpression>

namespace raftarium::gui {

namespace {

struct Known {
    const char* name;
    const char* text;
    const char* value;
};
constexpr Known kOptions[] = {
    {"open", QT_TRANSLATE_NOOP("Options", "Open the cluster of this name. If there is none, it is made."), "name"},
    {"nodes", QT_TRANSLATE_NOOP("Options", "Number of nodes of a new cluster, 1 to 9 (5)."), "count"},
    {"pace", QT_TRANSLATE_NOOP("Options", "Pace of a new cluster: classroom, paper or etcd."), "pace"},
    {"replay", QT_TRANSLATE_NOOP("Options", "Show a recording."), "file"},
    {"record", QT_TRANSLATE_NOOP("Options", "Record this session into a file."), "file"},
    {"theme", QT_TRANSLATE_NOOP("Options", "The theme: night or projector."), "theme"},
    {"language", QT_TRANSLATE_NOOP("Options", "The language: en or zh_CN."), "language"},
    {"size", QT_TRANSLATE_NOOP("Options", "Size of the window in pixels, such as 1600x1000."), "WxH"},
    {"scale", QT_TRANSLATE_NOOP("Options", "Size of text and controls, 0.7 to 2 (1)."), "factor"},
    {"screenshot",
     QT_TRANSLATE_NOOP("Options", "Save a picture of the window, print the state that it shows as JSON, and exit."),
     "file"},
    {"frame-stats", QT_TRANSLATE_NOOP("Options", "Measure what a frame costs, and write it to a file at the end."),
     "file"},
    {"at", QT_TRANSLATE_NOOP("Options", "When to take the picture: seconds after the cluster opened (10)."), "seconds"},
};

QString say(const char* text) { return QCoreApplication::translate("Options", text); }

base::Error wrong(const char* option, const QString& value, base::TextTemplate allowed) {
    return base::sayError(base::Errc::invalidArgument, {RAFTARIUM_TEXT("Options", "--{0} {1}: give {2}"),
                                                        {option, value.toStdString(), base::Text{allowed, {}}}});
}

base::Result<double> numberIn(const char* option, const QString& value, double least, double most,
                              base::TextTemplate allowed) {
    bool ok = false;
    const double number = value.toDouble(&ok);
    if (!ok || !(number >= least && number <= most)) return wrong(option, value, allowed);
    return number;
}

}  // namespace

base::Result<Options> parseOptions(const QStringList& arguments) {
    QCommandLineParser parser;
    parser.setApplicationDescription(say(QT_TRANSLATE_NOOP("Options", "Watch a real Raft cluster at work.")));
    const QCommandLineOption help({QStringLiteral("h"), QStringLiteral("help")},
                                  say(QT_TRANSLATE_NOOP("Options", "Print this help and exit.")));
    const QCommandLineOption version(QStringLiteral("version"),
                                     say(QT_TRANSLATE_NOOP("Options", "Print the version and exit.")));
    parser.addOption(help);
    parser.addOption(version);
    for (const Known& known : kOptions)
        parser.addOption({QLatin1String(known.name), say(known.text), QLatin1String(known.value)});

    Options options;
    if (!parser.parse(arguments)) return base::Error{base::Errc::invalidArgument, parser.errorText().toStdString()};
    if (!parser.positionalArguments().isEmpty())
        return base::sayError(base::Errc::invalidArgument,
                              {RAFTARIUM_TEXT("Options", "“{0}” is not an option; see --help"),
                               {parser.positionalArguments().first().toStdString()}});
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
        return wrong("theme", options.theme, RAFTARIUM_TEXT("Options", "night or projector"));
    options.language = parser.value(QStringLiteral("language"));
    if (!options.language.isEmpty() && !Settings::languages().contains(options.language))
        return wrong("language", options.language, RAFTARIUM_TEXT("Options", "en or zh_CN"));
    options.pace = parser.value(QStringLiteral("pace"));
    if (!options.pace.isEmpty() &&
        !QStringList{QStringLiteral("classroom"), QStringLiteral("paper"), QStringLiteral("etcd")}.contains(
            options.pace))
        return wrong("pace", options.pace, RAFTARIUM_TEXT("Options", "classroom, paper or etcd"));
    if (const QString value = parser.value(QStringLiteral("nodes")); !value.isEmpty()) {
        bool ok = false;
        options.nodes = value.toInt(&ok);
        if (!ok || options.nodes < 1 || options.nodes > 9)
            return wrong("nodes", value, RAFTARIUM_TEXT("Options", "a number from 1 to 9"));
    }
    if (const QString value = parser.value(QStringLiteral("at")); !value.isEmpty()) {
        const auto seconds = numberIn("at", value, 0, 3600, RAFTARIUM_TEXT("Options", "seconds from 0 to 3600"));
        if (!seconds.ok()) return seconds.error();
        options.atSeconds = *seconds;
    }
    if (const QString value = parser.value(QStringLiteral("scale")); !value.isEmpty()) {
        const auto scale = numberIn("scale", value, Settings::kScaleLeast, Settings::kScaleMost,
                                    RAFTARIUM_TEXT("Options", "a number from 0.7 to 2"));
        if (!scale.ok()) return scale.error();
        options.scale = *scale;
    }
    if (const QString value = parser.value(QStringLiteral("size")); !value.isEmpty()) {
        static const QRegularExpression form(QStringLiteral("^(\\d{3,4})x(\\d{3,4})$"));
        const QRegularExpressionMatch match = form.match(value);
        if (!match.hasMatch())
            return wrong("size", value, RAFTARIUM_TEXT("Options", "width x height in pixels, such as 1600x1000"));
        options.size = {match.captured(1).toInt(), match.captured(2).toInt()};
    }
    return options;
}

}  // namespace raftarium::gui
