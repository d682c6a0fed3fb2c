// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/telemetry/telemetry_values.h"
#include "cluster/storage/files/posix_file_system.h"
#include "cluster/storage/wal/wal.h"
#include "tests/node/loopback.h"
#include "tests/runner/test_class.h"

#include <QDir>
#include <QRegularExpression>

#include <future>
#include <map>
#include <set>

using namespace raftarium;
using namespace raftarium::node;
using testing::Cluster;

namespace {

using Files = std::map<QString, QByteArray>;  // by name

struct AcceptingSink final : mvcc::WatchSink {
    bool offer(mvcc::WatchBatch&) override { return true; }
};

Files filesOf(const QString& directory) {
    Files files;
    for (const QString& name : QDir(directory).entryList(QDir::Files)) {
        QFile file(directory + "/" + name);
        if (file.open(QIODevice::ReadOnly)) files[name] = file.readAll();
    }
    return files;
}
void write(const QString& path, const QByteArray& content) {
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(content) == content.size());
}
QString walDirectory(const Cluster& cluster) {
    return QString::fromStdString(cluster.config(0).dataDir) + "/member/wal";
}
QString snapDirectory(const Cluster& cluster) {
    return QString::fromStdString(cluster.config(0).dataDir) + "/member/snap";
}
// The error text of a start; empty if it succeeds.
QString refusal(Cluster& cluster) {
    const auto started = cluster.start(0);
    if (!started) return QString::fromStdString(started.error().text);
    cluster.stop(0);
    return {};
}
void putSome(Cluster& cluster, int count) {
    const auto started = cluster.start(0);
    QVERIFY2(started.ok(), started.ok() ? "" : started.error().text.c_str());
    QCOMPARE(cluster.waitForLeader(), 0);
    for (int i = 0; i < count; ++i) QVERIFY(cluster.put(0, "k" + std::to_string(i), std::string(100, 'v')).ok());
}

}  // namespace

