// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// `raftariumctl db dump`: what a member's database holds, ours (backend.lmdb, also while the member runs) or etcd's
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
    // `path`: the file, or the data directory that holds it.
    static base::Result<std::unique_ptr<Database>> open(const std::string& path);

    virtual ~Database() = default;
    virtual std::string path() const = 0;
    virtual std::string format() const = 0;  // "lmdb" or "bbolt"
    // Ascending; nothing for a bucket that is not there. The visitor's false ends it.
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
// Keys by revision, leases, members, alarms, users and roles (names only: never passwords) and the counters of the
// store.
base::Status dumpDatabase(const std::string& path, const DatabaseDumpOptions& options, std::string& out);

}  // namespace raftarium::inspect
