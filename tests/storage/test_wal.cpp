// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/storage/files/fault_file_system.h"
#include "cluster/storage/files/posix_file_system.h"
#include "cluster/storage/wal/wal_reader.h"
#include "tests/runner/test_class.h"
#include "tests/storage/wal_fixture.h"

#include <QTemporaryDir>
#include <QTest>

using namespace raftarium;
using namespace raftarium::storage;
using namespace raftarium::storage::fixture;

namespace {

constexpr WalOptions kSmall{4096, true};

std::unique_ptr<Wal> mustCreate(base::FileSystem& fs, const WalOptions& options = kSmall) {
    (void)fs.createDirectories("/member");
    return std::move(Wal::create(fs, kDirectory, kMetadata, options)).value();
}

}  // namespace

class TestWal : public QObject {
    Q_OBJECT
private slots:
    void writesSegmentsAndReadsThemBack() {
        MemoryFileSystem fs;
        QVERIFY(!Wal::exists(fs, kDirectory));
        auto wal = mustCreate(fs);
        QVERIFY(Wal::exists(fs, kDirectory));
        WalWriter log(1);
        log.begin();
        for (int round = 0; round < 300; ++round) {
            for (int batch = 0; batch < 5; ++batch) {
                log.appendBatch(*wal);
                const auto written = wal->flush(batch == 4);
                QVERIFY2(written.ok(), written.ok() ? "" : written.error().text.c_str());
            }
            QVERIFY(wal->close().ok());
            WalContent content;
            auto opened = Wal::open(fs, kDirectory, {}, kSmall, content);
            QVERIFY2(opened.ok(), opened.ok() ? "" : opened.error().text.c_str());
            QVERIFY(content.entries == log.entries);
            QVERIFY(content.hardState == log.state);
            QCOMPARE(content.metadata.nodeId, kMetadata.nodeId);
            QVERIFY(!content.repaired);
            QCOMPARE(content.validSnapshots.size(), 1ULL);
            wal = std::move(*opened);
        }
        QVERIFY(listWalSegments(fs, kDirectory)->size() > 10);
    }
    // Entries of an old term, overwritten or replaced by a snapshot, are not what follows the snapshot.
    void staleEntriesBehindASnapshot_data() {
        QTest::addColumn<bool>("received");
        QTest::addColumn<int>("found");
        QTest::newRow("our own, its entry and the next overwritten") << false << 2;
        QTest::newRow("received, replacing the whole log") << true << 1;
    }
    void staleEntriesBehindASnapshot() {
        QFETCH(bool, received);
        QFETCH(int, found);
        MemoryFileSystem fs;
        auto wal = mustCreate(fs);
        wal->append({{1, 1, raft::EntryType::normal, {}},
                     {1, 2, raft::EntryType::normal, {}},
                     {2, 3, raft::EntryType::normal, {}},
                     {4, 4, raft::EntryType::normal, {}}},
                    {4, 0, 1});
        if (!received)
            wal->append({{3, 2, raft::EntryType::normal, {}}, {5, 3, raft::EntryType::normal, {}}}, {5, 0, 2});
        wal->appendSnapshotMark({2, 3, {}});
        wal->append({{5, received ? 3ULL : 4ULL, raft::EntryType::normal, {}}}, {5, 0, 3});
        QVERIFY(wal->flush(true).ok());
        QVERIFY(wal->close().ok());
        WalContent content;
        auto opened = Wal::open(fs, kDirectory, {2, 3, {}}, kSmall, content);
        QVERIFY2(opened.ok(), opened.ok() ? "" : opened.error().text.c_str());
        QCOMPARE(content.entries.size(), static_cast<std::size_t>(found));
        for (const raft::Entry& entry : content.entries) QCOMPARE(entry.term, 5ULL);
    }
    void oneWriteAndOneSyncAFlush() {
        MemoryFileSystem memory;
        FaultFileSystem fs(memory);
        auto wal = mustCreate(fs, {1 << 20, true});
        WalWriter log(2);
        log.begin();
        for (int round = 0; round < 20; ++round) {
            const auto writes = fs.count(FileOperation::write), syncs = fs.count(FileOperation::sync);
            for (int batch = 0; batch < 10; ++batch) log.appendBatch(*wal);
            QVERIFY(wal->flush(true).ok());
            QCOMPARE(fs.count(FileOperation::write), writes + 1);
            QCOMPARE(fs.count(FileOperation::sync), syncs + 1);
        }
    }
    void layoutOfSegments() {
        MemoryFileSystem fs;
        auto wal = mustCreate(fs);
        std::uint64_t index = 0;
        WalWritten written;
        while (written.segment < 3) {
            wal->append({{1, ++index, raft::EntryType::normal, base::Bytes(std::string(500, 'x'))}}, {1, 7, index});
            written = *wal->flush(true);
        }
        const auto segments = *listWalSegments(fs, kDirectory);
        QCOMPARE(segments.size(), 4ULL);
        for (std::size_t i = 0; i < segments.size(); ++i) {
            QCOMPARE(segments[i].name.sequence, i);
            const auto size = *(*fs.open(segments[i].path, base::OpenMode::read))->size();
            if (i + 1 == segments.size()) {
                QCOMPARE(size, 4096ULL);  // reserved
            } else {
                QVERIFY(size >= 4096 && size < 4096 + 600);  // ends with its last record
            }
        }
        QCOMPARE(written.bytes, 528ULL + 24ULL);
        // A second opener is refused while this one lives.
        WalContent content;
        const auto second = Wal::open(fs, kDirectory, {}, kSmall, content);
        QVERIFY(!second.ok() && second.error().code == base::Errc::unavailable);
    }
    void snapshotMarksAndRelease() {
        MemoryFileSystem fs;
        auto wal = mustCreate(fs);
        const raft::ConfState members{{1, 2, 3}, {}, {}, {}, false};
        for (std::uint64_t index = 1; index <= 100; ++index) {
            wal->append({{1, index, raft::EntryType::normal, base::Bytes(std::string(400, 'x'))}}, {1, 7, index});
            if (index % 25 == 0) wal->appendSnapshotMark({index, 1, members});
            QVERIFY(wal->flush(true).ok());
        }
        const std::size_t before = listWalSegments(fs, kDirectory)->size();
        QVERIFY(wal->release(75, 1).ok());
        const auto left = *listWalSegments(fs, kDirectory);
        QVERIFY(left.size() < before);
        QVERIFY(left[1].name.index < 75 && left[2].name.index >= 75);  // one kept, one needed
        wal.reset();
        QCOMPARE(readWalSnapshotMarks(fs, kDirectory)->back().index, 100ULL);
        WalContent content;
        auto opened = Wal::open(fs, kDirectory, {75, 1, {}}, kSmall, content);
        QVERIFY2(opened.ok(), opened.ok() ? "" : opened.error().text.c_str());
        QCOMPARE(content.entries.size(), 25ULL);
        QCOMPARE(content.entries.front().index, 76ULL);
        QVERIFY(content.snapshot.confState == members);
        opened->reset();
        QVERIFY(Wal::open(fs, kDirectory, {80, 1, {}}, kSmall, content).error().code == base::Errc::notFound);
        QVERIFY(Wal::open(fs, kDirectory, {75, 2, {}}, kSmall, content).error().code == base::Errc::corruption);
        QVERIFY(Wal::open(fs, kDirectory, {}, kSmall, content).error().code == base::Errc::notFound);
    }
    void marksBeyondTheCommitAreNotValid() {
        MemoryFileSystem fs;
        auto wal = mustCreate(fs);
        wal->append({{1, 1, raft::EntryType::normal, {}}}, {1, 7, 1});
        wal->appendSnapshotMark({9, 1, {}});
        QVERIFY(wal->flush(true).ok());
        wal.reset();
        QCOMPARE(readWalSnapshotMarks(fs, kDirectory)->size(), 1ULL);
    }
    void aMissingSegmentIsFound() {
        MemoryFileSystem fs;
        auto wal = mustCreate(fs);
        WalWriter log(3);
        log.begin();
        for (int round = 0; round < 100; ++round) {
            log.appendBatch(*wal);
            QVERIFY(wal->flush(true).ok());
        }
        wal.reset();
        const auto segments = *listWalSegments(fs, kDirectory);
        QVERIFY(segments.size() > 3);
        QVERIFY(fs.remove(segments[1].path).ok());
        WalContent content;
        const auto opened = Wal::open(fs, kDirectory, {}, kSmall, content);
        QVERIFY(!opened.ok() && opened.error().text.find("missing") != std::string::npos);
    }
    void fullDiskStopsAndSpaceRestarts() {
        MemoryFileSystem memory;
        FaultFileSystem fs(memory);
        auto wal = mustCreate(fs);
        WalWriter log(4);
        log.begin();
        std::vector<raft::Entry> safe;
        fs.limitSpace(9000);
        for (;;) {
            log.appendBatch(*wal);
            const auto written = wal->flush(true);
            if (!written.ok()) {
                QVERIFY(written.error().code == base::Errc::noSpace);
                QVERIFY(!wal->flush(true).ok());  // final
                break;
            }
            safe = log.entries;
        }
        wal.reset();
        fs.heal();
        WalContent content;
        const auto opened = Wal::open(fs, kDirectory, {}, kSmall, content);
        QVERIFY(opened.ok());
        QVERIFY(isPrefix(safe, content.entries) || content.entries == log.entries);
    }
    void realFiles() {
        QTemporaryDir temporary;
        const std::string directory = temporary.path().toStdString() + "/member/wal";
        base::FileSystem& fs = posixFileSystem();
        QVERIFY(fs.createDirectories(temporary.path().toStdString() + "/member").ok());
        WalWriter log(6);
        log.begin();
        {
            auto wal = Wal::create(fs, directory, kMetadata, {32768, true});
            QVERIFY2(wal.ok(), wal.ok() ? "" : wal.error().text.c_str());
            QVERIFY(Wal::create(fs, directory, kMetadata, kSmall).error().code == base::Errc::exists);
            for (int round = 0; round < 500; ++round) {
                log.appendBatch(**wal);
                QVERIFY((*wal)->flush(round % 10 == 0).ok());
            }
            WalContent content;
            const auto second = Wal::open(fs, directory, {}, kSmall, content);
            QVERIFY(!second.ok() && second.error().code == base::Errc::unavailable);
            QVERIFY((*wal)->close().ok());
        }
        WalContent content;
        const auto opened = Wal::open(fs, directory, {}, {32768, true}, content);
        QVERIFY(opened.ok());
        QVERIFY(content.entries == log.entries && content.hardState == log.state);
        QVERIFY(fs.list(directory)->size() > 3);
    }
};

RAFTARIUM_TEST_CLASS(TestWal)
#include "test_wal.moc"
