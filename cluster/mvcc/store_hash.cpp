// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/mvcc/store_hash.h"

#include "cluster/base/coding.h"
#include "cluster/mvcc/txn/api_error.h"

#include <algorithm>
#include <array>

namespace raftarium::mvcc {
namespace {
// True if a compaction at `revision` keeps this row, which is at or below that revision.
bool kept(const KeyHistory* history, const DecodedRevision& row, std::int64_t revision) {
    if (history == nullptr || row.tombstone) return false;
    const Change* change = history->at(revision);
    return change != nullptr && change->revision() == row.revision;
}

bool anyLiveAt(const KeyIndex& index, std::int64_t revision) {
    bool any = false;
    index.visit({std::string_view("\0", 1), std::string_view("\0", 1)}, [&](const KeyHistory& history) {
        any = history.at(revision) != nullptr;
        return !any;
    });
    return any;
}
}  // namespace

base::Result<HashKvResult> hashKeyBucket(const StoreCore& core, const Rows& rows, std::int64_t revision) {
    if (revision > 0 && revision <= core.compactRevision) return makeError(ApiError::compacted);
    if (revision > core.revision) return makeError(ApiError::futureRevision);
    const std::int64_t at = revision > 0 ? revision : core.revision;
    // A member that is further ahead may have dropped rows for a version bound, and could not compute this hash.
    if (at < core.bounds.newestDropRevision()) return makeError(ApiError::compacted);

    // As in etcd: rows that a compaction at this revision would not keep are skipped, but only if it would keep any
    // row. Rows that the last compaction has not deleted yet are always skipped: other members may have deleted them.
    const std::int64_t keepAt = anyLiveAt(core.index, at) ? at : core.compactRevision;
    HashKvResult result{0, core.revision, core.compactRevision, at};
    result.hash = base::crc32c(0, bucketName(Bucket::key));
    rows.scan(Bucket::key, {}, {}, [&](std::string_view key, std::string_view value) {
        const auto row = decodeRevision(key);
        if (!row) return true;
        if (row->revision.main > at) return false;
        if (row->revision.main <= core.compactRevision) {
            KeyValueView kv;
            if (decodeKeyValue(value, kv) && !kept(core.index.find(kv.key), *row, keepAt)) return true;
        }
        result.hash = base::crc32c(result.hash, key);
        result.hash = base::crc32c(result.hash, value);
        return true;
    });
    return result;
}

std::uint32_t hashBuckets(const Rows& rows) {
    std::array<Bucket, static_cast<std::size_t>(Bucket::count_)> buckets{};
    for (std::size_t i = 0; i < buckets.size(); ++i) buckets[i] = static_cast<Bucket>(i);
    std::sort(buckets.begin(), buckets.end(), [](Bucket a, Bucket b) { return bucketName(a) < bucketName(b); });
    std::uint32_t hash = 0;
    for (const Bucket bucket : buckets) {
        bool named = false;
        const auto name = [&] {
            if (!named) hash = base::crc32c(hash, bucketName(bucket));
            named = true;
        };
        // etcd's own buckets always exist; the bucket that only we have counts only if it has rows.
        if (bucket != Bucket::keyBounds) name();
        rows.scan(bucket, {}, {}, [&](std::string_view key, std::string_view value) {
            if (bucket == Bucket::meta && (key == "consistent_index" || key == "term")) return true;
            name();
            hash = base::crc32c(base::crc32c(hash, key), value);
            return true;
        });
    }
    return hash;
}

}  // namespace raftarium::mvcc
