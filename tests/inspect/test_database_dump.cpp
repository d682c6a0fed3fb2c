// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/coding.h"
#include "cluster/inspect/database_dump.h"
#include "cluster/storage/backend/lmdb_backend.h"
#include "cluster/storage/files/posix_file_system.h"
#include "cluster/storage/snapshot/snapshot_database.h"
#include "proto/etcd/kv.pb.h"
#include "proto/etcd/lease.pb.h"
#include "proto/etcd/rpc.pb.h"
#include "tests/inspect/etcd_process.h"
#include "tests/runner/test_class.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <nlohmann/json.hpp>

#include <sys/wait.h>
#include <unistd.h>

using namespace raftarium;
using namespace raftarium::fixture;
using mvcc::Bucket;

namespace {

std::string revisionKey(std::uint64_t main, bool deleted = false) {
    std::string key;
    base::putFixed64Be(key, main);
    key += '_';
    base::putFixed64Be(key, 0);
    return deleted ? key + 't' : key;
}

std::string dump(const QString& path, bool json) {
    std::string out;
    const auto status = inspect::dumpDatabase(path.toStdString(), {json}, out);
    return status.ok() ? out : "error: " + status.error().text;
}

// LMDB allows a file to be open once in a process; the owner here is this one.
std::string dumpFromAnotherProcess(const QString& path, bool json) {
    QTemporaryDir temporary;
    const QString result = temporary.filePath("out");
    const pid_t child = fork();
    if (child == 0) {
        QFile file(result);
        const std::string out = dump(path, json);
        const bool ok = file.open(QIODevice::WriteOnly) && file.write(out.data(), static_cast<qint64>(out.size())) >= 0;
        file.close();
        _exit(ok ? 0 : 1);
    }
    waitpid(child, nullptr, 0);
    QFile file(result);
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

}  // namespace

class TestDatabaseDump : public QObject {
    Q_OBJECT
private slots:
    void bothFormatsDumpTheSame() {
        QTemporaryDir temporary;
        QVERIFY(QDir(temporary.path()).mkpath("member/snap"));
        const std::string path = temporary.filePath("member/snap/backend.lmdb").toStdString();
        auto backend = std::move(storage::openLmdbBackend(path, {1ULL << 30, false, 64 << 20})).value();
        mvccpb::KeyValue pair;
        pair.set_key("a");
        pair.set_value("1");
        pair.set_create_revision(2);
        pair.set_mod_revision(2);
        pair.set_version(1);
        pair.set_lease(0x1a2b);
        backend->put(Bucket::key, revisionKey(2), pair.SerializeAsString());
        mvccpb::KeyValue gone;
        gone.set_key("a");
        backend->put(Bucket::key, revisionKey(3, true), gone.SerializeAsString());
        leasepb::Lease lease;
        lease.set_id(0x1a2b);
        lease.set_ttl(60);
        backend->put(Bucket::lease, "12345678", lease.SerializeAsString());
        backend->put(Bucket::members, "8e9e", "{\"id\":36510,\"peerURLs\":[\"http-a\"]}");
        etcdserverpb::AlarmMember alarm;
        alarm.set_memberid(0x8e9e);
        alarm.set_alarm(etcdserverpb::NOSPACE);
        backend->put(Bucket::alarm, alarm.SerializeAsString(), "");
        backend->put(Bucket::authUsers, "alice", "hunter2");
        backend->put(Bucket::meta, "consistent_index", std::string("\0\0\0\0\0\0\0\x07", 8));
        QVERIFY(backend->commit().ok());

        // While the member runs, from its data directory.
        const std::string ours = dumpFromAnotherProcess(temporary.path(), true);
        const auto json = nlohmann::json::parse(ours);
        QCOMPARE(json["format"].get<std::string>(), std::string("lmdb"));
        QCOMPARE(json["keys"].size(), 2ULL);
        QCOMPARE(json["keys"][0]["revision"].get<std::string>(), std::string("2.0"));
        QCOMPARE(json["keys"][0]["lease"].get<std::string>(), std::string("1a2b"));
        QCOMPARE(json["keys"][1]["change"].get<std::string>(), std::string("delete"));
        QCOMPARE(json["leases"][0]["ttl"].get<int>(), 60);
        QCOMPARE(json["members"][0]["member"]["id"].get<int>(), 36510);
        QCOMPARE(json["alarms"][0]["alarm"].get<std::string>(), std::string("NOSPACE"));
        QCOMPARE(json["users"][0].get<std::string>(), std::string("alice"));
        QCOMPARE(json["store"]["consistent_index"].get<int>(), 7);
        QVERIFY(ours.find("hunter2") == std::string::npos);

        const QString file = temporary.filePath("snapshot.db");
        QVERIFY(
            storage::writeSnapshotDatabase(*backend->readView(), storage::posixFileSystem(), file.toStdString()).ok());
        auto fromBbolt = nlohmann::json::parse(dump(file, true));
        QCOMPARE(fromBbolt["format"].get<std::string>(), std::string("bbolt"));
        fromBbolt["format"] = "lmdb";
        fromBbolt["path"] = json["path"];
        QVERIFY(fromBbolt == json);

        const std::string text = dumpFromAnotherProcess(temporary.path(), false);
        QVERIFY2(text.find("  revision=2.0  change=put  key=a  value=1  createRevision=2  version=1  lease=1a2b\n") !=
                     std::string::npos,
                 text.c_str());
        QVERIFY(backend->commit().ok());  // the reader has left nothing behind
    }
    void whatIsNoDatabaseIsSaid() {
        QTemporaryDir temporary;
        QVERIFY(dump(temporary.path(), false).find("holds no database") != std::string::npos);
        QVERIFY(dump(temporary.filePath("nothing"), false).starts_with("error: "));
        QFile file(temporary.filePath("text"));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(QByteArray(10'000, 'x')) == 10'000);
        file.close();
        QVERIFY(dump(file.fileName(), false).find("is no database") != std::string::npos);
        QVERIFY(!QFile::exists(file.fileName() + "-lock"));
    }
    void etcdsDirectory() {
        if (program("etcd").isEmpty()) QSKIP("etcd is not installed");
        QTemporaryDir temporary;
        EtcdProcess etcd(temporary.filePath("data"));
        QVERIFY(etcd.start());
        QCOMPARE(etcd.ctl({"put", "x", "5"}).exitCode, 0);
        QCOMPARE(etcd.ctl({"lease", "grant", "600"}).exitCode, 0);
        etcd.stop();
        const auto json = nlohmann::json::parse(dump(temporary.filePath("data"), true));
        QCOMPARE(json["keys"][0]["value"].get<std::string>(), std::string("5"));
        QCOMPARE(json["leases"][0]["ttl"].get<int>(), 600);
        QCOMPARE(json["members"][0]["member"]["name"].get<std::string>(), std::string("n1"));
        QVERIFY(json["store"]["consistent_index"].get<int>() > 3);
    }
};

RAFTARIUM_TEST_CLASS(TestDatabaseDump)
#include "test_database_dump.moc"
