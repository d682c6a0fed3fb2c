// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Defragmentation while a member serves, and what its sizes mean, beside a real etcd that did the same.

#include "tests/e2e/node_api.h"
#include "tests/e2e/node_cluster.h"
#include "tests/runner/test_class.h"

#include <QFileInfo>
#include <QTest>

#include <algorithm>

using namespace raftarium::e2e;

namespace {

struct Sizes {
    std::int64_t total = 0;
    std::int64_t inUse = 0;
};

Sizes sizesOf(const NodeCluster& cluster) {
    const auto status = memberStatus(cluster.endpoint(0));
    return status ? Sizes{status->dbsize(), status->dbsizeinuse()} : Sizes{};
}

// 8 MB of history in 40 keys, then all but the newest compacted away.
Sizes fillAndCompact(const NodeCluster& cluster) {
    const auto channel = openChannel(cluster.endpoint(0));
    for (int i = 0; i < 800; ++i)
        if (!putKey(channel, "k" + std::to_string(i % 40), std::string(10'000, static_cast<char>('a' + i % 26))))
            return {};
    const auto hash = hashKv(cluster.endpoint(0));
    if (!hash) return {};
    Sizes full;
    waitUntil([&] { return (full = sizesOf(cluster)).inUse > 8'000'000; });  // with the next commit
    const QString revision = QString::number(hash->header().revision());
    return cluster.ctl(0, {"compact", revision, "--physical"}).exitCode == 0 ? full : Sizes{};
}

}  // namespace

class TestNodeDefragment : public QObject {
    Q_OBJECT
private slots:
    void givesDiskBackWhileServing() {
        NodeCluster ours(Engine::raftarium, findPorts(1));
        ours.startAll();
        QVERIFY2(ours.waitHealthy(), ours.log(0));
        const Sizes full = fillAndCompact(ours);
        QVERIFY(full.total > 8'000'000 && full.inUse > 8'000'000);
        const auto before = hashKv(ours.endpoint(0));
        QVERIFY(before.has_value());
        // Free now, but still in the file.
        QVERIFY(waitUntil([&] { return sizesOf(ours).inUse < 1'500'000; }));
        const Sizes compacted = sizesOf(ours);
        QVERIFY(compacted.total >= 8'000'000);
        const QString file = ours.dataDir(0) + "/member/snap/backend.lmdb";
        QVERIFY(QFileInfo(file).size() >= compacted.total);

        const auto watcher =
            ours.startCtl(0, {"watch", "--prefix", "w", "--rev", QString::number(before->header().revision() + 1)});
        Writer writer(ours.endpoint(0), "w", 4);
        QVERIFY(waitUntil([&] { return writer.count() > 100; }));
        for (int i = 0; i < 5; ++i) {
            const std::size_t then = writer.count();
            QCOMPARE(ours.ctl(0, {"defrag"}).exitCode, 0);
            QVERIFY(waitUntil([&] { return writer.count() > then + 50; }));
        }
        writer.stop();
        const std::set<std::string> acknowledged = writer.acknowledged();
        QVERIFY(waitUntil([&] { return sizesOf(ours).total < 3'000'000; }));
        const Sizes after = sizesOf(ours);
        QVERIFY(after.inUse <= after.total);
        QVERIFY(QFileInfo(file).size() < 3'000'000);
        const auto found = keysWithPrefix(openChannel(ours.endpoint(0)), "w");
        QVERIFY(found && std::includes(found->begin(), found->end(), acknowledged.begin(), acknowledged.end()));
        // The watcher saw each of them.
        QByteArray seen;
        QVERIFY(waitUntil([&] {
            watcher->waitForReadyRead(10);
            seen += watcher->readAllStandardOutput();
            return static_cast<std::size_t>(seen.count("PUT\n")) >= acknowledged.size();
        }));
        watcher->kill();
        watcher->waitForFinished();

        // The same content, now and after a crash.
        const auto now = hashKv(ours.endpoint(0));
        QVERIFY(now.has_value());
        QCOMPARE(now->compact_revision(), before->compact_revision());
        ours.kill(0);
        QVERIFY(!QFileInfo::exists(file + ".defragment"));
        ours.start(0);
        QVERIFY2(ours.waitHealthy(), ours.log(0));
        QCOMPARE(hashKv(ours.endpoint(0))->hash(), now->hash());
        QVERIFY(sizesOf(ours).total < 3'000'000);
    }

    // A process that was killed in the middle leaves a copy; the next start removes it.
    void leftOverCopy() {
        NodeCluster ours(Engine::raftarium, findPorts(1));
        ours.startAll();
        QVERIFY(ours.waitHealthy());
        ours.kill(0);
        const QString copy = ours.dataDir(0) + "/member/snap/backend.lmdb.defragment";
        QFile file(copy);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("half a copy") > 0);
        file.close();
        ours.start(0);
        QVERIFY2(ours.waitHealthy(), ours.log(0));
        QVERIFY(!QFile::exists(copy));
        QCOMPARE(ours.ctl(0, {"defrag"}).exitCode, 0);
    }

    // Total is what the file takes, in use what of it is no free page: both as etcd counts, whose pages hold less.
    void sizesAsEtcdCounts() {
        if (!etcdIsInstalled()) QSKIP("etcd is not installed");
        NodeCluster ours(Engine::raftarium, findPorts(1)), etcd(Engine::etcd, findPorts(1));
        for (NodeCluster* cluster : {&ours, &etcd}) {
            cluster->startAll();
            QVERIFY2(cluster->waitHealthy(), cluster->log(0));
            const Sizes full = fillAndCompact(*cluster);
            QVERIFY(full.total > 8'000'000 && full.inUse <= full.total);
            // Without another write etcd goes on counting the pages that its last commit freed.
            if (cluster == &ours) QVERIFY(waitUntil([&] { return sizesOf(*cluster).inUse < 1'500'000; }));
            QVERIFY(sizesOf(*cluster).total >= 8'000'000);
            QCOMPARE(cluster->ctl(0, {"defrag"}).exitCode, 0);
            QVERIFY(waitUntil([&] { return sizesOf(*cluster).total < 1'500'000; }));
            const Sizes after = sizesOf(*cluster);
            QVERIFY(after.inUse > 400'000 && after.inUse <= after.total);
        }
        QCOMPARE(hashKv(ours.endpoint(0))->hash(), hashKv(etcd.endpoint(0))->hash());
    }
};

RAFTARIUM_TEST_CLASS(TestNodeDefragment)
#include "node_defragment.moc"
