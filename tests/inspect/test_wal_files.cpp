// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/rng.h"
#include "cluster/inspect/wal_dump.h"
#include "cluster/inspect/wal_files.h"
#include "cluster/storage/files/memory_file_system.h"
#include "cluster/storage/files/posix_file_system.h"
#include "cluster/storage/wal/wal.h"
#include "proto/etcd/raft_internal.pb.h"
#include "tests/runner/test_class.h"

#include <QTemporaryDir>
#include <QTest>
#include <nlohmann/json.hpp>

using namespace raftarium;
using namespace raftarium::inspect;
using storage::MemoryFileSystem;
using storage::Wal;

namespace {

const std::string kDirectory = "/member/wal";

base::Bytes put(const std::string& key, const std::string& value) {
    etcdserverpb::InternalRaftRequest request;
    request.mutable_header()->set_id(7);
    request.mutable_put()->set_key(key);
    request.mutable_put()->set_value(value);
    return base::Bytes(request.SerializeAsString());
}

std::unique_ptr<Wal> create(base::FileSystem& fs, const std::string& directory, std::uint64_t segmentBytes) {
    (void)fs.createDirectories(directory.substr(0, directory.find_last_of('/')));
    return std::move(Wal::create(fs, directory, {0xabc, 0xdef}, {segmentBytes, true})).value();
}

void appendPut(Wal& wal, raft::Index index) {
    wal.append({{2, index, raft::EntryType::normal, put("key" + std::to_string(index), "value")}}, {2, 0xabc, index});
    if (!wal.flush(true)) qFatal("cannot flush");
}

}  // namespace

