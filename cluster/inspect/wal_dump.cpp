// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/inspect/wal_dump.h"

#include "cluster/base/coding.h"
#include "cluster/inspect/request_dump.h"
#include "cluster/inspect/wal_files.h"
#include "cluster/storage/files/posix_file_system.h"
#include "cluster/storage/snapshot/snapshot_files.h"
#include "cluster/storage/wal/wal_format.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace raftarium::inspect {

namespace {

constexpr std::size_t kRecordsAtOnce = 4096;
constexpr std::array<std::string_view, 12> kEntryTypes = {
    "ConfigChange",   "Normal", "Request",       "InternalRaftRequest", "IRRRange",       "IRRPut",
    "IRRDeleteRange", "IRRTxn", "IRRCompaction", "IRRLeaseGrant",       "IRRLeaseRevoke", "IRRLeaseCheckpoint"};

struct EntryLine {
    std::uint64_t term = 0;
    std::uint64_t index = 0;
    bool confChange = false;
    bool legacy = false;
    std::string operation;
    std::string text;
};

std::string right(std::string_view text, std::size_t width) {
    return std::string(width - std::min(width, text.size()), ' ') + std::string(text);
}

EntryLine lineOf(const WalRecordInfo& record) {
    EntryLine line;
    line.term = record.term;
    line.index = record.index;
    const auto entry = storage::decodeWalEntry(record.dataBytes());
    if (!entry) {
        line.text = record.text.english();
    } else if (entry->type != raft::EntryType::normal) {
        line.confChange = true;
        line.text =
            entry->type == raft::EntryType::confChange ? dumpConfChange(entry->data.view()) : record.text.english();
    } else if (entry->data.empty()) {
        line.text = "noop";
    } else {
        RequestDump dump = dumpRequest(entry->data.view());
        line.text = std::move(dump.text);
        line.legacy = dump.legacy;
        line.operation = std::move(dump.operation);
    }
    return line;
}

bool selected(const EntryLine& line, const std::vector<std::string>& types) {
    if (types.empty()) return true;
    return std::any_of(types.begin(), types.end(), [&](const std::string& type) {
        if (type == "ConfigChange") return line.confChange;
        if (line.confChange) return false;
        if (type == "Normal") return true;
        if (type == "Request") return line.legacy;
        if (type == "InternalRaftRequest") return !line.legacy && line.text != "noop";
        return line.operation == type;
    });
}

// The result of all records: the last metadata and state, and the entries that were not overwritten.
struct Log {
    std::string nodeId = "0", clusterId = "0";
    std::uint64_t term = 0, commit = 0, vote = 0;
    std::vector<EntryLine> entries;
    std::uint64_t lastIndex = 0;

