// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// `raftariumctl db dump`: the content of a member's database, ours (backend.lmdb, also while the member runs) or etcd's
// (bbolt: member/snap/db of a stopped member, or a snapshot file).
#pragma once

#include "cluster/base/result.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace raftarium::inspect {

// A database of either kind, read-only.
class Database {
public:
    // `path` is the file, or its data directory.
    static base::Result<std::unique_ptr<Database>> open(const std::string& path);

    virtual ~Database() = default;
    virtual std::string path() const = 0;
    virtual std::string format() const = 0;  // "lmdb" or "bbolt"
    // Visits the rows in ascending order until the visitor returns false; none if the bucket does not exist.
    using Visitor = std::function<bool(std::string_view key, std::string_view value)>;
    virtual base::Status scan(std::string_view bucket, const Visitor& visit) = 0;
};

// One change of a key, in the order of revisions.
struct KeyChange {
    std::int64_t main = 0;
    std::int64_t sub = 0;
    bool deleted = false;
    std::string key;
    std::string value;
    std::int64_t createRevision = 0;
    std::int64_t version = 0;
    std::int64_t lease = 0;
};
base::Result<std::vector<KeyChange>> readKeyChanges(Database& database);

struct DatabaseDumpOptions {
    bool json = false;
};
// Keys by revision, leases, members, alarms, users and roles (only their names, never passwords), and the counters of
// the store.
base::Status dumpDatabase(const std::string& path, const DatabaseDumpOptions& options, std::string& out);

}  // namespace raftarium::inspect
