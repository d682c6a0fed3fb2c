// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Reading and writing single rows of an LMDB database, with keys of any length.
//
// LMDB's keys have at most 511 bytes. A row with a longer key, or one of just 511 bytes, is stored under the first 511
// bytes of its key, together with all rows that begin with the same bytes. Its value is the list of these rows in
// ascending order, each as: length of the key, length of the value (4 bytes each, little-endian), key, value. So keys
// are exact and keep their order.
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

// Reads one row; nullopt if it does not exist.
std::optional<std::string_view> lmdbGet(MDB_txn* transaction, MDB_dbi database, std::string_view key);

// Steps over the rows from a key on, in order.
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
    std::string_view m_chain;  // the rest of a list of rows with long keys
};

// Applies one write and returns LMDB's result. `cursor` must be of `database`; `flags` are those of mdb_cursor_put.
int lmdbApply(MDB_txn* transaction, MDB_dbi database, MDB_cursor* cursor, const BufferedWrite& write, unsigned flags);

}  // namespace raftarium::storage
