// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The main window on a model cluster, for looking at and for timing the drawing:
//   show_synthetic [--nodes N] [--puts PER_SECOND] [--classroom] [--at SECONDS] [--pause] + the options of raftarium
// Saves a picture with --screenshot, then says the state and what a frame cost (FrameStats).
#include "gui/app/frame_stats.h"
#include "gui/app/options.h"
#include "gui/app/window.h"
#include "gui/models/state_json.h"
#include "gui/theme/theme.h"
#include "tests/observe/synthetic_cluster.h"

#include <QElapsedTimer>
#include <QGuiApplication>
#include <QTimer>

#include <chrono>
#include <cstdio>
#include <iterator>
#include <optional>
#include <thread>

using namespace raftarium;

namespace {
constexpr double kLookS = 8, kPauseS = 1.5;  // shown before the picture; after --pause
}

int main(int argc, char** argv) {
    gui::chooseRenderer();
    QGuiApplication app(argc, argv);
    QStringList arguments = QGuiApplication::arguments();
    if (arguments.contains(QStringLiteral("--help"))) {
        std::puts(
            "show_synthetic [--nodes N] [--puts PER_SECOND] [--classroom] [--at SECONDS] [--pause] + the options of "
            "raftarium");
        return 0;
    }
    const auto takeFlag = [&](const QString& name) { return arguments.removeAll(name) > 0; };
    const auto takeValue = [&](const QString& name, double fallback) {
        const auto at = arguments.indexOf(name);
        if (at < 0 || at + 1 >= arguments.size()) return fallback;
        const double value = arguments[at + 1].toDouble();
        arguments.remove(at, 2);
        return value;
    };
    testing::SyntheticOptions model;
    model.putsPerSecond = takeValue(QStringLiteral("--puts"), 1);
    model.durationNs = 60'000'000'000;
    if (takeFlag(QStringLiteral("--classroom"))) {
        model.heartbeatNs = 1'000'000'000;
        model.electionNs = 3'000'000'000;
        model.linkNs = 600'000'000;
        model.killLeaderNs = 12'000'000'000;
        model.restartNs = 40'000'000'000;
        model.partitionNs = 22'000'000'000;
        model.healNs = 36'000'000'000;
    }
    const bool pause = takeFlag(QStringLiteral("--pause"));
    const auto options = gui::parseOptions(arguments);
    if (!options.ok()) {
        std::fprintf(stderr, "%s\n", options.error().text.c_str());
        return 2;
    }
    model.nodes = options->nodes;
    if (options->theme == QLatin1String("projector")) gui::Theme::instance()->setName(gui::Theme::Projector);
    if (options->scale > 0) gui::Theme::instance()->setScale(options->scale);

    const double startS = options->screenshot.isEmpty() ? 0 : std::max(0.0, options->atSeconds - kLookS);
    if (!options->screenshot.isEmpty())
        model.durationNs = static_cast<observe::TimeNs>((startS + kLookS + kPauseS + 1) * 1e9);
    std::vector<observe::Event> events = testing::synthesize(model);
    QElapsedTimer wall;
    wall.start();
    // The model runs ahead of the clock until some seconds before the picture.
    const auto now = [&] { return model.startNs + static_cast<observe::TimeNs>(startS * 1e9) + wall.nsecsElapsed(); };
    gui::Session session(now);
    gui::ClusterOpener opener;
    session.startLive(QStringLiteral("model"), nullptr);
    auto given = events.begin();
    const auto give = [&] {
        const auto first = given;
        while (given != events.end() && given->atNs <= now() - 2'000'000) ++given;
        session.post({std::make_move_iterator(first), std::make_move_iterator(given)});
    };
    give();
    const gui::MainWindow window(&session, &opener, options->size);
    if (!window.window()) return 1;
    // As in the app, events come from another thread.
    std::jthread giver([&give](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            give();
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    });
    std::optional<gui::FrameStats> stats;
    // The first frames load what all others use, and take in what the model ran ahead.
    QTimer::singleShot(2000, &app, [&] { stats.emplace(window.window()); });
    if (!options->screenshot.isEmpty()) {
        QTimer::singleShot(static_cast<int>(kLookS * 1000), &app, [&] {
            if (pause) session.player()->pause();
            QTimer::singleShot(pause ? static_cast<int>(kPauseS * 1000) : 50, &app, [&] {
                const base::Status saved = window.save(options->screenshot);
                if (stats) std::fprintf(stderr, "%s\n", stats->toJson().constData());
                std::printf("%s\n", gui::stateJson(session).constData());
                std::fflush(stdout);
                std::_Exit(saved.ok() ? 0 : 1);
            });
        });
    }
    return QGuiApplication::exec();
}
