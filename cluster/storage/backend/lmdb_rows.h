// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Reading and writing single rows of an LMDB database, with keys of any length.
//
// LMDB keys hold at most 511 bytes. A key of that length or more is stored under its first 511 bytes, in a list of all
// such keys: (key length, value length: 4 bytes each, little-endian, key, value)*, ascending. So order and bytes stay
// exact.
#pragma once

#include "cluster/storage/backend/write_buffer.h"

#include <lmdb.h>

#include <optional>
#include <string_view>

namespace raftarium::storage {

inline MDB_val lmdbValue(std::string_view bytes) { return {bytes.size(), const_cast<char*>(bytes.data())}; }
inline std::string_view lmdbBytes(const MDB_val& value) {
    return {static_cast<const char*>(value.mv_data), value.mv_size};
}

// Point and ordered reads of one bucket in a transaction, long keys unfolded.
std::optional<std::string_view> lmdbGet(MDB_txn* transaction, MDB_dbi database, std::string_view key);

class LmdbCursor {
public:
    LmdbCursor(MDB_txn* transaction, MDB_dbi database, std::string_view from);
    LmdbCursor(const LmdbCursor&) = delete;
    LmdbCursor& operator=(const LmdbCursor&) = delete;
    ~LmdbCursor();
    bool valid() const { return m_valid; }
    std::string_view key() const { return m_key; }
    std::string_view value() const { return m_value; }
    void next();

private:
    void load(int result, MDB_val key, MDB_val value);

    MDB_cursor* m_cursor = nullptr;
    bool m_valid = false;
    std::string_view m_key;
    std::string_view m_value;
    std::string_view m_chain;  // what is left of a list of long keys
};

// Applies one write; the results of both are LMDB's. The cursor stands in `database`; `flags` are of mdb_cursor_put.
int lmdbApply(MDB_txn* transaction, MDB_dbi database, MDB_cursor* cursor, const BufferedWrite& write, unsigned flags);

}  // namespace raftarium::storage
