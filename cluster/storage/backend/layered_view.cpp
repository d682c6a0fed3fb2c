// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/storage/backend/layered_view.h"

#include "cluster/storage/backend/lmdb_rows.h"

namespace raftarium::storage {

namespace {
// After scanning so many bytes, a view releases the pages that it read. Otherwise the scan of a large file would take
// as much memory as the file.
constexpr std::size_t kScannedBytesHeld = 32 << 20;
}  // namespace

std::optional<std::string_view> LayeredView::get(mvcc::Bucket bucket, std::string_view key) {
    for (const Layer& layer : m_layers) {
        const BufferedWrite* write = layer.buffer->find(bucket, key, layer.sequence);
        if (!write) continue;
        return write->removed ? std::nullopt : std::optional(write->value);
    }
    return lmdbGet(m_transaction, m_environment->database(bucket), key);
}

void LayeredView::scan(mvcc::Bucket bucket, std::string_view from, std::string_view to, const Visitor& visit) {
    LmdbCursor stored(m_transaction, m_environment->database(bucket), from);
    std::vector<BufferCursor> buffered;
    buffered.reserve(m_layers.size());
    for (const Layer& layer : m_layers) {
        BufferCursor cursor(*layer.buffer, bucket, layer.sequence, from);
        if (cursor.valid()) buffered.push_back(cursor);
    }
    for (;;) {
        const BufferedWrite* write = nullptr;  // the smallest key; of equal keys that of the newest layer
        for (const BufferCursor& cursor : buffered) {
            if (cursor.valid() && (!write || cursor.write().key < write->key)) write = &cursor.write();
        }
        const bool fromStore = stored.valid() && (!write || stored.key() < write->key);
        if (!fromStore && !write) return;
        const std::string_view key = fromStore ? stored.key() : write->key;
        if (!to.empty() && key >= to) return;
        if (fromStore) {
            m_scanned += key.size() + stored.value().size();
            if (m_scanned > kScannedBytesHeld) {
                m_scanned = 0;
                m_environment->releasePages();
            }
            if (!visit(key, stored.value())) return;
        } else if (!write->removed && !visit(key, write->value)) {
            return;
        }
        for (BufferCursor& cursor : buffered) {
            if (cursor.valid() && cursor.write().key == key) cursor.next();
        }
        if (stored.valid() && stored.key() == key) stored.next();
    }
}

}  // namespace raftarium::storage
