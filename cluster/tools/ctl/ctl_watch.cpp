// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// raftariumctl watch.
#include "cluster/tools/ctl/ctl_command.h"

#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <optional>

namespace raftarium::tools {
namespace {

struct WatchArguments {
    Words words;
    bool prefix = false;
    client::WatchOptions options;
};

base::Status watch(const Commands& commands, WatchArguments& arguments) {
    const auto formatter = commands.formatter();
    if (!formatter) return formatter.error();
    std::string key = arguments.words.first;
    if (arguments.words.hasSecond()) {
        if (arguments.prefix) return usage("`range_end` and `--prefix` are mutually exclusive");
        arguments.options.rangeEnd = arguments.words.second;
    } else if (arguments.prefix) {
        arguments.options.rangeEnd = key.empty() ? std::string(1, '\0') : client::prefixEnd(key);
        if (key.empty()) key = std::string(1, '\0');
    }
    arguments.options.requireLeader = true;
    auto client = commands.client();
    if (!client) return client.error();

    std::mutex mutex;
    std::condition_variable changed;
    std::optional<base::Error> ended;
    const auto end = [&](base::Error error) {
        const std::lock_guard lock(mutex);
        if (!ended) ended = std::move(error);
        changed.notify_all();
    };
    const auto onUpdate = [&](const client::WatchUpdate& update) {
        // What ends the watch is printed as well: in JSON it carries the revision to begin at.
        const bool progress = update.isProgress();
        if (update.events.empty() && !update.canceled && !progress) return;
        if (update.canceled) std::fprintf(stderr, "watch was canceled (%s)\n", update.cancelReason.c_str());
        if (progress) std::printf("progress notify: %lld\n", static_cast<long long>(update.header.revision));
        if (auto printed = print(formatter->watch(update)); !printed) end(printed.error());
        if (update.canceled) end({base::Errc::aborted, "watch is canceled by the server"});
    };
    const auto handle = (*client)->watch(key, arguments.options, onUpdate, end);
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return ended.has_value(); });
    return *ended;
}

}  // namespace

void addWatchCommand(Commands& commands) {
    auto* command = commands.app().add_subcommand("watch", "Watches events stream on keys or prefixes, until Ctrl-C");
    commands.needs(command, "bad number of arguments");
    auto arguments = std::make_shared<WatchArguments>();
    arguments->words.add(command, "key", "range_end");
    command->add_flag("--prefix", arguments->prefix, "All keys that begin with it");
    command->add_option("--rev", arguments->options.startRevision, "Revision to start watching");
    command->add_flag("--prev-kv", arguments->options.prevKv, "Print the pair that was there before each event");
    command->add_flag("--progress-notify", arguments->options.progressNotify,
                      "Get periodic watch progress notification from server");
    commands.onRun(command, [&commands, arguments] { return watch(commands, *arguments); });
}

}  // namespace raftarium::tools
