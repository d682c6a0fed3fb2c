// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/mvcc/index/row_key.h"

#include "cluster/base/coding.h"

namespace raftarium::mvcc {

std::string encodeRevision(Revision revision, bool tombstone) {
    return std::string(RowKey(revision, tombstone).view());
}

std::optional<DecodedRevision> decodeRevision(std::string_view key) {
    if (key.size() != RowKey::kPutSize && key.size() != RowKey::kTombstoneSize) return std::nullopt;
    if (key[8] != '_') return std::nullopt;
    const bool tombstone = key.size() == RowKey::kTombstoneSize;
    if (tombstone && key[17] != 't') return std::nullopt;
    DecodedRevision decoded;
    decoded.revision.main = static_cast<std::int64_t>(base::readFixed64Be(key.data()));
    decoded.revision.sub = static_cast<std::int64_t>(base::readFixed64Be(key.data() + 9));
    decoded.tombstone = tombstone;
    if (decoded.revision.main < 0 || decoded.revision.sub < 0) return std::nullopt;
    return decoded;
}

}  // namespace raftarium::mvcc
