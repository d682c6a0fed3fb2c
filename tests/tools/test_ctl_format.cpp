// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The expected texts are what etcdctl 3.4.23 printed for such answers of a real etcd 3.4.23.
#include "cluster/tools/ctl/ctl_format.h"
#include "tests/runner/test_class.h"

#include <QTest>

using namespace raftarium;
using namespace raftarium::tools;

namespace {

client::Header header(std::int64_t revision) { return {2375181864447732657U, 9368506742490709939U, 2, revision}; }

client::KeyValue kv(const char* key, const char* value, std::int64_t create, std::int64_t mod, std::int64_t version) {
    return {key, value, create, mod, version, 0};
}

std::string headerFields(std::int64_t revision) {
    return "\"ClusterID\" : 2375181864447732657\n\"MemberID\" : 9368506742490709939\n\"Revision\" : " +
           std::to_string(revision) + "\n\"RaftTerm\" : 2\n";
}

std::string jsonHeader(std::int64_t revision) {
    return R"("cluster_id":2375181864447732657,"member_id":9368506742490709939,)" +
           (revision == 0 ? "" : "\"revision\":" + std::to_string(revision) + ",") + R"("raft_term":2)";
}

std::string text(const Formatter::Text& result) { return result ? *result : "error: " + result.error().text; }

const Formatter kSimple(Format::simple, false), kHex(Format::simple, true), kJson(Format::json, false),
    kFields(Format::fields, false), kTable(Format::table, false);
const std::string kNoTable = "error: table not supported as output format";

}  // namespace

class TestCtlFormat : public QObject {
    Q_OBJECT
private slots:
    void range() {
        client::RangeResult result;
        result.header = header(7);
        result.kvs = {kv("x", "1", 2, 3, 2)};
        result.count = 1;
        QCOMPARE(text(kSimple.range(result, false, false, false)), std::string("x\n1\n"));
        QCOMPARE(text(kHex.range(result, false, false, false)), std::string("\\x78\n\\x31\n"));
        QCOMPARE(text(kSimple.range(result, true, false, false)), std::string("x\n\n"));
        QCOMPARE(text(kSimple.range(result, false, true, false)), std::string("1\n"));
        QCOMPARE(text(kSimple.range({}, false, false, false)), std::string());
        QCOMPARE(
            text(kJson.range(result, false, false, false)),
            "{\"header\":{" + jsonHeader(7) +
                R"(},"kvs":[{"key":"eA==","create_revision":2,"mod_revision":3,"version":2,"value":"MQ=="}],"count":1})"
                "\n");
        QCOMPARE(text(kFields.range(result, false, false, false)),
                 headerFields(7) +
                     "\"Key\" : \"x\"\n\"CreateRevision\" : 2\n\"ModRevision\" : 3\n\"Version\" : 2\n"
                     "\"Value\" : \"1\"\n\"Lease\" : 0\n\"More\" : false\n\"Count\" : 1\n");
        QCOMPARE(text(kTable.range(result, false, false, false)), kNoTable);
        result.more = true;
        result.count = 2;
        QCOMPARE(text(kSimple.range(result, false, false, true)), std::string("2\n"));
        QVERIFY(text(kJson.range(result, false, false, false)).find("],\"more\":true,\"count\":2}") !=
                std::string::npos);
    }

    void put() {
        client::PutResult result;
        result.header = header(5);
        QCOMPARE(text(kSimple.put(result)), std::string("OK\n"));
        result.hasPrev = true;
        result.prevKv = kv("y", "2", 4, 4, 1);
        QCOMPARE(text(kSimple.put(result)), std::string("OK\ny\n2\n"));
        QCOMPARE(text(kJson.put(result)),
                 "{\"header\":{" + jsonHeader(5) +
                     R"(},"prev_kv":{"key":"eQ==","create_revision":4,"mod_revision":4,"version":1,"value":"Mg=="}})"
                     "\n");
        QCOMPARE(text(kFields.put(result)),
                 headerFields(5) +
                     "\"PrevKey\" : \"y\"\n\"PrevCreateRevision\" : 4\n\"PrevModRevision\" : 4\n"
                     "\"PrevVersion\" : 1\n\"PrevValue\" : \"2\"\n\"PrevLease\" : 0\n");
        QCOMPARE(text(kTable.put(result)), kNoTable);
    }

