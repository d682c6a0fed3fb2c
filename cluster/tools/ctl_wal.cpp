// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// raftariumctl wal dump.
#include "cluster/inspect/wal_dump.h"
#include "cluster/tools/ctl_command.h"
#include "cluster/tools/ctl_text.h"

namespace raftarium::tools {

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
        if (auto dumped = inspect::dumpWal(*path, *options, out); !dumped) return dumped;
        return print(out);
    });
}

}  // namespace raftarium::tools
