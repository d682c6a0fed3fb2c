// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Nothing of the machine it runs on: no display, the plain renderer.
#include "gui/app/window.h"
#include "tests/runner/test_class.h"

#include <QGuiApplication>

int main(int argc, char** argv) {
    qunsetenv("DISPLAY");
    qunsetenv("WAYLAND_DISPLAY");
    qputenv("QT_QPA_PLATFORM", "offscreen");
    raftarium::gui::chooseRenderer();
    QGuiApplication app(argc, argv);
    return raftarium::test::runTestClasses(argc, argv);
}