class TestWalFiles : public QObject {
    Q_OBJECT
private slots:
    void recordsWithTheirBytes() {
        MemoryFileSystem fs;
        auto wal = create(fs, kDirectory, 4096);
        appendPut(*wal, 1);
        const auto read = readWalRecords(fs, kDirectory, {}, 100);
        QVERIFY(read.ok() && read->problems.empty() && !read->more);
        QCOMPARE(read->records.size(), 5ULL);
        std::uint64_t offset = 0;
        QStringList kinds, texts;
        for (const WalRecordInfo& record : read->records) {
            QCOMPARE(record.offset, offset);
            QCOMPARE(record.raw.size(), 8 + record.length + record.padding);
            QVERIFY(record.crcOk);
            // The parts cover the frame but for the data's own tag and length.
            QCOMPARE(record.typeField.offset, 8U);
            QCOMPARE(record.crcField.offset, record.typeField.offset + record.typeField.length);
            QCOMPARE(record.paddingBytes.offset + record.paddingBytes.length, record.raw.size());
            if (record.data.length > 0) QCOMPARE(record.data.offset + record.data.length, record.paddingBytes.offset);
            offset += record.raw.size();
            kinds << QString::fromStdString(record.kindName);
            texts << QString::fromStdString(record.text.english());
        }
        QCOMPARE(kinds, (QStringList{"crc", "metadata", "snapshot", "normal", "state"}));
        QCOMPARE(texts[1], QString("node abc, cluster def"));
        QCOMPARE(texts[3], QString("put key1 = value"));
        QCOMPARE(texts[4], QString("term 2, vote abc, commit 1"));
        QCOMPARE(read->next.offset, offset);
        const auto files = listWalFiles(fs, kDirectory);
        QCOMPARE(files->size(), 1ULL);
        QCOMPARE(files->front().bytesUsed, offset);
        QCOMPARE(files->front().bytes, 4096ULL);
    }
    void tailingGivesEachRecordOnce() {
        MemoryFileSystem fs;
        auto wal = create(fs, kDirectory, 1000);
        WalPosition position;
        std::vector<raft::Index> seen;
        base::Rng rng(3);
        for (raft::Index index = 1; index <= 200; ++index) {
            appendPut(*wal, index);
            if (rng.below(3) != 0) continue;
            const std::size_t atOnce = 1 + rng.below(20);
            for (bool more = true; more;) {
                const auto read = readWalRecords(fs, kDirectory, position, atOnce);
                QVERIFY(read.ok() && read->problems.empty());
                QVERIFY(read->records.size() <= atOnce);
                for (const auto& record : read->records) {
                    QVERIFY(record.crcOk);
                    if (record.kind == WalRecordKind::entry) seen.push_back(record.index);
                }
                position = read->next;
                more = read->more;
            }
            QCOMPARE(seen.size(), index);
            QCOMPARE(seen.back(), index);
        }
        const auto listed = listWalFiles(fs, kDirectory);
        QVERIFY(listed->size() > 5);
        // What an earlier answer says of a segment with a successor is believed, of the newest it is not.
        auto known = *listed;
        known.front().bytesUsed = 1;
        known.back().bytesUsed = 2;
        const auto again = listWalFiles(fs, kDirectory, known);
        QCOMPARE(again->front().bytesUsed, 1ULL);
        QCOMPARE(again->back().bytesUsed, listed->back().bytesUsed);
        QCOMPARE(again->size(), listed->size());
        // Purged behind the reader's back.
        WalPosition old = readWalRecords(fs, kDirectory, {}, 5)->next;
        QVERIFY(wal->release(150, 0).ok());
        const auto after = readWalRecords(fs, kDirectory, old, 10'000);
        QVERIFY(after.ok());
        QCOMPARE(after->problems.size(), 1ULL);
        QVERIFY(after->problems[0].text.find("gone") != std::string::npos);
        QCOMPARE(after->records.back().index, 200ULL);
    }
    void damageIsReportedAndTheRestRead() {
        MemoryFileSystem fs;
        auto wal = create(fs, kDirectory, 1000);
        for (raft::Index index = 1; index <= 60; ++index) appendPut(*wal, index);
        wal.reset();
        const auto whole = readWalRecords(fs, kDirectory, {}, 10'000);
        const auto& victim = whole->records[20];
        QVERIFY(victim.sequence + 1 < listWalFiles(fs, kDirectory)->size());
        const std::string path = kDirectory + "/" + (*listWalFiles(fs, kDirectory))[victim.sequence].name;
        for (std::uint64_t at = 0; at < victim.raw.size() - victim.padding; ++at) {
            const char wrong = static_cast<char>(victim.raw[at] ^ 0x15);
            auto file = fs.open(path, base::OpenMode::readWrite);
            QVERIFY((*file)->writeAt(victim.offset + at, std::string_view(&wrong, 1)).ok());
            const auto read = readWalRecords(fs, kDirectory, {}, 10'000);
            QVERIFY(read.ok());
            const auto& kind = read->records[20];
            if (read->problems.empty()) {
                // The CRC does not cover the type; it shows as what it is now.
                QVERIFY(at == 9 && kind.kind != victim.kind);
            } else {
                QCOMPARE(read->problems.front().offset, victim.offset);
                QCOMPARE(read->problems.front().sequence, victim.sequence);
                QVERIFY(!read->problems.front().unfinished);
            }
            QCOMPARE(read->records.back().sequence, whole->records.back().sequence);
            if (at >= victim.data.offset) {
                QCOMPARE(read->records.size(), whole->records.size());
                QVERIFY(!read->records[20].crcOk && read->records[19].crcOk);
                QVERIFY(read->problems.front().crcDiffers);
            }
            QVERIFY((*file)->writeAt(victim.offset + at, std::string_view(&victim.raw[at], 1)).ok());
        }
    }
    void anUnfinishedEndIsSaidToBeOne() {
        MemoryFileSystem fs;
        auto wal = create(fs, kDirectory, 4096);
        for (raft::Index index = 1; index <= 5; ++index) appendPut(*wal, index);
        wal.reset();
        const auto whole = readWalRecords(fs, kDirectory, {}, 10'000);
        const auto files = listWalFiles(fs, kDirectory);
        auto file = fs.open(kDirectory + "/" + files->front().name, base::OpenMode::readWrite);
        QVERIFY((*file)->truncate(whole->next.offset - 3).ok());
        const auto cut = readWalRecords(fs, kDirectory, {}, 10'000);
        QCOMPARE(cut->problems.size(), 1ULL);
        QVERIFY(cut->problems[0].unfinished);
        QCOMPARE(cut->records.size(), whole->records.size() - 1);
        // When the write is done, reading goes on from there.
        QVERIFY((*file)->writeAt(whole->records.back().offset, whole->records.back().raw).ok());
        const auto rest = readWalRecords(fs, kDirectory, cut->next, 10'000);
        QCOMPARE(rest->records.size(), 1ULL);
        QVERIFY(rest->problems.empty() && rest->records[0].crcOk);
    }
    // A lost sector with whole records behind it is damage, not an unfinished write; so is a lost length word, at which
    // reading would just end.
    void aLostPartIsDamage() {
        const QTemporaryDir directory;
        const std::string path = directory.path().toStdString() + "/wal";
        base::FileSystem& fs = storage::posixFileSystem();
        {
            auto wal = create(fs, path, 64 << 10);
            for (raft::Index index = 1; index <= 60; ++index) appendPut(*wal, index);
        }
        const std::string file = path + "/0000000000000000-0000000000000000.wal";
        const std::string whole = *(*fs.open(file, base::OpenMode::read))->readAt(0, 64 << 10);
        std::string out;
        QCOMPARE(*dumpWal(path, {}, out), 0U);
        for (std::size_t sector = 512; sector < 3072; sector += 512) {
            std::string damaged = whole;
            damaged.replace(sector, 512, 512, '\0');
            QVERIFY((*fs.open(file, base::OpenMode::createOrTruncate))->writeAt(0, damaged).ok());
            out.clear();
            const auto places = dumpWal(path, {}, out);
            QVERIFY(places.ok());
            QVERIFY2(*places == 1 &&
                         out.find("damage: 0000000000000000-0000000000000000.wal at offset ") != std::string::npos,
                     out.c_str());
            QVERIFY2(out.find(" to 60. A sector was lost if the store has applied these") != std::string::npos,
                     out.c_str());
        }
    }
    void dumps() {
        QTemporaryDir temporary;
        const std::string data = temporary.path().toStdString();
        base::FileSystem& fs = storage::posixFileSystem();
        {
            auto wal = create(fs, data + "/member/wal", 1000);
            for (raft::Index index = 1; index <= 20; ++index) appendPut(*wal, index);
            wal->append({{3, 20, raft::EntryType::normal, {}}}, {3, 0, 20});
            QVERIFY(wal->flush(true).ok());
        }
        std::string text;
        const auto whole = dumpWal(data, {}, text);
        QVERIFY(whole.ok());
        QCOMPARE(*whole, std::size_t{0});
        QVERIFY(text.find("nodeID=abc clusterID=def term=3 commitIndex=20 vote=0\n") != std::string::npos);
        QVERIFY(text.find("   2\t        19\tnorm\theader:<ID:7 > put:<key:\"key19\" value:\"value\" > \n") !=
                std::string::npos);
        QVERIFY(text.find("   3\t        20\tnorm\tnoop\n") != std::string::npos);
        QVERIFY(text.find("count is : 20\n") != std::string::npos);
        std::string raw;
        QVERIFY(dumpWal(data + "/member/wal", {false, true, 0, {}}, raw).ok());
        QVERIFY(raw.find("put key20 = value") != std::string::npos);  // overwritten, but there
        std::string json;
        QVERIFY(dumpWal(data, {true, false, 0, {"IRRPut"}}, json).ok());
        const auto parsed = nlohmann::json::parse(json);
        QVERIFY(parsed["problems"].empty());
        QVERIFY(parsed["records"].size() > 40);
        QCOMPARE(parsed["records"].back()["commit"].get<int>(), 20);
        const auto records = readWalRecords(fs, data + "/member/wal", {}, 10'000)->records;
        const auto segment = fs.open(data + "/member/wal/" + listWalFiles(fs, data + "/member/wal")->front().name,
                                     base::OpenMode::readWrite);
        const auto& victim = records[5];
        QVERIFY((*segment)->writeAt(victim.offset + victim.data.offset, "?").ok());
        std::string hurt;
        const auto damaged = dumpWal(data, {}, hurt);
        QVERIFY(damaged.ok());
        QCOMPARE(*damaged, std::size_t{1});
        QVERIFY(hurt.find("\ndamage: 0000000000000000-0000000000000000.wal at offset " + std::to_string(victim.offset) +
                          ": ") != std::string::npos);
        std::string none;
        QVERIFY(dumpWal(data + "/nothing", {}, none).error().code == base::Errc::notFound);
        QVERIFY(dumpWal(data, {false, false, 0, {"IRRWrong"}}, none).error().code == base::Errc::invalidArgument);
    }
};

RAFTARIUM_TEST_CLASS(TestWalFiles)
#include "test_wal_files.moc"
