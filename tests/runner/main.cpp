// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The main of test programs that show nothing.
#include "tests/runner/test_class.h"

#include <QCoreApplication>

int main(int argc, char** argv) {
    QCoreApplication app(argc, argv);
    return raftarium::test::runTestClasses(argc, argv);
}
