// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/storage/backend/lmdb_rows.h"

#include "cluster/base/coding.h"

#include <string>

namespace raftarium::storage {

namespace {

constexpr std::size_t kKeyBytesMax = 511;

bool isLong(std::string_view key) { return key.size() >= kKeyBytesMax; }

// Takes the first row off a list of rows with long keys.
bool takePair(std::string_view& chain, std::string_view& key, std::string_view& value) {
    if (chain.size() < 8) return false;
    const std::size_t keyBytes = base::readFixed32Le(chain.data());
    const std::size_t valueBytes = base::readFixed32Le(chain.data() + 4);
    if (chain.size() - 8 < keyBytes || chain.size() - 8 - keyBytes < valueBytes) return false;
    key = chain.substr(8, keyBytes);
    value = chain.substr(8 + keyBytes, valueBytes);
    chain.remove_prefix(8 + keyBytes + valueBytes);
    return true;
}

void putPair(std::string& chain, std::string_view key, std::string_view value) {
    base::putFixed32Le(chain, static_cast<std::uint32_t>(key.size()));
    base::putFixed32Le(chain, static_cast<std::uint32_t>(value.size()));
    chain.append(key).append(value);
}

// The list after one write; empty if no row is left.
std::string changedChain(std::string_view chain, const BufferedWrite& write) {
    std::string out;
    bool placed = write.removed;
    std::string_view key, value;
    while (takePair(chain, key, value)) {
        if (!placed && write.key <= key) {
            putPair(out, write.key, write.value);
            placed = true;
        }
        if (key != write.key) putPair(out, key, value);
    }
    if (!placed) putPair(out, write.key, write.value);
    return out;
}

int applyLong(MDB_txn* transaction, MDB_dbi database, const BufferedWrite& write) {
    MDB_val key = lmdbValue(write.key.substr(0, kKeyBytesMax));
    MDB_val old{};
    const int found = mdb_get(transaction, database, &key, &old);
    if (found != MDB_SUCCESS && found != MDB_NOTFOUND) return found;
    const std::string chain = changedChain(found == MDB_SUCCESS ? lmdbBytes(old) : std::string_view(), write);
    if (!chain.empty()) {
        MDB_val value = lmdbValue(chain);
        return mdb_put(transaction, database, &key, &value, 0);
    }
    return found == MDB_NOTFOUND ? MDB_SUCCESS : mdb_del(transaction, database, &key, nullptr);
}

}  // namespace

int lmdbApply(MDB_txn* transaction, MDB_dbi database, MDB_cursor* cursor, const BufferedWrite& write, unsigned flags) {
    if (isLong(write.key)) return applyLong(transaction, database, write);
    MDB_val key = lmdbValue(write.key), value = lmdbValue(write.value);
    if (!write.removed) return mdb_cursor_put(cursor, &key, &value, flags);
    const int result = mdb_del(transaction, database, &key, nullptr);
    return result == MDB_NOTFOUND ? MDB_SUCCESS : result;
}

std::optional<std::string_view> lmdbGet(MDB_txn* transaction, MDB_dbi database, std::string_view key) {
    if (key.empty()) return std::nullopt;
    MDB_val stored = lmdbValue(key.substr(0, kKeyBytesMax)), value{};
    if (mdb_get(transaction, database, &stored, &value) != 0) return std::nullopt;
    if (!isLong(key)) return lmdbBytes(value);
    std::string_view chain = lmdbBytes(value), candidate, found;
    while (takePair(chain, candidate, found)) {
        if (candidate == key) return found;
    }
    return std::nullopt;
}

LmdbCursor::LmdbCursor(MDB_txn* transaction, MDB_dbi database, std::string_view from) {
    if (mdb_cursor_open(transaction, database, &m_cursor) != 0) return;
    MDB_val key = lmdbValue(from.substr(0, kKeyBytesMax)), value{};
    load(mdb_cursor_get(m_cursor, &key, &value, from.empty() ? MDB_FIRST : MDB_SET_RANGE), key, value);
    while (m_valid && m_key < from) next();
}

LmdbCursor::~LmdbCursor() {
    if (m_cursor) mdb_cursor_close(m_cursor);
}

void LmdbCursor::load(int result, MDB_val key, MDB_val value) {
    m_valid = result == 0;
    if (!m_valid) return;
    m_key = lmdbBytes(key);
    m_value = lmdbBytes(value);
    if (!isLong(m_key)) return;
    m_chain = m_value;
    m_valid = takePair(m_chain, m_key, m_value);
}

void LmdbCursor::next() {
    if (takePair(m_chain, m_key, m_value)) return;
    m_chain = {};
    MDB_val key{}, value{};
    load(mdb_cursor_get(m_cursor, &key, &value, MDB_NEXT), key, value);
}

}  // namespace raftarium::storage
