// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// `.snap` files and the membership in them. First byte 0: the rest is the file as it is; else the rest is the content,
// and the file around it has the right CRC. What is read is written and read again, and must be the same.

#include "cluster/base/coding.h"
#include "cluster/node/members/snapshot_membership.h"
#include "cluster/storage/files/memory_file_system.h"
#include "cluster/storage/snapshot/snapshot_files.h"
#include "tests/fuzz/fuzz_target.h"

using namespace raftarium;
using namespace raftarium::storage;

namespace {

std::string fileOf(std::string_view input) {
    if (input[0] == 0) return std::string(input.substr(1));
    std::string out;
    out.push_back(8);
    base::putVarint(out, base::crc32c(0, input.substr(1)));
    out.push_back(18);
    base::putVarint(out, input.size() - 1);
    return out.append(input.substr(1));
}

node::Membership exampleMembership() {
    node::Membership membership;
    membership.members[7] = {7, "n1", {"http://127.0.0.1:2380"}, {"http://127.0.0.1:2379"}, false};
    membership.members[9] = {9, "", {"http://127.0.0.1:12380"}, {}, true};
    membership.removed = {3};
    membership.clusterVersion = "3.4.0";
    return membership;
}

}  // namespace

std::vector<std::string> fuzz::seeds() {
    MemoryFileSystem fs;
    (void)fs.createDirectories("/snap");
    raft::Snapshot snapshot;
    snapshot.metadata = {{{7}, {9}, {7}, {}, true}, 100, 2};
    snapshot.data = base::Bytes(node::membershipToV2Json(exampleMembership()));
    if (!saveSnapshotFile(fs, "/snap", snapshot)) fuzz::finding("cannot write to memory");
    const auto file = fs.open("/snap/" + fs.list("/snap")->front(), base::OpenMode::read);
    const std::string content = *(*file)->readAt(0, 1 << 20);
    // Behind the CRC: tag and value, at most 6 bytes, then tag and length of the rest.
    const std::size_t tag = content.find('\x12', 2);
    std::size_t start = tag + 1;
    while ((content[start] & 0x80) != 0) ++start;
    return {std::string(1, '\0') + content, std::string(1, '\1') + content.substr(start + 1)};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    MemoryFileSystem fs;
    (void)fs.createDirectories("/snap");
    {
        const auto file = fs.open("/snap/x", base::OpenMode::createOrTruncate);
        if (!(*file)->writeAt(0, fileOf({reinterpret_cast<const char*>(data), size})))
            fuzz::finding("cannot write to memory");
    }
    const auto read = readSnapshotFile(fs, "/snap/x");
    if (!read) return 0;
    if (!saveSnapshotFile(fs, "/snap", *read)) fuzz::finding("cannot write to memory");
    const auto again = loadNewestSnapshot(fs, "/snap", {{read->metadata.index, read->metadata.term, {}}});
    if (!again || !*again) fuzz::finding("what was read cannot be written and read again");
    if ((*again)->metadata.index != read->metadata.index || (*again)->metadata.term != read->metadata.term ||
        (*again)->metadata.confState != read->metadata.confState || (*again)->data.view() != read->data.view())
        fuzz::finding("reads differently when it was written again");
    const auto membership = node::membershipFromV2Json(read->data.view());
    if (!membership) return 0;
    const auto second = node::membershipFromV2Json(node::membershipToV2Json(*membership));
    if (!second) fuzz::finding("the membership cannot be read again: " + second.error().text);
    if (second->members.size() != membership->members.size() || second->removed != membership->removed)
        fuzz::finding("the membership reads differently when it was written again");
    return 0;
}
