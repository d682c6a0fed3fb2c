// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Logs that a real etcd wrote, read and continued by us; ours, read by etcd's tool.

#include "cluster/base/coding.h"
#include "cluster/inspect/wal_dump.h"
#include "cluster/inspect/wal_files.h"
#include "cluster/storage/files/posix_file_system.h"
#include "cluster/storage/snapshot/snapshot_files.h"
#include "cluster/storage/wal/wal.h"
#include "proto/etcd/raft.pb.h"
#include "proto/etcd/raft_internal.pb.h"
#include "tests/inspect/etcd_process.h"
#include "tests/runner/test_class.h"

#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

using namespace raftarium;
using namespace raftarium::fixture;

namespace {

QString ownDump(const QString& directory, const inspect::WalDumpOptions& options = {}) {
    std::string out;
    const auto dumped = inspect::dumpWal(directory.toStdString(), options, out);
    return dumped.ok() ? QString::fromStdString(out) : QString::fromStdString(dumped.error().text);
}

// The tool with -start-index 1 prints what comes after index 1; for us that is from index 2 on.
//
// The tool's spelling of one line and its way to print an empty entry; secrets we do not print.
QString normalized(QString text) {
    text.replace("dupmping", "dumping").replace("\tnorm\tnoop\n", "\tnorm\t\n");
    return text.replace(QRegularExpression("password:\"[^\"]*\""), "password:\"***\"");
}

// First line that differs, from the metadata on; empty if none does.
QString difference(const QString& ours, const QString& theirs) {
    const QStringList a = normalized(ours).section("WAL metadata", 1).split('\n');
    const QStringList b = normalized(theirs).section("WAL metadata", 1).split('\n');
    for (qsizetype i = 0; i < std::max(a.size(), b.size()); ++i) {
        if (a.value(i) != b.value(i)) return "ours:   " + a.value(i) + "\ntheirs: " + b.value(i);
    }
    return {};
}

raft::Entry putEntry(raft::Term term, raft::Index index, const std::string& key) {
    etcdserverpb::InternalRaftRequest request;
    request.mutable_header()->set_id(index);
    request.mutable_put()->set_key(key);
    request.mutable_put()->set_value("v");
    return {term, index, raft::EntryType::normal, base::Bytes(request.SerializeAsString())};
}

}  // namespace

