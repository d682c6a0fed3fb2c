// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// raftariumctl cluster feed, trace record, trace dump.
#include "cluster/base/clock.h"
#include "cluster/base/coding.h"
#include "cluster/control/fd.h"
#include "cluster/observe/feed/feed.h"
#include "cluster/observe/trace/trace_file.h"
#include "cluster/observe/trace/trace_format.h"
#include "cluster/tools/ctl/ctl_command.h"
#include "cluster/tools/ctl/ctl_live.h"
#include "cluster/tools/ctl/ctl_text.h"
#include "proto/raftarium/trace.pb.h"

#include <google/protobuf/util/json_util.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <mutex>
#include <sys/signalfd.h>
#include <unistd.h>

namespace raftarium::tools {
namespace {

constexpr std::chrono::milliseconds kTurn{100};

// "   12.345 s  n2 won the election ..."
std::string feedText(const observe::FeedLine& line, observe::TimeNs beginNs) {
    std::array<char, 32> at;
    std::snprintf(at.data(), at.size(), "%10.3f s  ", static_cast<double>(line.atNs - beginNs) / 1e9);
    return at.data() + line.plain() + "\n";
}

// Tells what each event means and takes it into the state.
std::string tell(observe::ClusterState& state, const std::vector<observe::Event>& events, observe::TimeNs beginNs) {
    std::string out;
    for (const observe::Event& event : events) {
        if (const auto line = observe::describe(event, state)) out += feedText(*line, beginNs);
        observe::reduce(state, event);
    }
    return out;
}

// Names are known from the spec before the nodes tell them.
observe::ClusterState stateOf(const control::ClusterStatus& status) {
    observe::ClusterState state;
    for (const auto& node : status.nodes) {
        observe::NodeState& entry = state.nodes[node.spec.id];
        entry.id = node.spec.id;
        entry.name = node.spec.name;
        entry.process = node.process;
    }
    return state;
}

base::Status feed(const Commands& commands) {
    auto cluster = commands.joined();
    if (!cluster) return cluster.error();
    observe::ClusterState state = stateOf((*cluster)->status());
    LiveEvents live(**cluster, {});
    const observe::TimeNs beginNs = base::SystemClock().monotonicNow();
    while (!live.clusterEnded()) {
        const std::string out = tell(state, live.take(kTurn), beginNs);
        if (out.empty()) continue;
        if (auto printed = print(out); !printed) return printed;
    }
    return print(std::string("the cluster was stopped\n"));
}

bool wasInterrupted(int signals) {
    signalfd_siginfo info;
    return ::read(signals, &info, sizeof info) == sizeof info;
}

base::Status record(const Commands& commands, const std::string& path, const std::string& duration) {
    const auto length = parseDuration(duration);
    if (!duration.empty() && !length) return usage("--for " + duration + ": not a duration such as 10s");
    sigset_t blocked;
    ::sigemptyset(&blocked);
    for (const int number : {SIGINT, SIGTERM}) ::sigaddset(&blocked, number);
    ::pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
    const control::Fd signals(::signalfd(-1, &blocked, SFD_CLOEXEC | SFD_NONBLOCK));

    auto cluster = commands.joined();
    if (!cluster) return cluster.error();
    const base::SystemClock clock;
    const observe::TimeNs beginNs = clock.monotonicNow();
    auto writer = observe::TraceWriter::create(path, (*cluster)->status().spec.name, clock.wallNow(), beginNs);
    if (!writer) return writer.error();
    std::mutex mutex;
    base::Status written;
    std::size_t events = 0;
    const auto keep = [&](const base::Status& status) {
        if (!status && written) written = status;
    };
    {
        LiveEvents live(**cluster, [&](std::uint64_t node, const telemetry::v1::EventBatch& batch) {
            const std::lock_guard lock(mutex);
            keep((*writer)->add(node, batch));
        });
        const auto goesOn = [&] {
            const std::lock_guard lock(mutex);
            return written.ok() && !live.clusterEnded() && !wasInterrupted(signals.get()) &&
                   (!length || clock.monotonicNow() - beginNs < *length);
        };
        while (goesOn()) {
            const auto taken = live.take(kTurn);
            events += taken.size();
            const std::lock_guard lock(mutex);
            for (const observe::Event& event : taken) {
                if (std::holds_alternative<observe::ProcessChanged>(event.kind) ||
                    std::holds_alternative<observe::StreamEnded>(event.kind))
                    keep((*writer)->add(event));
            }
            keep((*writer)->flush());
        }
    }
    keep((*writer)->flush());
    if (!written) return written;
    return print("recorded " + std::to_string(events) + " events in " +
                 goDuration((clock.monotonicNow() - beginNs) / base::kMillisecond * base::kMillisecond) + " to " +
                 path + "\n");
}

// Every record as one line of protobuf's JSON form, as it stands in the file. The file was checked before.
base::Status dumpJson(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    google::protobuf::util::JsonPrintOptions options;
    options.preserve_proto_field_names = true;
    std::size_t offset = observe::kTraceMagic.size();
    while (bytes.size() - offset > observe::kTraceFrameHeader) {
        const std::uint32_t length = base::readFixed32Le(bytes.data() + offset);
        offset += observe::kTraceFrameHeader;
        if (length > bytes.size() - offset) break;  // the writer crashed here
        trace::v1::TraceRecord entry;
        std::string line;
        if (!entry.ParseFromArray(bytes.data() + offset, static_cast<int>(length)) ||
            !google::protobuf::util::MessageToJsonString(entry, &line, options).ok()) {
            return base::Error{base::Errc::corruption,
                               path + ": the record at offset " + std::to_string(offset) + " cannot be read"};
        }
        offset += length;
        if (auto printed = print(line + "\n"); !printed) return printed;
    }
    return {};
}

base::Status dump(const Commands& commands, const std::string& path) {
    const auto format = commands.format();
    if (!format) return format.error();
    if (*format != Format::simple && *format != Format::json) return usage("trace dump prints text, or -w json");
    const auto content = observe::readTrace(path);
    if (!content) return content.error();
    if (*format == Format::json) return dumpJson(path);
    observe::ClusterState state;
    std::string out = "cluster " + content->cluster + ", " + std::to_string(content->events.size()) + " events\n";
    const observe::TimeNs begin = content->startedNs != 0   ? content->startedNs
                                  : content->events.empty() ? 0
                                                            : content->events.front().atNs;
    out += tell(state, content->events, begin);
    if (content->cut) out += "(the recording ends inside a record: its writer was interrupted)\n";
    return print(out);
}

}  // namespace

void addFeedCommand(Commands& commands, CLI::App* cluster) {
    auto* command = cluster->add_subcommand("feed", "What happens in the cluster, in plain words, until Ctrl-C");
    commands.onRun(command, [&commands] { return feed(commands); });
}

void addTraceCommands(Commands& commands) {
    auto* trace = commands.app().add_subcommand("trace", "Recordings of what happened in a cluster");
    trace->require_subcommand(1);
    auto* recorder = trace->add_subcommand("record", "Records the running cluster to a file, until Ctrl-C");
    auto path = std::make_shared<std::string>();
    auto duration = std::make_shared<std::string>();
    recorder->add_option("file", *path, "File to write")->required();
    recorder->add_option("--for", *duration, "Only so long, such as 30s");
    commands.onRun(recorder, [&commands, path, duration] { return record(commands, *path, *duration); });

    auto* dumper = trace->add_subcommand("dump", "Prints a recording: in words, or every record with -w json");
    auto input = std::make_shared<std::string>();
    dumper->add_option("file", *input, "Recording")->required();
    commands.onRun(dumper, [&commands, input] { return dump(commands, *input); });
}

}  // namespace raftarium::tools
