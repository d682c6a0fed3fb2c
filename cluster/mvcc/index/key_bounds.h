// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Bounds on the number of versions that are kept of a key, and what has been dropped because of them.
//
// A bound n keeps the newest n puts of the key, over all its generations, and the deletes between them. The put that
// exceeds the bound drops older changes. They leave a hole: a read at a revision from the first dropped change up to
// the oldest kept put is answered "compacted", and so is a watch that starts at or before the last dropped change.
// Example with bound 2: after puts at 4, 6 and 9, the change at 4 is dropped; reads at 4 and 5 and watches from 4 or
// below are refused.
//
// A key keeps its bound when it is deleted, until a compaction removes the deleted key. Rows of Bucket::keyBounds: key
// = revision of the put that made the row, value = fields 1 key, 2 bound, 3 first dropped, 4 last dropped, 5 oldest
// kept; and the row "dropped", 8 bytes big-endian: the newest revision whose transaction dropped something.
#pragma once

#include "cluster/base/result.h"
#include "cluster/mvcc/backend/backend.h"
#include "cluster/mvcc/index/key_index.h"

#include <absl/container/btree_map.h>

#include <cstdint>
#include <optional>
#include <string>

namespace raftarium::mvcc {

class KeyBounds {
public:
    base::Status open(Backend& backend);

    // Called after a put of `history`'s key at `revision`; keepVersions as in PutOp. Drops rows and index entries.
    // Changes that the running compaction will delete leave no hole, because the result must not depend on its
    // progress.
    void afterPut(Backend& backend, KeyHistory& history, Revision revision, std::int64_t keepVersions,
                  std::int64_t compactRevision);
    // Called when a compaction is applied: forgets the holes below it, and the bounds of keys that no longer exist.
    void compact(Backend& backend, const KeyIndex& index, std::int64_t compactRevision);

    // True if reading this range at this revision needs a dropped change.
    bool readNeedsDropped(const KeyRange& range, std::int64_t revision) const;
    // The newest dropped change of the range at or after `from`; nullopt if there is none, so that a watch from there
    // is complete.
    std::optional<std::int64_t> lastDropped(const KeyRange& range, std::int64_t from) const;
    // Hashes of older revisions than this one differ between members that applied different numbers of entries.
    std::int64_t newestDropRevision() const { return m_newestDropRevision; }
    std::size_t size() const { return m_bounds.size(); }

private:
    struct Bound {
        Revision row;
        std::int64_t versions = 0;  // 0 = no bound
        std::int64_t firstDropped = 0;
        std::int64_t lastDropped = 0;
        std::int64_t oldestKept = 0;

        bool hasHole() const { return lastDropped != 0; }
    };
    using Bounds = absl::btree_map<std::string, Bound, std::less<>>;

    static void store(Backend& backend, const std::string& key, const Bound& bound);
    bool drop(Backend& backend, KeyHistory& history, Bound& bound, std::int64_t compactRevision);
    template <typename Visit>
    void visit(const KeyRange& range, Visit&& visit) const;

    Bounds m_bounds;
    std::int64_t m_newestDropRevision = 0;
};

}  // namespace raftarium::mvcc
