// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/clock.h"
#include "cluster/observe/trace_file.h"
#include "gui/app/options.h"
#include "gui/app/window.h"
#include "gui/theme/theme.h"

#include <QFileInfo>
#include <QGuiApplication>
#include <QTimer>

#include <cstdio>

using namespace raftarium;

namespace {

int complain(const base::Error& error) {
    std::fprintf(stderr, "raftarium: %s\n", error.text.c_str());
    return 2;
}

void replay(gui::Session& session, const QString& file) {
    auto trace = observe::readTrace(file.toStdString());
    if (!trace.ok()) {
        session.fail(QString::fromStdString(trace.error().text));
        return;
    }
    session.startReplay(QFileInfo(file).completeBaseName(), std::move(trace->events));
}

}  // namespace

int main(int argc, char** argv) {
    gui::chooseRenderer();
    QGuiApplication app(argc, argv);
    QGuiApplication::setApplicationName(QStringLiteral("raftarium"));
    QGuiApplication::setApplicationDisplayName(QStringLiteral("Raftarium"));
    QGuiApplication::setApplicationVersion(QStringLiteral(RAFTARIUM_VERSION));
    const auto options = gui::parseOptions(QGuiApplication::arguments());
    if (!options.ok()) return complain(options.error());
    if (!options->textAndExit.isEmpty()) {
        std::fputs(qPrintable(options->textAndExit), stdout);
        return 0;
    }
    if (options->theme == QLatin1String("projector")) gui::Theme::instance()->setName(gui::Theme::Projector);
    if (options->scale > 0) gui::Theme::instance()->setScale(options->scale);

    const base::SystemClock clock;
    gui::Session session([&clock] { return clock.monotonicNow(); });
    gui::Desk desk;
    const gui::MainWindow window(&session, &desk, options->size);
    if (!window.window()) return 1;
    if (!options->replay.isEmpty()) replay(session, options->replay);

    if (!options->screenshot.isEmpty()) {
        QTimer::singleShot(static_cast<int>(options->atSeconds * 1000), &app, [&] {
            const base::Status saved = window.save(options->screenshot);
            std::printf("%s\n", session.stateJson().constData());
            std::exit(saved.ok() ? 0 : complain(saved.error()));
        });
    }
    return QGuiApplication::exec();
}