class TestSingleNode : public QObject {
    Q_OBJECT
private slots:
    void electsAppliesAndReads() {
        Cluster cluster(1);
        QVERIFY(cluster.startAll());
        QCOMPARE(cluster.waitForLeader(), 0);
        for (int i = 0; i < 100; ++i) {
            auto applied = cluster.put(0, "k" + std::to_string(i), "v");
            QVERIFY2(applied.ok(), applied.ok() ? "" : applied.error().text.c_str());
            QCOMPARE(std::get<mvcc::PutResult>(applied->response).revision, 2 + i);
        }
        QVERIFY(cluster.linearizable(0).ok());
        QCOMPARE(cluster.get(0, "k99"), std::string("v"));
        const NodeStatus status = cluster.node(0).status();
        QCOMPARE(status.role, raft::Role::leader);
        QCOMPARE(status.revision, 101);
        QCOMPARE(status.applied, status.commit);
        const Membership membership = cluster.node(0).membership();
        QCOMPARE(membership.clusterVersion, std::string("3.4.0"));
        QCOMPARE(membership.members.at(status.nodeId).clientUrls.size(), 1U);
    }
    void restartsWithEverything_data() {
        QTest::addColumn<bool>("crash");
        QTest::addColumn<qulonglong>("snapshotCount");
        QTest::addColumn<int>("firstBytes");  // of each value of the first round; many make a store that is opened
                                              // beside its log
        QTest::newRow("stop") << false << 100'000ULL << 1;
        QTest::newRow("crash") << true << 100'000ULL << 1;
        QTest::newRow("stop, log snapshots") << false << 10ULL << 1;
        QTest::newRow("crash, log snapshots") << true << 10ULL << 1;
        QTest::newRow("stop, large") << false << 100'000ULL << 1'000'000;
        QTest::newRow("crash, large, log snapshots") << true << 10ULL << 1'000'000;
    }
    void restartsWithEverything() {
        QFETCH(bool, crash);
        QFETCH(qulonglong, snapshotCount);
        QFETCH(int, firstBytes);
        Cluster cluster(1, [&](Config& config) {
            config.snapshotCount = snapshotCount;
            config.snapshotCatchupEntries = 5;
        });
        std::int64_t revision = 1;
        std::uint64_t term = 0;
        for (int round = 0; round < 4; ++round) {
            const auto started = cluster.start(0);
            QVERIFY2(started.ok(), started.ok() ? "" : started.error().text.c_str());
            QCOMPARE(cluster.waitForLeader(), 0);
            QVERIFY(cluster.node(0).status().term > term);
            term = cluster.node(0).status().term;
            // Nothing lost, nothing applied twice.
            QCOMPARE(cluster.node(0).status().revision, revision);
            const std::string padding(round == 0 ? static_cast<std::size_t>(firstBytes) - 1 : 0, '.');
            for (int i = 0; i < 30; ++i) {
                auto applied = cluster.put(0, "k" + std::to_string(i), std::to_string(round) + padding);
                QVERIFY2(applied.ok(), applied.ok() ? "" : applied.error().text.c_str());
                QCOMPARE(std::get<mvcc::PutResult>(applied->response).revision, ++revision);
            }
            QVERIFY(cluster.get(0, "k7") == std::to_string(round) + padding);
            QCOMPARE(cluster.node(0).membership().members.size(), 1U);
            if (crash)
                cluster.crash(0);
            else
                cluster.stop(0);
        }
    }
    void refusesASecondProcess() {
        Cluster cluster(1);
        QVERIFY(cluster.startAll());
        testing::Network network;
        testing::LoopbackTransport transport(network);
        auto second = Node::create(cluster.config(0), transport);
        QVERIFY(!second.ok());
        QVERIFY(!second.error().text.empty());
    }
    void leaseExpires() {
        Cluster cluster(1);
        QVERIFY(cluster.startAll());
        QCOMPARE(cluster.waitForLeader(), 0);
        etcdserverpb::LeaseGrantRequest grant;
        grant.set_id(77);
        grant.set_ttl(1);
        QVERIFY(cluster.propose(0, wire::RequestField::leaseGrant, grant).ok());
        QVERIFY(cluster.put(0, "leased", "x", 77).ok());
        QCOMPARE(cluster.get(0, "leased"), std::string("x"));
        QVERIFY(Cluster::waitFor([&] { return cluster.get(0, "leased") == "(none)"; }));
        QVERIFY(!cluster.put(0, "leased", "x", 77).ok());
    }
    void requestLimits() {
        Cluster cluster(1);
        QVERIFY(cluster.startAll());
        QCOMPARE(cluster.waitForLeader(), 0);
        auto applied = cluster.put(0, "big", std::string(2'000'000, 'x'));
        QVERIFY(!applied.ok());
        QCOMPARE(mvcc::apiErrorOf(applied.error()), mvcc::ApiError::requestTooLarge);
    }
    // The answer comes when the rows are gone, not before.
    void physicalCompactionWaits() {
        Cluster cluster(1);
        QVERIFY(cluster.startAll());
        QCOMPARE(cluster.waitForLeader(), 0);
        std::int64_t revision = 0;
        for (int round = 0; round < 100; ++round) {
            etcdserverpb::TxnRequest txn;
            for (int i = 0; i < 128; ++i) {
                auto& put = *txn.add_success()->mutable_request_put();
                put.set_key("k" + std::to_string(i));
                put.set_value(std::to_string(round));
            }
            QVERIFY(cluster.propose(0, wire::RequestField::txn, txn).ok());
        }
        revision = cluster.node(0).status().revision;
        const auto pending = [&] {
            bool now = false;
            cluster.node(0).read([&](const mvcc::Store& store) { now = store.compactionPending(); });
            return now;
        };
        etcdserverpb::CompactionRequest compact;
        compact.set_revision(revision / 2);
        QVERIFY(cluster.propose(0, wire::RequestField::compaction, compact).ok());
        QVERIFY(pending());
        compact.set_revision(revision);
        compact.set_physical(true);
        QVERIFY(cluster.propose(0, wire::RequestField::compaction, compact).ok());
        QVERIFY(!pending());
        // A refused one waits for nothing.
        QVERIFY(!cluster.propose(0, wire::RequestField::compaction, compact).ok());
    }
    // Segments are lost: the log ends before what the store has applied. Nothing is changed on the disk.
    void aLogThatLostItsEnd_data() {
        QTest::addColumn<bool>("crash");
        QTest::addColumn<qulonglong>("snapshotCount");
        QTest::newRow("stopped") << false << 100'000ULL;
        QTest::newRow("crashed") << true << 100'000ULL;
        QTest::newRow("with log snapshots") << false << 20ULL;
    }
    void aLogThatLostItsEnd() {
        QFETCH(bool, crash);
        QFETCH(qulonglong, snapshotCount);
        Cluster cluster(1, [snapshotCount](Config& config) {
            config.walSegmentBytes = 4096;
            config.snapshotCount = snapshotCount;
            config.snapshotCatchupEntries = 5;
            config.maxWals = 0;  // keep all
        });
        putSome(cluster, 100);
        QVERIFY(cluster.node(0).commitBackend().ok());
        crash ? cluster.crash(0) : cluster.stop(0);
        const Files wal = filesOf(walDirectory(cluster));
        QVERIFY(wal.size() > 3);
        Files left = wal;
        while (left.size() > 1) {
            const QString lost = std::prev(left.end())->first;
            QVERIFY(QFile::remove(walDirectory(cluster) + "/" + lost));
            left.erase(lost);
            const QString text = refusal(cluster);
            const QRegularExpression wanted(
                "backend\\.lmdb has applied index \\d+, but the log in .*/wal ends at index "
                "\\d+.*member remove|snapshot file .*but the log in .*/wal ends at index");
            QVERIFY2(wanted.match(text).hasMatch(), qPrintable(lost + ": " + text));
            QVERIFY(filesOf(walDirectory(cluster)) == left);
        }
        for (const auto& [name, content] : wal) write(walDirectory(cluster) + "/" + name, content);
        putSome(cluster, 1);
        QCOMPARE(cluster.get(0, "k99"), std::string(100, 'v'));
    }

