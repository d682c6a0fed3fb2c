// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/storage/backend/lmdb_environment.h"

#include "cluster/base/coding.h"
#include "cluster/storage/backend/lmdb_rows.h"
#include "cluster/storage/files/posix_file_system.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace raftarium::storage {

namespace {

constexpr std::uint32_t kMagic = 0xBEEFC0DE;  // LMDB's, behind the header of the first page
constexpr off_t kMagicOffset = 16;
constexpr std::uint64_t kFullBytes = 1 << 20;  // more than one write of LMDB takes, except for a very large value
constexpr unsigned kReadersMax = 4096;
constexpr MDB_dbi kNoDatabase = ~MDB_dbi{0};  // LMDB answers EINVAL, so that nothing is found

// LMDB reports an incomplete write as EIO. The usual reason is a full disk.
bool diskIsFull(const std::string& path) {
    struct statvfs disk {};
    return ::statvfs(path.c_str(), &disk) == 0 && disk.f_bavail * disk.f_frsize < kFullBytes;
}

}  // namespace

base::Error LmdbEnvironment::error(const char* what, int code) const {
    if (code == EIO && diskIsFull(m_path)) code = ENOSPC;
    base::Errc kind = base::Errc::ioError;
    std::string text = std::string("cannot ") + what + " " + m_path + ": ";
    switch (code) {
        case MDB_INVALID:
            return {base::Errc::corruption, text + "it is not a database of this program"};
        case MDB_VERSION_MISMATCH:
            return {base::Errc::corruption, text + "another version of LMDB wrote it"};
        case MDB_CORRUPTED:
        case MDB_PAGE_NOTFOUND:
        case MDB_PANIC:
            kind = base::Errc::corruption;
            break;
        case MDB_MAP_FULL:
        case ENOSPC:
        case EDQUOT:
            kind = base::Errc::noSpace;
            break;
        case ENOENT:
            kind = base::Errc::notFound;
            break;
        default:
            break;
    }
    return {kind, text + mdb_strerror(code)};
}

base::Result<std::shared_ptr<LmdbEnvironment>> LmdbEnvironment::open(const std::string& path,
                                                                     const LmdbOptions& options) {
    std::shared_ptr<LmdbEnvironment> environment(new LmdbEnvironment(path));
    if (const auto status = environment->start(options); !status) return status.error();
    return environment;
}

base::Result<std::shared_ptr<LmdbEnvironment>> LmdbEnvironment::openForReading(const std::string& path) {
    std::shared_ptr<LmdbEnvironment> environment(new LmdbEnvironment(path));
    environment->m_descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (environment->m_descriptor < 0) return environment->error("open", errno);
    // LMDB would make a lock file beside any file; so other files are refused first.
    char magic[4] = {};
    if (::pread(environment->m_descriptor, magic, sizeof magic, kMagicOffset) != sizeof magic ||
        base::readFixed32Le(magic) != kMagic) {
        return environment->error("open", MDB_INVALID);
    }
    // Map size 0 means the size of the file.
    base::Status status = environment->openFile(0, MDB_RDONLY);
    if (status) status = environment->openDatabases(true);
    if (!status) return status.error();
    return environment;
}

