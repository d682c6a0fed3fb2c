// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/runner/test_class.h"

#include <QTest>

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

namespace raftarium::test {

namespace {

// By name; made at first use, since classes register themselves before main.
std::map<std::string, MakeTest>& testClasses() {
    static std::map<std::string, MakeTest> classes;
    return classes;
}

void printClasses(std::FILE* to) {
    for (const auto& [name, make] : testClasses()) std::fprintf(to, "  %s\n", name.c_str());
}

}  // namespace

bool registerTestClass(const char* name, MakeTest make) { return testClasses().emplace(name, std::move(make)).second; }

int runTestClasses(int argc, char** argv) {
    std::vector<char*> arguments(argv, argv + argc);
    const std::string chosen = argc > 1 && argv[1][0] != '-' ? argv[1] : "";
    if (chosen.empty()) {
        int failed = 0;
        for (const auto& [name, make] : testClasses()) failed += QTest::qExec(make().get(), argc, arguments.data());
        return std::min(failed, 127);
    }
    const auto found = testClasses().find(chosen);
    if (found == testClasses().end()) {
        std::fprintf(stderr, "%s has no test class %s. It has:\n", argv[0], chosen.c_str());
        printClasses(stderr);
        return 2;
    }
    arguments.erase(arguments.begin() + 1);
    return QTest::qExec(found->second().get(), argc - 1, arguments.data());
}

}  // namespace raftarium::test
