// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// raftarium-node started on data directories that a real etcd wrote: it serves the same, goes on, and refuses what is
// damaged or dangerous without touching it.

#include "tests/e2e/node_api.h"
#include "tests/e2e/node_cluster.h"
#include "tests/runner/test_class.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRandomGenerator>
#include <QStandardPaths>
#include <QTest>

#include <algorithm>
#include <csignal>

using namespace raftarium::e2e;

namespace {

void copyDirectory(const QString& from, const QString& to) {
    QDir(to).removeRecursively();
    const Output copied = runProgram("cp", {"-a", "--sparse=always", from, to});
    QVERIFY2(copied.exitCode == 0, copied.err);
}

const QString kTheirs = "/member/snap/db", kKept = "/member/snap/db.etcd", kOwn = "/member/snap/backend.lmdb";

// SIGTERM; etcd ends itself with the same signal when it is done.
void stop(NodeCluster& etcd) {
    etcd.signal(0, SIGTERM);
    QVERIFY(etcd.waitEnded(0));
}

// Hash, revision, keys now and then, leases and members of one member.
QByteArray view(const NodeCluster& cluster, int member) {
    const auto hash = hashKv(cluster.endpoint(member));
    if (!hash) return "no hash";
    QByteArray out = "hash " + QByteArray::number(hash->hash()) + " compacted " +
                     QByteArray::number(static_cast<qlonglong>(hash->compact_revision())) + " revision " +
                     QByteArray::number(static_cast<qlonglong>(hash->header().revision())) + '\n';
    for (const QStringList& question :
         {QStringList{"get", "", "--prefix", "-w", "fields"}, QStringList{"get", "", "--prefix", "--rev", "120"},
          QStringList{"lease", "list"}, QStringList{"member", "list"}}) {
        QByteArrayList lines = cluster.ctl(member, question).out.split('\n');
        lines.removeIf([](const QByteArray& line) { return line.contains("MemberID") || line.contains("RaftTerm"); });
        if (question.first() != "get") std::sort(lines.begin(), lines.end());
        out += lines.join('\n');
    }
    return out;
}

}  // namespace

class TestNodeAdoption : public QObject {
    Q_OBJECT

