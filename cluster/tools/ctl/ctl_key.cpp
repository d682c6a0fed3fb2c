// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// raftariumctl get|put|del.
#include "cluster/base/coding.h"
#include "cluster/tools/ctl/ctl_command.h"
#include "cluster/tools/ctl/ctl_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <iostream>
#include <iterator>

namespace raftarium::tools {
namespace {

constexpr std::string_view kZero("\0", 1);

struct KeyRange {
    Words words;
    bool prefix = false, fromKey = false;
};

void addKeyRange(CLI::App* command, KeyRange& range) {
    range.words.add(command, "key", "range_end");
    command->add_flag("--prefix", range.prefix, "All keys that begin with it");
    command->add_flag("--from-key", range.fromKey, "All keys from it on");
}

// Key and end of the range as the API wants them.
base::Result<std::pair<std::string, std::string>> resolve(const KeyRange& range) {
    if (range.prefix && range.fromKey) {
        return usage("`--prefix` and `--from-key` cannot be set at the same time, choose one");
    }
    std::string key = range.words.first;
    std::string end = range.words.second;
    if (range.prefix || range.fromKey) {
        if (range.words.hasSecond())
            return usage("too many arguments, only accept one argument when `--prefix` or `--from-key` is set");
        end = range.fromKey || key.empty() ? std::string(kZero) : client::prefixEnd(key);
        if (key.empty()) key = kZero;
    }
    return std::pair(key, end);
}

std::string upper(std::string text) {
    for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
}

// Position in the list of names, which is the API's number.
template <std::size_t count>
base::Result<int> choice(const std::array<const char*, count>& names, const std::string& given, const char* what,
                         int otherwise) {
    if (given.empty()) return otherwise;
    for (std::size_t i = 0; i < count; ++i) {
        if (upper(given) == names[i]) return static_cast<int>(i);
    }
    return usage(std::string("bad sort ") + what + " " + given);
}

struct GetArguments {
    KeyRange range;
    std::string consistency = "l", order, sortBy;
    client::RangeOptions options;
    bool valuesOnly = false;
};

base::Status get(const Commands& commands, GetArguments& arguments) {
    auto formatter = commands.formatter();
    if (!formatter) return formatter.error();
    const auto keys = resolve(arguments.range);
    if (!keys) return keys.error();
    client::RangeOptions& options = arguments.options;
    options.rangeEnd = keys->second;
    if (arguments.consistency != "l" && arguments.consistency != "s") {
        return usage("unknown consistency flag \"" + arguments.consistency +
                     "\": use l (linearizable) or s (serializable)");
    }
    options.serializable = arguments.consistency == "s";
    const auto order = choice(std::array{"NONE", "ASCEND", "DESCEND"}, arguments.order, "order", 0);
    if (!order) return order.error();
    options.sortOrder = *order;
    const auto target =
        choice(std::array{"KEY", "VERSION", "CREATE", "MODIFY", "VALUE"}, arguments.sortBy, "target", 0);
    if (!target) return target.error();
    options.sortTarget = *target;
    const bool valuesOnly = arguments.valuesOnly;
    if (valuesOnly && *commands.format() != Format::simple) {
        return usage("print-value-only is only for `--write-out=simple`");
    }
    auto client = commands.client();
    if (!client) return client.error();
    const auto result = (*client)->range(keys->first, options);
    if (!result) return result.error();
    return print(formatter->range(*result, options.keysOnly, valuesOnly, options.countOnly));
}

void addGet(Commands& commands) {
    auto* command = commands.app().add_subcommand("get", "Gets the key or a range of keys");
    commands.needs(command, "get command needs one argument as key and an optional argument as range_end");
    auto arguments = std::make_shared<GetArguments>();
    addKeyRange(command, arguments->range);
    client::RangeOptions& options = arguments->options;
    command->add_option("--consistency", arguments->consistency, "Linearizable (l) or serializable (s)");
    command->add_option("--order", arguments->order, "ASCEND or DESCEND");
    command->add_option("--sort-by", arguments->sortBy, "CREATE, KEY, MODIFY, VALUE or VERSION");
    command->add_option("--limit", options.limit, "At most so many");
    command->add_option("--rev", options.revision, "As of this revision");
    command->add_option("--min-mod-rev", options.minModRevision, "Modified at or after this revision");
    command->add_option("--max-mod-rev", options.maxModRevision, "Modified at or before this revision");
    command->add_option("--min-create-rev", options.minCreateRevision, "Created at or after this revision");
    command->add_option("--max-create-rev", options.maxCreateRevision, "Created at or before this revision");
    command->add_flag("--keys-only", options.keysOnly, "Only the keys");
    command->add_flag("--count-only", options.countOnly, "Only how many");
    command->add_flag("--print-value-only", arguments->valuesOnly, "Only the values");
    commands.onRun(command, [&commands, arguments] { return get(commands, *arguments); });
}

constexpr const char* kPutNeeds = "put command needs 1 argument and input from stdin or 2 arguments";

struct PutArguments {
    Words words;
    std::string lease;
    client::PutOptions options;
};

base::Status put(const Commands& commands, PutArguments& arguments) {
    auto formatter = commands.formatter();
    if (!formatter) return formatter.error();
    if (!arguments.lease.empty()) {
        const auto lease = base::parseHexId(arguments.lease);
        if (!lease) return usage("bad lease ID \"" + arguments.lease + "\", expecting ID in Hex");
        arguments.options.lease = static_cast<std::int64_t>(*lease);
    }
    std::string value;
    if (arguments.words.hasSecond()) {
        if (arguments.options.ignoreValue) return usage("put command needs only 1 argument when 'ignore-value' is set");
        value = arguments.words.second;
    } else if (!arguments.options.ignoreValue) {
        value.assign(std::istreambuf_iterator<char>(std::cin), {});
        // An empty value has to be said; a pipe whose program failed says nothing.
        if (value.empty()) return usage(kPutNeeds);
    }
    auto client = commands.client();
    if (!client) return client.error();
    const auto result = (*client)->put(arguments.words.first, value, arguments.options);
    if (!result) return result.error();
    return print(formatter->put(*result));
}

void addPut(Commands& commands) {
    auto* command = commands.app().add_subcommand(
        "put", "Puts the given key into the store (value from standard input if not given)");
    commands.needs(command, kPutNeeds);
    auto arguments = std::make_shared<PutArguments>();
    arguments->words.add(command, "key", "value");
    command->add_option("--lease", arguments->lease, "Lease (in hex) that the key ends with");
    command->add_flag("--prev-kv", arguments->options.prevKv, "Print the pair that was there before");
    command->add_flag("--ignore-value", arguments->options.ignoreValue, "Keep the value as it is");
    command->add_flag("--ignore-lease", arguments->options.ignoreLease, "Keep the lease as it is");
    command->add_option("--keep-versions", arguments->options.keepVersions,
                        "Keep only so many versions of this key from now on (-1: all; Raftarium only)");
    commands.onRun(command, [&commands, arguments] { return put(commands, *arguments); });
}

void addDel(Commands& commands) {
    auto* command = commands.app().add_subcommand("del", "Removes the specified key or range of keys [key, range_end)");
    commands.needs(command, "del command needs one argument as key and an optional argument as range_end");
    auto range = std::make_shared<KeyRange>();
    auto prevKv = std::make_shared<bool>(false);
    addKeyRange(command, *range);
    command->add_flag("--prev-kv", *prevKv, "Print the pairs that were deleted");
    commands.onRun(command, [&commands, range, prevKv]() -> base::Status {
        auto formatter = commands.formatter();
        if (!formatter) return formatter.error();
        const auto keys = resolve(*range);
        if (!keys) return keys.error();
        auto client = commands.client();
        if (!client) return client.error();
        const auto result = (*client)->remove(keys->first, keys->second, *prevKv);
        if (!result) return result.error();
        return print(formatter->removed(*result));
    });
}

}  // namespace

void addKeyCommands(Commands& commands) {
    addGet(commands);
    addPut(commands);
    addDel(commands);
}

}  // namespace raftarium::tools
