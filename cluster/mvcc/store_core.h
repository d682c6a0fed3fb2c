// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What the store's parts share: where the data are, and which revisions exist. Internal to this layer.
#pragma once

#include "cluster/mvcc/backend/backend.h"
#include "cluster/mvcc/index/key_bounds.h"
#include "cluster/mvcc/index/key_index.h"
#include "cluster/mvcc/index/row_key.h"
#include "cluster/mvcc/store.h"
#include "cluster/mvcc/watch/events.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace raftarium::mvcc {

// etcd's value of "compacted up to" when nothing was.
inline constexpr std::int64_t kNeverCompacted = -1;

struct StoreCore {
    StoreCore(Backend& theBackend, const StoreOptions& theOptions) : backend(theBackend), options(theOptions) {}

    void addTrace(StoreTrace&& item) {
        if (tracing) traces.push_back(std::move(item));
    }
    bool tracesKeys() const { return tracing && tracingKeys; }
    void leaveOutOfTrace() {
        if (tracing) ++untraced;
    }

    Backend& backend;
    const StoreOptions options;
    KeyIndex index;
    KeyBounds bounds;
    std::int64_t revision = 1;
    std::int64_t compactRevision = kNeverCompacted;
    bool tracing = false;
    bool tracingKeys = true;
    std::uint64_t untraced = 0;
    std::vector<StoreTrace> traces;
    std::string record;  // used again for every row written
};

// The rows as the writer sees them, or as a view does.
class Rows {
public:
    explicit Rows(Backend& backend) : m_backend(&backend) {}
    explicit Rows(ReadView& view) : m_view(&view) {}

    std::optional<std::string_view> get(Bucket bucket, std::string_view key) const {
        return m_view != nullptr ? m_view->get(bucket, key) : m_backend->get(bucket, key);
    }
    void scan(Bucket bucket, std::string_view from, std::string_view to, const ReadView::Visitor& visit) const {
        if (m_view != nullptr) {
            m_view->scan(bucket, from, to, visit);
        } else {
            m_backend->scan(bucket, from, to, visit);
        }
    }
    // The record of a put. Corruption if it is missing or does not decode.
    base::Result<KeyValueView> record(const Change& change) const;

private:
    Backend* m_backend = nullptr;
    ReadView* m_view = nullptr;
};

base::Error corruptRecord(Revision revision, std::string_view what);

}  // namespace raftarium::mvcc