    static void fill(const NodeCluster& etcd, int member) {
        const auto channel = openChannel(etcd.endpoint(member));
        for (int i = 0; i < 150; ++i)
            QVERIFY(putKey(channel, "k" + std::to_string(i % 30), "value " + std::to_string(i)));
        QCOMPARE(etcd.ctl(member, {"lease", "grant", "700"}).exitCode, 0);
        const QByteArray lease = etcd.ctl(member, {"lease", "list"}).out.trimmed().split('\n').last();
        QCOMPARE(etcd.ctl(member, {"put", "leased", "x", "--lease=" + lease}).exitCode, 0);
        QCOMPARE(etcd.ctl(member, {"compact", "100"}).exitCode, 0);
        QCOMPARE(etcd.ctl(member, {"del", "k1"}).exitCode, 0);
        QCOMPARE(etcd.ctl(member, {"txn"}, "value(\"k2\") = \"none\"\n\n\nput t 1\n\nput t 2\nput u 3\n\n").exitCode,
                 0);
        QVERIFY(putKey(channel, "last", std::string(20'000, 'x')));
    }

    // A member that etcd left behind, to be used by each test in a copy of its own.
    QTemporaryDir m_directory;
    std::vector<Ports> m_ports;
    QString m_left;
    QByteArray m_view;

    // Starts ours on a copy of it after `change`, and waits for its end; what it said.
    template <typename Change>
    QByteArray refusal(Change change, QString* data = nullptr) {
        NodeCluster ours(Engine::raftarium, m_ports);
        copyDirectory(m_left, ours.dataDir(0));
        change(ours.dataDir(0));
        const QByteArray database = contentOf(ours.dataDir(0) + kTheirs);
        ours.start(0);
        if (!ours.waitEnded(0)) return "it runs: " + ours.log(0);
        if (ours.exitCode(0) != 1) return "exit code " + QByteArray::number(ours.exitCode(0)) + ours.log(0);
        if (contentOf(ours.dataDir(0) + kTheirs) != database) return "etcd's database was changed";
        if (QFile::exists(ours.dataDir(0) + kOwn)) return "half an import was left";
        if (data) *data = ours.dataDir(0);
        return ours.log(0);
    }

private slots:
    void initTestCase() {
        if (!etcdIsInstalled()) QSKIP("etcd and etcdctl are not installed");
        m_ports = findPorts(1);
        NodeCluster etcd(Engine::etcd, m_ports, {"--snapshot-count=40"});
        etcd.startAll();
        QVERIFY2(etcd.waitHealthy(), etcd.log(0));
        fill(etcd, 0);
        m_view = view(etcd, 0);
        QVERIFY2(m_view.size() > 5'000, m_view);
        stop(etcd);
        m_left = m_directory.filePath("left");
        copyDirectory(etcd.dataDir(0), m_left);
        QVERIFY(QDir(m_left + "/member/snap").entryList({"*.snap"}).size() >= 2);
    }

    void oneMember_data() {
        QTest::addColumn<bool>("killed");
        QTest::addColumn<int>("snapshotCount");
        QTest::newRow("stopped, with .snap files") << false << 40;
        QTest::newRow("killed, with .snap files") << true << 40;
        QTest::newRow("stopped, log only") << false << 100'000;
        QTest::newRow("killed, log only") << true << 100'000;
    }
    void oneMember() {
        QFETCH(bool, killed);
        QFETCH(int, snapshotCount);
        const auto ports = findPorts(1);
        NodeCluster etcd(Engine::etcd, ports, {"--snapshot-count=" + QString::number(snapshotCount)});
        etcd.startAll();
        QVERIFY2(etcd.waitHealthy(), etcd.log(0));
        fill(etcd, 0);
        const QByteArray wanted = view(etcd, 0);
        if (killed)
            etcd.kill(0);
        else
            stop(etcd);

        NodeCluster ours(Engine::raftarium, ports);
        copyDirectory(etcd.dataDir(0), ours.dataDir(0));
        ours.start(0);
        QVERIFY2(ours.waitHealthy(), ours.log(0));
        QVERIFY2(ours.log(0).contains("adopted the data directory of an etcd member"), ours.log(0));
        QCOMPARE(view(ours, 0), wanted);
        QVERIFY(!QFile::exists(ours.dataDir(0) + kTheirs));
        QCOMPARE(contentOf(ours.dataDir(0) + kKept), contentOf(etcd.dataDir(0) + kTheirs));

        // It goes on, and its next start imports nothing.
        QVERIFY(putKey(openChannel(ours.endpoint(0)), "after", "1"));
        const QByteArray after = view(ours, 0);
        QVERIFY(after != wanted);
        for (const bool kill : {true, false}) {
            if (kill)
                ours.kill(0);
            else
                QCOMPARE(ours.terminate(0), 0);
            QFile::remove(ours.dataDir(0) + ".log");
            ours.start(0);
            QVERIFY2(ours.waitHealthy(), ours.log(0));
            QVERIFY2(!ours.log(0).contains("adopted"), ours.log(0));
            QCOMPARE(view(ours, 0), after);
        }
    }

    void threeMembers() {
        const auto ports = findPorts(3);
        NodeCluster etcd(Engine::etcd, ports, {"--snapshot-count=50"});
        etcd.startAll();
        QVERIFY2(etcd.waitHealthy(), etcd.log(0));
        fill(etcd, 1);
        // Also a change of the membership: the third one is removed.
        const QByteArray third = etcd.ctl(0, {"member", "list"}).out;
        QString id;
        for (const QByteArray& line : third.split('\n'))
            if (line.contains(etcd.peerUrl(2).toUtf8())) id = line.split(',').first();
        QVERIFY(waitUntil([&] { return etcd.ctl(0, {"member", "remove", id}).exitCode == 0; }));
        etcd.kill(2);
        const QByteArray wanted = view(etcd, 0);
        QCOMPARE(wanted.count("started"), 2);
        for (const int i : {0, 1}) etcd.kill(i);

        NodeCluster ours(Engine::raftarium, ports);
        for (const int i : {0, 1}) {
            copyDirectory(etcd.dataDir(i), ours.dataDir(i));
            ours.start(i);
        }
        QVERIFY(ours.waitHealthy());
        for (const int i : {0, 1}) QCOMPARE(view(ours, i), wanted);
        QVERIFY(putKey(openChannel(ours.endpoint(1)), "after", "1"));
        QCOMPARE(ours.ctl(0, {"get", "after"}).out, QByteArray("after\n1\n"));
    }

    // What `etcdctl snapshot restore` makes: its database still names the members of the old cluster.
    void restoredByEtcdctl() {
        NodeCluster etcd(Engine::etcd, m_ports);
        copyDirectory(m_left, etcd.dataDir(0));
        etcd.startAll();
        QVERIFY2(etcd.waitHealthy(), etcd.log(0));
        const QString file = m_directory.filePath("restored.db");
        QCOMPARE(etcd.ctl(0, {"snapshot", "save", file}).exitCode, 0);
        etcd.kill(0);
        NodeCluster ours(Engine::raftarium, findPorts(3));
        QStringList initial;
        for (int i = 0; i < 3; ++i) initial << ours.name(i) + "=" + ours.peerUrl(i);
        for (int i = 0; i < 3; ++i) {
            const Output restored =
                ours.ctl(0, {"snapshot", "restore", file, "--name", ours.name(i), "--data-dir", ours.dataDir(i),
                             "--initial-cluster", initial.join(','), "--initial-cluster-token", "e2e",
                             "--initial-advertise-peer-urls", ours.peerUrl(i)});
            QVERIFY2(restored.exitCode == 0, restored.err);
        }
        ours.startAll();
        QVERIFY(ours.waitHealthy());
        // It is another cluster, with other members.
        const auto content = [](const QByteArray& text) {
            QByteArrayList lines = text.split('\n');
            lines.removeIf(
                [](const QByteArray& line) { return line.contains("ClusterID") || line.contains(", started"); });
            return lines.join('\n');
        };
        QVERIFY(content(m_view).size() > 5'000);
        for (int i = 0; i < 3; ++i) QCOMPARE(content(view(ours, i)), content(m_view));
        const QByteArray members = ours.ctl(0, {"member", "list"}).out;
        QCOMPARE(members.trimmed().split('\n').size(), 3);
        for (int i = 0; i < 3; ++i) QVERIFY2(members.contains(ours.peerUrl(i).toUtf8()), members);
        ours.kill(0);
        const QByteArray dump = runProgram("raftariumctl", {"db", "dump", ours.dataDir(0)}).out;
        QVERIFY2(dump.contains("members (3)"), dump.right(2'000));
        ours.start(0);
        QVERIFY2(ours.waitHealthy(), ours.log(0));
    }

    // Killed at any moment of its first starts; the one that is let go serves everything.
    void killedWhileImporting() {
        const auto ports = findPorts(1);
        NodeCluster etcd(Engine::etcd, ports);
        etcd.startAll();
        QVERIFY2(etcd.waitHealthy(), etcd.log(0));
        {
            Writer writer(etcd.endpoint(0), "many", 16);
            QVERIFY(waitUntil([&] { return writer.count() > 5'000; }));
        }
        const auto wanted = hashKv(etcd.endpoint(0));
        QVERIFY(wanted.has_value());
        etcd.kill(0);
        NodeCluster ours(Engine::raftarium, ports);
        copyDirectory(etcd.dataDir(0), ours.dataDir(0));
        QRandomGenerator random(11);
        for (int i = 0; i < 15; ++i) {
            ours.start(0);
            QTest::qWait(random.bounded(60));  // a random moment is the point of it
            ours.kill(0);
        }
        ours.start(0);
        QVERIFY2(ours.waitHealthy(), ours.log(0));
        const auto found = hashKv(ours.endpoint(0));
        QVERIFY(found.has_value());
        QCOMPARE(found->hash(), wanted->hash());
        QCOMPARE(found->header().revision(), wanted->header().revision());
        QVERIFY(QFile::exists(ours.dataDir(0) + kKept) && !QFile::exists(ours.dataDir(0) + kTheirs));
    }

    // What a crash between the steps of the import leaves.
    void leftOvers_data() {
        QTest::addColumn<bool>("imported");
        QTest::newRow("a part of the import") << false;
        QTest::newRow("the import, and etcd's database under its old name") << true;
    }
    void leftOvers() {
        QFETCH(bool, imported);
        NodeCluster ours(Engine::raftarium, m_ports);
        copyDirectory(m_left, ours.dataDir(0));
        if (imported) {
            ours.start(0);
            QVERIFY2(ours.waitHealthy(), ours.log(0));
            ours.kill(0);
            QVERIFY(QFile::rename(ours.dataDir(0) + kKept, ours.dataDir(0) + kTheirs));
        } else {
            writeFile(ours.dataDir(0) + kOwn + ".import", QByteArray(30'000, 'x'));
            writeFile(ours.dataDir(0) + kOwn + ".import-lock", "x");
        }
        ours.start(0);
        QVERIFY2(ours.waitHealthy(), ours.log(0));
        QCOMPARE(view(ours, 0), m_view);
        QVERIFY(QFile::exists(ours.dataDir(0) + kKept) && !QFile::exists(ours.dataDir(0) + kTheirs));
        QVERIFY(!QFile::exists(ours.dataDir(0) + kOwn + ".import"));
    }

    void damageIsRefused_data() {
        QTest::addColumn<int>("offset");  // where 64 bytes become 0x55; -1: cut to a third
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("both metas") << 0 << QByteArray("no valid meta page");
        QTest::newRow("cut") << -1 << QByteArray("cut short");
        QTest::newRow("page heads") << 8 << QByteArray("/member/snap/db, page");
    }
    void damageIsRefused() {
        QFETCH(int, offset);
        QFETCH(QByteArray, says);
        const QByteArray said = refusal([&](const QString& data) {
            QByteArray database = contentOf(data + kTheirs);
            if (offset < 0) {
                database.truncate(database.size() / 3);
            } else {
                // Page heads from the third page on, or the meta pages.
                for (qsizetype page = offset == 0 ? 0 : 2; page < (offset == 0 ? 2 : database.size() / 4096); ++page)
                    database.replace(page * 4096 + offset, 64, QByteArray(64, '\x55'));
            }
            writeFile(data + kTheirs, database);
        });
        QVERIFY2(said.contains(says), said);
    }

    void otherRefusals_data() {
        QTest::addColumn<QString>("remove");  // below member/
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("no log") << "wal" << QByteArray("no log in");
        // The database has more than a log without its newest entries.
        QTest::newRow("log behind the database") << "tail" << QByteArray("has applied index");
        QTest::newRow("database behind the log") << "database" << QByteArray("is not there");
    }
    void otherRefusals() {
        QFETCH(QString, remove);
        QFETCH(QByteArray, says);
        const QByteArray said = refusal([&](const QString& data) {
            if (remove == "wal") {
                QDir(data + "/member/wal").removeRecursively();
            } else if (remove == "tail") {
                // The log of a member that has written nothing yet.
                QDir(data + "/member/wal").removeRecursively();
                const QDir snapshots(data + "/member/snap");
                for (const QString& name : snapshots.entryList({"*.snap"})) QFile::remove(snapshots.filePath(name));
                NodeCluster fresh(Engine::raftarium, m_ports);
                fresh.start(0);
                QVERIFY(fresh.waitHealthy());
                fresh.kill(0);
                copyDirectory(fresh.dataDir(0) + "/member/wal", data + "/member/wal");
            } else {
                NodeCluster fresh(Engine::etcd, m_ports);
                fresh.start(0);
                QVERIFY(fresh.waitHealthy());
                fresh.kill(0);
                QFile::remove(data + kTheirs);
                QVERIFY(QFile::copy(fresh.dataDir(0) + kTheirs, data + kTheirs));
            }
        });
        QVERIFY2(said.contains(says), said);
    }

    // Whoever had to log in must not find an open door.
    void authenticationIsNotDropped() {
        NodeCluster etcd(Engine::etcd, findPorts(1));
        etcd.startAll();
        QVERIFY2(etcd.waitHealthy(), etcd.log(0));
        QCOMPARE(etcd.ctl(0, {"put", "secret", "1"}).exitCode, 0);
        QCOMPARE(etcd.ctl(0, {"user", "add", "root:pw"}).exitCode, 0);
        QCOMPARE(etcd.ctl(0, {"user", "grant-role", "root", "root"}).exitCode, 0);
        QCOMPARE(etcd.ctl(0, {"auth", "enable"}).exitCode, 0);
        stop(etcd);
        NodeCluster ours(Engine::raftarium, m_ports);
        copyDirectory(etcd.dataDir(0), ours.dataDir(0));
        ours.start(0);
        QVERIFY2(ours.waitEnded(0), ours.log(0));
        QCOMPARE(ours.exitCode(0), 1);
        QVERIFY2(ours.log(0).contains("authentication is enabled"), ours.log(0));
        QVERIFY(QFile::exists(ours.dataDir(0) + kTheirs) && !QFile::exists(ours.dataDir(0) + kOwn));
    }

    void aRunningEtcdKeepsItsDirectory() {
        NodeCluster etcd(Engine::etcd, findPorts(1));
        etcd.startAll();
        QVERIFY2(etcd.waitHealthy(), etcd.log(0));
        NodeCluster ours(Engine::raftarium, m_ports);
        QVERIFY(QFile::link(etcd.dataDir(0), ours.dataDir(0)));
        ours.start(0);
        QVERIFY2(ours.waitEnded(0), ours.log(0));
        QCOMPARE(ours.exitCode(0), 1);
        QVERIFY2(ours.log(0).contains("locked by another process"), ours.log(0));
        QVERIFY(!QFile::exists(etcd.dataDir(0) + kOwn));
        QVERIFY(putKey(openChannel(etcd.endpoint(0)), "still", "there"));
    }
};

RAFTARIUM_TEST_CLASS(TestNodeAdoption)
#include "node_adoption.moc"
