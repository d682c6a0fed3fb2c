// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The revisions of a key. Within a generation each version is found by a read at the revision before the next version,
// so reads at mod_revision - 1 go backwards through it. No read tells where the generation before it ended. A watch
// from the oldest stored revision does, because it delivers the deletes.
#include "cluster/client/etcd_client.h"
#include "cluster/client/etcd_connection.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace raftarium::client {

namespace {

// If the key does not exist, no event marks the end of its history. It has ended if no event comes for so long.
constexpr std::chrono::milliseconds kSilence{500};
constexpr std::chrono::seconds kLongest{10};

bool isCompacted(const base::Error& error) { return error.code == base::Errc::outOfRange; }

struct Replay {
    std::vector<KeyValue> versions;  // oldest first; a delete has version 0
    std::int64_t compactRevision = 0;
    bool compacted = false;
    base::Error error;
    bool failed = false;
};

// The events of `key` from `start` until one at `until` or later. If `until` is 0, until no more come.
Replay replay(EtcdClient& client, const std::string& key, std::int64_t start, std::int64_t until) {
    Replay out;
    bool done = false;
    std::size_t updates = 0;
    std::mutex mutex;
    std::condition_variable changed;
    WatchOptions options;
    options.startRevision = start;
    const auto onUpdate = [&](const WatchUpdate& update) {
        const std::lock_guard lock(mutex);
        ++updates;
        for (const WatchEvent& event : update.events) {
            if (until != 0 && event.kv.modRevision >= until) done = true;
            if (done) break;
            out.versions.push_back(event.kv);
            if (event.deleted) out.versions.back().version = 0;
        }
        if (update.canceled && update.compactRevision != 0) {
            out.compacted = true;
            out.compactRevision = update.compactRevision;
        }
        changed.notify_one();
    };
    const auto onEnd = [&](const base::Error& error) {
        const std::lock_guard lock(mutex);
        if (!out.compacted) {
            out.failed = true;
            out.error = error;
        }
        done = true;
        changed.notify_one();
    };
    auto handle = client.watch(key, options, onUpdate, onEnd);
    std::unique_lock lock(mutex);
    const auto deadline = std::chrono::steady_clock::now() + kLongest;
    while (!done) {
        const std::size_t seen = updates;
        const auto news = [&] { return done || updates != seen; };
        // Before the first answer, and if an event is certain to come, only the long deadline counts.
        const bool patient = until != 0 || updates == 0;
        const auto wakeAt = patient ? deadline : std::min(deadline, std::chrono::steady_clock::now() + kSilence);
        if (changed.wait_until(lock, wakeAt, news)) continue;
        if (patient) {
            out.failed = true;
            out.error = {base::Errc::timeout, "the history of the key did not come within 10 seconds"};
        }
        break;
    }
    lock.unlock();  // destroying the handle waits for a callback, which may need the lock
    handle.reset();
    return out;
}

// All changes before revision `before` (0: all), from the oldest stored revision on.
Replay replayFromTheOldest(EtcdClient& client, const std::string& key, std::int64_t before) {
    Replay out = replay(client, key, 1, before);
    for (int tries = 0; out.compacted && tries < 3; ++tries) {
        if (before != 0 && out.compactRevision >= before) return {};
        out = replay(client, key, out.compactRevision, before);
    }
    return out;
}

}  // namespace

base::Result<std::vector<KeyValue>> readHistory(EtcdClient& client, const std::string& key, std::size_t max) {
    std::vector<KeyValue> found;
    RangeOptions at;
    at.serializable = true;  // the past does not change, and the watch below does not ask a quorum either
    std::int64_t generationBegan = 0;
    while (found.size() < max) {
        const auto read = client.range(key, at);
        if (!read.ok()) {
            if (at.revision != 0 && isCompacted(read.error())) return found;
            return read.error();
        }
        if (read->kvs.empty()) break;
        found.push_back(read->kvs.front());
        const KeyValue& kv = found.back();
        if (kv.modRevision == kv.createRevision) {
            generationBegan = kv.createRevision;
            break;
        }
        at.revision = kv.modRevision - 1;
    }
    const bool generationIsComplete = found.empty() || generationBegan != 0;
    if (found.size() >= max || !generationIsComplete) return found;
    Replay older = replayFromTheOldest(client, key, generationBegan);
    if (older.failed) return older.error;
    for (auto it = older.versions.rbegin(); it != older.versions.rend() && found.size() < max; ++it)
        found.push_back(std::move(*it));
    return found;
}

}  // namespace raftarium::client