base::Status LmdbEnvironment::start(const LmdbOptions& options) {
    // LMDB allows several processes; a member must be the only one.
    m_descriptor = ::open(m_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (m_descriptor < 0) return error("open", errno);
    if (::flock(m_descriptor, LOCK_EX | LOCK_NB) != 0) {
        return base::Error{base::Errc::unavailable,
                           m_path + " is in use by another process; is this member already running?"};
    }
    // The index is built by a scan of everything. From a cold disk, reading page by page would be slow.
    ::posix_fadvise(m_descriptor, 0, 0, POSIX_FADV_WILLNEED);
    if (const auto status = openFile(options.mapBytes, options.fsync ? 0U : MDB_NOSYNC); !status) return status;
    return openDatabases(false);
}

base::Status LmdbEnvironment::openFile(std::uint64_t mapBytes, unsigned flags) {
    int result = mdb_env_create(&m_environment);
    if (result == 0 && mapBytes > 0) result = mdb_env_set_mapsize(m_environment, mapBytes);
    if (result == 0) result = mdb_env_set_maxdbs(m_environment, kBucketCount);
    if (result == 0) result = mdb_env_set_maxreaders(m_environment, kReadersMax);
    flags |= MDB_NOSUBDIR | MDB_NOTLS | MDB_NORDAHEAD;
    if (result == 0) result = mdb_env_open(m_environment, m_path.c_str(), flags, 0600);
    return result == 0 ? checkLength() : error("open", result);
}

// If the file is shorter than its number of pages says, a read beyond its end would end the process.
base::Status LmdbEnvironment::checkLength() {
    MDB_envinfo info{};
    MDB_stat stat{};
    struct stat file {};
    if (const int result = mdb_env_info(m_environment, &info); result != 0) return error("examine", result);
    if (const int result = mdb_env_stat(m_environment, &stat); result != 0) return error("examine", result);
    if (::fstat(m_descriptor, &file) != 0) return error("examine", errno);
    const std::uint64_t needed = (static_cast<std::uint64_t>(info.me_last_pgno) + 1) * stat.ms_psize;
    if (static_cast<std::uint64_t>(file.st_size) >= needed) return {};
    return base::Error{base::Errc::corruption, m_path + " is cut short: " + std::to_string(file.st_size) +
                                                   " bytes of " + std::to_string(needed)};
}

base::Status LmdbEnvironment::openDatabases(bool readOnly) {
    MDB_txn* transaction = nullptr;
    int result = mdb_txn_begin(m_environment, nullptr, readOnly ? MDB_RDONLY : 0U, &transaction);
    if (result != 0) return error("open", result);
    for (std::size_t i = 0; i < kBucketCount && result == 0; ++i) {
        const std::string name(mvcc::bucketName(static_cast<mvcc::Bucket>(i)));
        result = mdb_dbi_open(transaction, name.c_str(), readOnly ? 0U : MDB_CREATE, &m_databases[i]);
        if (!readOnly || result != MDB_NOTFOUND) continue;
        m_databases[i] = kNoDatabase;
        result = 0;
    }
    if (result != 0) {
        mdb_txn_abort(transaction);
        return error("open", result);
    }
    result = mdb_txn_commit(transaction);
    return result == 0 ? base::Status() : error("open", result);
}

LmdbEnvironment::~LmdbEnvironment() {
    for (MDB_txn* transaction : m_idle) mdb_txn_abort(transaction);
    if (m_environment) mdb_env_close(m_environment);
    if (m_descriptor >= 0) ::close(m_descriptor);
}

base::Status LmdbEnvironment::applyBucket(MDB_txn* transaction, mvcc::Bucket bucket, const WriteBuffer& buffer) {
    BufferCursor writes(buffer, bucket, buffer.sequence(), {});
    if (!writes.valid()) return {};
    MDB_cursor* cursor = nullptr;
    int result = mdb_cursor_open(transaction, database(bucket), &cursor);
    if (result != 0) return error("write", result);
    MDB_val lastKey{}, lastValue{};
    const bool empty = mdb_cursor_get(cursor, &lastKey, &lastValue, MDB_LAST) != 0;
    const std::string last(empty ? std::string_view() : lmdbBytes(lastKey));
    for (; writes.valid() && result == 0; writes.next()) {
        const BufferedWrite& write = writes.write();
        // The keys come in order. Appending needs no search and fills the pages.
        const unsigned flags = write.key > last && bucket == mvcc::Bucket::key ? MDB_APPEND : 0U;
        result = lmdbApply(transaction, database(bucket), cursor, write, flags);
    }
    mdb_cursor_close(cursor);
    return result == 0 ? base::Status() : error("write", result);
}

base::Status LmdbEnvironment::commit(const std::vector<std::shared_ptr<WriteBuffer>>& buffers) {
    MDB_txn* transaction = nullptr;
    int result = mdb_txn_begin(m_environment, nullptr, 0, &transaction);
    if (result != 0) return error("write", result);
    for (const auto& buffer : buffers) {
        for (std::size_t i = 0; i < kBucketCount; ++i) {
            const auto status = applyBucket(transaction, static_cast<mvcc::Bucket>(i), *buffer);
            if (status) continue;
            mdb_txn_abort(transaction);
            return status;
        }
    }
    result = mdb_txn_commit(transaction);
    return result == 0 ? base::Status() : error("commit to", result);
}

base::Status LmdbEnvironment::copyCompact(const std::string& path) {
    int result = mdb_env_copy2(m_environment, path.c_str(), MDB_CP_COMPACT);
    if (result == 0) {
        const auto file = posixFileSystem().open(path, base::OpenMode::readWrite);
        if (!file) return file.error();
        return (*file)->sync();
    }
    base::Error failure = error("copy", result);
    failure.text += " (to " + path + ")";
    return failure;
}

base::Result<mvcc::BackendSize> LmdbEnvironment::size() {
    const auto transaction = beginRead();
    if (!transaction) return transaction.error();
    MDB_envinfo info{};
    MDB_stat stat{};
    mdb_env_info(m_environment, &info);
    mdb_env_stat(m_environment, &stat);
    // Database 0 lists the free pages: for each transaction their count and numbers.
    std::uint64_t freePages = 0;
    MDB_cursor* cursor = nullptr;
    if (mdb_cursor_open(*transaction, 0, &cursor) == 0) {
        MDB_val key{}, value{};
        while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
            freePages += base::readFixed64Le(static_cast<const char*>(value.mv_data));
        }
        mdb_cursor_close(cursor);
    }
    endRead(*transaction);
    const std::uint64_t pages = static_cast<std::uint64_t>(info.me_last_pgno) + 1;
    return mvcc::BackendSize{static_cast<std::int64_t>(pages * stat.ms_psize),
                             static_cast<std::int64_t>((pages - std::min(pages, freePages)) * stat.ms_psize)};
}

