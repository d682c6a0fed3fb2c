// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/clock.h"
#include "cluster/observe/trace/trace_file.h"
#include "gui/app/cluster_link.h"
#include "gui/app/frame_stats.h"
#include "gui/app/options.h"
#include "gui/app/quit_signals.h"
#include "gui/app/window.h"
#include "gui/models/language.h"
#include "gui/models/say.h"
#include "gui/models/settings.h"
#include "gui/models/state_json.h"
#include "gui/theme/theme.h"

#include <QFileInfo>
#include <QGuiApplication>
#include <QQuickWindow>
#include <QSettings>
#include <QTimer>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <string_view>

using namespace raftarium;

namespace {

int complain(const base::Error& error) {
    std::fprintf(stderr, "raftarium: %s\n", qPrintable(gui::say(error)));
    return 2;
}

// No display is named anywhere, so no window can be shown.
bool displayIsMissing(int argc, char** argv) {
    for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}) {
        if (!qEnvironmentVariableIsEmpty(name)) return false;
    }
    return std::none_of(argv, argv + argc, [](const char* word) { return std::string_view(word) == "-platform"; });
}

base::Status replay(gui::Session& session, const QString& file) {
    auto trace = observe::readTrace(file.toStdString());
    if (!trace.ok()) return trace.error();
    session.startReplay(QFileInfo(file).completeBaseName(), std::move(trace->events));
    return {};
}

gui::OpenRequest requestFrom(const gui::Options& options, const gui::Settings& settings) {
    gui::OpenRequest request;
    request.name = (options.open.isEmpty() ? settings.cluster() : options.open).toStdString();
    request.create.nodes = options.nodes;
    if (options.pace == QLatin1String("paper")) request.create.pace = control::PacePreset::paper;
    if (options.pace == QLatin1String("etcd")) request.create.pace = control::PacePreset::etcd;
    request.recordFile = options.record;
    return request;
}

// The theme as the command line or the settings have it; the settings follow what is changed by hand.
void joinTheme(const gui::Options& options, gui::Settings& settings) {
    gui::Theme* theme = gui::Theme::instance();
    const bool projector = options.theme.isEmpty() ? settings.look() == gui::Settings::Projector
                                                   : options.theme == QLatin1String("projector");
    theme->setName(projector ? gui::Theme::Projector : gui::Theme::Night);
    theme->setScale(options.scale > 0 ? options.scale : settings.scale());
    if (settings.reducedMotion()) theme->setReducedMotion(true);
    QObject::connect(theme, &gui::Theme::changed, &settings, [&settings, theme] {
        settings.setLook(theme->dark() ? gui::Settings::Night : gui::Settings::Projector);
        settings.setScale(theme->scale());
        // The software renderer reduces motion by itself; that is not a choice to remember.
        if (QQuickWindow::graphicsApi() != QSGRendererInterface::Software)
            settings.setReducedMotion(theme->reducedMotion());
    });
}

}  // namespace

int main(int argc, char** argv) {
    gui::chooseRenderer();
    // Without a display Qt ends the process with its own error. Pictures and help need none.
    const bool noDisplay = displayIsMissing(argc, argv);
    if (noDisplay) qputenv("QT_QPA_PLATFORM", "offscreen");
    QGuiApplication app(argc, argv);
    QGuiApplication::setOrganizationName(QStringLiteral("raftarium"));
    QGuiApplication::setApplicationName(QStringLiteral("raftarium"));
    QGuiApplication::setApplicationDisplayName(QStringLiteral("Raftarium"));
    QGuiApplication::setApplicationVersion(QStringLiteral(RAFTARIUM_VERSION));
    gui::Language language;
    language.use({});
    const auto options = gui::parseOptions(QGuiApplication::arguments());
    if (!options.ok()) return complain(options.error());
    if (!options->textAndExit.isEmpty()) {
        std::fputs(qPrintable(options->textAndExit), stdout);
        return 0;
    }
    if (noDisplay && options->screenshot.isEmpty()) {
        std::fprintf(
            stderr, "raftarium: %s\n",
            qPrintable(QCoreApplication::translate(
                "Main", "There is no display here. Run a cluster without one: raftariumctl cluster start demo")));
        return 1;
    }
    const gui::QuitSignals quitSignals;
    // A picture shows what the command line says, and changes no setting.
    gui::Settings settings(options->screenshot.isEmpty() ? std::make_unique<QSettings>() : nullptr);
    language.use(options->language.isEmpty() ? settings.language() : options->language);
    QObject::connect(&settings, &gui::Settings::languageChanged, &settings,
                     [&language, &settings] { language.use(settings.language()); });
    joinTheme(*options, settings);

    const base::SystemClock clock;
    gui::Session session([&clock] { return clock.monotonicNow(); }, &settings);
    gui::ClusterOpener opener;
    gui::ClusterLink link(&session);
    const gui::MainWindow window(&session, &opener, options->size);
    if (!window.window()) return 1;
    std::optional<gui::FrameStats> stats;
    if (!options->frameStats.isEmpty()) stats.emplace(window.window());

    QObject::connect(&opener, &gui::ClusterOpener::againAsked, &link, [&link] { link.open(link.request()); });
    QObject::connect(&opener, &gui::ClusterOpener::newAsked, &link, [&](int nodes) {
        const auto name = gui::freeClusterName();
        if (!name.ok()) {
            session.fail(gui::say(name.error()));
            return;
        }
        gui::OpenRequest request = link.request();
        request.name = *name;
        request.create.nodes = nodes;
        link.open(request);
    });
    QObject::connect(&link, &gui::ClusterLink::opened, &app, [&] { settings.setCluster(session.clusterName()); });

    bool pictureDone = options->screenshot.isEmpty();
    if (!options->screenshot.isEmpty()) {
        const auto finish = [&](int code) {
            pictureDone = true;
            std::printf("%s\n", gui::stateJson(session).constData());
            std::fflush(stdout);
            QCoreApplication::exit(code);
        };
        const auto shoot = [&app, &window, &options, finish] {
            QTimer::singleShot(static_cast<int>(options->atSeconds * 1000), &app, [&window, &options, finish] {
                const base::Status saved = window.save(options->screenshot);
                finish(saved.ok() ? 0 : complain(saved.error()));
            });
        };
        QObject::connect(&link, &gui::ClusterLink::opened, &app, shoot);
        QObject::connect(&link, &gui::ClusterLink::failed, &app, [finish](const QString& text) {
            finish(complain({base::Errc::internal, text.toStdString()}));
        });
        if (!options->replay.isEmpty()) shoot();
    }
    if (options->replay.isEmpty()) {
        link.open(requestFrom(*options, settings));
    } else if (const base::Status shown = replay(session, options->replay); !shown.ok()) {
        if (!options->screenshot.isEmpty()) return complain(shown.error());  // nothing to make a picture of
        session.fail(gui::say(shown.error()));
    }
    const int code = QGuiApplication::exec();
    link.close();
    if (stats) {
        window.window()->hide();  // the render thread is done with it then
        if (const base::Status written = stats->write(options->frameStats); !written.ok())
            return complain(written.error());
    }
    if (!pictureDone)
        return complain(base::sayError(base::Errc::internal,
                                       {RAFTARIUM_TEXT("Main", "The app ended before the picture was taken."), {}}));
    return code;
}