class TestEtcdWal : public QObject {
    Q_OBJECT
private slots:
    void etcdsLogIsReadAndContinued() {
        if (program("etcd").isEmpty()) QSKIP("etcd is not installed");
        QTemporaryDir temporary;
        const QString data = temporary.filePath("data");
        EtcdProcess etcd(data);
        QVERIFY(etcd.start());
        for (int i = 0; i < 120; ++i) QCOMPARE(etcd.ctl({"put", "k" + QString::number(i), "v\n\"\\ä"}).exitCode, 0);
        QVERIFY(etcd.ctl({"lease", "grant", "600"}).exitCode == 0);
        QVERIFY(etcd.ctl({"del", "k1", "k5"}).exitCode == 0);
        QVERIFY(etcd.ctl({"user", "add", "alice:secret"}).exitCode == 0);
        QVERIFY(etcd.ctl({"txn"}, "value(\"k0\") = \"5\"\n\nput a 1\n\nput b 2\n\n").exitCode == 0);
        QVERIFY(etcd.ctl({"compact", "9"}).exitCode == 0);

        // Live, from another process's directory.
        base::FileSystem& fs = storage::posixFileSystem();
        const std::string wal = data.toStdString() + "/member/wal";
        const auto live = inspect::readWalRecords(fs, wal, {}, 1'000'000);
        QVERIFY(live.ok() && live->problems.empty() && live->records.size() > 120);
        QCOMPARE(etcd.ctl({"put", "late", "1"}).exitCode, 0);
        const auto later = inspect::readWalRecords(fs, wal, live->next, 1'000'000);
        QVERIFY(later.ok() && !later->records.empty());
        QCOMPARE(QString::fromStdString(later->records.front().text.english()), QString("put late = 1"));
        QVERIFY(!storage::Wal::open(fs, wal, {}, {}, *std::make_unique<storage::WalContent>()).ok());  // etcd owns it
        etcd.stop();

        if (const QString tool = etcdTool("etcd-dump-logs"); !tool.isEmpty()) {
            const Output theirs = run(tool, {"-start-index", "1", data});
            const QString ours = ownDump(data, {false, false, 2, {}});
            QCOMPARE(difference(ours, theirs.out), QString());
        }

        storage::WalContent content;
        const auto marks = storage::readWalSnapshotMarks(fs, wal);
        QVERIFY(marks.ok() && marks->size() > 1);
        const auto snapshot = storage::loadNewestSnapshot(fs, data.toStdString() + "/member/snap", *marks);
        QVERIFY(snapshot.ok() && snapshot->has_value());
        const raft::SnapshotMetadata& at = (*snapshot)->metadata;
        QCOMPARE(at.confState.voters.size(), 1ULL);
        {
            auto opened = storage::Wal::open(fs, wal, {at.index, at.term, {}}, {}, content);
            QVERIFY2(opened.ok(), opened.ok() ? "" : opened.error().text.c_str());
            QVERIFY(!content.repaired);
            QCOMPARE(content.metadata.nodeId, at.confState.voters.front());
            QCOMPARE(content.entries.back().index, content.hardState.commit);
            const raft::Index next = content.hardState.commit + 1;
            (*opened)->append({putEntry(content.hardState.term, next, "ours")},
                              {content.hardState.term, content.hardState.vote, next});
            QVERIFY((*opened)->flush(true).ok());
        }
        // etcd goes on from what we wrote.
        QVERIFY(etcd.start());
        QCOMPARE(etcd.ctl({"get", "ours"}).out, QString("ours\nv\n"));
        QCOMPARE(etcd.ctl({"get", "late"}).out, QString("late\n1\n"));
    }
    void ourLogIsReadByEtcdsTool() {
        const QString tool = etcdTool("etcd-dump-logs");
        if (tool.isEmpty()) QSKIP("etcd-dump-logs is not there (set RAFTARIUM_ETCD_TOOLS to its directory)");
        QTemporaryDir temporary;
        base::FileSystem& fs = storage::posixFileSystem();
        const std::string data = temporary.path().toStdString();
        QVERIFY(fs.createDirectories(data + "/member/snap").ok());
        {
            auto wal = storage::Wal::create(fs, data + "/member/wal", {0x628ed94ad692e8a1ULL, 0xddcdf4f4fbba999bULL},
                                            {20'000, true});
            QVERIFY(wal.ok());
            raftpb::ConfChange change;
            change.set_id(0);
            change.set_type(raftpb::ConfChangeAddNode);
            change.set_node_id(0x628ed94ad692e8a1ULL);
            (*wal)->append(
                {{1, 1, raft::EntryType::confChange, base::Bytes(change.SerializeAsString())}, {2, 2, {}, {}}},
                {2, 0x628ed94ad692e8a1ULL, 1});
            for (raft::Index index = 3; index <= 600; ++index) {
                (*wal)->append({putEntry(2, index, std::string(index % 97, 'k'))},
                               {2, 0x628ed94ad692e8a1ULL, index - 1});
                QVERIFY((*wal)->flush(index % 7 == 0).ok());
            }
            // Overwritten by a new leader.
            (*wal)->append({putEntry(3, 600, "instead")}, {3, 0, 600});
            const raft::ConfState members{{0x628ed94ad692e8a1ULL}, {}, {}, {}, false};
            QVERIFY(storage::saveSnapshotFile(fs, data + "/member/snap", {base::Bytes("{}"), {members, 400, 2}}).ok());
            (*wal)->appendSnapshotMark({400, 2, members});
            QVERIFY((*wal)->close().ok());
        }
        const Output theirs = run(tool, {temporary.path()});
        QCOMPARE(theirs.exitCode, 0);
        QVERIFY2(theirs.out.contains("term=2 index=400 nodes=[628ed94ad692e8a1]"), qPrintable(theirs.out.left(500)));
        QVERIFY(theirs.out.contains("count is : 200"));
        QVERIFY(theirs.out.contains("key:\"instead\""));
        const Output whole = run(tool, {"-start-index", "1", temporary.path()});
        QCOMPARE(difference(ownDump(temporary.path(), {false, false, 2, {}}), whole.out), QString());
        const Output puts = run(tool, {"-start-index", "1", "-entry-type", "IRRPut", temporary.path()});
        QCOMPARE(difference(ownDump(temporary.path(), {false, false, 2, {"IRRPut"}}), puts.out), QString());
    }
};

RAFTARIUM_TEST_CLASS(TestEtcdWal)
#include "test_etcd_wal.moc"
