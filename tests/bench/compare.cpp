// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Our node and real etcd, in turn, under the same load; one table of ratios. Usage: ./dev bench [--only put] ...
#include "cluster/load/load.h"
#include "tests/bench/limits.h"
#include "tests/bench/open_keys.h"
#include "tests/bench/server_process.h"
#include "tests/bench/subscriber_process.h"
#include "tests/bench/telemetry_cost.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <unistd.h>

using namespace raftarium;

namespace {

struct Row {
    const char* name;
    int members;
    load::LoadSpec spec;
};

struct Measured {
    double perSecond = 0, p50Ms = 0, p99Ms = 0, cpuUs = 0, memoryMb = 0, bytesPerOp = 0, eventsPerSecond = 0;
};

load::LoadSpec spec(load::LoadKind kind, int clients, int connections, std::uint64_t total) {
    load::LoadSpec s;
    s.kind = kind;
    s.clients = clients;
    s.connections = connections;
    s.total = total;
    return s;
}

std::vector<Row> rows(std::uint64_t scale) {
    using enum load::LoadKind;
    std::vector<Row> all;
    for (const int members : {1, 3}) {
        all.push_back({"put, 1 client", members, spec(put, 1, 1, 3'000 * scale)});
        all.push_back({"put, 100 clients / 10 connections", members, spec(put, 100, 10, 30'000 * scale)});
        all.push_back({"put, 1000 / 100", members, spec(put, 1000, 100, 40'000 * scale)});
        all.push_back({"range linearizable, 100 / 10", members, spec(range, 100, 10, 30'000 * scale)});
        auto serializable = spec(range, 100, 10, 30'000 * scale);
        serializable.serializable = true;
        all.push_back({"range serializable, 100 / 10", members, serializable});
        all.push_back({"txn of 4 puts, 100 / 10", members, spec(txn, 100, 10, 10'000 * scale)});
        all.push_back({"lease grant, 100 / 10", members, spec(lease, 100, 10, 10'000 * scale)});
        auto watch = spec(load::LoadKind::watch, 20, 10, 2'000 * scale);
        watch.watchers = 100;
        all.push_back({"watch, 100 watchers", members, watch});
    }
    auto many = spec(load::LoadKind::watch, 4, 10, 150 * scale);
    many.watchers = 10'000;
    all.push_back({"watch, 10,000 watchers", 1, many});
    return all;
}

// Median of three by throughput.
Measured measure(const std::string& program, const Row& row, const std::string& directory, int rounds,
                 std::string& error) {
    std::vector<Measured> results;
    bench::ServerGroup group;
    error = bench::ServerGroup::start(program, row.members, directory, {"--snapshot-count", "100000"}, group);
    if (!error.empty()) return {};
    auto load = row.spec;
    load.endpoints = group.endpoints();
    if (load.kind == load::LoadKind::range) {
        auto fill = spec(load::LoadKind::put, 100, 10, 20'000);
        fill.endpoints = load.endpoints;
        (void)load::runLoad(fill, {});
    }
    for (int round = 0; round < rounds; ++round) {
        const auto before = group.usage();
        const auto report = load::runLoad(load, {});
        const auto after = group.usage();
        if (!report) {
            error = report.error().text;
            return {};
        }
        if (report->errors > 0) {
            error = std::to_string(report->errors) + " errors, the first: " + report->firstError;
            return {};
        }
        const auto operations = static_cast<double>(report->operations);
        results.push_back({report->perSecond(), static_cast<double>(report->latency.percentileNs(0.5)) / 1e6,
                           static_cast<double>(report->latency.percentileNs(0.99)) / 1e6,
                           (after.cpuSeconds - before.cpuSeconds) * 1e6 / operations,
                           static_cast<double>(after.residentBytes) / 1e6,
                           static_cast<double>(after.writtenBytes - before.writtenBytes) / operations,
                           static_cast<double>(report->watchEvents) / report->seconds});
    }
    std::sort(results.begin(), results.end(), [](const auto& a, const auto& b) { return a.perSecond < b.perSecond; });
    return results[results.size() / 2];
}

// The last rows, in columns of their own: as transactions a million keys are 10,000 entries of the log, one by one a
// million, most of which are in a snapshot by then.
int compareOpening(const std::string& node, const std::string& etcd, const std::string& directory, bool alone,
                   int keysPerTxn) {
    constexpr std::uint64_t kKeys = 1'000'000;
    const char* const name = keysPerTxn > 1 ? "open 1M keys, 100 at a time" : "open 1M keys, one by one";
    const auto measured = [&](const char* who, const std::string& program, bench::OpenKeys& out) {
        const std::string error = bench::measureOpen(program, directory, kKeys, keysPerTxn, out);
        if (error.empty()) {
            std::printf("%-29s %-6s %3d | %9.2f s to start, %.0f MB; filled in %.1f s", name, who, 1, out.startSeconds,
                        out.residentMb, out.fillSeconds);
        } else {
            std::printf("%-29s %-6s %3d | failed: %s\n", name, who, 1, error.c_str());
        }
        std::fflush(stdout);
        return error.empty();
    };
    bench::OpenKeys ours, theirs;
    if (!measured("ours", node, ours)) return 1;
    std::printf("\n");
    if (alone || !measured("etcd", etcd, theirs)) return 0;
    std::printf(" | ratio: time %.2f, memory %.2f\n", ours.startSeconds / theirs.startSeconds,
                ours.residentMb / theirs.residentMb);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc > 1 && std::string_view(argv[1]) == "--subscribe") return bench::runSubscriber({argv + 2, argv + argc});
    CLI::App app("Our node beside real etcd under the same load");
    std::string node, etcd = "/usr/bin/etcd", directory = std::filesystem::temp_directory_path() / "raftarium-bench",
                      filter;
    int rounds = 3;
    std::uint64_t scale = 1;
    bool alone = false, telemetry = false;
    app.add_option("--node", node, "path of raftarium-node")->required()->check(CLI::ExistingFile);
    app.add_option("--etcd", etcd, "path of etcd");
    app.add_option("--directory", directory, "where the data directories go (the disk that is measured)");
    app.add_option("--only", filter, "only rows whose name contains this");
    app.add_option("--rounds", rounds, "rounds a row; the median counts")->check(CLI::Range(1, 100));
    app.add_option("--scale", scale, "multiplies the number of operations")->check(CLI::Range(1, 1000));
    app.add_flag("--alone", alone, "only our node");
    app.add_flag("--telemetry", telemetry, "what a subscriber of telemetry costs our node, and nothing else");
    CLI11_PARSE(app, argc, argv);
    if (!alone && !std::filesystem::exists(etcd)) {
        std::fprintf(stderr, "%s is missing (Debian package etcd-server): measuring our node alone\n", etcd.c_str());
        alone = true;
    }
    directory += "-" + std::to_string(getpid());
    if (telemetry) {
        for (const int members : {1, 3}) {
            const std::string error = bench::measureTelemetry(node, directory, members, rounds);
            if (error.empty()) continue;
            std::fprintf(stderr, "%s\n", error.c_str());
            return 1;
        }
        return 0;
    }

    bench::printLimits(directory);
    std::printf("%-36s %3s | %9s %8s %8s %8s %7s %8s | %s\n", "load", "n", "op/s", "p50 ms", "p99 ms", "CPU us", "MB",
                "B/op", "ratio to etcd: op/s, p99, CPU");
    int failures = 0;
    for (const auto& row : rows(scale)) {
        if (std::string(row.name).find(filter) == std::string::npos) continue;
        std::string error;
        const auto print = [&](const char* who, const Measured& m, const char* ratio) {
            std::printf("%-29s %-6s %3d | %9.0f %8.2f %8.2f %8.1f %7.0f %8.0f | %s\n", row.name, who, row.members,
                        m.perSecond, m.p50Ms, m.p99Ms, m.cpuUs, m.memoryMb, m.bytesPerOp, ratio);
            if (m.eventsPerSecond > 0) {
                std::printf("%-36s     | %9.0f events/s, %.2f us of server CPU each\n", "", m.eventsPerSecond,
                            m.cpuUs / row.spec.watchers);
            }
            std::fflush(stdout);
        };
        const Measured ours = measure(node, row, directory, rounds, error);
        if (!error.empty()) {
            std::printf("%-36s %3d | ours failed: %s\n", row.name, row.members, error.c_str());
            ++failures;
            continue;
        }
        if (alone) {
            print("ours", ours, "");
            continue;
        }
        const Measured theirs = measure(etcd, row, directory, rounds, error);
        if (!error.empty()) {
            std::printf("%-36s %3d | etcd failed: %s\n", row.name, row.members, error.c_str());
            continue;
        }
        char ratio[64];
        std::snprintf(ratio, sizeof ratio, "%5.2f %5.2f %5.2f", ours.perSecond / theirs.perSecond,
                      ours.p99Ms / theirs.p99Ms, ours.cpuUs / theirs.cpuUs);
        print("ours", ours, ratio);
        print("etcd", theirs, "");
    }
    if (std::string("open 1M keys").find(filter) != std::string::npos)
        for (const int keysPerTxn : {100, 1}) failures += compareOpening(node, etcd, directory, alone, keysPerTxn);
    return failures == 0 ? 0 : 1;
}
