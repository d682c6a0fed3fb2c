// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// One open LMDB file. Its named databases are the backend's buckets.
#pragma once

#include "cluster/base/result.h"
#include "cluster/mvcc/backend/backend.h"
#include "cluster/storage/backend/lmdb_options.h"
#include "cluster/storage/backend/write_buffer.h"

#include <lmdb.h>

#include <array>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace raftarium::storage {

class LmdbEnvironment {
public:
    // Owns the file: a second open(), also by another process, fails with Errc::unavailable.
    static base::Result<std::shared_ptr<LmdbEnvironment>> open(const std::string& path, const LmdbOptions& options);
    // For reading while another process owns the file.
    static base::Result<std::shared_ptr<LmdbEnvironment>> openForReading(const std::string& path);
    LmdbEnvironment(const LmdbEnvironment&) = delete;
    LmdbEnvironment& operator=(const LmdbEnvironment&) = delete;
    ~LmdbEnvironment();

    // Applies the buffers in order and commits. Called by one thread at a time.
    base::Status commit(const std::vector<std::shared_ptr<WriteBuffer>>& buffers);
    base::Status copyCompact(const std::string& path);
    base::Result<mvcc::BackendSize> size();
    // The pages read so far stay in the kernel's cache, but are no longer counted as this process's memory.
    void releasePages();

    // Read transactions, on any thread. endRead() keeps the transaction for the next reader.
    base::Result<MDB_txn*> beginRead();
    void endRead(MDB_txn* transaction);
    void renamedTo(const std::string& path) { m_path = path; }  // for the texts of errors
    MDB_dbi database(mvcc::Bucket bucket) const { return m_databases[static_cast<std::size_t>(bucket)]; }

private:
    explicit LmdbEnvironment(std::string path) : m_path(std::move(path)) {}
    base::Status start(const LmdbOptions& options);
    base::Status openFile(std::uint64_t mapBytes, unsigned flags);
    base::Status openDatabases(bool readOnly);
    base::Status checkLength();
    base::Status applyBucket(MDB_txn* transaction, mvcc::Bucket bucket, const WriteBuffer& buffer);
    base::Error error(const char* what, int code) const;

    std::string m_path;
    int m_descriptor = -1;  // has the owner's lock
    MDB_env* m_environment = nullptr;
    std::array<MDB_dbi, kBucketCount> m_databases{};
    std::mutex m_mutex;  // guards the idle read transactions
    std::vector<MDB_txn*> m_idle;
};

// Removes the file and its lock file; no error if they do not exist.
base::Status removeLmdbFile(const std::string& path);
// Makes new files and renames in the directory of `path` durable.
base::Status syncParentDirectory(const std::string& path);

}  // namespace raftarium::storage