    void add(const WalRecordInfo& record) {
        if (!record.crcOk) return;
        if (record.kind == WalRecordKind::metadata) {
            if (const auto metadata = storage::decodeWalMetadata(record.dataBytes())) {
                nodeId = base::hexId(metadata->nodeId);
                clusterId = base::hexId(metadata->clusterId);
            }
        }
        if (record.kind == WalRecordKind::state) {
            term = record.term;
            commit = record.index;
            vote = record.vote;
        }
        if (record.kind != WalRecordKind::entry || record.index == 0) return;
        while (!entries.empty() && entries.back().index >= record.index) entries.pop_back();
        entries.push_back(lineOf(record));
        lastIndex = record.index;
    }
};

std::string problemText(const WalProblem& problem) {
    return (problem.unfinished ? "unfinished write: " : "damage: ") + problem.segment + " at offset " +
           std::to_string(problem.offset) + ": " + problem.text;
}

std::string rawLine(const WalRecordInfo& record) {
    std::string line = right(std::to_string(record.sequence), 4) + right(std::to_string(record.offset), 10) +
                       right(std::to_string(record.length), 8) + "  " + base::hexDigits(record.crcStored, 8);
    line += record.crcOk ? "  " : "! ";
    line += record.kindName + std::string(16 - std::min<std::size_t>(15, record.kindName.size()), ' ');
    if (record.kind == WalRecordKind::entry) {
        line += "term " + std::to_string(record.term) + " index " + std::to_string(record.index) + "  ";
    }
    line += record.text.english();
    if (!record.crcOk) line += "  (CRC of the data is " + base::hexDigits(record.crcComputed, 8) + ")";
    return line;
}

nlohmann::json recordJson(const WalRecordInfo& record) {
    nlohmann::json json = {{"segment", record.sequence},
                           {"offset", record.offset},
                           {"length", record.length},
                           {"padding", record.padding},
                           {"type", static_cast<int>(record.kind)},
                           {"kind", record.kindName},
                           {"crc", base::hexDigits(record.crcStored, 8)},
                           {"crcOk", record.crcOk},
                           {"text", record.text.english()},
                           {"data", base::hexBytes(record.dataBytes())}};
    if (!record.crcOk) json["crcComputed"] = base::hexDigits(record.crcComputed, 8);
    if (record.kind == WalRecordKind::entry || record.kind == WalRecordKind::snapshot) {
        json["term"] = record.term;
        json["index"] = record.index;
    }
    if (record.kind == WalRecordKind::state) {
        json["term"] = record.term;
        json["vote"] = base::hexId(record.vote);
        json["commit"] = record.index;
    }
    return json;
}

nlohmann::json problemJson(const WalProblem& problem) {
    nlohmann::json json = {{"segment", problem.segment},
                           {"offset", problem.offset},
                           {"text", problem.text},
                           {"unfinished", problem.unfinished}};
    if (problem.crcDiffers) {
        json["crcStored"] = base::hexDigits(problem.crcStored, 8);
        json["crcComputed"] = base::hexDigits(problem.crcComputed, 8);
    }
    return json;
}

// The newest readable .snap file of the data directory; etcd-dump-logs begins with it, too.
std::string snapshotText(const std::string& path) {
    base::FileSystem& fs = storage::posixFileSystem();
    const std::string directory = path + "/member/snap";
    const auto names = fs.list(directory);
    if (!names) return "empty\n";
    for (auto name = names->rbegin(); name != names->rend(); ++name) {
        if (!name->ends_with(".snap")) continue;
        const auto snapshot = storage::readSnapshotFile(fs, directory + "/" + *name);
        if (!snapshot) continue;
        std::string nodes;
        for (const auto id : snapshot->metadata.confState.voters) nodes += (nodes.empty() ? "" : " ") + base::hexId(id);
        return "term=" + std::to_string(snapshot->metadata.term) +
               " index=" + std::to_string(snapshot->metadata.index) + " nodes=[" + nodes + "]\n";
    }
    return "empty\n";
}

void putText(const Log& log, const std::string& path, const WalDumpOptions& options, std::string& out) {
    out += "Snapshot:\n" + snapshotText(path);
    out += options.startIndex == 0
               ? "Start dumping log entries from the oldest one.\n"
               : "Start dumping log entries from index " + std::to_string(options.startIndex) + ".\n";
    out += "WAL metadata:\nnodeID=" + log.nodeId + " clusterID=" + log.clusterId + " term=" + std::to_string(log.term) +
           " commitIndex=" + std::to_string(log.commit) + " vote=" + base::hexId(log.vote) + "\n";
    out += "WAL entries:\nlastIndex=" + std::to_string(log.lastIndex) + "\nterm\t     index\ttype\tdata\n";
    std::size_t count = 0;
    for (const EntryLine& line : log.entries) {
        if (line.index < options.startIndex || !selected(line, options.entryTypes)) continue;
        ++count;
        out += right(std::to_string(line.term), 4) + '\t' + right(std::to_string(line.index), 10) + '\t' +
               (line.confChange ? "conf" : "norm") + '\t' + line.text + '\n';
    }
    std::string types;
    for (const std::string& type : options.entryTypes) types += (types.empty() ? "" : ",") + type;
    out += "\nEntry types (" + types + ") count is : " + std::to_string(count) + "\n";
}

}  // namespace

base::Result<std::size_t> dumpWal(const std::string& path, const WalDumpOptions& options, std::string& out) {
    for (const std::string& type : options.entryTypes) {
        if (std::find(kEntryTypes.begin(), kEntryTypes.end(), type) != kEntryTypes.end()) continue;
        return base::Error{base::Errc::invalidArgument, "unknown entry type " + type};
    }
    base::FileSystem& fs = storage::posixFileSystem();
    const auto directory = findWalDirectory(fs, path);
    if (!directory) return directory.error();
    Log log;
    std::vector<WalProblem> problems;
    nlohmann::json records = nlohmann::json::array();
    WalPosition position;
    for (bool more = true; more;) {
        const auto read = readWalRecords(fs, *directory, position, kRecordsAtOnce);
        if (!read) return read.error();
        for (const WalRecordInfo& record : read->records) {
            const bool wanted = record.kind != WalRecordKind::entry ||
                                (record.index >= options.startIndex && selected(lineOf(record), options.entryTypes));
            if (options.json && wanted) records.push_back(recordJson(record));
            if (options.raw && !options.json && wanted) out += rawLine(record) + '\n';
            if (!options.raw && !options.json) log.add(record);
        }
        problems.insert(problems.end(), read->problems.begin(), read->problems.end());
        position = read->next;
        more = read->more;
    }
    if (const auto lost = findLostPart(fs, *directory, position); !lost) {
        return lost.error();
    } else if (*lost) {
        // This problem is more exact than the one that reading found at the same place.
        std::erase_if(problems, [&](const WalProblem& each) {
            return each.sequence == (*lost)->sequence && each.offset == (*lost)->offset;
        });
        problems.push_back(**lost);
    }
    const auto damaged = static_cast<std::size_t>(
        std::count_if(problems.begin(), problems.end(), [](const WalProblem& each) { return !each.unfinished; }));
    if (options.json) {
        nlohmann::json json = {{"directory", *directory}, {"records", std::move(records)}};
        json["problems"] = nlohmann::json::array();
        for (const WalProblem& problem : problems) json["problems"].push_back(problemJson(problem));
        out += json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
        return damaged;
    }
    if (!options.raw) putText(log, path, options, out);
    for (const WalProblem& problem : problems) out += problemText(problem) + '\n';
    return damaged;
}

}  // namespace raftarium::inspect
