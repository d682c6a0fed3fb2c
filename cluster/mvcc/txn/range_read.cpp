// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/mvcc/txn/range_read.h"

#include "cluster/base/coding.h"
#include "cluster/mvcc/txn/api_error.h"

#include <algorithm>
#include <compare>
#include <optional>
#include <string>

namespace raftarium::mvcc {
namespace {
class CopyingSink final : public KeyValueSink {
public:
    explicit CopyingSink(std::vector<KeyValue>& kvs) : m_kvs(kvs) {}
    void add(const KeyValueView& kv) override { m_kvs.push_back(kv.copy()); }

private:
    std::vector<KeyValue>& m_kvs;
};

bool hasFilter(const RangeOp& op) {
    return op.minModRevision != 0 || op.maxModRevision != 0 || op.minCreateRevision != 0 || op.maxCreateRevision != 0;
}

bool passes(const RangeOp& op, const KeyValueView& kv) {
    if (op.maxModRevision != 0 && kv.modRevision > op.maxModRevision) return false;
    if (op.minModRevision != 0 && kv.modRevision < op.minModRevision) return false;
    if (op.maxCreateRevision != 0 && kv.createRevision > op.maxCreateRevision) return false;
    return op.minCreateRevision == 0 || kv.createRevision >= op.minCreateRevision;
}

bool sortsBefore(SortTarget target, const KeyValueView& a, const KeyValueView& b) {
    switch (target) {
        case SortTarget::key:
            return a.key < b.key;
        case SortTarget::version:
            return a.version < b.version;
        case SortTarget::create:
            return a.createRevision < b.createRevision;
        case SortTarget::mod:
            return a.modRevision < b.modRevision;
        case SortTarget::value:
            return a.value < b.value;
    }
    return false;
}

void sortPairs(const RangeOp& op, std::vector<KeyValueView>& pairs) {
    const bool descending = op.sortOrder == SortOrder::descend;
    if (!descending && op.sortTarget == SortTarget::key) return;  // the order of the index
    std::stable_sort(pairs.begin(), pairs.end(), [&](const KeyValueView& a, const KeyValueView& b) {
        return descending ? sortsBefore(op.sortTarget, b, a) : sortsBefore(op.sortTarget, a, b);
    });
}

bool resultHolds(CompareResult wanted, std::strong_ordering order) {
    switch (wanted) {
        case CompareResult::equal:
            return order == 0;
        case CompareResult::notEqual:
            return order != 0;
        case CompareResult::greater:
            return order > 0;
        case CompareResult::less:
            return order < 0;
        case CompareResult::unknown:
            return true;
    }
    return true;
}

bool pairHolds(const Compare& compare, const KeyValueView& kv) {
    std::strong_ordering order = std::strong_ordering::equal;
    switch (compare.target) {
        case CompareTarget::version:
            order = kv.version <=> compare.number;
            break;
        case CompareTarget::create:
            order = kv.createRevision <=> compare.number;
            break;
        case CompareTarget::mod:
            order = kv.modRevision <=> compare.number;
            break;
        case CompareTarget::value:
            order = kv.value <=> compare.value;
            break;
        case CompareTarget::lease:
            order = kv.lease <=> compare.number;
            break;
    }
    return resultHolds(compare.result, order);
}

std::string revisionText(Revision revision) {
    return std::to_string(revision.main) + "." + std::to_string(revision.sub);
}
}  // namespace

base::Error corruptRecord(Revision revision, std::string_view what) {
    return {base::Errc::corruption, "bucket key, revision " + revisionText(revision) + ": " + std::string(what) +
                                        "; restore the member from a snapshot or its peers"};
}

base::Result<KeyValueView> Rows::record(const Change& change) const {
    const RowKey key(change.revision(), false);
    const auto row = get(Bucket::key, key.view());
    if (!row) return corruptRecord(change.revision(), "the index has it, the backend does not");
    KeyValueView kv;
    if (!decodeKeyValue(*row, kv)) return corruptRecord(change.revision(), "the record does not decode");
    return kv;
}

base::Result<RangeResult> RangeRead::run(const RangeOp& op) const {
    std::vector<KeyValue> kvs;
    CopyingSink sink(kvs);
    auto result = run(op, sink);
    if (result) result->kvs = std::move(kvs);
    return result;
}

base::Result<RangeResult> RangeRead::run(const RangeOp& op, KeyValueSink& sink) const {
    if (op.revision > m_revision) return makeError(ApiError::futureRevision);
    const std::int64_t at = op.revision > 0 ? op.revision : m_revision;
    if (at < m_core.compactRevision) return makeError(ApiError::compacted);
    if (m_core.bounds.readNeedsDropped(op.range, at)) return makeError(ApiError::compacted);
    const bool plain = op.sortOrder == SortOrder::none && op.sortTarget == SortTarget::key && !hasFilter(op);
    return plain || op.countOnly ? stream(op, at, sink) : sorted(op, at, sink);
}

base::Result<RangeResult> RangeRead::stream(const RangeOp& op, std::int64_t at, KeyValueSink& sink) const {
    RangeResult result;
    result.revision = m_revision;
    std::optional<base::Error> error;
    m_core.index.visit(op.range, [&](const KeyHistory& history) {
        const Change* change = history.at(at);
        if (change == nullptr) return true;
        ++result.count;
        if (op.countOnly) return true;
        if (op.limit > 0 && result.count > op.limit) {
            result.more = true;
            return true;
        }
        auto kv = m_rows.record(*change);
        if (!kv) {
            error = kv.error();
            return false;
        }
        if (op.keysOnly) kv->value = {};
        sink.add(*kv);
        return true;
    });
    if (error) return *error;
    return result;
}

base::Result<RangeResult> RangeRead::sorted(const RangeOp& op, std::int64_t at, KeyValueSink& sink) const {
    // Without order and filter etcd stops one pair past the limit, even if it sorts by another target afterwards.
    const bool fetchAll = op.sortOrder != SortOrder::none || hasFilter(op) || op.limit <= 0;
    RangeResult result;
    result.revision = m_revision;
    std::vector<KeyValueView> pairs;
    std::optional<base::Error> error;
    m_core.index.visit(op.range, [&](const KeyHistory& history) {
        const Change* change = history.at(at);
        if (change == nullptr) return true;
        ++result.count;
        if (!fetchAll && result.count > op.limit + 1) return true;
        const auto kv = m_rows.record(*change);
        if (!kv) {
            error = kv.error();
            return false;
        }
        if (passes(op, *kv)) pairs.push_back(*kv);
        return true;
    });
    if (error) return *error;
    sortPairs(op, pairs);
    if (op.limit > 0 && static_cast<std::int64_t>(pairs.size()) > op.limit) {
        pairs.resize(static_cast<std::size_t>(op.limit));
        result.more = true;
    }
    for (KeyValueView& kv : pairs) {
        if (op.keysOnly) kv.value = {};
        sink.add(kv);
    }
    return result;
}

base::Status RangeRead::check(const RangeOp& op) const {
    if (op.revision == 0) return {};
    if (op.revision > m_revision) return makeError(ApiError::futureRevision);
    if (op.revision < m_core.compactRevision) return makeError(ApiError::compacted);
    if (op.revision > 0 && m_core.bounds.readNeedsDropped(op.range, op.revision)) return makeError(ApiError::compacted);
    return {};
}

base::Result<bool> RangeRead::holds(const Compare& compare) const {
    bool any = false;
    bool all = true;
    std::optional<base::Error> error;
    // The index has version and create revision of the newest state, so that the guard of a lock reads no row.
    const bool fromIndex = compare.target == CompareTarget::version || compare.target == CompareTarget::create ||
                           compare.target == CompareTarget::mod;
    m_core.index.visit(compare.range, [&](const KeyHistory& history) {
        if (!history.live()) return true;
        any = true;
        KeyValueView kv;
        if (fromIndex) {
            kv.version = history.version();
            kv.createRevision = history.createRevision();
            kv.modRevision = history.back().main;
        } else {
            const auto record = m_rows.record(history.back());
            if (!record) {
                error = record.error();
                return false;
            }
            kv = *record;
        }
        all = pairHolds(compare, kv);
        return all;
    });
    if (error) return *error;
    if (any) return all;
    // The key does not exist: a value cannot be compared, every number is 0.
    return compare.target != CompareTarget::value && pairHolds(compare, KeyValueView());
}

}  // namespace raftarium::mvcc