    void removed() {
        client::DeleteResult result;
        result.header = header(9);
        QCOMPARE(text(kSimple.removed(result)), std::string("0\n"));
        result.deleted = 1;
        result.prevKvs = {kv("y", "4", 4, 7, 4)};
        QCOMPARE(text(kSimple.removed(result)), std::string("1\ny\n4\n"));
        QCOMPARE(text(kJson.removed(result)),
                 "{\"header\":{" + jsonHeader(9) +
                     R"(},"deleted":1,"prev_kvs":[{"key":"eQ==","create_revision":4,"mod_revision":7,"version":4,)"
                     R"("value":"NA=="}]})"
                     "\n");
        QVERIFY(text(kFields.removed(result)).find("\"Deleted\" : 1\n\"PrevKey\" : \"y\"\n") != std::string::npos);
    }

    void watch() {
        client::WatchUpdate update;
        update.header = header(19);
        client::WatchEvent event;
        event.deleted = true;
        event.kv.key = "w";
        event.kv.modRevision = 19;
        update.events = {event};
        QCOMPARE(text(kSimple.watch(update)), std::string("DELETE\nw\n\n"));
        QCOMPARE(text(kJson.watch(update)), "{\"Header\":{" + jsonHeader(19) +
                                                R"(},"Events":[{"type":1,"kv":{"key":"dw==","mod_revision":19}}],)"
                                                R"("CompactRevision":0,"Canceled":false,"Created":false})"
                                                "\n");
        update.events[0].hasPrev = true;
        update.events[0].prevKv = kv("w", "2", 16, 17, 2);
        QCOMPARE(text(kSimple.watch(update)), std::string("DELETE\nw\n2\nw\n\n"));
        QCOMPARE(text(kFields.watch(update)),
                 headerFields(19) +
                     "\"Type\" : DELETE\n\"PrevKey\" : \"w\"\n\"PrevCreateRevision\" : 16\n"
                     "\"PrevModRevision\" : 17\n\"PrevVersion\" : 2\n\"PrevValue\" : \"2\"\n"
                     "\"PrevLease\" : 0\n\"Key\" : \"w\"\n\"CreateRevision\" : 0\n\"ModRevision\" : 19\n"
                     "\"Version\" : 0\n\"Value\" : \"\"\n\"Lease\" : 0\n");
    }

    void members() {
        const std::vector<client::MemberInfo> members{
            {9368506742490709939U, "default", {"http://127.0.0.1:25380"}, {"http://127.0.0.1:25379"}, false}};
        QCOMPARE(
            text(kSimple.members(header(0), members)),
            std::string("82039f3eee02bfb3, started, default, http://127.0.0.1:25380, http://127.0.0.1:25379, false\n"));
        const std::string rule =
            "+------------------+---------+---------+------------------------+------------------------+"
            "------------+\n";
        QCOMPARE(
            text(kTable.members(header(0), members)),
            rule +
                "|        ID        | STATUS  |  NAME   |       PEER ADDRS       |      CLIENT ADDRS      | IS LEARNER "
                "|\n" +
                rule +
                "| 82039f3eee02bfb3 | started | default | http://127.0.0.1:25380 | http://127.0.0.1:25379 |      false "
                "|\n" +
                rule);
        QCOMPARE(text(kJson.members(header(0), members)),
                 "{\"header\":{" + jsonHeader(0) +
                     R"(},"members":[{"ID":9368506742490709939,"name":"default","peerURLs":["http://127.0.0.1:25380"],)"
                     R"("clientURLs":["http://127.0.0.1:25379"]}]})"
                     "\n");
        QCOMPARE(text(kFields.members(header(0), members)),
                 headerFields(0) +
                     "\"ID\" : 9368506742490709939\n\"Name\" : \"default\"\n"
                     "\"PeerURL\" : \"http://127.0.0.1:25380\"\n"
                     "\"ClientURL\" : \"http://127.0.0.1:25379\"\n\"IsLearner\" : false\n\n");
    }

