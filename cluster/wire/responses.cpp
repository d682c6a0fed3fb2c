// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/wire/responses.h"

namespace raftarium::wire {

void setHeader(etcdserverpb::ResponseHeader& header, std::uint64_t clusterId, std::uint64_t memberId,
               std::uint64_t raftTerm) {
    header.set_cluster_id(clusterId);
    header.set_member_id(memberId);
    header.set_raft_term(raftTerm);
}

void toProto(mvcc::KeyValue&& kv, mvccpb::KeyValue& out) {
    out.set_key(std::move(kv.key));
    out.set_value(std::move(kv.value));
    out.set_create_revision(kv.createRevision);
    out.set_mod_revision(kv.modRevision);
    out.set_version(kv.version);
    out.set_lease(kv.lease);
}

void toProto(const mvcc::KeyValue& kv, mvccpb::KeyValue& out) { toProto(mvcc::KeyValue(kv), out); }

void toProto(const mvcc::ChangeEvent& event, bool prevKv, mvccpb::Event& out) {
    if (event.deleted) out.set_type(mvccpb::Event::DELETE);
    toProto(event.kv, *out.mutable_kv());
    if (prevKv && event.prevKv) toProto(*event.prevKv, *out.mutable_prev_kv());
}

void toProto(mvcc::RangeResult&& result, etcdserverpb::RangeResponse& out) {
    out.mutable_header()->set_revision(result.revision);
    out.mutable_kvs()->Reserve(static_cast<int>(result.kvs.size()));
    for (mvcc::KeyValue& kv : result.kvs) toProto(std::move(kv), *out.add_kvs());
    out.set_more(result.more);
    out.set_count(result.count);
}

void toProto(mvcc::PutResult&& result, etcdserverpb::PutResponse& out) {
    out.mutable_header()->set_revision(result.revision);
    if (result.prevKv) toProto(std::move(*result.prevKv), *out.mutable_prev_kv());
}

void toProto(mvcc::DeleteResult&& result, etcdserverpb::DeleteRangeResponse& out) {
    out.mutable_header()->set_revision(result.revision);
    out.set_deleted(result.deleted);
    for (mvcc::KeyValue& kv : result.prevKvs) toProto(std::move(kv), *out.add_prev_kvs());
}

namespace {

void fillBranch(mvcc::TxnResult&& result, etcdserverpb::TxnResponse& out) {
    out.set_succeeded(result.succeeded);
    for (mvcc::OperationResult& operation : result.results) {
        etcdserverpb::ResponseOp& op = *out.add_responses();
        if (auto* range = std::get_if<mvcc::RangeResult>(&operation.result)) {
            toProto(std::move(*range), *op.mutable_response_range());
        } else if (auto* put = std::get_if<mvcc::PutResult>(&operation.result)) {
            toProto(std::move(*put), *op.mutable_response_put());
        } else if (auto* deleted = std::get_if<mvcc::DeleteResult>(&operation.result)) {
            toProto(std::move(*deleted), *op.mutable_response_delete_range());
        } else if (auto* txn = std::get_if<std::unique_ptr<mvcc::TxnResult>>(&operation.result); txn && *txn) {
            // The header of a nested txn exists but is empty.
            op.mutable_response_txn()->mutable_header();
            fillBranch(std::move(**txn), *op.mutable_response_txn());
        }
    }
}

}  // namespace

void toProto(mvcc::TxnResult&& result, etcdserverpb::TxnResponse& out) {
    out.mutable_header()->set_revision(result.revision);
    fillBranch(std::move(result), out);
}

void toProto(const mvcc::CompactResult& result, etcdserverpb::CompactionResponse& out) {
    out.mutable_header()->set_revision(result.revision);
}

void toProto(const mvcc::LeaseGrantResult& result, etcdserverpb::LeaseGrantResponse& out) {
    out.mutable_header()->set_revision(result.revision);
    out.set_id(result.id);
    out.set_ttl(result.ttlSeconds);
}

void toProto(const mvcc::LeaseRevokeResult& result, etcdserverpb::LeaseRevokeResponse& out) {
    out.mutable_header()->set_revision(result.revision);
}

void toProto(const mvcc::AlarmResult& result, etcdserverpb::AlarmResponse& out) {
    for (const mvcc::Alarm& alarm : result.alarms) {
        auto& member = *out.add_alarms();
        member.set_memberid(alarm.member);
        member.set_alarm(static_cast<etcdserverpb::AlarmType>(alarm.type));
    }
}

}  // namespace raftarium::wire
