// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The ordered store of bytes under the MVCC store: named buckets of keys and values, as in etcd's bbolt file (key,
// meta, lease, alarm, members, members_removed, cluster, auth, authUsers, authRoles).
//
// One writer thread calls put, remove and commit; any number of readers hold ReadViews. A view contains all writes made
// before it, although they reach the disk only with the next commit. A crash loses the writes after the last finished
// commit. The WAL has them, and `consistent_index`, stored in the same commit, is where applying begins again.
#pragma once

#include "cluster/base/result.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace raftarium::mvcc {

enum class Bucket : std::uint8_t {
    key,
    meta,
    lease,
    alarm,
    members,
    membersRemoved,
    cluster,
    auth,
    authUsers,
    authRoles,
    keyBounds,  // not in etcd: bounds on the versions of keys
    count_,
};
std::string_view bucketName(Bucket bucket);

// The content of the backend at the moment the view was made. May be used from any thread, by one at a time.
class ReadView {
public:
    virtual ~ReadView() = default;
    // The value points into the backend's memory and is valid as long as the ReadView.
    virtual std::optional<std::string_view> get(Bucket bucket, std::string_view key) = 0;
    // Visits the rows in [from, to) in ascending order until the visitor returns false. An empty `to` means to the end.
    using Visitor = std::function<bool(std::string_view key, std::string_view value)>;
    virtual void scan(Bucket bucket, std::string_view from, std::string_view to, const Visitor& visit) = 0;
};

struct BackendSize {
    std::int64_t total = 0;  // size of the file, bytes
    std::int64_t inUse = 0;  // without its free pages
};

class Backend {
public:
    virtual ~Backend() = default;

    // Writer thread only. Writes go to a buffer; they wait for the disk only if the buffer is over its limit.
    virtual void put(Bucket bucket, std::string_view key, std::string_view value) = 0;
    virtual void remove(Bucket bucket, std::string_view key) = 0;
    // Writer thread only. Reads everything put so far; the value is valid until the next put, remove or commit.
    virtual std::optional<std::string_view> get(Bucket bucket, std::string_view key) = 0;
    virtual void scan(Bucket bucket, std::string_view from, std::string_view to, const ReadView::Visitor& visit) = 0;

    // Starts a commit of the buffer, with LMDB on a background thread, and returns at once. `done` is called on that
    // thread.
    virtual void commitAsync(std::function<void(base::Status)> done) = 0;
    // Commits everything put so far and waits until it is on the disk.
    virtual base::Status commit() = 0;
    virtual std::size_t pendingOperations() const = 0;  // put or removed since the last commit began

    // Any thread, but not while the writer is inside put or remove; the node's reader gate ensures that.
    virtual std::unique_ptr<ReadView> readView() = 0;
    virtual BackendSize size() const = 0;   // any thread
    virtual base::Status defragment() = 0;  // any thread; commits wait meanwhile
};

}  // namespace raftarium::mvcc
