// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// From etcdserverpb requests to the store's operations, and to and from the InternalRaftRequest bytes in the log.
#pragma once

#include "cluster/base/result.h"
#include "cluster/mvcc/txn/operations.h"
#include "proto/etcd/rpc.pb.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace google::protobuf {
class Arena;
class MessageLite;
}  // namespace google::protobuf

namespace raftarium::wire {

// The operations point into the message, which must exist as long as they do.
mvcc::RangeOp toOp(const etcdserverpb::RangeRequest& request);
mvcc::PutOp toOp(const etcdserverpb::PutRequest& request);
mvcc::DeleteOp toOp(const etcdserverpb::DeleteRangeRequest& request);
// Errc::invalidArgument with ApiError::keyNotFound if an operation has no request; Errc::unavailable if txns are nested
// deeper than 32.
base::Result<mvcc::TxnOp> toOp(const etcdserverpb::TxnRequest& request);
mvcc::CompactOp toOp(const etcdserverpb::CompactionRequest& request);
mvcc::LeaseGrantOp toOp(const etcdserverpb::LeaseGrantRequest& request);
mvcc::LeaseRevokeOp toOp(const etcdserverpb::LeaseRevokeRequest& request);
mvcc::LeaseCheckpointOp toOp(const etcdserverpb::LeaseCheckpointRequest& request);
mvcc::AlarmOp toOp(const etcdserverpb::AlarmRequest& request);
// True if all operations of both branches are ranges. A nested txn counts as a write.
bool isReadOnly(const etcdserverpb::TxnRequest& request);
// True if all its ranges are serializable, so that no consensus is needed.
bool isSerializable(const etcdserverpb::TxnRequest& request);

// Field numbers in InternalRaftRequest.
enum class RequestField : std::uint16_t {
    range = 3,
    put = 4,
    deleteRange = 5,
    txn = 6,
    compaction = 7,
    leaseGrant = 8,
    leaseRevoke = 9,
    alarm = 10,
    leaseCheckpoint = 11,
};
// The bytes of an InternalRaftRequest, which Node::propose takes: the request in `field`, then header {ID}. The first
// form takes the request's bytes as the client sent them.
std::string wrapRequest(RequestField field, std::string_view encodedRequest, std::uint64_t requestId);
std::string wrapRequest(RequestField field, const google::protobuf::MessageLite& request, std::uint64_t requestId);
// A PUT as an etcdserverpb.Request (v2). etcd 3.4 writes member attributes and the cluster version like this.
std::string encodeV2Put(std::uint64_t requestId, std::string_view path, std::string_view value);

// The meaning of an entry's data. It is valid until the next decode() of the same decoder, and as long as the data.
struct DecodedRequest {
    enum class Kind : std::uint8_t {
        noop,              // no data: the first entry of a new leader
        store,             // `store` is to be applied to the store
        v2Put,             // path and value (3.4: member attributes, cluster version)
        v2Other,           // a v2 request without effect here (QGET of health checks, SYNC)
        memberAttributes,  // 3.5 form: memberId, memberName, clientUrls
        clusterVersion,    // 3.5 form: clusterVersion
        unsupported,       // known from etcd, but not supported here; `name` says which
        malformed,
    };
    Kind kind = Kind::noop;
    std::uint64_t requestId = 0;
    mvcc::Request store;
    std::string_view path;
    std::string_view value;
    std::uint64_t memberId = 0;
    std::string_view memberName;
    std::vector<std::string> clientUrls;
    std::string_view clusterVersion;
    const char* name = "";
    base::Status problem;  // of kind store: why it cannot be applied (an empty operation in a txn)
};

// Puts are read in place. Other requests are decoded into an arena that is used again.
class RequestDecoder {
public:
    RequestDecoder();
    ~RequestDecoder();
    // Bytes of an EntryType::normal entry.
    const DecodedRequest& decode(std::string_view data);

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

// The request id alone: InternalRaftRequest.header.ID, or its ID, or the ID of a v2 request; 0 if there is none.
std::uint64_t requestIdOf(std::string_view data);

}  // namespace raftarium::wire
