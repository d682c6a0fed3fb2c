// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/coding.h"
#include "cluster/base/rng.h"
#include "cluster/storage/bbolt/bbolt_reader.h"
#include "cluster/storage/bbolt/bbolt_writer.h"
#include "cluster/storage/files/memory_file_system.h"
#include "cluster/storage/files/posix_file_system.h"
#include "cluster/storage/snapshot/snapshot_database.h"
#include "tests/inspect/etcd_process.h"
#include "tests/runner/test_class.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include <map>

using namespace raftarium;
using namespace raftarium::storage;
using namespace raftarium::fixture;

namespace {

using Pairs = std::map<std::string, std::string>;
using Buckets = std::map<std::string, Pairs>;

std::uint64_t writeBuckets(base::FileSystem& fs, const std::string& path, const Buckets& buckets) {
    const auto file = std::move(fs.open(path, base::OpenMode::createOrTruncate)).value();
    BboltWriter writer(*file);
    for (const auto& [name, pairs] : buckets) {
        if (!writer.beginBucket(name)) qFatal("cannot begin");
        for (const auto& [key, value] : pairs) {
            if (!writer.add(key, value)) qFatal("cannot add");
        }
    }
    return writer.finish().value();
}

base::Result<Buckets> readBuckets(base::FileSystem& fs, const std::string& path) {
    const auto reader = BboltReader::open(fs, path);
    if (!reader) return reader.error();
    Buckets found;
    for (const std::string& name : (*reader)->buckets()) {
        Pairs& pairs = found[name];
        const auto status = (*reader)->scan(name, [&](std::string_view key, std::string_view value) -> base::Status {
            pairs.emplace_hint(pairs.end(), key, value);
            return {};
        });
        if (!status) return status.error();
    }
    return found;
}

Buckets randomBuckets(base::Rng& rng, std::size_t pairs, std::size_t keyMax, std::size_t valueMax) {
    Buckets buckets;
    for (const char* name : {"alarm", "key", "meta"}) {
        Pairs& content = buckets[name];
        for (std::size_t i = rng.below(pairs + 1); i-- > 0;) {
            std::string key(1 + rng.below(keyMax), '\0');
            for (char& c : key) c = static_cast<char>(rng.next());
            content[key] = std::string(rng.below(valueMax), static_cast<char>(rng.next()));
        }
    }
    return buckets;
}

std::unique_ptr<LmdbBackend> openBackend(const QString& path) {
    return std::move(openLmdbBackend(path.toStdString(), {1ULL << 30, false, 64 << 20})).value();
}

QJsonObject statusOf(const QString& path) {
    const Output output = run(program("etcdctl"), {"snapshot", "status", path, "-w", "json"});
    return QJsonDocument::fromJson(output.out.toUtf8()).object();
}

}  // namespace

