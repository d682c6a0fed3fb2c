// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/members/membership.h"
#include "cluster/node/members/membership_json.h"
#include "cluster/node/members/snapshot_membership.h"
#include "tests/runner/test_class.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace raftarium;
using namespace raftarium::node;

namespace {

// Root of a .snap file that etcd 3.4.23 wrote for a single member.
constexpr std::string_view kEtcdSnapshot =
    "{\"Root\":{\"Path\":\"/\",\"CreatedIndex\":0,\"ModifiedIndex\":0,\"ExpireTime\":\"0001-01-01T00:00:00Z\""
    ",\"Value\":\"\",\"Children\":{\"0\":{\"Path\":\"/0\",\"CreatedIndex\":0,\"ModifiedIndex\":0,\"ExpireTime\":\""
    "0001-01-01T00:00:00Z\",\"Value\":\"\",\"Children\":{\"members\":{\"Path\":\"/0/members\",\"CreatedIndex\""
    ":1,\"ModifiedIndex\":1,\"ExpireTime\":\"0001-01-01T00:00:00Z\",\"Value\":\"\",\"Children\":{\"628ed94ad"
    "692e8a1\":{\"Path\":\"/0/members/628ed94ad692e8a1\",\"CreatedIndex\":1,\"ModifiedIndex\":1,\"ExpireT"
    "ime\":\"0001-01-01T00:00:00Z\",\"Value\":\"\",\"Children\":{\"attributes\":{\"Path\":\"/0/members/628ed9"
    "4ad692e8a1/attributes\",\"CreatedIndex\":2,\"ModifiedIndex\":2,\"ExpireTime\":\"0001-01-01T00:00:0"
    "0Z\",\"Value\":\"{\\\"name\\\":\\\"n1\\\",\\\"clientURLs\\\":[\\\"http://127.0.0.1:23890\\\"]}\",\"Children\":nul"
    "l},\"raftAttributes\":{\"Path\":\"/0/members/628ed94ad692e8a1/raftAttributes\",\"CreatedIndex\":1,"
    "\"ModifiedIndex\":1,\"ExpireTime\":\"0001-01-01T00:00:00Z\",\"Value\":\"{\\\"peerURLs\\\":[\\\"http://127"
    ".0.0.1:23800\\\"]}\",\"Children\":null}}}}},\"version\":{\"Path\":\"/0/version\",\"CreatedIndex\":3,\"Mo"
    "difiedIndex\":3,\"ExpireTime\":\"0001-01-01T00:00:00Z\",\"Value\":\"3.4.0\",\"Children\":null}}},\"1\":"
    "{\"Path\":\"/1\",\"CreatedIndex\":0,\"ModifiedIndex\":0,\"ExpireTime\":\"0001-01-01T00:00:00Z\",\"Value"
    "\":\"\",\"Children\":{}}}},\"WatcherHub\":{},\"CurrentIndex\":3,\"CurrentVersion\":2}";

}  // namespace

