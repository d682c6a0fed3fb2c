// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Write-ahead logs. The first byte says how the rest is read: 0 = the bytes of two segments as they are, cut at the
// second and third byte (in 64ths); else a list of records (type, length: 2 bytes, data) that are framed with right
// CRCs, so that what is behind the CRC check is reached, too.
//
// Whatever opens for writing reads the same when it is opened again, and our reader for inspection finds no damage in
// it.

#include "cluster/base/coding.h"
#include "cluster/inspect/wal_files.h"
#include "cluster/storage/files/memory_file_system.h"
#include "cluster/storage/wal/wal.h"
#include "cluster/storage/wal/wal_reader.h"
#include "tests/fuzz/fuzz_target.h"

using namespace raftarium;
using namespace raftarium::storage;

namespace {

constexpr const char* kDirectory = "/member/wal";
constexpr WalOptions kOptions{4096, true};

void write(base::FileSystem& fs, const std::string& name, std::string_view content) {
    const auto file = fs.open(std::string(kDirectory) + "/" + name, base::OpenMode::createOrTruncate);
    if (!(*file)->writeAt(0, content)) fuzz::finding("cannot write to memory");
}

// The frame of one record with the CRC continued; any type, any data.
void putFrame(std::string& out, std::uint32_t& crc, std::uint8_t type, std::string_view data) {
    if (type != static_cast<std::uint8_t>(WalRecordType::crc)) crc = base::crc32c(crc, data);
    std::string record;
    record.push_back(8);
    base::putVarint(record, type);
    record.push_back(16);
    base::putVarint(record, crc);
    if (type != static_cast<std::uint8_t>(WalRecordType::crc)) {
        record.push_back(26);
        base::putVarint(record, data.size());
        record.append(data);
    }
    const std::uint64_t padding = (8 - record.size() % 8) % 8;
    base::putFixed64Le(out, record.size() | (padding > 0 ? (0x80ULL | padding) << 56 : 0));
    out.append(record).append(padding, '\0');
}

std::string framed(std::string_view input) {
    std::string out;
    std::uint32_t crc = 0;
    while (input.size() >= 3) {
        const std::size_t length = std::min<std::size_t>(
            static_cast<std::uint8_t>(input[1]) | static_cast<std::size_t>(static_cast<std::uint8_t>(input[2])) << 8,
            input.size() - 3);
        putFrame(out, crc, static_cast<std::uint8_t>(input[0]) % 8, input.substr(3, length));
        input.remove_prefix(3 + length);
    }
    return out;
}

void prepare(base::FileSystem& fs, std::string_view input) {
    if (!fs.createDirectories(kDirectory)) fuzz::finding("cannot make a directory in memory");
    if (input.size() < 3) return;
    if (input[0] != 0) {
        write(fs, walSegmentName({0, 0}), framed(input.substr(1)));
        return;
    }
    const std::size_t cut = static_cast<std::uint8_t>(input[1]) * (input.size() - 3) / 64;
    const std::string_view bytes = input.substr(3);
    write(fs, walSegmentName({0, 0}), bytes.substr(0, std::min(cut, bytes.size())));
    if (cut < bytes.size()) write(fs, walSegmentName({1, static_cast<std::uint8_t>(input[2])}), bytes.substr(cut));
}

bool sameContent(const WalContent& a, const WalContent& b) {
    return a.metadata.nodeId == b.metadata.nodeId && a.metadata.clusterId == b.metadata.clusterId &&
           a.hardState == b.hardState && a.entries == b.entries;
}

// What a log of our own holds, in the form of the second kind of input.
std::string recordsOf(base::FileSystem& fs, const WalSegmentName& name) {
    const std::string path = std::string(kDirectory) + "/" + walSegmentName(name);
    const auto file = fs.open(path, base::OpenMode::read);
    std::string out(1, '\1');
    const auto put = [&](std::int64_t type, std::string_view data) {
        out.push_back(static_cast<char>(type));
        out.push_back(static_cast<char>(data.size() & 0xff));
        out.push_back(static_cast<char>(data.size() >> 8));
        out.append(data);
    };
    put(static_cast<std::int64_t>(WalRecordType::crc), {});
    const auto walked = WalWalk().walkSegment({name, path}, **file, true, [&](const WalFrame& frame) -> base::Status {
        put(frame.type, frame.data);
        return {};
    });
    if (!walked) fuzz::finding("a seed is damaged: " + walked.error().text);
    return out;
}

}  // namespace

std::vector<std::string> fuzz::seeds() {
    MemoryFileSystem fs;
    (void)fs.createDirectories("/member");
    auto wal = std::move(Wal::create(fs, kDirectory, {0x11, 0x22}, {600, true})).value();
    for (raft::Index index = 1; index < 14; ++index) {
        wal->append({{1 + index / 6, index, raft::EntryType::normal, base::Bytes(std::string(index * 3, 'v'))}},
                    {1 + index / 6, 0x11, index - 1});
        if (!wal->flush(true)) fuzz::finding("cannot write to memory");
    }
    wal->append({{4, 14, raft::EntryType::confChange, base::Bytes("x")}}, {4, 0x22, 13});
    wal->appendSnapshotMark({9, 2, {{0x11, 0x22}, {0x33}, {}, {}, false}});
    (void)wal->close();
    std::string segments;
    std::vector<std::string> out;
    const auto names = fs.list(kDirectory);
    for (const std::string& name : *names) {
        const auto segment = parseWalSegmentName(name);
        if (!segment) continue;  // the file that the next segment will be
        const auto file = fs.open(std::string(kDirectory) + "/" + name, base::OpenMode::read);
        const std::string content = *(*file)->readAt(0, 1 << 20);
        out.push_back(recordsOf(fs, *segment));
        segments += content;
    }
    out.push_back(std::string(1, '\0') + static_cast<char>(20) + '\1' + segments);
    return out;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    MemoryFileSystem fs;
    prepare(fs, input);
    (void)inspect::listWalFiles(fs, kDirectory);
    (void)inspect::readWalRecords(fs, kDirectory, {}, 1000);
    const auto marks = readWalSnapshotMarks(fs, kDirectory);
    WalSnapshotMark from;
    if (marks && !marks->empty()) from = marks->back();
    WalContent first;
    raft::HardState state;
    {
        auto opened = Wal::open(fs, kDirectory, from, kOptions, first);
        if (!opened) return 0;
        state = {first.hardState.term + 1, 7, first.hardState.commit};
        // A state of a later term can always follow.
        if (first.hardState.term < (1ULL << 40)) (*opened)->append({}, state);
        if (!(*opened)->flush(true) || !(*opened)->close()) fuzz::finding("cannot write to memory");
    }
    WalContent second;
    if (const auto again = Wal::open(fs, kDirectory, from, kOptions, second); !again)
        fuzz::finding("does not open again: " + again.error().text);
    if (first.hardState.term < (1ULL << 40)) first.hardState = state;
    if (!sameContent(first, second)) fuzz::finding("reads differently after it was continued");
    if (second.repaired) fuzz::finding("was repaired twice");
    return 0;
}
