// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// mutant_run MUTANT transcripts DIRECTORY... | scenarios all | core SEEDS | cluster SEEDS: runs one kind of check on a
// core with the seeded bug of that number (0: none). Exit code 1 and a line "caught by ..." if the check sees it, 0 if
// not.
#include "cluster/raft/mutant.h"
#include "tests/conformance/drivers.h"
#include "tests/raft/core_simulation.h"
#include "tests/raft/stale_read.h"
#include "tests/sim/simulation.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

namespace raftarium::raft {
Mutant activeMutant = Mutant::none;
}

using namespace raftarium;

namespace {

char where[256];

// The core's own checks end the process.
void onAbort(int) {
    char text[320];
    const int length = std::snprintf(text, sizeof text, "caught by the core's own checks, %s\n", where);
    if (length > 0) static_cast<void>(!write(STDOUT_FILENO, text, static_cast<std::size_t>(length)));
    _exit(1);
}

int caught(const std::string& by, const std::string& text) {
    std::printf("caught by %s, %s: %s\n", by.c_str(), where, text.substr(0, text.find('\n')).c_str());
    return 1;
}

int scenarios() {
    std::snprintf(where, sizeof where, "read after a repeated context");
    if (const auto fault = raft::testing::readAfterRepeatedContext()) return caught("a directed scenario", *fault);
    return 0;
}

int core(std::uint64_t seeds) {
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        std::snprintf(where, sizeof where, "seed %llu", static_cast<unsigned long long>(seed));
        const auto result = raft::testing::Simulation(raft::testing::optionsOfSeed(seed)).run();
        if (result.fault) return caught("the core simulation", *result.fault);
    }
    return 0;
}

int cluster(std::uint64_t seeds) {
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        std::snprintf(where, sizeof where, "seed %llu", static_cast<unsigned long long>(seed));
        const sim::Result result = sim::simulate(sim::optionsOfSeed(seed));
        if (result.fault) return caught(result.fault->check, result.fault->text);
    }
    return 0;
}

int transcripts(const std::string& directory) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(directory + "/raft"))
        if (entry.path().extension() == ".txt") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
        std::snprintf(where, sizeof where, "%s", file.filename().c_str());
        std::stringstream text;
        text << std::ifstream(file).rdbuf();
        const auto parsed = conformance::parseTranscript(text.str());
        conformance::ClusterDriver driver;
        const auto difference = conformance::firstDifference(
            parsed.cases, [&driver](const conformance::Case& one) { return driver.handle(one); });
        if (difference) return caught("a transcript", *difference);
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        std::fprintf(stderr, "mutant_run MUTANT transcripts DIRECTORY | scenarios all | core SEEDS | cluster SEEDS\n");
        return 2;
    }
    std::signal(SIGABRT, onAbort);
    raft::activeMutant = static_cast<raft::Mutant>(std::atoi(argv[1]));
    const std::string kind = argv[2];
    if (kind == "transcripts") return transcripts(argv[3]);
    if (kind == "scenarios") return scenarios();
    const std::uint64_t seeds = std::strtoull(argv[3], nullptr, 10);
    if (kind == "core") return core(seeds);
    if (kind == "cluster") return cluster(seeds);
    return 2;
}
