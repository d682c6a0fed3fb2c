// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Our database as a snapshot file: the real etcdctl saves, checks and restores it, and real etcd serves what was in it.

#include "tests/e2e/node_api.h"
#include "tests/e2e/node_cluster.h"
#include "tests/runner/test_class.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>
#include <grpcpp/grpcpp.h>

using namespace raftarium::e2e;

class TestNodeSnapshot : public QObject {
    Q_OBJECT
private slots:
    // Saved while writes go on: what was acknowledged before is in it, and etcd counts the same hash over it.
    void etcdServesWhatWasSaved() {
        NodeCluster ours(Engine::raftarium, findPorts(1));
        ours.startAll();
        QVERIFY(ours.waitHealthy());
        const auto channel = openChannel(ours.endpoint(0));
        for (int i = 0; i < 200; ++i) {
            QVERIFY(putKey(channel, "k" + std::to_string(i % 50), std::string(1000, static_cast<char>('a' + i % 26))));
        }
        QCOMPARE(ours.ctl(0, {"del", "k7"}).exitCode, 0);
        QCOMPARE(ours.ctl(0, {"compact", "100", "--physical"}).exitCode, 0);
        QVERIFY(putKey(channel, "large", std::string(200'000, 'x')));
        const auto before = hashKv(ours.endpoint(0));
        QVERIFY(before.has_value());

        QTemporaryDir directory;
        const QString file = directory.filePath("saved.db");
        {
            Writer writer(ours.endpoint(0), "w", 4);
            QVERIFY(waitUntil([&] { return writer.count() > 100; }));
            const Output saved = ours.ctl(0, {"snapshot", "save", file});
            QVERIFY2(saved.exitCode == 0, saved.err);
            const std::size_t then = writer.count();
            QVERIFY(waitUntil([&] { return writer.count() > then; }));
        }
        QCOMPARE(QFileInfo(file).size() % 512, 32);
        const Output status = ours.ctl(0, {"snapshot", "status", file, "-w", "json"});
        QVERIFY2(status.exitCode == 0, status.err);
        const QJsonObject told = QJsonDocument::fromJson(status.out).object();
        QVERIFY(told["revision"].toInteger() > before->header().revision() + 100);
        QCOMPARE(told["totalSize"].toInteger(), QFileInfo(file).size() - 32);

        NodeCluster etcd(Engine::etcd, findPorts(1));
        const QString peerUrl = etcd.peerUrl(0);
        const Output restored =
            ours.ctl(0, {"snapshot", "restore", file, "--name", etcd.name(0), "--data-dir", etcd.dataDir(0),
                         "--initial-cluster", etcd.name(0) + "=" + peerUrl, "--initial-advertise-peer-urls", peerUrl});
        QVERIFY2(restored.exitCode == 0, restored.err);
        etcd.startAll();
        QVERIFY2(etcd.waitHealthy(), etcd.log(0));
        const auto asOf = [&](const QString& endpoint) {
            etcdserverpb::HashKVRequest request;
            request.set_revision(before->header().revision());
            etcdserverpb::HashKVResponse response;
            grpc::ClientContext context;
            const auto done =
                etcdserverpb::Maintenance::NewStub(openChannel(endpoint))->HashKV(&context, request, &response);
            return done.ok() ? response.hash() : 0U;
        };
        QCOMPARE(asOf(etcd.endpoint(0)), before->hash());
        QCOMPARE(asOf(ours.endpoint(0)), before->hash());
        const QStringList old{"get", "--prefix", "k", "--rev", QString::number(before->header().revision())};
        const Output theirs = etcd.ctl(0, old);
        QVERIFY(theirs.out.size() > 49'000);
        QCOMPARE(theirs.out, ours.ctl(0, old).out);
        QVERIFY(putKey(openChannel(etcd.endpoint(0)), "goes", "on"));
    }

    void nothingIsLeftInTheDirectory() {
        NodeCluster ours(Engine::raftarium, findPorts(1));
        ours.startAll();
        QVERIFY(ours.waitHealthy());
        QTemporaryDir directory;
        QCOMPARE(ours.ctl(0, {"snapshot", "save", directory.filePath("saved.db")}).exitCode, 0);
        const QDir snapshots(ours.dataDir(0) + "/member/snap");
        QVERIFY(snapshots.exists());
        QVERIFY(snapshots.entryList({"tmp*"}, QDir::Files).isEmpty());
    }

    // Ranges that the serving thread hands to another one are answered whole.
    void largeRanges() {
        NodeCluster ours(Engine::raftarium, findPorts(1));
        ours.startAll();
        QVERIFY(ours.waitHealthy());
        {
            Writer writer(ours.endpoint(0), "r", 16);
            QVERIFY(waitUntil([&] { return writer.count() > 1'500; }));
        }
        const auto stub = etcdserverpb::KV::NewStub(openChannel(ours.endpoint(0)));
        const auto count = [&](std::int64_t limit, bool sorted, bool& more) {
            etcdserverpb::RangeRequest request;
            request.set_key("r");
            request.set_range_end("s");
            request.set_limit(limit);
            if (sorted) request.set_sort_order(etcdserverpb::RangeRequest::DESCEND);
            etcdserverpb::RangeResponse response;
            grpc::ClientContext context;
            if (!stub->Range(&context, request, &response).ok()) return -1;
            more = response.more();
            return response.kvs_size();
        };
        bool more = true;
        QVERIFY(count(0, false, more) > 1'500 && !more);
        QVERIFY(count(0, true, more) > 1'500 && !more);
        QVERIFY(count(1'200, false, more) == 1'200 && more);
        QVERIFY(count(1'000, false, more) == 1'000 && more);
        QVERIFY(count(3, true, more) == 3 && more);
        // Few keys of many bytes.
        for (int i = 0; i < 3; ++i)
            QVERIFY(putKey(openChannel(ours.endpoint(0)), "big" + std::to_string(i), std::string(700'000, 'x')));
        etcdserverpb::RangeRequest request;
        request.set_key("big");
        request.set_range_end("bih");
        etcdserverpb::RangeResponse response;
        grpc::ClientContext context;
        QVERIFY(stub->Range(&context, request, &response).ok());
        QCOMPARE(response.kvs_size(), 3);
        QCOMPARE(response.kvs(2).value().size(), 700'000U);
    }
};

RAFTARIUM_TEST_CLASS(TestNodeSnapshot)
#include "node_snapshot.moc"
