// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// bbolt files: etcd's databases and snapshots. First byte 0: the rest is the file; else the checksums of its meta pages
// are set right first. What is read whole is written by us and read again, and must be the same.

#include "cluster/base/coding.h"
#include "cluster/storage/bbolt/bbolt_format.h"
#include "cluster/storage/bbolt/bbolt_reader.h"
#include "cluster/storage/bbolt/bbolt_writer.h"
#include "cluster/storage/files/memory_file_system.h"
#include "cluster/storage/snapshot/snapshot_database.h"
#include "tests/fuzz/fuzz_target.h"

#include <map>

using namespace raftarium;
using namespace raftarium::storage;

namespace {

using Buckets = std::map<std::string, std::vector<std::pair<std::string, std::string>>>;

constexpr std::size_t kPageBytes = BboltWriter::kPageBytes;

std::string fixed(std::string_view input) {
    std::string out(input.substr(1));
    if (input[0] == 0) return out;
    for (const std::size_t page : {std::size_t{0}, kPageBytes}) {
        const std::size_t meta = page + bbolt::kPageHeaderBytes;
        if (meta + bbolt::kMetaBytes > out.size()) continue;
        std::string sum;
        base::putFixed64Le(sum, bbolt::checksum(std::string_view(out).substr(meta, 56)));
        out.replace(meta + 56, 8, sum);
    }
    return out;
}

void write(base::FileSystem& fs, const std::string& path, const std::string& content) {
    const auto file = fs.open(path, base::OpenMode::createOrTruncate);
    if (!(*file)->writeAt(0, content)) fuzz::finding("cannot write to memory");
}

std::uint64_t writeBuckets(base::FileSystem& fs, const std::string& path, const Buckets& buckets) {
    const auto file = fs.open(path, base::OpenMode::createOrTruncate);
    BboltWriter writer(**file);
    for (const auto& [name, pairs] : buckets) {
        if (!writer.beginBucket(name)) return 0;
        for (const auto& [key, value] : pairs)
            if (!writer.add(key, value)) return 0;  // a key that bbolt itself would refuse
    }
    const auto bytes = writer.finish();
    return bytes ? *bytes : 0;
}

base::Result<Buckets> read(base::FileSystem& fs, const std::string& path) {
    const auto reader = BboltReader::open(fs, path);
    if (!reader) return reader.error();
    Buckets found;
    for (const std::string& name : (*reader)->buckets()) {
        auto& pairs = found[name];
        const auto scanned = (*reader)->scan(name, [&](std::string_view key, std::string_view value) -> base::Status {
            pairs.emplace_back(key, value);
            return {};
        });
        if (!scanned) return scanned.error();
    }
    return found;
}

}  // namespace

std::vector<std::string> fuzz::seeds() {
    std::vector<std::string> out;
    for (const std::size_t pairs : {std::size_t{0}, std::size_t{5}, std::size_t{150}}) {
        Buckets buckets;
        for (const char* name : {"cluster", "key", "lease", "meta"}) {
            for (std::size_t i = 0; i < pairs; ++i) {
                std::string key;
                base::putFixed64Be(key, i);
                buckets[name].emplace_back(key, std::string(i == 3 ? 5000 : i % 40, 'v'));
            }
        }
        MemoryFileSystem fs;
        if (writeBuckets(fs, "/db", buckets) == 0) fuzz::finding("cannot write to memory");
        const auto file = fs.open("/db", base::OpenMode::read);
        out.push_back(std::string(1, '\1') + *(*file)->readAt(0, 1 << 24));
    }
    return out;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    MemoryFileSystem fs;
    write(fs, "/db", fixed({reinterpret_cast<const char*>(data), size}));
    (void)readSnapshotStatus(fs, "/db");
    (void)readSnapshotHash(fs, "/db");
    const auto found = read(fs, "/db");
    if (!found || writeBuckets(fs, "/again", *found) == 0) return 0;
    const auto again = read(fs, "/again");
    if (!again) fuzz::finding("what was read cannot be written and read again: " + again.error().text);
    if (*again != *found) fuzz::finding("reads differently when it was written again");
    return 0;
}
