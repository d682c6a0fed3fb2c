// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/api/watch_items.h"

#include <utility>

namespace raftarium::rpc {
namespace {

bool plain(const mvcc::WatchBatch& batch) {
    return !batch.events.empty() && !batch.canceled && !batch.progress && batch.compactRevision == 0;
}

std::size_t bytesOf(const mvcc::WatchBatch& batch) {
    std::size_t bytes = 0;
    for (const mvcc::EventPtr& event : batch.events) bytes += event->kv.key.size() + event->kv.value.size();
    return batch.prevKv ? 2 * bytes : bytes;  // the previous pair may be as large
}

}  // namespace

bool WatchJoiner::joined(std::vector<WatchItem>& items, mvcc::WatchBatch& batch) {
    const auto place = m_places.find(batch.watch);
    if (place == m_places.end()) return false;
    auto& before = std::get<mvcc::WatchBatch>(items[place->second.at]);
    const std::size_t bytes = place->second.bytes + bytesOf(batch);
    if (before.events.size() + batch.events.size() > kEventsMax || bytes > kBytesMax) return false;
    before.events.insert(before.events.end(), batch.events.begin(), batch.events.end());
    before.revision = batch.revision;
    place->second.bytes = bytes;
    return true;
}

void WatchJoiner::join(std::vector<WatchItem>& items) {
    m_places.clear();
    std::size_t kept = 0;
    for (std::size_t i = 0; i < items.size(); ++i) {
        auto* batch = std::get_if<mvcc::WatchBatch>(&items[i]);
        if (batch == nullptr || batch->watch == mvcc::kWholeStream) {
            m_places.clear();
        } else if (!plain(*batch)) {
            m_places.erase(batch->watch);
        } else if (joined(items, *batch)) {
            continue;
        } else {
            m_places[batch->watch] = {kept, bytesOf(*batch)};
        }
        if (kept != i) items[kept] = std::move(items[i]);
        ++kept;
    }
    items.erase(items.begin() + static_cast<std::ptrdiff_t>(kept), items.end());
}

}  // namespace raftarium::rpc
