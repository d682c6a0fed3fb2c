// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/storage/snapshot/snapshot_database.h"

#include "cluster/base/coding.h"
#include "cluster/storage/backend/lmdb_environment.h"
#include "cluster/storage/bbolt/bbolt_reader.h"
#include "cluster/storage/bbolt/bbolt_writer.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <vector>

namespace raftarium::storage {

namespace {

using mvcc::Bucket;

constexpr std::size_t kChunkBytes = 1 << 20;
constexpr std::size_t kPairsPerCommit = 20'000;

// etcd's buckets in the order of their names.
std::vector<Bucket> bucketsByName() {
    std::vector<Bucket> buckets;
    for (std::size_t i = 0; i < kBucketCount; ++i) {
        if (static_cast<Bucket>(i) != Bucket::keyBounds) buckets.push_back(static_cast<Bucket>(i));
    }
    std::sort(buckets.begin(), buckets.end(),
              [](Bucket a, Bucket b) { return mvcc::bucketName(a) < mvcc::bucketName(b); });
    return buckets;
}

std::optional<Bucket> bucketOf(std::string_view name) {
    for (const Bucket bucket : bucketsByName()) {
        if (mvcc::bucketName(bucket) == name) return bucket;
    }
    return std::nullopt;
}

base::Result<std::string> sha256(const base::File& file, std::uint64_t bytes) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    std::array<unsigned char, kSnapshotHashBytes> digest{};
    bool ok = context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
    for (std::uint64_t offset = 0; ok && offset < bytes;) {
        const auto part =
            file.readAt(offset, static_cast<std::size_t>(std::min<std::uint64_t>(kChunkBytes, bytes - offset)));
        if (!part) return part.error();
        if (part->empty())
            return base::Error{base::Errc::ioError, "the snapshot file became shorter while it was read"};
        ok = EVP_DigestUpdate(context.get(), part->data(), part->size()) == 1;
        offset += part->size();
    }
    ok = ok && EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1;
    if (!ok) return base::Error{base::Errc::internal, "SHA-256 is not available"};
    return std::string(digest.begin(), digest.end());
}

base::Status writeBuckets(mvcc::ReadView& view, BboltWriter& writer) {
    for (const Bucket bucket : bucketsByName()) {
        base::Status status = writer.beginBucket(mvcc::bucketName(bucket));
        if (!status) return status;
        view.scan(bucket, {}, {}, [&](std::string_view key, std::string_view value) {
            status = writer.add(key, value);
            return status.ok();
        });
        if (!status) return status;
    }
    return {};
}

base::Result<SnapshotFileSize> writeTo(mvcc::ReadView& view, base::File& file) {
    BboltWriter writer(file);
    if (const auto status = writeBuckets(view, writer); !status) return status.error();
    const auto bytes = writer.finish();
    if (!bytes) return bytes.error();
    const auto hash = sha256(file, *bytes);
    if (!hash) return hash.error();
    if (const auto status = file.writeAt(*bytes, *hash); !status) return status.error();
    if (const auto status = file.sync(); !status) return status.error();
    return SnapshotFileSize{*bytes, *bytes + kSnapshotHashBytes};
}

base::Status importInto(BboltReader& reader, LmdbBackend& backend, ImportResult& result) {
    for (const std::string& name : reader.buckets()) {
        const auto bucket = bucketOf(name);
        if (!bucket) {
            result.skippedBuckets.push_back(name);
            continue;
        }
        const auto status = reader.scan(name, [&](std::string_view key, std::string_view value) -> base::Status {
            if (key.empty()) return base::Error{base::Errc::corruption, "bucket " + name + " has an empty key"};
            backend.put(*bucket, key, value);
            return ++result.pairs % kPairsPerCommit == 0 ? backend.commit() : base::Status();
        });
        if (!status) return status;
    }
    return backend.commit();
}

}  // namespace

