// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The store's results as etcdserverpb responses. Strings are moved out of the results, not copied. A header gets the
// revision of the result; rpc sets its other fields with setHeader.
#pragma once

#include "cluster/mvcc/txn/operations.h"
#include "cluster/mvcc/watch/events.h"
#include "proto/etcd/rpc.pb.h"

namespace raftarium::wire {

void setHeader(etcdserverpb::ResponseHeader& header, std::uint64_t clusterId, std::uint64_t memberId,
               std::uint64_t raftTerm);

void toProto(mvcc::KeyValue&& kv, mvccpb::KeyValue& out);
void toProto(const mvcc::KeyValue& kv, mvccpb::KeyValue& out);
void toProto(const mvcc::ChangeEvent& event, bool prevKv, mvccpb::Event& out);

void toProto(mvcc::RangeResult&& result, etcdserverpb::RangeResponse& out);
void toProto(mvcc::PutResult&& result, etcdserverpb::PutResponse& out);
void toProto(mvcc::DeleteResult&& result, etcdserverpb::DeleteRangeResponse& out);
// The headers of inner responses have only the revision, as in etcd.
void toProto(mvcc::TxnResult&& result, etcdserverpb::TxnResponse& out);
void toProto(const mvcc::CompactResult& result, etcdserverpb::CompactionResponse& out);
void toProto(const mvcc::LeaseGrantResult& result, etcdserverpb::LeaseGrantResponse& out);
void toProto(const mvcc::LeaseRevokeResult& result, etcdserverpb::LeaseRevokeResponse& out);
void toProto(const mvcc::AlarmResult& result, etcdserverpb::AlarmResponse& out);

}  // namespace raftarium::wire