class TestMembership : public QObject {
    Q_OBJECT
private slots:
    void ids() {
        const std::uint64_t id = memberId({"http://127.0.0.1:23800"}, "tok1");
        QCOMPARE(id, 0x628ed94ad692e8a1U);
        QCOMPARE(clusterId({id}), 0xddcdf4f4fbba999bU);
        QCOMPARE(memberId({"http://b:1", "http://a:1"}, "t"), memberId({"http://a:1", "http://b:1"}, "t"));
        QCOMPARE(clusterId({3, 1, 2}), clusterId({1, 2, 3}));
    }
    void bootstrapContextIsEtcds() {
        Member member{7101852577860610209U, "n1", {"http://127.0.0.1:23800"}, {"http://127.0.0.1:1"}, false};
        QCOMPARE(confChangeContextToJson({member, false}, true),
                 std::string("{\"id\":7101852577860610209,\"peerURLs\":[\"http://127.0.0.1:23800\"],\"name\":\"n1\"}"));
    }
    void memberJson_data() {
        QTest::addColumn<QByteArray>("json");
        QTest::newRow("full") << QByteArray(
            "{\"id\":5,\"peerURLs\":[\"http://a:1\",\"http://"
            "b:2\"],\"isLearner\":true,\"name\":\"x\",\"clientURLs\":[\"http://c:3\"]}");
        QTest::newRow("plain") << QByteArray("{\"id\":18446744073709551615,\"peerURLs\":[\"http://a:1\"]}");
        QTest::newRow("escaped") << QByteArray(
            "{\"id\":5,\"peerURLs\":[\"http://a:1\"],\"name\":\"a\\u003cb\\u0026\\u003e\\\"\\\\ é\"}");
    }
    void memberJson() {
        QFETCH(QByteArray, json);
        auto member = memberFromJson(json.toStdString());
        QVERIFY(member.ok());
        QCOMPARE(QByteArray::fromStdString(memberToJson(*member)), json);
    }
    void badMemberJson_data() {
        QTest::addColumn<QByteArray>("json");
        for (const char* bad :
             {"", "[]", "{", "{}", "{\"id\":\"5\"}", "{\"id\":-5}", "{\"id\":5,\"peerURLs\":\"x\"}",
              "{\"id\":5,\"peerURLs\":[1]}", "{\"id\":5,\"name\":3}", "{\"id\":5,\"isLearner\":\"yes\"}"})
            QTest::newRow(bad) << QByteArray(bad);
    }
    void badMemberJson() {
        QFETCH(QByteArray, json);
        auto member = memberFromJson(json.toStdString());
        QVERIFY(!member.ok());
        QCOMPARE(member.error().code, base::Errc::corruption);
    }
    void etcdsSnapshotIsRead() {
        auto membership = membershipFromV2Json(kEtcdSnapshot);
        QVERIFY2(membership.ok(), membership.ok() ? "" : membership.error().text.c_str());
        QCOMPARE(membership->members.size(), 1U);
        const Member& member = membership->members.at(0x628ed94ad692e8a1);
        QCOMPARE(member.name, std::string("n1"));
        QVERIFY(member.peerUrls == std::vector<std::string>{"http://127.0.0.1:23800"});
        QVERIFY(member.clientUrls == std::vector<std::string>{"http://127.0.0.1:23890"});
        QCOMPARE(membership->clusterVersion, std::string("3.4.0"));
    }
    void v2JsonRoundTrip() {
        Membership m;
        m.members[1] = {1, "a", {"http://a:1"}, {"http://a:2"}, false};
        m.members[0xabc] = {0xabc, "", {"http://b:1"}, {}, true};
        m.removed = {7, 9};
        m.clusterVersion = "3.4.0";
        const std::string json = membershipToV2Json(m);
        QVERIFY(QJsonDocument::fromJson(QByteArray::fromStdString(json)).object().contains("WatcherHub"));
        auto back = membershipFromV2Json(json);
        QVERIFY(back.ok());
        QVERIFY(back->members == m.members);
        QVERIFY(back->removed == m.removed);
        QCOMPARE(back->clusterVersion, m.clusterVersion);
    }
    // An id of 15 digits is the smaller number and the later text.
    void v2JsonIsInTheOrderOfTexts() {
        Membership m;
        for (const std::uint64_t id : {0xb472bbdde1e7986U, 0x33d731bf33d60c84U}) m.members[id].id = id;
        m.removed = {0xb472bbdde1e7987U, 0x33d731bf33d60c85U};
        const std::string json = membershipToV2Json(m);
        std::size_t last = 0;
        for (const char* path : {"/0/members/33d731bf33d60c84\"", "/0/members/b472bbdde1e7986\"",
                                 "/0/removed_members/33d731bf33d60c85\"", "/0/removed_members/b472bbdde1e7987\""}) {
            const std::size_t at = json.find(path);
            QVERIFY2(at != std::string::npos && at > last, path);
            last = at;
        }
    }
    void v2JsonWithPartsMissing() {
        for (const char* cluster : {R"({"members":{}})", R"({"members":{"Children":null},"removed_members":{}})",
                                    R"({"removed_members":{"Children":7}})", R"({"members":7})"}) {
            const auto membership =
                membershipFromV2Json(R"({"Root":{"Children":{"0":{"Children":)" + std::string(cluster) + "}}}}");
            QVERIFY2(membership.ok() && membership->members.empty() && membership->removed.empty(), cluster);
        }
        for (const char* json : {"", "[]", "{}", R"({"Root":7})",
                                 R"({"Root":{"Children":{"0":{"Children":{"members":{"Children":{"1":{}}}}}}}})",
                                 R"({"Root":{"Children":{"0":{"Children":{"members":{"Children":{"x":{}}}}}}}})"})
            QVERIFY2(!membershipFromV2Json(json).ok(), json);
    }
    void newerClusters() {
        for (const char* fine : {"", "3.4.0", "3.4", "3.4.99", "3.3.0", "2.9.9"})
            QVERIFY2(refuseNewerCluster(fine, "d").ok(), fine);
        for (const char* newer : {"3.5.0", "3.5", "3.10.0", "4.0.0", "10.1.0"}) {
            const auto status = refuseNewerCluster(newer, "d");
            QVERIFY2(!status.ok(), newer);
            QVERIFY2(status.error().text.find("d: cluster cannot be downgraded (current version: 3.4 is lower than "
                                              "determined cluster version: ") == 0,
                     status.error().text.c_str());
        }
        for (const char* none : {"x", "3", "3.", ".4", "three.four"})
            QVERIFY2(!refuseNewerCluster(none, "d").ok(), none);
    }
    void paths() {
        QCOMPARE(attributesPath(0x628ed94ad692e8a1), std::string("/0/members/628ed94ad692e8a1/attributes"));
        QCOMPARE(attributesPathMember("/0/members/628ed94ad692e8a1/attributes").value(), 0x628ed94ad692e8a1U);
        for (const char* bad : {"", "/0/version", "/0/members//attributes", "/0/members/xyz/attributes",
                                "/0/members/1/raftAttributes", "/1/members/1/attributes"})
            QVERIFY(!attributesPathMember(bad));
    }
};

RAFTARIUM_TEST_CLASS(TestMembership)
#include "test_membership.moc"
