// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Rebuilding what is in memory from the backend.
#include "cluster/base/coding.h"
#include "cluster/mvcc/store_impl.h"

#include <string>
#include <utility>

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

std::string hexOf(std::string_view bytes) {
    static constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<std::uint8_t>(c);
        text += kDigits[byte >> 4];
        text += kDigits[byte & 15];
    }
    return text;
}

base::Error corruptRow(std::string_view key, std::string_view what) {
    return {base::Errc::corruption, "bucket key, row " + hexOf(key) + ": " + std::string(what) +
                                        "; restore the member from a snapshot or its peers"};
}
}  // namespace

// Rows come in the order of their revisions. A key's first row may be any version of it: what was before is compacted.
base::Status Store::Impl::rebuildIndex() {
    StringTable<std::int64_t> leaseOfKey;
    std::optional<base::Error> error;
    core.revision = 1;
    core.index.beginRebuild();
    core.backend.scan(Bucket::key, {}, {}, [&](std::string_view key, std::string_view value) {
        const auto row = decodeRevision(key);
        KeyValueView kv;
        if (!row) {
            error = corruptRow(key, "not a revision");
        } else if (!decodeKeyValue(value, kv)) {
            error = corruptRow(key, "the record does not decode");
        } else {
            core.revision = row->revision.main;
            if (!row->tombstone) {
                core.index.findOrAdd(kv.key).restore(row->revision, kv.createRevision, kv.version);
                if (kv.lease != 0) {
                    leaseOfKey.insert_or_assign(std::string(kv.key), kv.lease);
                } else if (!leaseOfKey.empty()) {
                    leaseOfKey.erase(kv.key);
                }
            } else {
                if (KeyHistory* history = core.index.find(kv.key)) history->tombstone(row->revision);
                if (!leaseOfKey.empty()) leaseOfKey.erase(kv.key);
            }
        }
        return !error;
    });
    core.index.endRebuild();
    if (error) return *error;
    // All rows may have been compacted away.
    core.revision = std::max(core.revision, core.compactRevision);
    for (const auto& [key, lease] : leaseOfKey) lessor.attach(lease, key);
    return {};
}

base::Status Store::open() {
    Impl& impl = *m_impl;
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

void Store::Impl::saveConsistent(std::uint64_t index, std::uint64_t term) {
    consistentIndex = index;
    core.backend.put(Bucket::meta, kConsistentIndex, bigEndian(index));
    if (term == consistentTerm) return;
    consistentTerm = term;
    core.backend.put(Bucket::meta, kTerm, bigEndian(term));
}

}  // namespace raftarium::mvcc
