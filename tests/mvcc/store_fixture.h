// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A store on a memory backend, with the short forms that tests read well with.
#pragma once

#include "cluster/mvcc/backend/memory_backend.h"
#include "cluster/mvcc/store.h"

#include <QtGlobal>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace raftarium::mvcc::test {

class CollectingSink final : public WatchSink {
public:
    bool offer(WatchBatch& batch) override {
        if (capacity == 0) return false;
        --capacity;
        batches.push_back(std::move(batch));
        return true;
    }
    std::vector<EventPtr> eventsOf(WatchId watch) const {
        std::vector<EventPtr> events;
        for (const WatchBatch& batch : batches) {
            if (batch.watch == watch) events.insert(events.end(), batch.events.begin(), batch.events.end());
        }
        return events;
    }

    std::vector<WatchBatch> batches;
    std::size_t capacity = ~std::size_t{0};
};

class StoreFixture {
public:
    explicit StoreFixture(StoreOptions theOptions = {}) : options(theOptions) { restart(); }

    // What a new process finds; uncommitted changes are lost if `crash`.
    void restart(bool crash = false) {
        store.reset();
        if (crash) backend.crash();
        store = std::make_unique<Store>(backend, options);
        const auto status = store->open();
        if (!status) qFatal("open: %s", status.error().text.c_str());
    }

    base::Result<Response> apply(const Request& request) {
        return store->apply(store->consistentIndex() + 1, 1, request);
    }
    template <typename T>
    T get(const Request& request) {
        auto response = apply(request);
        if (!response) qFatal("apply: %s", response.error().text.c_str());
        return std::move(std::get<T>(*response));
    }
    ApiError errorOf(const Request& request) {
        const auto response = apply(request);
        return response ? ApiError::none : apiErrorOf(response.error());
    }

    std::int64_t put(std::string_view key, std::string_view value, std::int64_t lease = 0) {
        PutOp op;
        op.key = key;
        op.value = value;
        op.lease = lease;
        return get<PutResult>(op).revision;
    }
    DeleteResult del(std::string_view key, std::string_view end = {}) {
        return get<DeleteResult>(DeleteOp{{key, end}});
    }
    void compact(std::int64_t revision) {
        (void)get<CompactResult>(CompactOp{revision});
        finishBackground();
    }
    void finishBackground(base::Nanoseconds now = 1) {
        while (store->backgroundStep(now)) {
        }
    }

    // Every watcher gets its events as they are applied.
    bool allSynced() const {
        const auto watchers = store->watchers();
        return std::all_of(watchers.begin(), watchers.end(),
                           [](const WatcherView& watcher) { return watcher.group == WatcherGroup::synced; });
    }

    // "a=1 b=2" of a range.
    std::string text(std::string_view key, std::string_view end = {}, std::int64_t revision = 0) {
        RangeOp op;
        op.range = {key, end};
        op.revision = revision;
        return text(op);
    }
    std::string text(const RangeOp& op) {
        const auto result = store->range(op);
        if (!result) return "error " + result.error().text;
        std::string out;
        for (const KeyValue& kv : result->kvs) {
            if (!out.empty()) out += ' ';
            out += kv.key + "=" + kv.value;
        }
        return out;
    }

    StoreOptions options;
    MemoryBackend backend;
    std::unique_ptr<Store> store;
};

inline constexpr std::string_view kFromKey{"\0", 1};

}  // namespace raftarium::mvcc::test
