// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/rng.h"
#include "cluster/load/load.h"
#include "proto/etcd/rpc.grpc.pb.h"
#include "tests/runner/test_class.h"

#include <QTest>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

using namespace raftarium;

namespace {

// Answers puts; the first after a while.
class StallingKv final : public etcdserverpb::KV::Service {
public:
    explicit StallingKv(std::chrono::milliseconds stall) : m_stall(stall) {
        grpc::ServerBuilder builder;
        builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &m_port);
        builder.RegisterService(this);
        m_server = builder.BuildAndStart();
    }
    ~StallingKv() override { m_server->Shutdown(std::chrono::system_clock::now()); }
    grpc::Status Put(grpc::ServerContext*, const etcdserverpb::PutRequest*, etcdserverpb::PutResponse*) override {
        if (m_puts++ == 0) std::this_thread::sleep_for(m_stall);
        return grpc::Status::OK;
    }
    load::LoadSpec spec() const {
        load::LoadSpec spec;
        spec.endpoints = {"127.0.0.1:" + std::to_string(m_port)};
        spec.connections = 2;
        spec.total = 10;
        return spec;
    }

private:
    std::chrono::milliseconds m_stall;
    std::atomic<int> m_puts = 0;
    int m_port = 0;
    std::unique_ptr<grpc::Server> m_server;
};

}  // namespace

class TestHistogram : public QObject {
    Q_OBJECT
private slots:
    void percentilesAreWithinABucket() {
        load::Histogram histogram;
        std::vector<std::int64_t> values;
        base::Rng rng(3);
        for (int i = 0; i < 20'000; ++i) {
            values.push_back(static_cast<std::int64_t>(rng.below(1ULL << (1 + rng.below(40)))));
            histogram.add(values.back());
        }
        std::sort(values.begin(), values.end());
        for (const double share : {0.01, 0.5, 0.9, 0.99, 0.999, 1.0}) {
            const auto exact = values[static_cast<std::size_t>(share * 20'000) - 1];
            const auto found = histogram.percentileNs(share);
            QVERIFY2(found >= exact && found <= exact + exact / 16 + 1, qPrintable(QString::number(share)));
        }
        QCOMPARE(histogram.maxNs(), values.back());
        QCOMPARE(histogram.count(), 20'000U);
        QVERIFY(!histogram.text().empty());
    }
    void emptyAndNegative() {
        load::Histogram histogram;
        QCOMPARE(histogram.percentileNs(0.5), 0);
        QVERIFY(histogram.text().empty());
        histogram.add(-5);
        QCOMPARE(histogram.percentileNs(1), 0);
    }
    void badSpecs_data() {
        QTest::addColumn<QString>("what");
        for (const char* what :
             {"endpoint", "clients", "connections", "key size", "total", "key space", "txn", "watchers"}) {
            QTest::newRow(what) << QString(what);
        }
    }
    void badSpecs() {
        QFETCH(QString, what);
        load::LoadSpec spec;
        spec.endpoints = {"127.0.0.1:1"};
        if (what == "endpoint") spec.endpoints.clear();
        if (what == "clients") spec.clients = 0;
        if (what == "connections") spec.connections = -1;
        if (what == "key size") spec.keyBytes = 0;
        if (what == "total") spec.total = 0;
        if (what == "key space") spec.keySpace = 0;
        if (what == "txn") spec.txnOps = 129;
        if (what == "watchers") spec.watchers = 0;
        const auto report = load::runLoad(spec, {});
        QVERIFY(!report.ok());
        QCOMPARE(report.error().code, base::Errc::invalidArgument);
        QVERIFY2(report.error().text.find(what.toStdString()) != std::string::npos, report.error().text.c_str());
    }

    // With far more clients than the rate needs, each of them waits for its turn most of the time; by Little's law, no
    // more than a few calls may seem to be under way at once.
    void latencyIsWithoutTheWaitForTheRate() {
        StallingKv server(std::chrono::milliseconds(0));
        load::LoadSpec spec = server.spec();
        spec.clients = 100;
        spec.total = 120;
        spec.ratePerSecond = 100;
        const auto report = load::runLoad(spec, {});
        QVERIFY2(report.ok(), report.ok() ? "" : report.error().text.c_str());
        QCOMPARE(report->operations, 120U);
        QCOMPARE(report->lateness.count(), 120U);
        QCOMPARE(report->fromSchedule.count(), 120U);
        QVERIFY(report->seconds >= 1.19);  // the schedule was kept
        const double underWay = report->latency.meanNs() / 1e9 * 120 / report->seconds;
        QVERIFY2(underWay < 50, qPrintable(QString::number(underWay)));
    }
    // Coordinated omission: the only client waits for a stalled server, and the calls that should have been made
    // meanwhile look fast. Their lateness tells.
    void latenessShowsAStalledServer() {
        constexpr std::chrono::milliseconds kStall(100);
        StallingKv server(kStall);
        load::LoadSpec spec = server.spec();
        spec.clients = spec.connections = 1;
        spec.total = 20;
        spec.ratePerSecond = 1000;
        const auto report = load::runLoad(spec, {});
        QVERIFY(report.ok());
        const auto stallNs = std::chrono::nanoseconds(kStall).count();
        QVERIFY(report->latency.maxNs() >= stallNs);
        // The second is due one millisecond after the first.
        QVERIFY(report->lateness.maxNs() >= stallNs - 1'000'000);
        QVERIFY(report->fromSchedule.percentileNs(0.5) >= report->latency.percentileNs(0.5));
        QVERIFY(report->fromSchedule.percentileNs(0.5) >= stallNs / 2);
    }
    void withoutARateThereIsNoSchedule() {
        StallingKv server(std::chrono::milliseconds(0));
        const auto report = load::runLoad(server.spec(), {});
        QVERIFY(report.ok());
        QCOMPARE(report->operations, 10U);
        QCOMPARE(report->lateness.count(), 0U);
    }
    void deadEndpointsAreLeftOut() {
        StallingKv server(std::chrono::milliseconds(0));
        load::LoadSpec spec = server.spec();
        spec.endpoints = {"127.0.0.1:1", "http://" + spec.endpoints.front()};
        const auto report = load::runLoad(spec, {});
        QVERIFY2(report.ok(), report.ok() ? "" : report.error().text.c_str());
        QCOMPARE(report->operations, 10U);
        QCOMPARE(report->errors, 0U);
        QCOMPARE(report->unreachable.size(), 1U);
        QVERIFY(report->unreachable[0].starts_with("127.0.0.1:1: "));
    }
};

RAFTARIUM_TEST_CLASS(TestHistogram)
#include "test_histogram.moc"
