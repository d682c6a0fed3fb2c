// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Runs the tst_*.qml of this folder, without a display and with the plain renderer.
#include "gui/app/window.h"
#include "tests/gui/quick/bench.h"

#include <QGuiApplication>
#include <QQmlContext>
#include <QQmlEngine>
#include <QtQuickTest/quicktest.h>

namespace {

class Setup : public QObject {
    Q_OBJECT

public slots:
    void applicationAvailable() { raftarium::gui::chooseRenderer(); }
    void qmlEngineAvailable(QQmlEngine* engine) {
        engine->addImportPath(QStringLiteral("qrc:/qt/qml"));
        auto* bench = new raftarium::testing::Bench;
        bench->setParent(engine);
        engine->rootContext()->setContextProperty(QStringLiteral("bench"), bench);
    }
};

}  // namespace

int main(int argc, char** argv) {
    qunsetenv("DISPLAY");
    qunsetenv("WAYLAND_DISPLAY");
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QTEST_SET_MAIN_SOURCE_PATH
    Setup setup;
    return quick_test_main_with_setup(argc, argv, "quick", QUICK_TEST_SOURCE_DIR, &setup);
}
#include "main.moc"