    void endpointStatus() {
        client::StatusResult status;
        status.header = header(13);
        status.version = "3.4.23";
        status.dbSize = 20480;
        status.dbSizeInUse = 16384;
        status.leader = 9368506742490709939U;
        status.raftIndex = status.raftAppliedIndex = 18;
        status.raftTerm = 2;
        const std::vector<EndpointStatus> all{{"127.0.0.1:25379", status}};
        QCOMPARE(text(kSimple.endpointStatus(all)),
                 std::string("127.0.0.1:25379, 82039f3eee02bfb3, 3.4.23, 20 kB, true, false, 2, 18, 18, \n"));
        QCOMPARE(text(kJson.endpointStatus(all)),
                 R"([{"Endpoint":"127.0.0.1:25379","Status":{"header":{)" + jsonHeader(13) +
                     R"(},"version":"3.4.23","dbSize":20480,"leader":9368506742490709939,"raftIndex":18,"raftTerm":2,)"
                     R"("raftAppliedIndex":18,"dbSizeInUse":16384}}])"
                     "\n");
        const std::string rule =
            "+-----------------+------------------+---------+---------+-----------+------------+"
            "-----------+------------+--------------------+--------+\n";
        QCOMPARE(text(kTable.endpointStatus(all)),
                 rule +
                     "|    ENDPOINT     |        ID        | VERSION | DB SIZE | IS LEADER | IS LEARNER | RAFT TERM | "
                     "RAFT INDEX | RAFT APPLIED INDEX | ERRORS |\n" +
                     rule +
                     "| 127.0.0.1:25379 | 82039f3eee02bfb3 |  3.4.23 |   20 kB |      true |      false |         2 | "
                     "        18 |                 18 |        |\n" +
                     rule);
        QCOMPARE(text(kFields.endpointStatus(all)),
                 headerFields(13) +
                     "\"Version\" : \"3.4.23\"\n\"DBSize\" : 20480\n\"Leader\" : 9368506742490709939\n"
                     "\"IsLearner\" : false\n\"RaftIndex\" : 18\n\"RaftTerm\" : 2\n"
                     "\"RaftAppliedIndex\" : 18\n\"Errors\" : []\n\"Endpoint\" : \"127.0.0.1:25379\"\n\n");
    }

    void endpointHashAndHealth() {
        client::HashKvResult hash;
        hash.header = header(13);
        hash.hash = 2233169704U;
        hash.compactRevision = -1;
        const std::vector<EndpointHash> hashes{{"127.0.0.1:25379", hash}};
        QCOMPARE(text(kSimple.endpointHash(hashes)), std::string("127.0.0.1:25379, 2233169704\n"));
        QCOMPARE(text(kTable.endpointHash(hashes)),
                 std::string("+-----------------+------------+\n|    ENDPOINT     |    HASH    |\n"
                             "+-----------------+------------+\n| 127.0.0.1:25379 | 2233169704 |\n"
                             "+-----------------+------------+\n"));
        QCOMPARE(text(kJson.endpointHash(hashes)), R"([{"Endpoint":"127.0.0.1:25379","HashKV":{"header":{)" +
                                                       jsonHeader(13) +
                                                       R"(},"hash":2233169704,"compact_revision":-1}}])"
                                                       "\n");
        QCOMPARE(text(kFields.endpointHash(hashes)),
                 headerFields(13) + "\"Endpoint\" : \"127.0.0.1:25379\"\n\"Hash\" : 2233169704\n\n");
        const std::vector<EndpointHealth> health{{"127.0.0.1:25379", true, "1.202612ms", ""}};
        QCOMPARE(text(kSimple.endpointHealth(health)),
                 std::string("127.0.0.1:25379 is healthy: successfully committed proposal: took = 1.202612ms\n"));
        QCOMPARE(text(kTable.endpointHealth(health)),
                 std::string("+-----------------+--------+------------+-------+\n"
                             "|    ENDPOINT     | HEALTH |    TOOK    | ERROR |\n"
                             "+-----------------+--------+------------+-------+\n"
                             "| 127.0.0.1:25379 |   true | 1.202612ms |       |\n"
                             "+-----------------+--------+------------+-------+\n"));
        QCOMPARE(text(kJson.endpointHealth(health)),
                 std::string("[{\"endpoint\":\"127.0.0.1:25379\",\"health\":true,\"took\":\"1.202612ms\"}]\n"));
        QCOMPARE(text(kFields.endpointHealth(health)),
                 std::string("\"Endpoint\" : \"127.0.0.1:25379\"\n\"Health\" : true\n\"Took\" : 1.202612ms\n"
                             "\"Error\" : \n\n"));
    }

