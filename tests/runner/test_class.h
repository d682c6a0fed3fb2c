// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A test program holds all test classes of its folder. Each source names its class once, in place of Qt's QTEST_MAIN:
//     RAFTARIUM_TEST_CLASS(TestWal)
//     #include "test_wal.moc"
// `PROGRAM TestWal [Qt Test's arguments]` runs one class, as CTest does; without a class it runs all of them.
#pragma once

#include <QObject>

#include <functional>
#include <memory>

namespace raftarium::test {

using MakeTest = std::function<std::unique_ptr<QObject>()>;

// Called before main, by the macro only.
bool registerTestClass(const char* name, MakeTest make);
// The exit status: 0 if everything passed, else the number of failed test functions; 2 for an unknown class.
int runTestClasses(int argc, char** argv);

}  // namespace raftarium::test

#define RAFTARIUM_TEST_CLASS(Class)                                                     \
    namespace {                                                                         \
    [[maybe_unused]] const bool registered##Class = raftarium::test::registerTestClass( \
        #Class, [] { return std::unique_ptr<QObject>(std::make_unique<Class>()); });    \
    }