    // The store is lost, too: a snapshot file is the only trace of what the log should have.
    void aSnapshotFileNewerThanTheLog() {
        Cluster cluster(1, [](Config& config) {
            config.walSegmentBytes = 4096;
            config.snapshotCount = 20;
            config.maxWals = 0;
        });
        putSome(cluster, 100);
        cluster.stop(0);
        const Files wal = filesOf(walDirectory(cluster));
        for (auto it = std::next(wal.begin()); it != wal.end(); ++it)
            QVERIFY(QFile::remove(walDirectory(cluster) + "/" + it->first));
        QVERIFY(QFile::remove(snapDirectory(cluster) + "/backend.lmdb"));
        const QString text = refusal(cluster);
        QVERIFY2(text.contains("has a snapshot file (term ") && text.contains("the end of the log is missing"),
                 qPrintable(text));
    }

    void aCommitIndexBeyondTheEntries() {
        Cluster cluster(1);
        putSome(cluster, 1);
        cluster.stop(0);
        const std::string directory = walDirectory(cluster).toStdString();
        storage::WalContent content;
        {
            auto wal = storage::Wal::open(storage::posixFileSystem(), directory, {}, {}, content);
            QVERIFY(wal.ok());
            const raft::Term term = content.hardState.term;
            (*wal)->appendSnapshotMark({500, term, {{content.metadata.nodeId}, {}, {}, {}, false}});
            (*wal)->append({}, {term, content.hardState.vote, 500});
            QVERIFY((*wal)->flush(true).ok());
        }
        const QString text = refusal(cluster);
        QVERIFY2(
            text.contains("has committed index 500, but its entries end at " + QString::number(content.lastIndex())),
            qPrintable(text));
    }

    // Log and store have a common index, but of different terms.
    void aStoreOfAnotherTime() {
        Cluster first(1), second(1);
        putSome(first, 30);
        first.stop(0);
        for (int i = 0; i < 3; ++i) {
            putSome(second, 20);
            second.stop(0);
        }
        QVERIFY(QFile::remove(snapDirectory(second) + "/backend.lmdb"));
        QVERIFY(QFile::copy(snapDirectory(first) + "/backend.lmdb", snapDirectory(second) + "/backend.lmdb"));
        const QString text = refusal(second);
        QVERIFY2(text.contains("has applied the entry (term ") && text.contains("are not of the same member"),
                 qPrintable(text));
    }