    void leases() {
        client::LeaseInfo lease;
        lease.header = header(14);
        lease.id = 4590190596935061295;
        lease.ttl = 499;
        lease.grantedTtl = 500;
        lease.keys = {"k"};
        QCOMPARE(text(kSimple.leaseTimeToLive(lease, true)),
                 std::string("lease 3fb3a2072da70f2f granted with TTL(500s), remaining(499s), attached keys([k])\n"));
        QCOMPARE(text(kSimple.leaseTimeToLive(lease, false)),
                 std::string("lease 3fb3a2072da70f2f granted with TTL(500s), remaining(499s)\n"));
        const std::string flat = "{" + jsonHeader(14) + ",";
        QCOMPARE(text(kJson.leaseTimeToLive(lease, true)),
                 flat + R"("id":4590190596935061295,"ttl":499,"granted-ttl":500,"keys":["aw=="]})" + "\n");
        QCOMPARE(text(kSimple.leaseGranted(lease)), std::string("lease 3fb3a2072da70f2f granted with TTL(499s)\n"));
        QCOMPARE(text(kJson.leaseGranted(lease)), flat + R"("ID":4590190596935061295,"TTL":499,"Error":""})" + "\n");
        QCOMPARE(text(kSimple.leaseKeptAlive(lease)), std::string("lease 3fb3a2072da70f2f keepalived with TTL(499)\n"));
        QCOMPARE(text(kJson.leaseKeptAlive(lease)), flat + R"("ID":4590190596935061295,"TTL":499})" + "\n");
        QCOMPARE(text(kSimple.leaseRevoked(lease.header, lease.id)), std::string("lease 3fb3a2072da70f2f revoked\n"));
        QCOMPARE(text(kFields.leaseGranted(lease)), headerFields(14) + "\"ID\" : 4590190596935061295\n\"TTL\" : 499\n");
        QCOMPARE(text(kTable.leaseGranted(lease)), kNoTable);
        QCOMPARE(text(kSimple.leases({}, {0x1234, 5})),
                 std::string("found 2 leases\n0000000000001234\n0000000000000005\n"));
        QCOMPARE(text(kJson.leases(lease.header, {4660})), flat + R"("leases":[{"id":4660}]})" + "\n");

        client::LeaseInfo gone;
        gone.header = header(14);
        gone.id = 0x1234;
        gone.ttl = -1;
        QCOMPARE(text(kSimple.leaseTimeToLive(gone, false)), std::string("lease 0000000000001234 already expired\n"));
        QCOMPARE(text(kJson.leaseTimeToLive(gone, false)),
                 flat + R"("id":4660,"ttl":-1,"granted-ttl":0,"keys":null})" + "\n");
    }

    void snapshotStatus() {
        // As etcdctl 3.4.23 printed it for a file of its own; the second one has a hash with a leading zero.
        const storage::SnapshotStatus status{1158062525, 63, 69, 32768}, other{0x0506a1bd, 0, 0, 16384};
        QCOMPARE(text(kSimple.snapshotStatus(status)), std::string("4506a1bd, 63, 69, 33 kB\n"));
        QCOMPARE(text(kSimple.snapshotStatus(other)), std::string("506a1bd, 0, 0, 16 kB\n"));
        QCOMPARE(text(kJson.snapshotStatus(status)),
                 std::string(R"({"hash":1158062525,"revision":63,"totalKey":69,"totalSize":32768})") + "\n");
        QCOMPARE(text(kFields.snapshotStatus(status)),
                 std::string("\"Hash\" : 1158062525\n\"Revision\" : 63\n\"Keys\" : 69\n\"Size\" : 32768\n"));
        QCOMPARE(text(kTable.snapshotStatus(status)),
                 std::string("+----------+----------+------------+------------+\n"
                             "|   HASH   | REVISION | TOTAL KEYS | TOTAL SIZE |\n"
                             "+----------+----------+------------+------------+\n"
                             "| 4506a1bd |       63 |         69 |      33 kB |\n"
                             "+----------+----------+------------+------------+\n"));
    }

    void formatNames() {
        QVERIFY(parseFormat("json") == Format::json);
        QVERIFY(!parseFormat("JSON"));
        QVERIFY(!parseFormat(""));
    }
};

RAFTARIUM_TEST_CLASS(TestCtlFormat)
#include "test_ctl_format.moc"
