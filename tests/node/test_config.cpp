// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/config/config_flags.h"
#include "cluster/node/config/flag_values.h"
#include "cluster/node/config/parse_config.h"
#include "tests/runner/test_class.h"

#include <QTest>

using namespace raftarium;
using namespace raftarium::node;

namespace {

std::vector<std::string> words(const QByteArray& line) {
    std::vector<std::string> out;
    for (const QByteArray& word : line.split(' '))
        if (!word.isEmpty()) out.push_back(word.toStdString());
    return out;
}

}  // namespace

class TestConfig : public QObject {
    Q_OBJECT
private slots:
    void forms_data() {
        QTest::addColumn<QByteArray>("line");
        QTest::newRow("two dashes") << QByteArray("--name n1 --heartbeat-interval 50 --pre-vote=false --check-quorum");
        QTest::newRow("one dash") << QByteArray("-name n1 -heartbeat-interval=50 -pre-vote=0 -check-quorum=true");
        QTest::newRow("equals") << QByteArray("--name=n1 --heartbeat-interval=50 --pre-vote=F --check-quorum");
    }
    void forms() {
        QFETCH(QByteArray, line);
        auto parsed = parseConfig(words(line), {});
        QVERIFY2(parsed.ok(), parsed.ok() ? "" : parsed.error().text.c_str());
        QCOMPARE(parsed->config.name, std::string("n1"));
        QCOMPARE(parsed->config.heartbeatMs, 50);
        QVERIFY(!parsed->config.preVote);
        QVERIFY(parsed->config.checkQuorum);
        QCOMPARE(parsed->config.dataDir, std::string("n1.etcd"));
        // The cluster defaults to this member alone, under its own name.
        QCOMPARE(parsed->config.initialCluster.size(), 1U);
        QCOMPARE(parsed->config.initialCluster[0].first, std::string("n1"));
        QVERIFY(checkInitialCluster(parsed->config).ok());
    }
    void fullCluster() {
        auto parsed = parseConfig(
            words(
                "--name a --initial-advertise-peer-urls http://127.0.0.1:1,http://127.0.0.1:2 "
                "--initial-cluster a=http://127.0.0.1:2,b=http://h:3,a=http://127.0.0.1:1 "
                "--initial-cluster-state existing --initial-cluster-token t --listen-peer-urls http://0.0.0.0:1 "
                "--listen-client-urls http://[::1]:4 --advertise-client-urls http://name:4 --snapshot-count 7 "
                "--backend-batch-interval 1m30s --quota-backend-bytes -1 --log-outputs stderr,/x/y --wal-segment-bytes "
                "65536 --admin-socket /run/x --exit-with-parent --logger zap --cert-file= --auto-tls=false"),
            {});
        QVERIFY2(parsed.ok(), parsed.ok() ? "" : parsed.error().text.c_str());
        const Config& config = parsed->config;
        QCOMPARE(config.initialCluster.size(), 2U);
        QCOMPARE(config.initialCluster[0].second.size(), 2U);
        QVERIFY(config.initialClusterExisting);
        QVERIFY(checkInitialCluster(config).ok());
        QCOMPARE(config.backendBatchIntervalMs, 90'000);
        QCOMPARE(config.quotaBackendBytes, -1);
        QCOMPARE(config.snapshotCount, 7U);
        QVERIFY(config.exitWithParent);
        QCOMPARE(config.logOutputs.size(), 2U);
    }
    void leaseCheckpoints_data() {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<bool>("checkpoint");
        QTest::addColumn<bool>("persist");
        const QByteArray flag("--experimental-enable-lease-checkpoint");
        QTest::newRow("default") << QByteArray() << true << true;
        QTest::newRow("both") << flag + " " + flag + "-persist" << true << true;
        QTest::newRow("in memory") << flag + "=true " + flag + "-persist=false" << true << false;
        QTest::newRow("off") << flag + "=false" << false << false;
        QTest::newRow("both off") << flag + "-persist=false " + flag + "=false" << false << false;
    }
    void leaseCheckpoints() {
        QFETCH(QByteArray, line);
        QFETCH(bool, checkpoint);
        QFETCH(bool, persist);
        auto parsed = parseConfig(line.isEmpty() ? std::vector<std::string>() : words(line), {});
        QVERIFY2(parsed.ok(), parsed.ok() ? "" : parsed.error().text.c_str());
        QCOMPARE(parsed->config.leaseCheckpoint, checkpoint);
        QCOMPARE(parsed->config.leaseCheckpointPersist, persist);
    }
    // etcd 3.4.23 runs with each of these.
    void emptyValues_data() {
        QTest::addColumn<QByteArray>("flag");
        for (const char* flag : {"--data-dir=", "--wal-dir=", "--initial-cluster-token=", "--auto-compaction-mode=",
                                 "--auto-compaction-retention=", "--host-whitelist=", "--auth-token=", "--metrics=",
                                 "--experimental-backend-bbolt-freelist-type=", "--discovery=", "--log-package-levels=",
                                 "--config-file=", "--listen-metrics-urls="})
            QTest::newRow(flag) << QByteArray(flag);
    }
    void emptyValues() {
        QFETCH(QByteArray, flag);
        const auto parsed = parseConfig(words(flag), {});
        QVERIFY2(parsed.ok(), parsed.ok() ? "" : parsed.error().text.c_str());
        QCOMPARE(parsed->config.autoCompactionMode, std::string("periodic"));
        QCOMPARE(parsed->config.autoCompactionRetention, std::string("0"));
    }
    void environment() {
        auto parsed = parseConfig({"--name", "x"}, {"ETCD_NAME=y", "ETCD_DATA_DIR=/d", "ETCD_PRE_VOTE=false", "PATH=/",
                                                    "ETCD_NO_SUCH=1", "ETCD_ELECTION_TIMEOUT=", "ETCDCTL_API=3"});
        QVERIFY2(parsed.ok(), parsed.ok() ? "" : parsed.error().text.c_str());
        QCOMPARE(parsed->config.name, std::string("x"));
        QCOMPARE(parsed->config.dataDir, std::string("/d"));
        QVERIFY(!parsed->config.preVote);
        QCOMPARE(parsed->config.electionMs, 1000);
        QCOMPARE(parsed->warnings.size(), 2U);
    }
    void bad_data() {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QByteArray>("says");
        const auto row = [](const char* line, const char* says) {
            QTest::newRow(line) << QByteArray(line) << QByteArray(says);
        };
        row("--no-such-flag x", "--no-such-flag: no such flag");
        row("stray", "\"stray\" is not a flag");
        row("--name", "--name: needs a value");
        row("--name=", "--name=: must not be empty");
        row("--heartbeat-interval 0", "--heartbeat-interval=0: must be a whole number within 1");
        row("--heartbeat-interval 10x", "--heartbeat-interval=10x: must be a whole number");
        row("--heartbeat-interval 99999999999999999999", "must be a whole number");
        row("--heartbeat-interval 100 --election-timeout 499", "at least 5 times --heartbeat-interval");
        row("--election-timeout 50001", "at most 50000");
        row("--snapshot-count 0", "--snapshot-count=0");
        row("--snapshot-count -1", "--snapshot-count=-1");
        row("--pre-vote=maybe", "--pre-vote=maybe: must be true or false");
        row("--listen-peer-urls localhost:1", "must be a URL");
        row("--listen-peer-urls ftp://localhost:1", "scheme must be http");
        row("--listen-peer-urls http://localhost", "needs host and port");
        row("--listen-peer-urls http://localhost:70000", "port must be within");
        row("--listen-peer-urls http://localhost:1/path", "must not contain a path");
        row("--listen-peer-urls http://example.org:1", "expected an IP address");
        row("--listen-peer-urls https://127.0.0.1:1", "https URLs are not supported yet");
        row("--listen-client-urls http://127.0.0.1:1", "--advertise-client-urls is required");
        row("--initial-cluster x", "must be NAME=URL pairs");
        row("--initial-cluster =http://a:1", "must be NAME=URL pairs");
        row("--initial-cluster-state maybe", "must be one of new, existing");
        row("--log-level loud", "must be one of debug");
        row("--backend-batch-interval 5", "must be a duration");
        row("--backend-batch-interval 5parsecs", "must be a duration");
        row("--backend-batch-interval=-1s", "must not be negative");
        row("--cert-file x.pem", "--cert-file=x.pem: not supported yet");
        row("--auto-tls", "--auto-tls=true: not supported yet");
        row("--auto-compaction-retention soon", "must be hours, or a duration");
        row("--auto-compaction-mode yearly", "must be one of periodic, revision");
        row("--auto-compaction-mode revision --auto-compaction-retention 1h", "must be a whole number of revisions");
        row("--config-file f", "not supported yet");
        row("--wal-segment-bytes 1", "--wal-segment-bytes=1");
        row("--experimental-watch-progress-notify-interval 99ms", "must be at least 100ms");
        row("--experimental-enable-lease-checkpoint=false --experimental-enable-lease-checkpoint-persist",
            "needs --experimental-enable-lease-checkpoint");
    }
    void bad() {
        QFETCH(QByteArray, line);
        QFETCH(QByteArray, says);
        auto parsed = parseConfig(words(line), {});
        QVERIFY(!parsed.ok());
        QCOMPARE(parsed.error().code, base::Errc::invalidArgument);
        QVERIFY2(QByteArray::fromStdString(parsed.error().text).contains(says), parsed.error().text.c_str());
    }
    // As Go's time.ParseDuration, which etcd's flags use.
    void durations_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<qlonglong>("ns");
        const auto row = [](const char* text, qlonglong ns) { QTest::newRow(text) << QByteArray(text) << ns; };
        row("0", 0);
        row("-0", 0);
        row("0s", 0);
        row("1ns", 1);
        row("2us", 2'000);
        row("300ms", 300'000'000);
        row("1.5s", 1'500'000'000);
        row(".5s", 500'000'000);
        row("1.s", 1'000'000'000);
        row("1h30m", 5'400'000'000'000);
        row("1h0m0.001s", 3'600'001'000'000);
        row("30m1h", 5'400'000'000'000);
        row("+5s", 5'000'000'000);
        row("-1.5h", -5'400'000'000'000);
        row("2540400h10m10.999999999s", 9'145'440'610'999'999'999);
    }
    void durations() {
        QFETCH(QByteArray, text);
        QFETCH(qlonglong, ns);
        const auto parsed = parseDurationNs(text.toStdString());
        QVERIFY(parsed.ok());
        QCOMPARE(*parsed, ns);
    }
    void notDurations() {
        for (const char* text : {"",         "5",
                                 "s",        ".",
                                 ".s",       "-",
                                 "-s",       "1h ",
                                 " 1h",      "1 h",
                                 "1d",       "1H",
                                 "1e3s",     "0x1s",
                                 "1s2",      "inf",
                                 "-inf",     "+-1s",
                                 "--1s",     "1h-30m",
                                 "9999999h", "100000000000000000000s"})
            QVERIFY2(!parseDurationNs(text).ok(), text);
    }
    void badEnvironmentNamesTheVariable() {
        auto parsed = parseConfig({}, {"ETCD_SNAPSHOT_COUNT=many"});
        QVERIFY(!parsed.ok());
        QVERIFY(parsed.error().text.starts_with("ETCD_SNAPSHOT_COUNT=many"));
    }
    void initialClusterMustMatch() {
        auto parsed = parseConfig(words("--name a --initial-cluster b=http://localhost:2380"), {});
        QVERIFY(parsed.ok());
        QVERIFY(!checkInitialCluster(parsed->config).ok());
        parsed = parseConfig(words("--name a --initial-cluster a=http://localhost:9"), {});
        QVERIFY(parsed.ok());
        const auto status = checkInitialCluster(parsed->config);
        QVERIFY(!status.ok());
        QVERIFY(status.error().text.find("--initial-advertise-peer-urls") != std::string::npos);
    }
    void helpAndVersion() {
        auto help = parseConfig({"--help"}, {});
        QVERIFY(help.ok() && help->textAndExit.find("--heartbeat-interval") != std::string::npos);
        auto version = parseConfig({"-version"}, {});
        QVERIFY(version.ok() && !version->textAndExit.empty());
    }
};

RAFTARIUM_TEST_CLASS(TestConfig)
#include "test_config.moc"
