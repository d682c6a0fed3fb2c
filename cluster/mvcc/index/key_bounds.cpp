// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/mvcc/index/key_bounds.h"

#include "cluster/base/coding.h"
#include "cluster/base/protobuf_fields.h"
#include "cluster/mvcc/index/row_key.h"

#include <algorithm>
#include <utility>

namespace raftarium::mvcc {
namespace {
constexpr std::string_view kDroppedRow = "dropped";

base::Error corruptRow(std::string_view what) {
    return {base::Errc::corruption, "bucket keyBounds: " + std::string(what) + "; restore the member from a snapshot"};
}
}  // namespace

base::Status KeyBounds::open(Backend& backend) {
    m_bounds.clear();
    m_newestDropRevision = 0;
    std::optional<base::Error> error;
    backend.scan(Bucket::keyBounds, {}, {}, [&](std::string_view rowKey, std::string_view value) {
        if (rowKey == kDroppedRow) {
            if (value.size() != 8) {
                error = corruptRow("row 'dropped' is not 8 bytes long");
                return false;
            }
            m_newestDropRevision = static_cast<std::int64_t>(base::readFixed64Be(value.data()));
            return true;
        }
        const auto row = decodeRevision(rowKey);
        Bound bound;
        std::string_view key;
        base::FieldReader reader(value);
        while (reader.next()) {
            switch (reader.number()) {
                case 1:
                    key = reader.expectBytes();
                    break;
                case 2:
                    bound.versions = static_cast<std::int64_t>(reader.expectInteger());
                    break;
                case 3:
                    bound.firstDropped = static_cast<std::int64_t>(reader.expectInteger());
                    break;
                case 4:
                    bound.lastDropped = static_cast<std::int64_t>(reader.expectInteger());
                    break;
                case 5:
                    bound.oldestKept = static_cast<std::int64_t>(reader.expectInteger());
                    break;
                default:
                    break;
            }
        }
        if (!row || !reader.ok()) {
            error = corruptRow("a row does not decode");
            return false;
        }
        bound.row = row->revision;
        m_bounds.insert_or_assign(std::string(key), bound);
        return true;
    });
    if (error) return *error;
    return {};
}

void KeyBounds::store(Backend& backend, const std::string& key, const Bound& bound) {
    std::string value;
    base::putBytesUnlessEmpty(value, 1, key);
    base::putVarintUnlessZero(value, 2, static_cast<std::uint64_t>(bound.versions));
    base::putVarintUnlessZero(value, 3, static_cast<std::uint64_t>(bound.firstDropped));
    base::putVarintUnlessZero(value, 4, static_cast<std::uint64_t>(bound.lastDropped));
    base::putVarintUnlessZero(value, 5, static_cast<std::uint64_t>(bound.oldestKept));
    backend.put(Bucket::keyBounds, RowKey(bound.row, false).view(), value);
}

void KeyBounds::afterPut(Backend& backend, KeyHistory& history, Revision revision, std::int64_t keepVersions,
                         std::int64_t compactRevision) {
    if (keepVersions == 0 && m_bounds.empty()) return;
    auto it = m_bounds.find(history.key());
    if (it == m_bounds.end()) {
        if (keepVersions <= 0) return;
        it = m_bounds.emplace(std::string(history.key()), Bound{.row = revision}).first;
    }
    Bound& bound = it->second;
    bool changed = false;
    if (keepVersions != 0) {
        const std::int64_t wanted = std::max<std::int64_t>(keepVersions, 0);
        changed = bound.versions != wanted;
        bound.versions = wanted;
    }
    if (bound.versions > 0 && drop(backend, history, bound, compactRevision)) {
        changed = true;
        m_newestDropRevision = revision.main;
        std::string value;
        base::putFixed64Be(value, static_cast<std::uint64_t>(m_newestDropRevision));
        backend.put(Bucket::keyBounds, kDroppedRow, value);
    }
    if (bound.versions == 0 && !bound.hasHole()) {
        backend.remove(Bucket::keyBounds, RowKey(bound.row, false).view());
        m_bounds.erase(it);
    } else if (changed) {
        store(backend, it->first, bound);
    }
}

bool KeyBounds::drop(Backend& backend, KeyHistory& history, Bound& bound, std::int64_t compactRevision) {
    std::int64_t puts = 0;
    std::uint32_t keepFrom = history.size();
    while (keepFrom > 0 && puts < bound.versions) {
        --keepFrom;
        if (!history.change(keepFrom).tombstone) ++puts;
    }
    bool leavesHole = false;
    for (std::uint32_t i = 0; i < keepFrom; ++i) {
        const Change change = history.front();
        backend.remove(Bucket::key, RowKey(change.revision(), change.tombstone).view());
        history.removeFront();
        // A compaction keeps a tombstone at its own revision.
        const bool compacted =
            history.front().main <= compactRevision || (change.tombstone && change.main < compactRevision);
        if (compacted) continue;
        if (!bound.hasHole()) bound.firstDropped = change.main;
        bound.lastDropped = change.main;
        leavesHole = true;
    }
    if (leavesHole) bound.oldestKept = history.front().main;
    return leavesHole;
}

void KeyBounds::compact(Backend& backend, const KeyIndex& index, std::int64_t compactRevision) {
    for (auto it = m_bounds.begin(); it != m_bounds.end();) {
        Bound& bound = it->second;
        bool changed = false;
        if (bound.hasHole() && bound.oldestKept <= compactRevision) {
            bound.firstDropped = bound.lastDropped = bound.oldestKept = 0;
            changed = true;
        }
        // Rows and index entries below the compaction are removed later, in steps. The result must not depend on how
        // far that is.
        const KeyHistory* history = index.find(it->first);
        const bool gone = history == nullptr || (history->back().tombstone && history->back().main <= compactRevision);
        if (!bound.hasHole() && (gone || bound.versions == 0)) {
            backend.remove(Bucket::keyBounds, RowKey(bound.row, false).view());
            it = m_bounds.erase(it);
            continue;
        }
        if (changed) store(backend, it->first, bound);
        ++it;
    }
}

template <typename Visit>
void KeyBounds::visit(const KeyRange& range, Visit&& visit) const {
    if (m_bounds.empty()) return;
    for (auto it = m_bounds.lower_bound(range.key); it != m_bounds.end(); ++it) {
        if (!contains(range, it->first) || !visit(it->second)) return;
    }
}

bool KeyBounds::readNeedsDropped(const KeyRange& range, std::int64_t revision) const {
    if (revision >= m_newestDropRevision) return false;
    bool needed = false;
    visit(range, [&](const Bound& bound) {
        needed = bound.hasHole() && revision >= bound.firstDropped && revision < bound.oldestKept;
        return !needed;
    });
    return needed;
}

std::optional<std::int64_t> KeyBounds::lastDropped(const KeyRange& range, std::int64_t from) const {
    if (from > m_newestDropRevision) return std::nullopt;
    std::optional<std::int64_t> last;
    visit(range, [&](const Bound& bound) {
        if (bound.hasHole() && bound.lastDropped >= from) last = std::max(last.value_or(0), bound.lastDropped);
        return true;
    });
    return last;
}

}  // namespace raftarium::mvcc