    // A sector of what was synced is lost: not a torn write, whatever stands behind it. Nothing is cut.
    void aLostSectorIsNoTornWrite() {
        Cluster cluster(1);
        putSome(cluster, 60);
        QVERIFY(cluster.node(0).commitBackend().ok());
        cluster.crash(0);
        const Files wal = filesOf(walDirectory(cluster));
        QCOMPARE(wal.size(), 1U);
        const auto& [name, whole] = *wal.begin();
        qsizetype used = whole.size();
        while (used > 0 && whole[used - 1] == '\0') --used;
        int beyond = 0;
        for (qsizetype sector = 0; sector < used - 512; sector += 512) {
            QByteArray damaged = whole;
            damaged.replace(sector, 512, QByteArray(512, '\0'));
            write(walDirectory(cluster) + "/" + name, damaged);
            const QString text = refusal(cluster);
            const QRegularExpression wanted(name + " at offset \\d+");
            QVERIFY2(wanted.match(text).hasMatch(), qPrintable(QString("sector at %1: ").arg(sector) + text));
            if (text.contains("whole records follow at offset ") && text.contains("with the entries ")) ++beyond;
            QVERIFY2(filesOf(walDirectory(cluster)) == Files({{name, damaged}}), qPrintable(QString::number(sector)));
        }
        QVERIFY2(beyond > 10, qPrintable(QString::number(beyond)));
        write(walDirectory(cluster) + "/" + name, whole);
        putSome(cluster, 1);
        QCOMPARE(cluster.get(0, "k59"), std::string(100, 'v'));
        cluster.stop(0);
        // The way out that the text names, for a member that is alone: what is missing is given up.
        QByteArray damaged = whole;
        damaged.replace(4096, 512, QByteArray(512, '\0'));
        write(walDirectory(cluster) + "/" + name, damaged);
        QVERIFY(QFile::remove(snapDirectory(cluster) + "/backend.lmdb"));
        putSome(cluster, 1);
        QCOMPARE(cluster.get(0, "k5"), std::string(100, 'v'));
        QCOMPARE(cluster.get(0, "k59"), std::string("(none)"));
    }

    // A write that was never confirmed is still cut: half a batch behind the end, with a sector missing and
    // whole records behind that.
    void aTornWriteIsStillRepaired() {
        Cluster cluster(1);
        putSome(cluster, 10);
        cluster.crash(0);
        const QString path = walDirectory(cluster) + "/" + filesOf(walDirectory(cluster)).begin()->first;
        const QByteArray before = filesOf(walDirectory(cluster)).begin()->second;
        {
            storage::WalContent content;
            auto wal = storage::Wal::open(storage::posixFileSystem(), walDirectory(cluster).toStdString(), {},
                                          {1 << 20, true}, content);
            QVERIFY(wal.ok());
            std::vector<raft::Entry> batch;
            for (raft::Index i = 1; i <= 20; ++i)
                batch.push_back({content.hardState.term, content.lastIndex() + i, raft::EntryType::normal,
                                 base::Bytes(std::string(300, 'x'))});
            (*wal)->append(batch, content.hardState);
            QVERIFY((*wal)->flush(true).ok());
        }
        QByteArray torn = filesOf(walDirectory(cluster)).begin()->second;
        qsizetype end = before.size();
        while (before[end - 1] == '\0') --end;
        const qsizetype sector = (end / 512 + 3) * 512;
        torn.replace(sector, 512, QByteArray(512, '\0'));
        write(path, torn);
        putSome(cluster, 20);
        QCOMPARE(cluster.get(0, "k9"), std::string(100, 'v'));
        QVERIFY(QFile::exists(path + ".broken"));
    }

    // etcd refuses such a cluster, too: at start, from the log while it runs, and when it is to join it.
    void aNewerClusterIsRefused() {
        Cluster cluster(1);
        putSome(cluster, 1);
        Node& node = cluster.node(0);
        const std::uint64_t id = node.nextRequestId();
        node.propose(id, wire::encodeV2Put(id, "/0/version", "9.10.0"), [](const base::Result<Applied>&) {});
        QVERIFY(Cluster::waitFor([&] { return cluster.fatal(0).has_value(); }));
        const QString wanted =
            "cluster cannot be downgraded (current version: 3.4 is lower than determined cluster version: 9.10)";
        QVERIFY(QString::fromStdString(cluster.fatal(0)->text).contains(wanted));
        cluster.stop(0);
        const QString text = refusal(cluster);
        QVERIFY2(text.contains(wanted), qPrintable(text));

        Cluster joining(1, [](Config& config) { config.initialClusterExisting = true; });
        testing::Network network;
        testing::LoopbackTransport transport(network);
        Membership existing;
        existing.members[7] = {7, "n0", joining.config(0).initialAdvertisePeerUrls, {}, false};
        existing.clusterVersion = "3.5.0";
        const auto joined = Node::create(joining.config(0), transport, &existing);
        QVERIFY(!joined.ok());
        QVERIFY(joined.error().text.find("the cluster to join: cluster cannot be downgraded") == 0);
    }

