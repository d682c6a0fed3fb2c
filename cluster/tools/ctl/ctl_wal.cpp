// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// raftariumctl wal dump, db dump.
#include "cluster/inspect/database_dump.h"
#include "cluster/inspect/wal_dump.h"
#include "cluster/tools/ctl/ctl_command.h"
#include "cluster/tools/ctl/ctl_text.h"

namespace raftarium::tools {
namespace {

void addDatabaseCommands(Commands& commands) {
    auto* database = commands.app().add_subcommand("db", "Stores on disk, ours and etcd's");
    database->require_subcommand(1);
    auto* dump = database->add_subcommand("dump", "Prints keys by revision, leases and members (text, or -w json)");
    auto path = std::make_shared<std::string>();
    dump->add_option("directory", *path, "Data directory, or the database file")->required();
    commands.onRun(dump, [&commands, path]() -> base::Status {
        const auto format = commands.format();
        if (!format) return format.error();
        if (*format != Format::simple && *format != Format::json) return usage("db dump prints text, or -w json");
        std::string out;
        if (auto dumped = inspect::dumpDatabase(*path, {.json = *format == Format::json}, out); !dumped) return dumped;
        return print(out);
    });
}

}  // namespace

void addWalCommands(Commands& commands) {
    auto* wal = commands.app().add_subcommand("wal", "Write-ahead logs on disk, ours and etcd's");
    wal->require_subcommand(1);
    auto* dump =
        wal->add_subcommand("dump", "Prints the records of a log, also while its node runs (text, or -w json)");
    auto path = std::make_shared<std::string>();
    auto options = std::make_shared<inspect::WalDumpOptions>();
    auto types = std::make_shared<std::string>();
    dump->add_option("directory", *path, "Data directory, or the log directory itself")->required();
    dump->add_flag("--raw", options->raw, "Every record with its place and CRC, instead of the entries");
    dump->add_option("--start-index", options->startIndex, "Entries from this index on");
    dump->add_option("--entry-type", *types, "Only entries of these types, such as IRRPut,ConfigChange");
    commands.onRun(dump, [&commands, path, options, types]() -> base::Status {
        const auto format = commands.format();
        if (!format) return format.error();
        if (*format != Format::simple && *format != Format::json) return usage("wal dump prints text, or -w json");
        options->json = *format == Format::json;
        if (!types->empty()) options->entryTypes = split(*types, ',');
        std::string out;
        const auto damaged = inspect::dumpWal(*path, *options, out);
        if (!damaged) return damaged.error();
        if (auto printed = print(out); !printed || *damaged == 0) return printed;
        return base::Error{base::Errc::corruption, "the log in " + *path + " is damaged in " +
                                                       std::to_string(*damaged) +
                                                       (*damaged == 1 ? " place, told" : " places, told") + " above"};
    });
    addDatabaseCommands(commands);
}

}  // namespace raftarium::tools
