// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/rng.h"
#include "cluster/wire/request_text.h"
#include "proto/etcd/etcdserver.pb.h"
#include "proto/etcd/raft.pb.h"
#include "proto/etcd/raft_internal.pb.h"
#include "tests/runner/test_class.h"

#include <QTest>

#include <functional>

using namespace raftarium;
using Request = etcdserverpb::InternalRaftRequest;

namespace {
QByteArray encoded(const std::function<void(Request&)>& fill) {
    Request request;
    request.mutable_header()->set_id(0x1234567890ULL);
    request.mutable_header()->set_username("root");
    fill(request);
    return QByteArray::fromStdString(request.SerializeAsString());
}
QByteArray legacy(const char* method, const char* path, const char* value) {
    etcdserverpb::Request request;
    request.set_id(77);
    request.set_method(method);
    request.set_path(path);
    request.set_val(value);
    request.set_dir(false);
    return QByteArray::fromStdString(request.SerializeAsString());
}
QByteArray change(raftpb::ConfChangeType type, const char* context) {
    raftpb::ConfChange message;
    message.set_type(type);
    message.set_node_id(0x1a2b);
    message.set_context(context);
    return QByteArray::fromStdString(message.SerializeAsString());
}
std::string describe(int type, const QByteArray& data) {
    return wire::describeEntry(static_cast<raft::EntryType>(type), std::string_view(data.constData(), data.size()));
}
}  // namespace

