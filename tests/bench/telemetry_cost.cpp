// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/bench/telemetry_cost.h"

#include "cluster/load/load.h"
#include "tests/bench/server_process.h"
#include "tests/bench/subscriber_process.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <vector>

namespace raftarium::bench {
namespace {

constexpr std::uint64_t kPutsPerTurn = 40'000;

struct Turn {
    double perSecond = 0, p99Ms = 0, cpuUs = 0, subscriberCpuUs = 0, eventsPerSecond = 0, leftOutPerSecond = 0;
};

std::string turn(const ServerGroup& group, bool watched, Turn& out) {
    load::LoadSpec load;
    load.endpoints = group.endpoints();
    load.total = kPutsPerTurn;
    std::unique_ptr<SubscriberProcess> subscribers;
    if (watched) {
        subscribers = std::make_unique<SubscriberProcess>(group.adminAddresses());
        if (!subscribers->waitOpen()) return "a member's telemetry does not begin";
    }
    const Usage before = group.usage();
    const auto report = load::runLoad(load, {});
    const Usage after = group.usage();
    if (!report) return report.error().text;
    if (report->errors > 0) return std::to_string(report->errors) + " errors, the first: " + report->firstError;
    out.perSecond = report->perSecond();
    out.p99Ms = static_cast<double>(report->latency.percentileNs(0.99)) / 1e6;
    out.cpuUs = (after.cpuSeconds - before.cpuSeconds) * 1e6 / static_cast<double>(report->operations);
    if (watched) {
        const SubscriberProcess::Counts counts = subscribers->finish();
        out.eventsPerSecond = static_cast<double>(counts.told) / report->seconds;
        out.leftOutPerSecond = static_cast<double>(counts.leftOut) / report->seconds;
        out.subscriberCpuUs = counts.cpuSeconds * 1e6 / static_cast<double>(report->operations);
    }
    return {};
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    return values.size() % 2 != 0 ? values[half] : (values[half - 1] + values[half]) / 2;
}

template <typename Field>
double medianOf(const std::vector<Turn>& turns, Field field) {
    std::vector<double> values;
    for (const Turn& each : turns) values.push_back(each.*field);
    return median(std::move(values));
}

void printMedians(const char* name, const std::vector<Turn>& turns) {
    std::printf(
        "%-16s %9.0f put/s  p99 %6.2f ms  %6.1f us CPU/put (%4.1f us subscriber)  %7.0f events/s  %8.0f left out/s\n",
        name, medianOf(turns, &Turn::perSecond), medianOf(turns, &Turn::p99Ms), medianOf(turns, &Turn::cpuUs),
        medianOf(turns, &Turn::subscriberCpuUs), medianOf(turns, &Turn::eventsPerSecond),
        medianOf(turns, &Turn::leftOutPerSecond));
}

}  // namespace

std::string measureTelemetry(const std::string& node, const std::string& directory, int members, int rounds) {
    ServerGroup group;
    std::string error = ServerGroup::start(node, members, directory, {"--snapshot-count", "1000000"}, group, true);
    if (!error.empty()) return error;
    Turn warm;
    for (const bool watched : {false, true}) {
        if (error = turn(group, watched, warm); !error.empty()) return error;
    }
    std::printf("telemetry: %d member(s), %llu puts a turn, 100 clients / 10 connections\n", members,
                static_cast<unsigned long long>(kPutsPerTurn));
    std::vector<Turn> alone, watched;
    std::vector<double> ratios;
    for (int round = 0; round < rounds; ++round) {
        Turn one, other;
        const bool first = round % 2 != 0;  // whether the watched turn comes first
        if (error = turn(group, first, first ? other : one); !error.empty()) return error;
        if (error = turn(group, !first, first ? one : other); !error.empty()) return error;
        alone.push_back(one);
        watched.push_back(other);
        ratios.push_back(other.perSecond / one.perSecond);
        std::printf("  round %2d  alone %7.0f/s %5.1f us   watched %7.0f/s %5.1f us   ratio %.3f\n", round + 1,
                    one.perSecond, one.cpuUs, other.perSecond, other.cpuUs, ratios.back());
        std::fflush(stdout);
    }
    printMedians("alone", alone);
    printMedians("one subscriber", watched);
    std::vector<double> sorted = ratios;
    std::sort(sorted.begin(), sorted.end());
    std::printf(
        "throughput with a subscriber / alone: median of pairs %.3f (quartiles %.3f..%.3f), of medians %.3f\n\n",
        median(ratios), sorted[sorted.size() / 4], sorted[sorted.size() * 3 / 4],
        medianOf(watched, &Turn::perSecond) / medianOf(alone, &Turn::perSecond));
    return {};
}

}  // namespace raftarium::bench
