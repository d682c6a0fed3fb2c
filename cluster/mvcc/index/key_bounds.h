// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Bounds on the number of versions kept of a key (SPEC M4), and what has been dropped because of them.
//
// A bound n keeps the newest n puts of the key (over all its generations) and what lies between them; older changes go
// with the put that exceeds the bound. What went leaves a hole: a read at a revision from the first dropped change up
// to the oldest kept put, or a watch from at or before the last dropped change, would need it and is answered
// "compacted". Example, bound 2: puts at 4, 6, 9 drop 4: reads at 4 and 5 are refused, watches from 4 and below, too.
//
// The bound stays with the key through deletes until the deleted key is compacted away. Rows of Bucket::keyBounds: key
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

    // After a put of `history`'s key at `revision`; keepVersions as in PutOp. Drops rows and index entries. What the
    // compaction is about to delete anyway leaves no hole: how far it got must not show in the result.
    void afterPut(Backend& backend, KeyHistory& history, Revision revision, std::int64_t keepVersions,
                  std::int64_t compactRevision);
    // At the apply of a compaction: holes below it need no memory any more, nor do bounds of keys that are gone.
    void compact(Backend& backend, const KeyIndex& index, std::int64_t compactRevision);

    // True if reading this range at this revision needs something dropped.
    bool readNeedsDropped(const KeyRange& range, std::int64_t revision) const;
    // The newest dropped change of the range at or after `from`; nullopt if none: a watch from there misses nothing.
    std::optional<std::int64_t> lastDropped(const KeyRange& range, std::int64_t from) const;
    // A hash of an older revision than this would depend on how far the member is.
    std::int64_t newestDropRevision() const { return m_newestDropRevision; }
    std::size_t size() const { return m_bounds.size(); }

private:
    struct Bound {
        Revision row;
        std::int64_t versions = 0;  // 0 = none any more
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
