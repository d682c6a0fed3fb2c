// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/storage/files/memory_file_system.h"
#include "cluster/storage/snapshot/snapshot_files.h"
#include "proto/etcd/raft.pb.h"
#include "proto/etcd/snap.pb.h"
#include "tests/runner/test_class.h"

#include <QTest>

using namespace raftarium;
using namespace raftarium::storage;

namespace {
raft::Snapshot snapshotAt(raft::Term term, raft::Index index) {
    return {base::Bytes("members"), {{{1, 2, 1ULL << 63}, {4}, {}, {}, false}, index, term}};
}
std::string contentOf(MemoryFileSystem& fs, const std::string& path) {
    const auto file = fs.open(path, base::OpenMode::read);
    return *(*file)->readAt(0, 1 << 20);
}
}  // namespace

class TestSnapshotFiles : public QObject {
    Q_OBJECT
private slots:
    void theFileIsEtcdsMessage() {
        MemoryFileSystem fs;
        QVERIFY(fs.createDirectories("/snap").ok());
        QVERIFY(saveSnapshotFile(fs, "/snap", snapshotAt(2, 100)).ok());
        QCOMPARE(*fs.list("/snap"), std::vector<std::string>{"0000000000000002-0000000000000064.snap"});
        snappb::snapshot outer;
        raftpb::Snapshot inner;
        QVERIFY(outer.ParseFromString(contentOf(fs, "/snap/0000000000000002-0000000000000064.snap")));
        QVERIFY(inner.ParseFromString(outer.data()));
        QCOMPARE(inner.data(), std::string("members"));
        QCOMPARE(inner.metadata().index(), 100ULL);
        QCOMPARE(inner.metadata().term(), 2ULL);
        QCOMPARE(inner.metadata().conf_state().voters_size(), 3);
        QCOMPARE(inner.metadata().conf_state().learners(0), 4ULL);
        QVERIFY(inner.metadata().conf_state().has_auto_leave());
    }
    void theNewestMarkedAndReadableOneIsLoaded() {
        MemoryFileSystem fs;
        QVERIFY(fs.createDirectories("/snap").ok());
        std::vector<WalSnapshotMark> marks;
        for (raft::Index index : {10, 20, 30, 40}) {
            QVERIFY(saveSnapshotFile(fs, "/snap", snapshotAt(2, index)).ok());
            if (index < 40) marks.push_back({index, 2, {}});  // 40: the log does not know it
        }
        QCOMPARE((*loadNewestSnapshot(fs, "/snap", marks))->metadata.index, 30ULL);
        // Every byte damaged: never a wrong answer, the next older one instead.
        const std::string path = "/snap/0000000000000002-000000000000001e.snap";
        const std::string good = contentOf(fs, path);
        for (std::size_t i = 0; i < good.size(); ++i) {
            std::string bad = good;
            bad[i] = static_cast<char>(bad[i] ^ 0x41);
            QVERIFY((*fs.open(path, base::OpenMode::createOrTruncate))->writeAt(0, bad).ok());
            QCOMPARE((*loadNewestSnapshot(fs, "/snap", marks))->metadata.index, 20ULL);
            QVERIFY(!fs.exists(path) && fs.exists(path + ".broken"));
        }
        QVERIFY(purgeSnapshotFiles(fs, "/snap", 1).ok());
        QCOMPARE(fs.list("/snap")->size(), 2ULL);  // 40 and the broken one
        QVERIFY(!loadNewestSnapshot(fs, "/snap", marks)->has_value());
        QVERIFY(!loadNewestSnapshot(fs, "/nowhere", marks).ok());
    }
    void aCrashWhileSavingLeavesTheOldOnes() {
        base::Rng rng(3);
        for (int round = 0; round < 50; ++round) {
            MemoryFileSystem fs;
            QVERIFY(fs.createDirectories("/snap").ok());
            QVERIFY(fs.syncDirectory("/").ok());
            QVERIFY(saveSnapshotFile(fs, "/snap", snapshotAt(1, 5)).ok());
            (void)saveSnapshotFile(fs, "/snap", snapshotAt(1, 9));
            fs.crash(CrashMode::tear, rng);
            const auto loaded = loadNewestSnapshot(fs, "/snap", {{5, 1, {}}, {9, 1, {}}});
            QVERIFY(loaded->has_value());
            QCOMPARE((*loaded)->metadata.index, 9ULL);  // saved and synced before the call returned
        }
    }
};

RAFTARIUM_TEST_CLASS(TestSnapshotFiles)
#include "test_snapshot_files.moc"
