// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// raftariumctl snapshot save, status and restore beside etcdctl on the same files, and what the restored members serve.

#include "tests/e2e/node_api.h"
#include "tests/e2e/node_cluster.h"
#include "tests/runner/test_class.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTest>
#include <QtEndian>
#include <grpcpp/grpcpp.h>

#include <algorithm>

using namespace raftarium::e2e;

namespace {

// The page of the root bucket in a bbolt file: of the newer of its two meta pages (transaction ids at byte 64).
quint64 rootPage(const QByteArray& database) {
    const auto number = [&](qsizetype at) { return qFromLittleEndian<quint64>(database.constData() + at); };
    const qsizetype meta = number(64) > number(4096 + 64) ? 0 : 4096;
    return number(meta + 32);
}

// The last line that is no log line: what the user is told.
QString told(const Output& output) {
    QStringList lines = QString::fromUtf8(output.err + output.out).split('\n', Qt::SkipEmptyParts);
    lines.removeIf([](const QString& line) { return line.startsWith('{'); });
    return lines.isEmpty() ? QString() : lines.last();
}

// Keys with history, a compaction, deletes, leases with and without keys, a value of several pages.
void fill(const NodeCluster& cluster) {
    const auto channel = openChannel(cluster.endpoint(0));
    for (int i = 0; i < 120; ++i) QVERIFY(putKey(channel, "k" + std::to_string(i % 40), "value " + std::to_string(i)));
    QVERIFY(putKey(channel, "large", std::string(50'000, 'x')));
    QCOMPARE(cluster.ctl(0, {"del", "k7"}).exitCode, 0);
    QCOMPARE(cluster.ctl(0, {"del", "--prefix", "k3"}).exitCode, 0);
    QCOMPARE(cluster.ctl(0, {"compact", "60", "--physical"}).exitCode, 0);
    for (const char* ttl : {"600", "900"}) {
        const Output granted = cluster.ctl(0, {"lease", "grant", ttl});
        QCOMPARE(granted.exitCode, 0);
        const QString id = QString::fromUtf8(granted.out).section(' ', 1, 1);
        QCOMPARE(cluster.ctl(0, {"put", QString("leased-") + ttl, "x", "--lease=" + id}).exitCode, 0);
    }
    QCOMPARE(cluster.ctl(0, {"lease", "grant", "1200"}).exitCode, 0);
}

// What must be the same after a restore, in one text.
QByteArray view(const NodeCluster& cluster, int member) {
    const auto hash = hashKv(cluster.endpoint(member));
    if (!hash) return "no hash";
    QByteArray out = "hash " + QByteArray::number(hash->hash()) + " compacted " +
                     QByteArray::number(static_cast<qlonglong>(hash->compact_revision())) + " revision " +
                     QByteArray::number(static_cast<qlonglong>(hash->header().revision())) + '\n';
    out += cluster.ctl(member, {"get", "", "--prefix"}).out;
    out += cluster.ctl(member, {"get", "", "--prefix", "--rev", "70"}).out;
    QByteArrayList leases = cluster.ctl(member, {"lease", "list"}).out.split('\n');
    std::sort(leases.begin(), leases.end());
    out += leases.join('\n');
    for (const QByteArray& lease : leases) {
        if (lease.size() != 16) continue;
        // Without the rest of the time to live.
        const QByteArray all = cluster.ctl(member, {"lease", "timetolive", lease, "--keys"}).out;
        out += all.left(all.indexOf("remaining")).left(60) + all.mid(all.indexOf("attached"));
    }
    return out;
}

QString initialCluster(const NodeCluster& cluster) {
    QStringList all;
    for (int i = 0; i < cluster.size(); ++i) all << cluster.name(i) + "=" + cluster.peerUrl(i);
    return all.join(',');
}

Output restoreInto(const char* tool, const NodeCluster& cluster, int member, const QString& file,
                   const QStringList& more = {}) {
    return runProgram(
        tool, QStringList{"snapshot", "restore", file, "--name", cluster.name(member), "--data-dir",
                          cluster.dataDir(member), "--initial-cluster", initialCluster(cluster),
                          "--initial-cluster-token", "e2e", "--initial-advertise-peer-urls", cluster.peerUrl(member)} +
                  more);
}

}  // namespace

class TestNodeRestore : public QObject {
    Q_OBJECT
    QTemporaryDir m_directory;
    QString m_ours, m_etcds;  // snapshot files
    QByteArray m_oursView, m_etcdsView;

    void makeSnapshot(Engine engine, QString& file, QByteArray& shown) {
        NodeCluster cluster(engine, findPorts(1));
        cluster.startAll();
        QVERIFY2(cluster.waitHealthy(), cluster.log(0));
        fill(cluster);
        file = m_directory.filePath(engine == Engine::etcd ? "etcd.db" : "ours.db");
        const Output saved = runProgram("raftariumctl", {"--endpoints", cluster.endpoint(0), "snapshot", "save", file});
        QVERIFY2(saved.exitCode == 0, saved.err);
        QCOMPARE(saved.out, QByteArray("Snapshot saved at " + file.toUtf8() + "\n"));
        QVERIFY(!QFile::exists(file + ".part"));
        QCOMPARE(QFile::permissions(file) & (QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup),
                 QFile::Permissions());
        QCOMPARE(QFileInfo(file).size() % 512, 32);
        shown = view(cluster, 0);
        QVERIFY2(shown.size() > 1000, shown);
    }

private slots:
    void initTestCase() {
        if (!etcdIsInstalled()) QSKIP("etcd and etcdctl are not installed");
        makeSnapshot(Engine::raftarium, m_ours, m_oursView);
        makeSnapshot(Engine::etcd, m_etcds, m_etcdsView);
    }

    void statusAsEtcdctl_data() {
        QTest::addColumn<QString>("format");
        for (const char* format : {"simple", "json", "table", "fields"}) QTest::newRow(format) << format;
    }
    void statusAsEtcdctl() {
        QFETCH(QString, format);
        for (const QString& file : {m_ours, m_etcds}) {
            const Output theirs = runProgram("etcdctl", {"snapshot", "status", file, "-w", format});
            QVERIFY(theirs.exitCode == 0 && !theirs.out.isEmpty());
            const Output own = runProgram("raftariumctl", {"snapshot", "status", file, "-w", format});
            QVERIFY2(own.exitCode == 0, own.err);
            QCOMPARE(own.out, theirs.out);
        }
        // A bare database has no hash; status does not ask for one.
        const QString bare = m_directory.filePath("bare.db");
        const QByteArray whole = contentOf(m_etcds);
        writeFile(bare, whole.left(whole.size() - 32));
        QCOMPARE(runProgram("raftariumctl", {"snapshot", "status", bare, "-w", format}).out,
                 runProgram("etcdctl", {"snapshot", "status", bare, "-w", format}).out);
    }

    void badFilesAreRefused_data() {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QByteArray>("says");
        const QByteArray whole = contentOf(m_etcds);
        QByteArray flipped = whole;
        flipped[flipped.size() - 5000] = static_cast<char>(flipped[flipped.size() - 5000] ^ 1);
        QByteArray overwritten = whole.left(whole.size() - 32);
        const quint64 root = rootPage(whole);
        overwritten.replace(static_cast<qsizetype>(root) * 4096, 4096, QByteArray(4096, '\x55'));
        QTest::newRow("empty") << QByteArray("") << QByteArray("not a bbolt file");
        QTest::newRow("text") << QByteArray("hello\n") << QByteArray("not a bbolt file");
        QTest::newRow("cut") << whole.left(10'000) << QByteArray("cut short");
        QTest::newRow("a byte flipped") << flipped << QByteArray("SHA-256");
        QTest::newRow("a page overwritten") << overwritten << "page " + QByteArray::number(root);
    }
    void badFilesAreRefused() {
        QFETCH(QByteArray, content);
        QFETCH(QByteArray, says);
        const QString file = m_directory.filePath("bad.db");
        writeFile(file, content);
        const Output status = runProgram("raftariumctl", {"snapshot", "status", file});
        QCOMPARE(status.exitCode, 1);
        QVERIFY2(status.err.contains(says) && status.err.contains("bad.db"), status.err);
        QVERIFY(status.out.isEmpty());
        NodeCluster target(Engine::raftarium, findPorts(1));
        const Output restored = restoreInto("raftariumctl", target, 0, file, {"--skip-hash-check"});
        const bool onlyTheHash = says == "SHA-256";
        QCOMPARE(restored.exitCode, onlyTheHash ? 0 : 1);
        if (!onlyTheHash) QVERIFY2(restored.err.contains(says), restored.err);
        QCOMPARE(QFile::exists(target.dataDir(0)), onlyTheHash);
        QVERIFY(restoreInto("raftariumctl", target, 0, file).exitCode == 1);  // a bad hash, or the directory exists
    }

    void noSuchFile() {
        const Output status = runProgram("raftariumctl", {"snapshot", "status", m_directory.filePath("none.db")});
        QCOMPARE(status.exitCode, 1);
        QVERIFY2(status.err.contains("none.db") && status.err.contains("No such file"), status.err);
    }

    void complaintsAsEtcdctl_data() {
        QTest::addColumn<QStringList>("arguments");
        const QString url = "http://127.0.0.1:2380", token = "--initial-cluster-token=t";
        const auto flags = [&](const QString& name, const QString& cluster, const QString& advertised) {
            return QStringList{"FILE",
                               "--data-dir=DIR/new",
                               "--name=" + name,
                               "--initial-cluster=" + cluster,
                               "--initial-advertise-peer-urls=" + advertised,
                               token};
        };
        const QString one = "n1=" + url;
        QTest::newRow("no file") << QStringList{};
        QTest::newRow("two files") << QStringList{"a", "b"};
        QTest::newRow("unknown name") << flags("zz", one, url);
        QTest::newRow("default cluster, other name") << QStringList{"FILE", "--name=n9", "--data-dir=DIR/new"};
        QTest::newRow("empty cluster") << flags("n1", "", url);
        QTest::newRow("not advertised") << flags("n1", one + "," + "n1=http://127.0.0.1:2381", url);
        QTest::newRow("not in cluster") << flags("n1", one, url + ",http://127.0.0.1:2382");
        QTest::newRow("duplicate url") << flags("n1", one + ",n2=" + url, url);
        QTest::newRow("no advertised url") << flags("n1", one, "");
        QTest::newRow("bad scheme") << flags("n1", one, "ftp://127.0.0.1:1");
        QTest::newRow("no scheme") << flags("n1", one, "foo");
        QTest::newRow("no port") << flags("n1", "n1=http://127.0.0.1", url);
        QTest::newRow("a path") << flags("n1", "n1=http://127.0.0.1:2380/x", url);
        QStringList exists = flags("n1", one, url);
        exists[1] = "--data-dir=DIR/there";
        QTest::newRow("data-dir exists") << exists;
        QTest::newRow("wal-dir exists") << flags("n1", one, url) + QStringList{"--wal-dir=DIR/there"};
        QStringList bare = flags("n1", one, url);
        bare[0] = "DIR/bare.db";
        QTest::newRow("no hash") << bare;
        bare[0] = "DIR/flipped.db";
        QTest::newRow("wrong hash") << bare;
    }
    void complaintsAsEtcdctl() {
        QFETCH(QStringList, arguments);
        const QString directory = m_directory.filePath("complaints");
        QVERIFY(QDir().mkpath(directory + "/there"));
        const QByteArray whole = contentOf(m_etcds);
        writeFile(directory + "/bare.db", whole.left(whole.size() - 32));
        QByteArray flipped = whole;
        flipped[9000] = static_cast<char>(flipped[9000] ^ 4);
        writeFile(directory + "/flipped.db", flipped);
        for (QString& argument : arguments) argument.replace("FILE", m_etcds).replace("DIR", directory);
        const Output theirs = runProgram("etcdctl", QStringList{"snapshot", "restore"} + arguments);
        QDir(directory + "/new").removeRecursively();  // etcdctl leaves what it began
        const Output own = runProgram("raftariumctl", QStringList{"snapshot", "restore"} + arguments);
        QVERIFY(theirs.exitCode != 0 && own.exitCode != 0);
        QVERIFY(!QFile::exists(directory + "/new"));
        // What etcdctl adds about name resolution is left out.
        QCOMPARE(told(own), told(theirs).remove(QRegularExpression(" \\((resolved|len).*")));
    }

    void severalEndpoints() {
        const QStringList arguments{"--endpoints", "127.0.0.1:1,127.0.0.1:2", "snapshot", "save",
                                    m_directory.filePath("several.db")};
        const Output own = runProgram("raftariumctl", arguments), theirs = runProgram("etcdctl", arguments);
        QVERIFY(own.exitCode != 0);
        QCOMPARE(told(own), told(theirs));
        QVERIFY(!QFile::exists(arguments.last()) && !QFile::exists(arguments.last() + ".part"));
    }
    void nobodyThere() {
        const QString file = m_directory.filePath("nobody.db");
        const QString nobody = QString("127.0.0.1:%1").arg(findPorts(1).front().client);
        const Output own = runProgram("raftariumctl", {"--endpoints", nobody, "snapshot", "save", file});
        QCOMPARE(own.exitCode, 1);
        QVERIFY2(own.err.contains(nobody.toUtf8()), own.err);
        QVERIFY(!QFile::exists(file) && !QFile::exists(file + ".part"));
    }
    void unwritableTarget() {
        NodeCluster cluster(Engine::raftarium, findPorts(1));
        cluster.startAll();
        QVERIFY(cluster.waitHealthy());
        const QString file = m_directory.filePath("no/such/directory/x.db");
        const Output own = runProgram("raftariumctl", {"--endpoints", cluster.endpoint(0), "snapshot", "save", file});
        QCOMPARE(own.exitCode, 1);
        QVERIFY2(own.err.contains("x.db.part"), own.err);
    }

    // The files that etcdctl and we write from the same snapshot with the same flags.
    void sameFilesAsEtcdctl() {
        NodeCluster ours(Engine::raftarium, findPorts(3));
        QVERIFY(restoreInto("raftariumctl", ours, 1, m_etcds).exitCode == 0);
        const QString own = ours.dataDir(1), theirs = own + ".etcdctl";
        QVERIFY(QDir().rename(own, own + ".kept"));
        QCOMPARE(restoreInto("etcdctl", ours, 1, m_etcds).exitCode, 0);
        QVERIFY(QDir().rename(own, theirs) && QDir().rename(own + ".kept", own));
        const QString snap = "/member/snap/0000000000000001-0000000000000003.snap";
        // The tree of the members and the metadata behind it. Indexes and history of the v2 store differ: nothing asks
        // for them any more.
        const auto told = [&](const QString& directory) {
            QString text = QString::fromLatin1(contentOf(directory + snap));
            text.replace(QRegularExpression("(Created|Modified)Index\":\\d+"), "\\1Index\":0");
            return text.section("Root", 1).section("WatcherHub", 0, 0) + text.section("CurrentVersion", -1);
        };
        QVERIFY(told(own).size() > 500);
        QCOMPARE(told(own), told(theirs));
        const QString segment = "/member/wal/0000000000000000-0000000000000000.wal";
        QByteArray a = contentOf(own + segment).left(4096), b = contentOf(theirs + segment).left(4096);
        // The last record, the snapshot mark, has the members with us, as etcd 3.5 writes it.
        qsizetype same = 0;
        while (same < a.size() && a[same] == b[same]) ++same;
        QVERIFY2(same >= 80 + 3 * 100, QByteArray::number(same));
        const Output dump = runProgram("raftariumctl", {"wal", "dump", "--raw", own}),
                     theirDump = runProgram("raftariumctl", {"wal", "dump", "--raw", theirs});
        const QByteArrayList records = dump.out.trimmed().split('\n'),
                             theirRecords = theirDump.out.trimmed().split('\n');
        QCOMPARE(records.size(), theirRecords.size());
        QCOMPARE(records.mid(0, records.size() - 1), theirRecords.mid(0, records.size() - 1));
        QVERIFY2(records.last().contains("index 3, term 1"), records.last());
        QCOMPARE(QFile::permissions(own) & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
    }

    void threeMembersFromOneFile_data() {
        QTest::addColumn<bool>("ours");
        QTest::newRow("our snapshot") << true;
        QTest::newRow("etcd's snapshot") << false;
    }
    // Beside a real etcd that etcdctl restored from the same file.
    void threeMembersFromOneFile() {
        QFETCH(bool, ours);
        const QString file = ours ? m_ours : m_etcds;
        NodeCluster restored(Engine::raftarium, findPorts(3));
        for (int i = 0; i < 3; ++i) {
            const Output done = restoreInto("raftariumctl", restored, i, file);
            QVERIFY2(done.exitCode == 0, done.err);
        }
        restored.startAll();
        QVERIFY(restored.waitHealthy());
        NodeCluster etcd(Engine::etcd, findPorts(1));
        QCOMPARE(restoreInto("etcdctl", etcd, 0, file).exitCode, 0);
        etcd.startAll();
        QVERIFY(etcd.waitHealthy());
        const QByteArray wanted = view(etcd, 0);
        QCOMPARE(wanted, ours ? m_oursView : m_etcdsView);
        for (int i = 0; i < 3; ++i) QCOMPARE(view(restored, i), wanted);
        const QByteArray members = restored.ctl(0, {"member", "list"}).out;
        QCOMPARE(members.count("started"), 3);
        for (int i = 0; i < 3; ++i) QVERIFY2(members.contains(restored.peerUrl(i).toUtf8()), members);

        // It goes on, and comes back after all were killed.
        QVERIFY(putKey(openChannel(restored.endpoint(1)), "after", "1"));
        for (int i = 0; i < 3; ++i) restored.kill(i);
        restored.startAll();
        QVERIFY(restored.waitHealthy());
        for (int i = 0; i < 3; ++i) QCOMPARE(restored.ctl(i, {"get", "after"}).out, QByteArray("after\n1\n"));
        QVERIFY(restoreInto("raftariumctl", restored, 0, file).exitCode == 1);
    }

    void walElsewhere() {
        NodeCluster restored(Engine::raftarium, findPorts(1), {"--wal-dir=" + m_directory.filePath("wal/here")});
        const Output done =
            restoreInto("raftariumctl", restored, 0, m_ours, {"--wal-dir", m_directory.filePath("wal/here")});
        QVERIFY2(done.exitCode == 0, done.err);
        QVERIFY(!QFile::exists(restored.dataDir(0) + "/member/wal"));
        restored.startAll();
        QVERIFY2(restored.waitHealthy(), restored.log(0));
        QCOMPARE(view(restored, 0), m_oursView);
        restored.kill(0);
        // Without the flag the log is missing, which must not begin a new one over old data.
        NodeCluster wrong(Engine::raftarium, findPorts(1));
        QVERIFY(QDir().rename(restored.dataDir(0), wrong.dataDir(0)));
        wrong.start(0);
        QVERIFY(wrong.waitEnded(0));
        QCOMPARE(wrong.exitCode(0), 1);
        QVERIFY2(wrong.log(0).contains("--wal-dir"), wrong.log(0));
    }
};

RAFTARIUM_TEST_CLASS(TestNodeRestore)
#include "node_restore.moc"
