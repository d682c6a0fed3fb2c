// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/inspect/database_dump.h"

#include "cluster/base/byte_text.h"
#include "cluster/base/coding.h"
#include "cluster/storage/backend/lmdb_backend.h"
#include "cluster/storage/bbolt/bbolt_reader.h"
#include "cluster/storage/files/posix_file_system.h"
#include "proto/etcd/kv.pb.h"
#include "proto/etcd/lease.pb.h"
#include "proto/etcd/rpc.pb.h"

#include <nlohmann/json.hpp>

#include <array>
#include <optional>
#include <utility>

namespace raftarium::inspect {

namespace {

constexpr std::size_t kTextMax = 200;

class BboltDatabase final : public Database {
public:
    BboltDatabase(std::string path, std::unique_ptr<storage::BboltReader> reader)
        : m_path(std::move(path)), m_reader(std::move(reader)) {}
    std::string path() const override { return m_path; }
    std::string format() const override { return "bbolt"; }
    base::Status scan(std::string_view bucket, const Visitor& visit) override {
        bool stopped = false;
        auto status = m_reader->scan(bucket, [&](std::string_view key, std::string_view value) -> base::Status {
            stopped = !visit(key, value);
            return stopped ? base::Status(base::Error{base::Errc::aborted, {}}) : base::Status();
        });
        return stopped ? base::Status() : status;
    }

private:
    std::string m_path;
    std::unique_ptr<storage::BboltReader> m_reader;
};

class LmdbDatabase final : public Database {
public:
    LmdbDatabase(std::string path, std::unique_ptr<mvcc::ReadView> view)
        : m_path(std::move(path)), m_view(std::move(view)) {}
    std::string path() const override { return m_path; }
    std::string format() const override { return "lmdb"; }
    base::Status scan(std::string_view bucket, const Visitor& visit) override {
        for (std::size_t i = 0; i < static_cast<std::size_t>(mvcc::Bucket::count_); ++i) {
            if (mvcc::bucketName(static_cast<mvcc::Bucket>(i)) != bucket) continue;
            m_view->scan(static_cast<mvcc::Bucket>(i), {}, {}, visit);
        }
        return {};
    }

private:
    std::string m_path;
    std::unique_ptr<mvcc::ReadView> m_view;
};

base::Result<std::unique_ptr<Database>> openBbolt(const std::string& path) {
    auto reader = storage::BboltReader::open(storage::posixFileSystem(), path);
    if (!reader) return reader.error();
    return std::unique_ptr<Database>(std::make_unique<BboltDatabase>(path, std::move(*reader)));
}

base::Result<std::unique_ptr<Database>> openFile(const std::string& path) {
    auto view = storage::openLmdbView(path);
    if (view) return std::unique_ptr<Database>(std::make_unique<LmdbDatabase>(path, std::move(*view)));
    if (view.error().code != base::Errc::corruption) return view.error();
    auto bbolt = openBbolt(path);
    if (bbolt) return bbolt;
    return base::Error{base::Errc::corruption,
                       path + " is no database: " + view.error().text + "; " + bbolt.error().text};
}

using Json = nlohmann::ordered_json;

std::string text(std::string_view bytes) { return base::byteTextBegin(bytes, kTextMax); }

// Collects rows; the first error of a scan ends the dump.
class Dump {
public:
    Dump(Database& database, Json& json) : m_database(database), m_json(json) {}

