// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// raftariumctl cluster feed, trace record, trace dump.
#include "cluster/base/clock.h"
#include "cluster/base/coding.h"
#include "cluster/control/event_order.h"
#include "cluster/control/fd.h"
#include "cluster/control/live_feed.h"
#include "cluster/observe/feed/feed.h"
#include "cluster/observe/trace/trace_file.h"
#include "cluster/observe/trace/trace_format.h"
#include "cluster/tools/ctl/ctl_command.h"
#include "cluster/tools/ctl/ctl_text.h"
#include "proto/raftarium/trace.pb.h"

#include <google/protobuf/util/json_util.h>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <mutex>
#include <poll.h>
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
    auto joined = commands.joined();
    if (!joined) return joined.error();
    const std::shared_ptr<control::Cluster> cluster = std::move(*joined);
    observe::ClusterState state = stateOf(cluster->status());
    const observe::TimeNs beginNs = base::SystemClock().monotonicNow();
    control::EventOrder order;
    std::atomic<bool> ended = false;
    control::LiveFeed::Observer observer;
    observer.onEvents = [&](std::vector<observe::Event> events) { order.push(std::move(events)); };
    observer.onEnded = [&] {
        ended = true;
        order.end();
    };
    const control::LiveFeed live(cluster, std::move(observer));
    while (true) {
        const bool last = ended;
        const std::string out = tell(state, order.take(kTurn), beginNs);
        if (!out.empty()) {
            if (auto printed = print(out); !printed) return printed;
        }
        if (last) return print(std::string("the cluster was stopped\n"));
    }
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

    auto joined = commands.joined();
    if (!joined) return joined.error();
    const std::shared_ptr<control::Cluster> cluster = std::move(*joined);
    const base::SystemClock clock;
    const observe::TimeNs beginNs = clock.monotonicNow();
    auto writer = observe::TraceWriter::create(path, cluster->status().spec.name, clock.wallNow(), beginNs);
    if (!writer) return writer.error();
    std::mutex mutex;
    base::Status written;
    std::atomic<std::size_t> events = 0;
    std::atomic<bool> ended = false;
    auto recording = std::make_shared<control::Recording>(std::move(*writer), [&](const base::Error& error) {
        const std::lock_guard lock(mutex);
        written = error;
        ended = true;
    });
    {
        control::LiveFeed::Observer observer;
        observer.onEvents = [&](std::vector<observe::Event> batch) { events += batch.size(); };
        observer.onEnded = [&] { ended = true; };
        const control::LiveFeed live(cluster, std::move(observer), std::move(recording));
        while (!ended && !wasInterrupted(signals.get()) && (!length || clock.monotonicNow() - beginNs < *length)) {
            pollfd polled{signals.get(), POLLIN, 0};
            ::poll(&polled, 1, static_cast<int>(kTurn.count()));
        }
    }  // the rest is written
    const std::lock_guard lock(mutex);
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