class TestRequestText : public QObject {
    Q_OBJECT
private slots:
    void describe_data() {
        QTest::addColumn<int>("type");
        QTest::addColumn<QByteArray>("data");
        QTest::addColumn<QString>("text");
        const auto normal = [](const char* text, const std::function<void(Request&)>& fill) {
            QTest::newRow(text) << 0 << encoded(fill) << QString::fromUtf8(text);
        };
        normal("put x = 5", [](Request& r) { r.mutable_put()->set_key("x"), r.mutable_put()->set_value("5"); });
        normal("put x = 5 lease 1a2b", [](Request& r) {
            r.mutable_put()->set_key("x"), r.mutable_put()->set_value("5"), r.mutable_put()->set_lease(0x1a2b);
        });
        normal("put schlüssel = \\x00\\xff\\\\", [](Request& r) {
            r.mutable_put()->set_key("schlüssel"), r.mutable_put()->set_value(std::string("\0\xff\\", 3));
        });
        normal("delete a", [](Request& r) { r.mutable_delete_range()->set_key("a"); });
        normal("delete a..b", [](Request& r) {
            r.mutable_delete_range()->set_key("a"), r.mutable_delete_range()->set_range_end("b");
        });
        normal("delete a..", [](Request& r) {
            r.mutable_delete_range()->set_key("a"), r.mutable_delete_range()->set_range_end(std::string(1, '\0'));
        });
        normal("range k", [](Request& r) { r.mutable_range()->set_key("k"); });
        normal("txn 2 ops", [](Request& r) { r.mutable_txn()->add_success(), r.mutable_txn()->add_failure(); });
        normal("txn 1 op", [](Request& r) { r.mutable_txn()->add_success(), r.mutable_txn()->add_compare(); });
        normal("compact 7", [](Request& r) { r.mutable_compaction()->set_revision(7); });
        normal("lease grant 60 s", [](Request& r) { r.mutable_lease_grant()->set_ttl(60); });
        normal("lease revoke 1a2b", [](Request& r) { r.mutable_lease_revoke()->set_id(0x1a2b); });
        normal("lease checkpoint 1", [](Request& r) { r.mutable_lease_checkpoint()->add_checkpoints()->set_id(1); });
        normal("alarm raise NOSPACE on 1a2b", [](Request& r) {
            r.mutable_alarm()->set_action(etcdserverpb::AlarmRequest::ACTIVATE);
            r.mutable_alarm()->set_alarm(etcdserverpb::NOSPACE);
            r.mutable_alarm()->set_memberid(0x1a2b);
        });
        normal("auth enable", [](Request& r) { r.mutable_auth_enable(); });
        normal("user add alice", [](Request& r) {
            r.mutable_auth_user_add()->set_name("alice"), r.mutable_auth_user_add()->set_password("secret");
        });
        normal("authenticate alice", [](Request& r) {
            r.mutable_authenticate()->set_name("alice"), r.mutable_authenticate()->set_password("secret");
            r.mutable_authenticate()->set_simple_token("token");
        });
        normal("cluster version 3.5.0", [](Request& r) { r.mutable_cluster_version_set()->set_ver("3.5.0"); });
        normal("publish n2",
               [](Request& r) { r.mutable_cluster_member_attr_set()->mutable_member_attributes()->set_name("n2"); });
        QTest::newRow("noop") << 0 << QByteArray() << "noop";
        QTest::newRow("publish, 3.4") << 0 << legacy("PUT", "/0/members/1a2b/attributes", "{\"name\":\"n1\"}")
                                      << "publish n1";
        QTest::newRow("version, 3.4") << 0 << legacy("PUT", "/0/version", "3.4.0") << "cluster version 3.4.0";
        QTest::newRow("other, v2") << 0 << legacy("DELETE", "/1/a", "") << "DELETE /1/a";
        QTest::newRow("damage") << 0 << QByteArray("\x08\x01\x22\x50zz", 6) << "request (not decodable)";
        const char* member = "{\"id\":6699,\"peerURLs\":[\"http://127.0.0.1:2380\",\"http://b:1\"],\"name\":\"n4\"}";
        QTest::newRow("add") << 1 << change(raftpb::ConfChangeAddNode, member)
                             << "add n4 http://127.0.0.1:2380,http://b:1";
        QTest::newRow("learner") << 1 << change(raftpb::ConfChangeAddLearnerNode, "{\"peerURLs\":[\"http://b:1\"]}")
                                 << "add learner 1a2b http://b:1";
        QTest::newRow("promote") << 1 << change(raftpb::ConfChangeAddNode, "{\"id\":6699,\"isPromote\":true}")
                                 << "promote 1a2b";
        QTest::newRow("remove") << 1 << change(raftpb::ConfChangeRemoveNode, "") << "remove 1a2b";
        QTest::newRow("not JSON") << 1 << change(raftpb::ConfChangeUpdateNode, "{\"peer") << "update 1a2b";
        raftpb::ConfChangeV2 joint;
        joint.add_changes()->set_node_id(1);
        joint.add_changes()->set_node_id(2);
        joint.mutable_changes(1)->set_type(raftpb::ConfChangeRemoveNode);
        QTest::newRow("v2") << 2 << QByteArray::fromStdString(joint.SerializeAsString()) << "add 1, remove 2";
        QTest::newRow("leave") << 2 << QByteArray() << "leave joint configuration";
    }
    void describe() {
        QFETCH(int, type);
        QFETCH(QByteArray, data);
        QFETCH(QString, text);
        QCOMPARE(QString::fromStdString(::describe(type, data)), text);
    }
    void longTextsAreCutAtACharacter() {
        for (std::size_t size = 0; size < 300; ++size) {
            std::string value;
            while (value.size() < size) value += "ä";
            const QByteArray data = encoded([&](Request& r) {
                r.mutable_put()->set_key(value), r.mutable_put()->set_value(value), r.mutable_put()->set_lease(-1);
            });
            const std::string text = ::describe(0, data);
            QVERIFY(text.size() <= wire::kRequestTextMax);
            QCOMPARE(QString::fromStdString(text).toUtf8().toStdString(), text);  // still valid UTF-8
            QVERIFY(text.ends_with(" lease ffffffffffffffff"));
        }
    }
    void secretsNeverShow() {
        for (int field = 1000; field < 1210; ++field) {
            Request request;
            const auto* descriptor = Request::descriptor()->FindFieldByNumber(field);
            if (!descriptor) continue;
            auto* body = request.GetReflection()->MutableMessage(&request, descriptor);
            for (const char* name : {"password", "hashedPassword", "simple_token"}) {
                const auto* secret = body->GetDescriptor()->FindFieldByName(name);
                if (secret) body->GetReflection()->SetString(body, secret, "hunter2");
            }
            const auto text = ::describe(0, QByteArray::fromStdString(request.SerializeAsString()));
            QVERIFY2(!QString::fromStdString(text).contains("hunter2"), text.c_str());
        }
    }
    void anyBytesGiveShortValidText() {
        base::Rng rng(11);
        for (int round = 0; round < 20'000; ++round) {
            QByteArray data =
                encoded([](Request& r) { r.mutable_put()->set_key("key"), r.mutable_put()->set_value("value"); });
            for (int i = 0; i < 4; ++i)
                data[static_cast<qsizetype>(rng.below(data.size()))] = static_cast<char>(rng.next());
            data.truncate(static_cast<qsizetype>(rng.below(data.size() + 1)));
            const std::string text = ::describe(static_cast<int>(rng.below(3)), data);
            QVERIFY(!text.empty() && text.size() <= wire::kRequestTextMax);
            QCOMPARE(QString::fromStdString(text).toUtf8().toStdString(), text);
        }
    }
};

RAFTARIUM_TEST_CLASS(TestRequestText)
#include "test_request_text.moc"
