// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// simulate: runs seeds one after another, stops at the first violation, and says how to see it again.
#include "tests/sim/simulation.h"

#include <CLI/CLI.hpp>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <optional>
#include <string>
#include <unistd.h>

using namespace raftarium;

namespace {

volatile std::uint64_t currentSeed = 0;
char replayText[512];

// A broken invariant of the program itself ends the process; the seed must not be lost with it.
void onAbort(int) {
    char text[640];
    const int length = std::snprintf(text, sizeof text,
                                     "seed %llu: violation of invariant: a check inside the program failed (above)\n"
                                     "replay: %s--seed %llu\n",
                                     static_cast<unsigned long long>(currentSeed), replayText,
                                     static_cast<unsigned long long>(currentSeed));
    if (length > 0) static_cast<void>(!write(STDOUT_FILENO, text, static_cast<std::size_t>(length)));
    _exit(1);
}

void print(std::uint64_t seed, const sim::Result& result) {
    std::printf(
        "seed %llu: %.1f s simulated, %zu elections, %llu entries committed, %zu of %zu requests acknowledged, "
        "hash %016llx\n",
        static_cast<unsigned long long>(seed), static_cast<double>(result.simulated) / 1e9, result.elections,
        static_cast<unsigned long long>(result.committed), result.acknowledged, result.operations,
        static_cast<unsigned long long>(result.hash));
}

bool report(std::uint64_t seed, const sim::Result& result) {
    if (!result.fault) return false;
    std::printf("seed %llu: violation of %s: %s\nreplay: %s--seed %llu\n", static_cast<unsigned long long>(seed),
                result.fault->check.c_str(), result.fault->text.c_str(), replayText,
                static_cast<unsigned long long>(seed));
    return true;
}

int runOne(std::uint64_t seed, const std::string& trace) {
    sim::RunOptions run;
    run.notes = stdout;
    // An abort must not take the last lines with it.
    static_cast<void>(std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ));
    run.trace = trace;
    currentSeed = seed;
    const sim::Result result = sim::simulate(sim::optionsOfSeed(seed), run);
    print(seed, result);
    return report(seed, result) ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Deterministic simulation of whole clusters"};
    std::uint64_t count = 300;
    std::uint64_t first = 1;
    double seconds = 0;
    std::optional<std::uint64_t> single;
    std::string trace;
    std::string replayWith = std::string(argv[0]) + " ";
    bool keepGoing = false;
    bool each = false;
    app.add_option("--seeds", count, "how many seeds to run (default 300)");
    app.add_option("--from", first, "the first seed (default 1)");
    app.add_option("--seconds", seconds, "stop after this time, however many seeds are left");
    app.add_option("--seed", single, "run this seed alone and tell what happens");
    app.add_option("--trace", trace, "with --seed: record to this file, for raftarium --replay");
    app.add_flag("--keep-going", keepGoing, "go on after a violation");
    app.add_flag("--each", each, "a line for each seed");
    app.add_option("--replay-with", replayWith, "the command to print for a replay");
    CLI11_PARSE(app, argc, argv);
    if (!replayWith.ends_with(' ')) replayWith += ' ';
    std::snprintf(replayText, sizeof replayText, "%s", replayWith.c_str());
    std::signal(SIGABRT, onAbort);
    if (single) return runOne(*single, trace);

    const auto start = std::chrono::steady_clock::now();
    const auto elapsed = [&] {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    };
    std::uint64_t ran = 0;
    std::uint64_t violations = 0;
    std::size_t elections = 0, acknowledged = 0, undecided = 0, stranded = 0;
    std::uint64_t committed = 0;
    double simulated = 0;
    for (; ran < count && (seconds <= 0 || elapsed() < seconds); ++ran) {
        currentSeed = first + ran;
        const sim::Result result = sim::simulate(sim::optionsOfSeed(currentSeed));
        if (each) print(currentSeed, result);
        elections += result.elections;
        acknowledged += result.acknowledged;
        undecided += result.undecided;
        stranded += result.stranded;
        committed += result.committed;
        simulated += static_cast<double>(result.simulated) / 1e9;
        if (!report(currentSeed, result)) continue;
        std::fflush(stdout);
        ++violations;
        if (!keepGoing) {
            ++ran;
            break;
        }
    }
    std::printf(
        "%llu seeds from %llu, %llu violations, %.1f seeds/s; %.0f s simulated, %zu elections, %llu entries "
        "committed, %zu requests acknowledged, %zu searches given up, %zu clusters stranded by removals\n",
        static_cast<unsigned long long>(ran), static_cast<unsigned long long>(first),
        static_cast<unsigned long long>(violations), static_cast<double>(ran) / std::max(elapsed(), 1e-9), simulated,
        elections, static_cast<unsigned long long>(committed), acknowledged, undecided, stranded);
    return violations == 0 ? 0 : 1;
}