class TestSnapshotDatabase : public QObject {
    Q_OBJECT
private slots:
    void whatIsWrittenIsRead_data() {
        QTest::addColumn<int>("pairs");
        QTest::addColumn<int>("keyMax");
        QTest::addColumn<int>("valueMax");
        QTest::newRow("inline") << 6 << 8 << 20;
        QTest::newRow("one page") << 40 << 20 << 40;
        QTest::newRow("some levels") << 20000 << 40 << 100;
        QTest::newRow("long keys") << 300 << 5000 << 10;
        QTest::newRow("large values") << 200 << 20 << 30000;
    }
    void whatIsWrittenIsRead() {
        QFETCH(int, pairs);
        QFETCH(int, keyMax);
        QFETCH(int, valueMax);
        base::Rng rng(static_cast<std::uint64_t>(pairs));
        MemoryFileSystem fs;
        for (int round = 0; round < 20; ++round) {
            const Buckets buckets = randomBuckets(rng, round == 0 ? 0 : pairs, keyMax, valueMax);
            const std::uint64_t bytes = writeBuckets(fs, "/db", buckets);
            QCOMPARE(*(*fs.open("/db", base::OpenMode::read))->size(), bytes);
            const auto found = readBuckets(fs, "/db");
            QVERIFY2(found.ok(), found.ok() ? "" : found.error().text.c_str());
            QVERIFY(*found == buckets);
        }
    }
    void damagedFilesEndWithAnError() {
        base::Rng rng(9);
        MemoryFileSystem fs;
        const Buckets buckets = randomBuckets(rng, 300, 20, 60);
        const std::uint64_t bytes = writeBuckets(fs, "/db", buckets);
        const std::string whole = *(*fs.open("/db", base::OpenMode::read))->readAt(0, bytes);
        int refused = 0;
        for (int round = 0; round < 20'000; ++round) {
            std::string bad = whole;
            for (std::uint64_t i = rng.below(3) + 1; i-- > 0;) {
                const std::uint64_t page = rng.below(bytes / 4096);  // headers and elements rather than data
                bad[page * 4096 + (rng.chance(0.7) ? rng.below(120) : rng.below(4096))] = static_cast<char>(rng.next());
            }
            (*fs.open("/bad", base::OpenMode::createOrTruncate))->writeAt(0, bad).ok();
            const auto found = readBuckets(fs, "/bad");
            if (found.ok()) continue;
            ++refused;
            QVERIFY(found.error().code == base::Errc::corruption);
        }
        QVERIFY(refused > 1000);
        for (std::uint64_t length = 0; length < bytes; length += 97) {
            (*fs.open("/bad", base::OpenMode::createOrTruncate))->writeAt(0, whole.substr(0, length)).ok();
            QVERIFY(!readBuckets(fs, "/bad").ok());
        }
        // One broken meta page: the other one serves, wherever it is.
        for (const std::size_t page : {0, 1}) {
            std::string bad = whole;
            bad.replace(page * 4096, 100, 100, 'x');
            (*fs.open("/bad", base::OpenMode::createOrTruncate))->writeAt(0, bad).ok();
            QVERIFY(*readBuckets(fs, "/bad") == buckets);
        }
    }
    void exportAndImport() {
        QTemporaryDir temporary;
        base::FileSystem& fs = posixFileSystem();
        const std::string file = temporary.filePath("snapshot.db").toStdString();
        base::Rng rng(4);
        auto backend = openBackend(temporary.filePath("a"));
        for (int i = 0; i < 5000; ++i) {
            std::string key;
            base::putFixed64Be(key, i + 2);
            backend->put(mvcc::Bucket::key, key + "_12345678", std::string(rng.below(300), 'v'));
        }
        backend->put(mvcc::Bucket::authUsers, std::string(700, 'u'), "user");
        backend->put(mvcc::Bucket::keyBounds, "k", "ours alone");
        QVERIFY(backend->commit().ok());
        backend->put(mvcc::Bucket::meta, "consistent_index",
                     "12345678");  // not committed yet, in the snapshot all the same
        const auto view = backend->readView();
        backend->put(mvcc::Bucket::meta, "later", "1");
        const auto size = writeSnapshotDatabase(*view, fs, file);
        QVERIFY2(size.ok(), size.ok() ? "" : size.error().text.c_str());
        QCOMPARE(size->bytes, size->databaseBytes + 32);
        QVERIFY(checkSnapshotHash(fs, file).ok());
        QVERIFY(writeSnapshotDatabase(*view, fs, file).error().code == base::Errc::exists);
        const auto status = readSnapshotStatus(fs, file);
        QCOMPARE(status->totalKey, 5002ULL);
        QCOMPARE(status->revision, 5001LL);
        QCOMPARE(status->totalSize, size->databaseBytes);

        const auto imported =
            importDatabase(fs, file, temporary.filePath("b").toStdString(), {1ULL << 30, false, 64 << 20});
        QVERIFY2(imported.ok(), imported.ok() ? "" : imported.error().text.c_str());
        QCOMPARE(imported->pairs, 5002ULL);
        auto copy = openBackend(temporary.filePath("b"));
        QCOMPARE(std::string(*copy->get(mvcc::Bucket::authUsers, std::string(700, 'u'))), std::string("user"));
        QVERIFY(!copy->get(mvcc::Bucket::meta, "later"));
        const std::string again = temporary.filePath("again.db").toStdString();
        QVERIFY(writeSnapshotDatabase(*copy->readView(), fs, again).ok());
        QCOMPARE(readSnapshotStatus(fs, again)->hash, status->hash);

        auto damaged = fs.open(file, base::OpenMode::readWrite);
        QVERIFY((*damaged)->writeAt(9000, "x").ok());
        QVERIFY(checkSnapshotHash(fs, file).error().code == base::Errc::corruption);
        QVERIFY((*damaged)->truncate(size->databaseBytes).ok());
        QVERIFY(checkSnapshotHash(fs, file).error().code == base::Errc::notFound);
        QVERIFY((*damaged)->truncate(5000).ok());
        const std::string target = temporary.filePath("c").toStdString();
        QVERIFY(!importDatabase(fs, file, target, {1ULL << 30, false, 64 << 20}).ok());
        QVERIFY(!fs.exists(target) && !fs.exists(target + ".import"));
    }
    void etcdsSnapshotThroughOursAndBack() {
        if (program("etcd").isEmpty() || program("etcdctl").isEmpty()) QSKIP("etcd and etcdctl are not installed");
        QTemporaryDir temporary;
        base::FileSystem& fs = posixFileSystem();
        EtcdProcess etcd(temporary.filePath("data"));
        QVERIFY(etcd.start());
        for (int i = 0; i < 150; ++i) {
            QCOMPARE(etcd.ctl({"put", "key" + QString::number(i % 40), QString(i * 7, 'v')}).exitCode, 0);
        }
        QVERIFY(etcd.ctl({"lease", "grant", "600"}).exitCode == 0);
        QVERIFY(etcd.ctl({"del", "key3"}).exitCode == 0);
        QVERIFY(etcd.ctl({"user", "add", "alice:secret"}).exitCode == 0);
        QVERIFY(etcd.ctl({"role", "add", "reader"}).exitCode == 0);
        const QString theirs = temporary.filePath("theirs.db"), ours = temporary.filePath("ours.db");
        QVERIFY(etcd.ctl({"snapshot", "save", theirs}).exitCode == 0);
        const QString keys = etcd.ctl({"get", "", "--prefix", "-w", "fields"}).out.section("\"Revision\"", 1, 1);
        QVERIFY(keys.contains("\"key7\""));
        const QString old = etcd.ctl({"get", "key7", "--rev", "60"}).out;
        const QString users = etcd.ctl({"user", "list"}).out + etcd.ctl({"role", "list"}).out;
        const QString leases = etcd.ctl({"lease", "list"}).out;
        etcd.stop();

        const auto status = readSnapshotStatus(fs, theirs.toStdString());
        QVERIFY2(status.ok(), status.ok() ? "" : status.error().text.c_str());
        const QJsonObject expected = statusOf(theirs);
        QCOMPARE(static_cast<double>(status->hash), expected["hash"].toDouble());
        QCOMPARE(static_cast<double>(status->revision), expected["revision"].toDouble());
        QCOMPARE(static_cast<double>(status->totalKey), expected["totalKey"].toDouble());
        QCOMPARE(static_cast<double>(status->totalSize), expected["totalSize"].toDouble());
        QVERIFY(checkSnapshotHash(fs, theirs.toStdString()).ok());
        // The file that the member itself wrote, free pages and all.
        const auto own = readSnapshotStatus(fs, temporary.filePath("data/member/snap/db").toStdString());
        QVERIFY(own.ok() && own->revision == status->revision);

        const std::string target = temporary.filePath("backend.lmdb").toStdString();
        const auto imported = importDatabase(fs, theirs.toStdString(), target, {1ULL << 30, false, 64 << 20});
        QVERIFY2(imported.ok(), imported.ok() ? "" : imported.error().text.c_str());
        QVERIFY(imported->skippedBuckets.empty());
        QVERIFY(
            writeSnapshotDatabase(*openBackend(temporary.filePath("backend.lmdb"))->readView(), fs, ours.toStdString())
                .ok());
        const QJsonObject found = statusOf(ours);
        for (const char* field : {"hash", "revision", "totalKey"}) QCOMPARE(found[field], expected[field]);

        const QString restored = temporary.filePath("restored");
        EtcdProcess second(restored);
        const Output restore = run(program("etcdctl"), {"snapshot", "restore", ours, "--data-dir", restored, "--name",
                                                        "n1", "--initial-cluster", "n1=" + second.peerUrl(),
                                                        "--initial-advertise-peer-urls", second.peerUrl()});
        QVERIFY2(restore.exitCode == 0, qPrintable(restore.err));
        QVERIFY(second.start());
        QCOMPARE(
            second.ctl({"get", "", "--prefix", "-w", "fields"}).out.section("\"Revision\"", 1, 1).section("\"Key\"", 1),
            keys.section("\"Key\"", 1));
        QCOMPARE(second.ctl({"get", "key7", "--rev", "60"}).out, old);
        QCOMPARE(second.ctl({"user", "list"}).out + second.ctl({"role", "list"}).out, users);
        QCOMPARE(second.ctl({"lease", "list"}).out, leases);
        // It is an ordinary file to bbolt: written to, compacted and defragmented.
        for (int i = 0; i < 100; ++i)
            QCOMPARE(second.ctl({"put", "new" + QString::number(i), QString(900, 'n')}).exitCode, 0);
        QCOMPARE(second.ctl({"compact", "200"}).exitCode, 0);
        QCOMPARE(second.ctl({"defrag"}).exitCode, 0);
        QCOMPARE(second.ctl({"get", "new99"}).out, "new99\n" + QString(900, 'n') + "\n");
    }
};

RAFTARIUM_TEST_CLASS(TestSnapshotDatabase)
#include "test_snapshot_database.moc"
