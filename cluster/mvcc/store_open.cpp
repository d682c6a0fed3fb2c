// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Rebuilding the state in memory from the backend.
#include "cluster/base/coding.h"
#include "cluster/mvcc/index/index_rebuild.h"
#include "cluster/mvcc/store.h"
#include "cluster/mvcc/store_impl.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace raftarium::mvcc {
namespace {
constexpr std::string_view kConsistentIndex = "consistent_index";
constexpr std::string_view kTerm = "term";

std::string bigEndian(std::uint64_t value) {
    std::string bytes;
    base::putFixed64Be(bytes, value);
    return bytes;
}

base::Result<std::uint64_t> readCounter(Backend& backend, std::string_view name) {
    const auto value = backend.get(Bucket::meta, name);
    if (!value) return std::uint64_t{0};
    if (value->size() != 8) {
        return base::Error{base::Errc::corruption,
                           "bucket meta, " + std::string(name) +
                               ": not 8 bytes long; restore the member from a snapshot or its peers"};
    }
    return base::readFixed64Be(value->data());
}

base::Error corruptRow(std::string_view key, std::string_view what) {
    return {base::Errc::corruption, "bucket key, row " + base::hexBytes(key) + ": " + std::string(what) +
                                        "; restore the member from a snapshot or its peers"};
}

constexpr std::size_t kRowsPerBatch = 4096;
constexpr std::size_t kBatchesAlone = 12;  // a smaller store is read faster than a thread starts

// Reads the rows of the key bucket in batches.
class RowReader {
public:
    explicit RowReader(Backend& backend) : m_backend(backend) {}

    // Replaces `rows` by the next batch, which is empty at the end and after a bad row. The keys point into the backend
    // and stay valid until it is written to.
    void read(std::vector<StoredRow>& rows) {
        rows.clear();
        if (m_ended) return;
        m_backend.scan(Bucket::key, m_next, {}, [&](std::string_view key, std::string_view value) {
            const auto row = decodeRevision(key);
            KeyValueView kv;
            if (!row) {
                m_error = corruptRow(key, "not a revision");
            } else if (!decodeKeyValue(value, kv)) {
                m_error = corruptRow(key, "the record does not decode");
            } else {
                rows.push_back({kv.key, row->revision, row->tombstone, kv.createRevision, kv.version, kv.lease});
                if (rows.size() < kRowsPerBatch) return true;
                m_next.assign(key).push_back('\0');
            }
            return false;
        });
        if (m_error) rows.clear();
        m_ended = rows.size() < kRowsPerBatch;
    }
    const std::optional<base::Error>& error() const { return m_error; }

private:
    Backend& m_backend;
    std::string m_next;
    bool m_ended = false;
    std::optional<base::Error> m_error;
};
}  // namespace

base::Status StoreImpl::rebuildIndex() {
    core.index.clear();  // frees its memory before the second index is made
    core.revision = 1;
    IndexRebuild rebuild;
    RowReader reader(core.backend);
    std::unique_ptr<SideWork> helper;
    std::vector<StoredRow> rows, next;
    reader.read(rows);
    for (std::size_t batches = 1; !rows.empty(); ++batches) {
        if (!helper && batches > kBatchesAlone && core.options.sideWork) helper = core.options.sideWork();
        // The helper reads the next rows while these are added to the index.
        if (helper) helper->begin([&] { reader.read(next); });
        rebuild.add(rows);
        core.revision = rows.back().revision.main;
        if (helper) {
            helper->wait();
        } else {
            reader.read(next);
        }
        std::swap(rows, next);
    }
    if (reader.error()) return *reader.error();
    const StringTable<std::int64_t> leaseOfKey = rebuild.finish(core.index, helper.get());
    // A compaction may have removed all rows.
    core.revision = std::max(core.revision, core.compactRevision);
    for (const auto& [key, lease] : leaseOfKey) lessor.attach(lease, key);
    return {};
}

base::Status Store::open() {
    StoreImpl& impl = *m_impl;
    const std::int64_t sentUpTo = impl.core.revision;
    const auto index = readCounter(impl.core.backend, kConsistentIndex);
    if (!index) return index.error();
    const auto term = readCounter(impl.core.backend, kTerm);
    if (!term) return term.error();
    impl.consistentIndex = *index;
    impl.consistentTerm = *term;
    if (auto status = impl.compactor.open(); !status) return status;
    if (auto status = impl.core.bounds.open(impl.core.backend); !status) return status;
    if (auto status = impl.lessor.open(); !status) return status;
    if (auto status = impl.alarms.open(); !status) return status;
    if (auto status = impl.rebuildIndex(); !status) return status;
    impl.hub.restore(sentUpTo);
    return {};
}

void StoreImpl::saveConsistent(std::uint64_t index, std::uint64_t term) {
    consistentIndex = index;
    core.backend.put(Bucket::meta, kConsistentIndex, bigEndian(index));
    if (term == consistentTerm) return;
    consistentTerm = term;
    core.backend.put(Bucket::meta, kTerm, bigEndian(term));
}

}  // namespace raftarium::mvcc
