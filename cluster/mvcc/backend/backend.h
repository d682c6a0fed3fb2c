// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The ordered byte store under the MVCC store: named buckets of key -> value, as etcd's bbolt file has them
// (facts: bucket names key, meta, lease, alarm, members, members_removed, cluster, auth, authUsers, authRoles).
//
// One writer thread calls put/remove/commit; any number of readers hold ReadViews. Writes are seen at once by views
// made after them, though they reach the disk only with the next commit. What a crash can lose is what came after the
// last finished commit: the WAL has it, and `consistent_index` in the same commit says from where to apply again.
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
    keyBounds,  // ours: SPEC M4's per-key version bounds
    count_,
};
std::string_view bucketName(Bucket bucket);

// A consistent picture of the backend at the moment it was made. Safe to use from one thread at a time, any thread.
class ReadView {
public:
    virtual ~ReadView() = default;
    // Views into the backend's memory; valid as long as the ReadView.
    virtual std::optional<std::string_view> get(Bucket bucket, std::string_view key) = 0;
    // Ascending over [from, to) (to empty = to the end) until the visitor returns false.
    using Visitor = std::function<bool(std::string_view key, std::string_view value)>;
    virtual void scan(Bucket bucket, std::string_view from, std::string_view to, const Visitor& visit) = 0;
};

struct BackendSize {
    std::int64_t total = 0;  // used extent of the file, bytes
    std::int64_t inUse = 0;  // less its free pages
};

class Backend {
public:
    virtual ~Backend() = default;

    // Writer thread only. Buffered; never blocks on the disk unless the buffer is over its limit.
    virtual void put(Bucket bucket, std::string_view key, std::string_view value) = 0;
    virtual void remove(Bucket bucket, std::string_view key) = 0;
    // Reads of the writer thread: sees everything put so far. The view is valid until the next put/remove/commit.
    virtual std::optional<std::string_view> get(Bucket bucket, std::string_view key) = 0;
    virtual void scan(Bucket bucket, std::string_view from, std::string_view to, const ReadView::Visitor& visit) = 0;

    // Hands the buffer to the commit (a background thread in LMDB's case); returns at once. `done` is called from
    // there.
    virtual void commitAsync(std::function<void(base::Status)> done) = 0;
    // Commits everything put so far and waits for the disk.
    virtual base::Status commit() = 0;
    virtual std::size_t pendingOperations() const = 0;  // not handed to a commit yet

    // Any thread, but not while the writer is inside put/remove (the node's reader gate sees to that).
    virtual std::unique_ptr<ReadView> readView() = 0;
    virtual BackendSize size() const = 0;   // any thread
    virtual base::Status defragment() = 0;  // any thread; commits wait in the buffer meanwhile
};

}  // namespace raftarium::mvcc