void LmdbEnvironment::releasePages() {
    MDB_envinfo info{};
    MDB_stat stat{};
    if (mdb_env_info(m_environment, &info) != 0 || mdb_env_stat(m_environment, &stat) != 0) return;
    const auto transaction = beginRead();
    if (!transaction) return;
    // LMDB does not tell the address of its map. It follows from a key: that is in a leaf page, which begins with its
    // own number.
    {
        LmdbCursor cursor(*transaction, database(mvcc::Bucket::meta), {});
        if (cursor.valid()) {
            const std::uintptr_t page = reinterpret_cast<std::uintptr_t>(cursor.key().data()) & ~(stat.ms_psize - 1UL);
            std::uint64_t number = 0;
            std::memcpy(&number, reinterpret_cast<const void*>(page), sizeof number);
            if (number <= info.me_last_pgno) {
                char* map = reinterpret_cast<char*>(page - number * stat.ms_psize);
                ::madvise(map, (info.me_last_pgno + 1) * stat.ms_psize, MADV_DONTNEED);
            }
        }
    }
    endRead(*transaction);
}

base::Result<MDB_txn*> LmdbEnvironment::beginRead() {
    MDB_txn* transaction = nullptr;
    {
        const std::lock_guard lock(m_mutex);
        if (!m_idle.empty()) {
            transaction = m_idle.back();
            m_idle.pop_back();
        }
    }
    const int result =
        transaction ? mdb_txn_renew(transaction) : mdb_txn_begin(m_environment, nullptr, MDB_RDONLY, &transaction);
    if (result == 0) return transaction;
    if (transaction) mdb_txn_abort(transaction);
    return error("read", result);
}

void LmdbEnvironment::endRead(MDB_txn* transaction) {
    mdb_txn_reset(transaction);
    const std::lock_guard lock(m_mutex);
    m_idle.push_back(transaction);
}

base::Status removeLmdbFile(const std::string& path) {
    for (const char* suffix : {"", "-lock"}) {
        const auto status = posixFileSystem().remove(path + suffix);
        if (!status && status.error().code != base::Errc::notFound) return status;
    }
    return {};
}

base::Status syncParentDirectory(const std::string& path) {
    return posixFileSystem().syncDirectory(base::parentDirectory(path));
}

}  // namespace raftarium::storage
