// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// raftariumctl bench put|range|txn|watch|lease.
#include "cluster/load/load.h"
#include "cluster/tools/ctl/ctl_command.h"
#include "cluster/tools/ctl/ctl_text.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <unistd.h>

namespace raftarium::tools {
namespace {

void showProgress(std::uint64_t done, std::uint64_t total) {
    constexpr int kWidth = 40;
    const int filled = total == 0 ? 0 : static_cast<int>(done * kWidth / total);
    std::fprintf(stderr, "\r[%s%s] %llu of %llu", std::string(static_cast<std::size_t>(filled), '#').c_str(),
                 std::string(static_cast<std::size_t>(kWidth - filled), ' ').c_str(),
                 static_cast<unsigned long long>(done), static_cast<unsigned long long>(total));
}

constexpr const char* kTimes =
    "Latency is the time from sending an operation to its answer (service time). With --rate, operations have places "
    "in\n"
    "an evenly spaced schedule; when no client is free at that time, because the server is slow, one is sent late. "
    "That\n"
    "is reported apart, as lateness, and the time from the place in the schedule to the answer as from schedule: it "
    "is\n"
    "what a user would have waited. Looking at latency alone hides a stalled server (coordinated omission).";

std::string percentiles(const load::Histogram& histogram) {
    std::string out;
    for (const auto& [name, share] : {std::pair("p50", 0.5), {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}})
        out += std::string(name) + " " + goDuration(histogram.percentileNs(share)) + "  ";
    return out + "max " + goDuration(histogram.maxNs()) + "\n";
}

nlohmann::ordered_json percentilesJson(const load::Histogram& histogram) {
    return {{"mean", histogram.meanNs()},
            {"p50", histogram.percentileNs(0.5)},
            {"p90", histogram.percentileNs(0.9)},
            {"p99", histogram.percentileNs(0.99)},
            {"p99.9", histogram.percentileNs(0.999)},
            {"max", histogram.maxNs()}};
}

std::string reportText(const load::LoadSpec& spec, const load::LoadReport& report) {
    char line[200];
    std::snprintf(line, sizeof line, "%llu in %.2f s: %.0f a second; errors: %llu\n",
                  static_cast<unsigned long long>(report.operations), report.seconds, report.perSecond(),
                  static_cast<unsigned long long>(report.errors));
    std::string out = std::string(load::loadKindName(spec.kind)) + ": " + line;
    if (!report.firstError.empty()) out += "first error: " + report.firstError + "\n";
    if (spec.kind == load::LoadKind::watch) out += "watch events: " + std::to_string(report.watchEvents) + "\n";
    for (const std::string& each : report.unreachable) out += "left out: " + each + "\n";
    if (report.latency.count() == 0) return out;
    out += "latency        " + percentiles(report.latency);
    if (report.lateness.count() > 0) {
        out += "lateness       " + percentiles(report.lateness);
        out += "from schedule  " + percentiles(report.fromSchedule);
    }
    return out + report.latency.text();
}

// Latencies in nanoseconds, as numbers.
std::string reportJson(const load::LoadSpec& spec, const load::LoadReport& report) {
    nlohmann::ordered_json out{
        {"load", load::loadKindName(spec.kind)}, {"clients", spec.clients}, {"connections", spec.connections},
        {"operations", report.operations},       {"errors", report.errors}, {"seconds", report.seconds},
        {"per_second", report.perSecond()}};
    if (!report.firstError.empty()) out["first_error"] = report.firstError;
    if (spec.kind == load::LoadKind::watch) out["watch_events"] = report.watchEvents;
    if (!report.unreachable.empty()) out["unreachable"] = report.unreachable;
    out["latency_ns"] = percentilesJson(report.latency);
    if (report.lateness.count() > 0) {
        out["lateness_ns"] = percentilesJson(report.lateness);
        out["from_schedule_ns"] = percentilesJson(report.fromSchedule);
    }
    return out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

base::Status bench(const Commands& commands, load::LoadSpec& spec) {
    const auto format = commands.format();
    if (!format) return format.error();
    if (*format != Format::simple && *format != Format::json) return usage("bench prints text, or -w json");
    auto endpoints = commands.endpoints();
    if (!endpoints) return endpoints.error();
    spec.endpoints = std::move(*endpoints);
    std::function<void(std::uint64_t)> progress;
    const bool shown = ::isatty(STDERR_FILENO) != 0;
    if (shown) progress = [&spec](std::uint64_t done) { showProgress(done, spec.total); };
    const auto report = load::runLoad(spec, progress);
    if (shown) std::fprintf(stderr, "\n");
    if (!report) return report.error();
    const auto text = *format == Format::json ? reportJson(spec, *report) : reportText(spec, *report);
    if (auto printed = print(text); !printed) return printed;
    if (report->operations > 0 || report->errors == 0) return {};
    return base::Error{base::Errc::unavailable, "no operation succeeded: " + report->firstError};
}

}  // namespace

void addBenchCommands(Commands& commands) {
    auto* app =
        commands.app().add_subcommand("bench", "Puts load on servers, ours or etcd's, and measures (text, or -w json)");
    app->require_subcommand(1);
    for (const auto kind : {load::LoadKind::put, load::LoadKind::range, load::LoadKind::txn, load::LoadKind::watch,
                            load::LoadKind::lease}) {
        auto* command =
            app->add_subcommand(load::loadKindName(kind), std::string("Load of kind ") + load::loadKindName(kind));
        command->footer(kTimes);
        auto spec = std::make_shared<load::LoadSpec>();
        spec->kind = kind;
        command->add_option("--clients", spec->clients, "Calls outstanding at any time")
            ->capture_default_str()
            ->check(CLI::Range(1, 100'000));
        command->add_option("--conns", spec->connections, "Connections they share")
            ->capture_default_str()
            ->check(CLI::Range(1, 10'000));
        command->add_option("--key-size", spec->keyBytes, "Bytes of a key")
            ->capture_default_str()
            ->check(CLI::Range(1, 1'000'000));
        command->add_option("--val-size", spec->valueBytes, "Bytes of a value")
            ->capture_default_str()
            ->check(CLI::Range(0, 100'000'000));
        command->add_option("--total", spec->total, "Operations")
            ->capture_default_str()
            ->check(CLI::Range(1, 2'000'000'000));
        command->add_option("--rate", spec->ratePerSecond, "Operations a second, evenly spaced (0: as fast as it goes)")
            ->check(CLI::NonNegativeNumber);
        command->add_option("--key-space", spec->keySpace, "Keys are drawn from so many")
            ->capture_default_str()
            ->check(CLI::Range(1, 2'000'000'000));
        if (kind == load::LoadKind::put || kind == load::LoadKind::txn)
            command->add_flag("--sequential-keys", spec->sequentialKeys, "Keys one after the other, not drawn");
        if (kind == load::LoadKind::range)
            command->add_flag("--serializable", spec->serializable, "Read what each server itself has");
        if (kind == load::LoadKind::txn)
            command->add_option("--txn-ops", spec->txnOps, "Puts of one transaction")
                ->capture_default_str()
                ->check(CLI::Range(1, 128));
        if (kind == load::LoadKind::watch)
            command->add_option("--watchers", spec->watchers, "Watchers of the keys")
                ->capture_default_str()
                ->check(CLI::Range(1, 100'000));
        commands.onRun(command, [&commands, spec] { return bench(commands, *spec); });
    }
}

}  // namespace raftarium::tools