    template <typename Row>
    void section(const char* name, std::string_view bucket, const Row& row) {
        Json rows = Json::array();
        scan(bucket, [&](std::string_view key, std::string_view value) {
            rows.push_back(row(key, value));
            return true;
        });
        m_json[name] = std::move(rows);
    }
    void scan(std::string_view bucket, const Database::Visitor& visit) {
        if (m_status) m_status = m_database.scan(bucket, visit);
    }
    const base::Status& status() const { return m_status; }

private:
    Database& m_database;
    Json& m_json;
    base::Status m_status;
};

Json leaseRow(std::string_view, std::string_view value) {
    leasepb::Lease lease;
    if (!lease.ParseFromArray(value.data(), static_cast<int>(value.size()))) return Json{{"problem", "not decodable"}};
    Json row = {{"id", base::hexId(static_cast<std::uint64_t>(lease.id()))}, {"ttl", lease.ttl()}};
    if (lease.remainingttl() > 0) row["remainingTtl"] = lease.remainingttl();
    return row;
}

Json memberRow(std::string_view key, std::string_view value) {
    const Json member = Json::parse(value.begin(), value.end(), nullptr, false);
    return Json{{"id", text(key)}, {"member", member.is_discarded() ? Json(text(value)) : member}};
}

Json alarmRow(std::string_view key, std::string_view) {
    etcdserverpb::AlarmMember alarm;
    if (!alarm.ParseFromArray(key.data(), static_cast<int>(key.size()))) return Json{{"problem", "not decodable"}};
    return Json{{"member", base::hexId(alarm.memberid())}, {"alarm", etcdserverpb::AlarmType_Name(alarm.alarm())}};
}

Json nameRow(std::string_view key, std::string_view) { return text(key); }

Json counterValue(std::string_view key, std::string_view value) {
    const bool revision = key == "scheduledCompactRev" || key == "finishedCompactRev";
    if ((value.size() == 8 || (revision && value.size() == 17)) && !value.empty())
        return base::readFixed64Be(value.data());
    return text(value);
}

Json changeRow(const KeyChange& change) {
    Json row = {{"revision", std::to_string(change.main) + "." + std::to_string(change.sub)},
                {"change", change.deleted ? "delete" : "put"},
                {"key", text(change.key)}};
    if (change.deleted) return row;
    row["value"] = text(change.value);
    row["createRevision"] = change.createRevision;
    row["version"] = change.version;
    if (change.lease != 0) row["lease"] = base::hexId(static_cast<std::uint64_t>(change.lease));
    return row;
}

base::Status collect(Database& database, Json& json) {
    json["path"] = database.path();
    json["format"] = database.format();
    Dump dump(database, json);
    Json counters = Json::object();
    for (const char* bucket : {"meta", "cluster", "auth"}) {
        dump.scan(bucket, [&](std::string_view key, std::string_view value) {
            counters[text(key)] = key == "authEnabled" ? Json(value == "\x01") : counterValue(key, value);
            return true;
        });
    }
    json["store"] = std::move(counters);
    const auto changes = readKeyChanges(database);
    if (!changes) return changes.error();
    json["keys"] = Json::array();
    for (const KeyChange& change : *changes) json["keys"].push_back(changeRow(change));
    dump.section("leases", "lease", leaseRow);
    dump.section("members", "members", memberRow);
    dump.section("removedMembers", "members_removed", nameRow);
    dump.section("alarms", "alarm", alarmRow);
    dump.section("users", "authUsers", nameRow);
    dump.section("roles", "authRoles", nameRow);
    return dump.status();
}

void putLine(const Json& row, std::string& out) {
    out += "  ";
    if (!row.is_object()) {
        out += row.is_string() ? row.get<std::string>() : row.dump();
    } else {
        std::string separator;
        for (const auto& [name, value] : row.items()) {
            out += separator + name + "=" + (value.is_string() ? value.get<std::string>() : value.dump());
            separator = "  ";
        }
    }
    out += '\n';
}

void putText(const Json& json, std::string& out) {
    for (const auto& [name, value] : json.items()) {
        if (!value.is_structured()) {
            out += name + ": " + (value.is_string() ? value.get<std::string>() : value.dump()) + '\n';
        } else if (value.is_object()) {
            out += name + ":\n";
            for (const auto& [key, counter] : value.items()) putLine(Json{{key, counter}}, out);
        } else if (!value.empty()) {
            out += name + " (" + std::to_string(value.size()) + "):\n";
            for (const Json& row : value) putLine(row, out);
        }
    }
}

}  // namespace

base::Result<std::unique_ptr<Database>> Database::open(const std::string& path) {
    base::FileSystem& fs = storage::posixFileSystem();
    if (!fs.list(path)) return openFile(path);
    for (const char* name : {"/member/snap/backend.lmdb", "/backend.lmdb", "/member/snap/db", "/db"}) {
        if (fs.exists(path + name)) return openFile(path + name);
    }
    return base::Error{base::Errc::notFound, path + " holds no database (member/snap/backend.lmdb or member/snap/db)"};
}

base::Result<std::vector<KeyChange>> readKeyChanges(Database& database) {
    std::vector<KeyChange> changes;
    std::optional<base::Error> problem;
    const auto status = database.scan("key", [&](std::string_view key, std::string_view value) {
        mvccpb::KeyValue pair;
        const bool shaped = (key.size() == 17 || (key.size() == 18 && key[17] == 't')) && key[8] == '_';
        if (!shaped || !pair.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
            problem =
                base::Error{base::Errc::corruption, database.path() + ": an entry of bucket key cannot be decoded"};
            return false;
        }
        KeyChange change;
        change.main = static_cast<std::int64_t>(base::readFixed64Be(key.data()));
        change.sub = static_cast<std::int64_t>(base::readFixed64Be(key.data() + 9));
        change.deleted = key.size() == 18;
        change.key = pair.key();
        change.value = pair.value();
        change.createRevision = pair.create_revision();
        change.version = pair.version();
        change.lease = pair.lease();
        changes.push_back(std::move(change));
        return true;
    });
    if (problem) return *problem;
    if (!status) return status.error();
    return changes;
}

base::Status dumpDatabase(const std::string& path, const DatabaseDumpOptions& options, std::string& out) {
    const auto database = Database::open(path);
    if (!database) return database.error();
    Json json;
    if (const auto status = collect(**database, json); !status) return status;
    if (options.json) {
        out += json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
    } else {
        putText(json, out);
    }
    return {};
}

}  // namespace raftarium::inspect