    void aPutIsReportedFromCallToAnswer() {
        Cluster cluster(1);
        QVERIFY(cluster.startAll());
        QCOMPARE(cluster.waitForLeader(), 0);
        auto cursor = cluster.node(0).telemetry().subscribe(0, {});
        QVERIFY(Cluster::waitFor([&] {
            // The loop notices the subscriber with its next step.
            static_cast<void>(cluster.put(0, "probe", "1"));
            std::vector<TelemetryEvent> events;
            while (cursor->read(events, 1000) > 0) {
            }
            return std::any_of(events.begin(), events.end(), [](const TelemetryEvent& event) {
                return std::holds_alternative<telemetry::WalSynced>(event.kind);
            });
        }));
        QVERIFY(cluster.put(0, "x", "5").ok());
        // The put is answered before all of its events are in the hub.
        std::set<std::size_t> kinds;
        std::uint64_t last = 0;
        bool inOrder = true;
        const auto take = [&](const TelemetryEvent& event) {
            inOrder = inOrder && (last == 0 || event.sequence == last + 1);
            last = event.sequence;
            kinds.insert(event.kind.index());
        };
        const telemetry::EventKind wanted[] = {telemetry::LogAppended{}, telemetry::CommitAdvanced{},
                                               telemetry::Applied{}, telemetry::ClientRequest{},
                                               telemetry::KeyChanged{}};
        QVERIFY(Cluster::waitFor([&] {
            std::vector<TelemetryEvent> events;
            while (cursor->read(events, 1000) > 0) {
            }
            std::for_each(events.begin(), events.end(), take);
            return std::all_of(std::begin(wanted), std::end(wanted),
                               [&](const telemetry::EventKind& kind) { return kinds.contains(kind.index()); });
        }));
        QVERIFY(inOrder);
    }
    // From the client's call through the entry to the change and the watch event.
    void oneRequestIdAllTheWay() {
        AcceptingSink sink;
        Cluster cluster(1);
        QVERIFY(cluster.startAll());
        QCOMPARE(cluster.waitForLeader(), 0);
        auto cursor = cluster.node(0).telemetry().subscribe(0, {});
        std::promise<mvcc::StreamId> opened;
        cluster.node(0).post(
            [&](RaftLoop& loop) { loop.openWatchStream(sink, [&](mvcc::StreamId id) { opened.set_value(id); }); });
        const mvcc::StreamId stream = opened.get_future().get();
        std::promise<bool> created;
        cluster.node(0).post([&](RaftLoop& loop) {
            loop.createWatch(stream, {.key = "x"}, [&](const auto& result) { created.set_value(result.ok()); });
        });
        QVERIFY(created.get_future().get());
        std::map<std::uint64_t, std::set<std::size_t>> kinds;  // by request id
        const auto note = [&kinds](std::uint64_t id, const telemetry::EventKind& kind) {
            if (id != 0) kinds[id].insert(kind.index());
        };
        const auto take = [&](const TelemetryEvent& event) {
            if (const auto* request = std::get_if<telemetry::ClientRequest>(&event.kind))
                note(request->requestId, event.kind);
            if (const auto* key = std::get_if<telemetry::KeyChanged>(&event.kind)) note(key->requestId, event.kind);
            if (const auto* watch = std::get_if<telemetry::WatchDelivered>(&event.kind))
                note(watch->requestId, event.kind);
            if (const auto* log = std::get_if<telemetry::LogAppended>(&event.kind))
                for (const telemetry::LogEntry& entry : log->entries)
                    note(describer().entryRequestId(entry), event.kind);
        };
        // The loop notices the subscriber with its next step: of the first put some may be missing.
        QVERIFY(Cluster::waitFor([&] {
            static_cast<void>(cluster.put(0, "x", "5"));
            std::vector<TelemetryEvent> events;
            while (cursor->read(events, 1000) > 0) {
            }
            std::for_each(events.begin(), events.end(), take);
            return std::any_of(kinds.begin(), kinds.end(),
                               [](const auto& request) { return request.second.size() == 4; });
        }));
        std::promise<void> closed;
        cluster.node(0).post([&](RaftLoop& loop) { loop.closeWatchStream(stream, [&] { closed.set_value(); }); });
        closed.get_future().wait();
    }
};

RAFTARIUM_TEST_CLASS(TestSingleNode)
#include "test_single_node.moc"