base::Result<SnapshotFileSize> writeSnapshotDatabase(mvcc::ReadView& view, base::FileSystem& fs,
                                                     const std::string& path) {
    const auto file = fs.open(path, base::OpenMode::createNew);
    if (!file) return file.error();
    auto size = writeTo(view, **file);
    if (!size) (void)fs.remove(path);  // an incomplete snapshot is of no use
    return size;
}

base::Result<SnapshotStatus> readSnapshotStatus(base::FileSystem& fs, const std::string& path) {
    auto reader = BboltReader::open(fs, path);
    if (!reader) return reader.error();
    SnapshotStatus status;
    status.totalSize = (*reader)->bytes();
    for (const std::string& name : (*reader)->buckets()) {
        status.hash = base::crc32c(status.hash, name);
        const auto scanned = (*reader)->scan(name, [&](std::string_view key, std::string_view value) -> base::Status {
            status.hash = base::crc32c(base::crc32c(status.hash, key), value);
            ++status.totalKey;
            if (name == "key" && key.size() >= 8)
                status.revision = static_cast<std::int64_t>(base::readFixed64Be(key.data()));
            return {};
        });
        if (!scanned) return scanned.error();
    }
    return status;
}

base::Result<SnapshotHash> readSnapshotHash(base::FileSystem& fs, const std::string& path) {
    const auto file = fs.open(path, base::OpenMode::read);
    if (!file) return file.error();
    const auto size = (*file)->size();
    if (!size) return size.error();
    if (*size % 512 != kSnapshotHashBytes) return SnapshotHash{};
    const std::uint64_t bytes = *size - kSnapshotHashBytes;
    auto stored = (*file)->readAt(bytes, kSnapshotHashBytes);
    if (!stored) return stored.error();
    auto computed = sha256(**file, bytes);
    if (!computed) return computed.error();
    return SnapshotHash{std::move(*stored), std::move(*computed)};
}

base::Status checkSnapshotHash(base::FileSystem& fs, const std::string& path) {
    const auto hash = readSnapshotHash(fs, path);
    if (!hash) return hash.error();
    if (hash->stored.empty()) return base::Error{base::Errc::notFound, path + " has no hash at its end"};
    if (hash->stored == hash->computed) return {};
    return base::Error{base::Errc::corruption, path + ": the SHA-256 at its end does not match its content"};
}

base::Result<std::optional<std::string>> readDatabaseValue(base::FileSystem& fs, const std::string& path,
                                                           mvcc::Bucket bucket, std::string_view key) {
    const auto reader = BboltReader::open(fs, path);
    if (!reader) return reader.error();
    std::optional<std::string> found;
    const auto scanned =
        (*reader)->scan(mvcc::bucketName(bucket), [&](std::string_view each, std::string_view value) -> base::Status {
            if (each == key) found = value;
            return {};
        });
    if (!scanned) return scanned.error();
    return found;
}

base::Result<ImportResult> importDatabase(base::FileSystem& fs, const std::string& path, const std::string& target,
                                          const LmdbOptions& options, const ImportEdit& edit) {
    if (fs.exists(target)) return base::Error{base::Errc::exists, target + " exists already"};
    auto reader = BboltReader::open(fs, path);
    if (!reader) return reader.error();
    const std::string temporary = target + ".import";
    if (const auto status = removeLmdbFile(temporary); !status) return status.error();
    ImportResult result;
    base::Status status;
    {
        auto backend = openLmdbBackend(temporary, options);
        if (!backend) return backend.error();
        status = importInto(**reader, **backend, result);
        if (status && edit) status = edit(**backend);
        if (status) status = (*backend)->commit();
    }
    // Whoever opens the database makes a new lock file.
    if (status) status = fs.remove(temporary + "-lock");
    if (status) status = fs.rename(temporary, target);
    if (status) status = syncParentDirectory(target);
    if (status) return result;
    (void)removeLmdbFile(temporary);
    return base::Error{status.error().code, "cannot import " + path + ": " + status.error().text};
}

}  // namespace raftarium::storage
