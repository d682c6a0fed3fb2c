// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/rng.h"
#include "cluster/mvcc/txn/api_error.h"
#include "cluster/mvcc/txn/request_check.h"
#include "cluster/wire/requests.h"
#include "cluster/wire/responses.h"
#include "proto/etcd/etcdserver.pb.h"
#include "proto/etcd/raft_internal.pb.h"
#include "tests/runner/test_class.h"

#include <QTest>

using namespace raftarium;
using Kind = wire::DecodedRequest::Kind;

namespace {

QByteArray hex(const std::string& data) { return QByteArray(data.data(), static_cast<qsizetype>(data.size())).toHex(); }

etcdserverpb::TxnRequest someTxn() {
    etcdserverpb::TxnRequest txn;
    auto* compare = txn.add_compare();
    compare->set_key("k");
    compare->set_result(etcdserverpb::Compare::GREATER);
    compare->set_target(etcdserverpb::Compare::MOD);
    compare->set_mod_revision(5);
    txn.add_success()->mutable_request_put()->set_key("a");
    txn.add_success()->mutable_request_txn()->add_failure()->mutable_request_delete_range()->set_key("d");
    txn.add_failure()->mutable_request_range()->set_key("r");
    return txn;
}

}  // namespace

class TestRequests : public QObject {
    Q_OBJECT
private slots:
    // Entry 5 of the real file in the format's description: put foo bar.
    void putAsEtcdLogsIt() {
        etcdserverpb::PutRequest put;
        put.set_key("foo");
        put.set_value("bar");
        const std::uint64_t id = 0xe8d1a3409a7a3405U;
        const std::string bytes = wire::wrapRequest(wire::RequestField::put, put, id);
        etcdserverpb::InternalRaftRequest parsed;
        QVERIFY(parsed.ParseFromString(bytes));
        QCOMPARE(parsed.header().id(), id);
        QCOMPARE(parsed.put().value(), std::string("bar"));
        QCOMPARE(hex(parsed.SerializeAsString()), hex(bytes));
        QCOMPARE(hex(wire::wrapRequest(wire::RequestField::put, put.SerializeAsString(), id)), hex(bytes));
        QVERIFY(hex(bytes).startsWith("220a0a03666f6f1203626172a2060"));
        QCOMPARE(wire::requestIdOf(bytes), id);
    }
    void plainPutIsReadInPlace() {
        etcdserverpb::PutRequest put;
        put.set_key("key");
        put.set_value("value");
        put.set_lease(9);
        put.set_prev_kv(true);
        put.set_keep_versions(-1);
        const std::string bytes = wire::wrapRequest(wire::RequestField::put, put, 42);
        wire::RequestDecoder decoder;
        const auto& decoded = decoder.decode(bytes);
        QCOMPARE(decoded.kind, Kind::store);
        QCOMPARE(decoded.requestId, 42U);
        const auto& op = std::get<mvcc::PutOp>(decoded.store);
        QVERIFY(op.value == "value");
        QVERIFY(op.value.data() >= bytes.data() && op.value.data() < bytes.data() + bytes.size());
        QCOMPARE(op.lease, 9);
        QVERIFY(op.prevKv && !op.ignoreLease);
        QCOMPARE(op.keepVersions, -1);
    }
    void allStoreRequests() {
        wire::RequestDecoder decoder;
        etcdserverpb::RangeRequest range;
        range.set_key("a");
        range.set_range_end("b");
        range.set_sort_target(etcdserverpb::RangeRequest::MOD);
        range.set_sort_order(etcdserverpb::RangeRequest::DESCEND);
        const std::string rangeBytes = wire::wrapRequest(wire::RequestField::range, range, 1);
        const auto& op = std::get<mvcc::RangeOp>(decoder.decode(rangeBytes).store);
        QVERIFY(op.range.end == "b" && op.sortTarget == mvcc::SortTarget::mod &&
                op.sortOrder == mvcc::SortOrder::descend);

        const std::string txnBytes = wire::wrapRequest(wire::RequestField::txn, someTxn(), 2);
        const auto& txn = std::get<mvcc::TxnOp>(decoder.decode(txnBytes).store);
        QCOMPARE(txn.compares[0].number, 5);
        QCOMPARE(txn.success.size(), 2U);
        const auto& inner = std::get<std::unique_ptr<mvcc::TxnOp>>(txn.success[1].op);
        QVERIFY(std::get<mvcc::DeleteOp>(inner->failure[0].op).range.key == "d");

        etcdserverpb::LeaseCheckpointRequest checkpoint;
        checkpoint.add_checkpoints()->set_id(3);
        const std::string checkpointBytes = wire::wrapRequest(wire::RequestField::leaseCheckpoint, checkpoint, 3);
        QCOMPARE(std::get<mvcc::LeaseCheckpointOp>(decoder.decode(checkpointBytes).store).items[0].id, 3);

        etcdserverpb::AlarmRequest alarm;
        alarm.set_action(etcdserverpb::AlarmRequest::DEACTIVATE);
        alarm.set_alarm(etcdserverpb::CORRUPT);
        const std::string alarmBytes = wire::wrapRequest(wire::RequestField::alarm, alarm, 4);
        QCOMPARE(std::get<mvcc::AlarmOp>(decoder.decode(alarmBytes).store).alarm, mvcc::AlarmType::corrupt);
    }
    void compareTakesOnlyItsOwnKind() {
        etcdserverpb::TxnRequest request;
        auto* compare = request.add_compare();
        compare->set_target(etcdserverpb::Compare::VERSION);
        compare->set_mod_revision(9);
        auto op = wire::toOp(request);
        QVERIFY(op.ok());
        QCOMPARE(op->compares[0].number, 0);
        QCOMPARE(op->compares[0].target, mvcc::CompareTarget::version);
    }
    void emptyOperationIsRefused() {
        etcdserverpb::TxnRequest request;
        request.add_success();
        auto op = wire::toOp(request);
        QVERIFY(op.ok());
        const base::Status checked = mvcc::checkRequest(mvcc::Request(std::move(*op)), 128);
        QCOMPARE(mvcc::apiErrorOf(checked.error()), mvcc::ApiError::keyNotFound);
    }
    void deepNestingIsRefused() {
        etcdserverpb::TxnRequest request;
        auto* at = &request;
        for (int i = 0; i < 50; ++i) at = at->add_success()->mutable_request_txn();
        QVERIFY(!wire::toOp(request).ok());
    }
    void membershipForms() {
        wire::RequestDecoder decoder;
        // Bare v2 request, as etcd 3.4 publishes: always-written fields, in order.
        const std::string v2 = wire::encodeV2Put(7, "/0/version", "3.4.0");
        QCOMPARE(hex(v2), QByteArray("08071203505554") + QByteArray("1a0a") + QByteArray("/0/version").toHex() +
                              QByteArray("2205") + QByteArray("3.4.0").toHex() +
                              QByteArray("280032003800480050005800600068007000") + QByteArray("7800800100"));
        const auto& put = decoder.decode(v2);
        QCOMPARE(put.kind, Kind::v2Put);
        QVERIFY(put.path == "/0/version" && put.value == "3.4.0");
        QCOMPARE(put.requestId, 7U);
        QCOMPARE(wire::requestIdOf(v2), 7U);

        etcdserverpb::InternalRaftRequest request;
        request.mutable_header()->set_id(8);
        request.mutable_cluster_member_attr_set()->set_member_id(5);
        request.mutable_cluster_member_attr_set()->mutable_member_attributes()->set_name("n5");
        request.mutable_cluster_member_attr_set()->mutable_member_attributes()->add_client_urls("http://c");
        const std::string attributes = request.SerializeAsString();
        const auto& set = decoder.decode(attributes);
        QCOMPARE(set.kind, Kind::memberAttributes);
        QVERIFY(set.memberName == "n5" && set.clientUrls.size() == 1);

        request.clear_cluster_member_attr_set();
        request.mutable_cluster_version_set()->set_ver("3.5.0");
        const std::string version = request.SerializeAsString();
        QVERIFY(decoder.decode(version).clusterVersion == "3.5.0");

        request.clear_cluster_version_set();
        request.mutable_auth_enable();
        const std::string auth = request.SerializeAsString();
        QCOMPARE(decoder.decode(auth).kind, Kind::unsupported);
        QCOMPARE(decoder.decode("").kind, Kind::noop);
        QCOMPARE(decoder.decode("\xff\xff").kind, Kind::malformed);
    }
    void inPlaceAndGeneralDecodingAgree() {
        base::Rng rng(5);
        wire::RequestDecoder decoder;
        for (int round = 0; round < 5000; ++round) {
            etcdserverpb::PutRequest put;
            put.set_key(std::string(rng.below(20), 'k'));
            put.set_value(std::string(rng.below(300), 'v'));
            put.set_lease(static_cast<std::int64_t>(rng.below(3) ? 0 : rng.next()));
            put.set_ignore_value(rng.chance(0.1));
            std::string bytes = wire::wrapRequest(wire::RequestField::put, put, rng.next());
            if (rng.chance(0.5)) bytes[rng.below(bytes.size())] = static_cast<char>(rng.next());
            etcdserverpb::InternalRaftRequest parsed;
            const auto& decoded = decoder.decode(bytes);
            if (decoded.kind != Kind::store || !std::holds_alternative<mvcc::PutOp>(decoded.store)) continue;
            QVERIFY(parsed.ParseFromString(bytes));
            const auto& op = std::get<mvcc::PutOp>(decoded.store);
            QVERIFY(op.key == parsed.put().key() && op.value == parsed.put().value());
            QCOMPARE(op.lease, parsed.put().lease());
            QCOMPARE(op.ignoreValue, parsed.put().ignore_value());
        }
    }
    void responses() {
        mvcc::TxnResult txn;
        txn.revision = 9;
        txn.succeeded = true;
        mvcc::RangeResult range;
        range.revision = 9;
        range.kvs.push_back({"k", "v", 1, 2, 3, 4});
        range.count = 1;
        txn.results.push_back({std::move(range)});
        auto inner = std::make_unique<mvcc::TxnResult>();
        inner->revision = 9;
        mvcc::PutResult put;
        put.revision = 9;
        put.prevKv = std::make_unique<mvcc::KeyValue>(mvcc::KeyValue{"p", "q", 1, 1, 1, 0});
        inner->results.push_back({std::move(put)});
        txn.results.push_back({std::move(inner)});
        etcdserverpb::TxnResponse out;
        wire::toProto(std::move(txn), out);
        QCOMPARE(out.header().revision(), 9);
        QCOMPARE(out.responses(0).response_range().kvs(0).value(), std::string("v"));
        QCOMPARE(out.responses(0).response_range().header().revision(), 9);
        QVERIFY(out.responses(1).response_txn().has_header());
        QCOMPARE(out.responses(1).response_txn().header().revision(), 0);
        QCOMPARE(out.responses(1).response_txn().responses(0).response_put().prev_kv().key(), std::string("p"));
    }
};

RAFTARIUM_TEST_CLASS(TestRequests)
#include "test_requests.moc"
