// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// etcdserverpb requests <-> the store's operations, and the log's InternalRaftRequest bytes.
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

// The views point into the message, which must live as long as the operation.
mvcc::RangeOp toOp(const etcdserverpb::RangeRequest& request);
mvcc::PutOp toOp(const etcdserverpb::PutRequest& request);
mvcc::DeleteOp toOp(const etcdserverpb::DeleteRangeRequest& request);
// Errc::invalidArgument with ApiError::keyNotFound: an operation with no request set; unavailable nesting depth > 32.
base::Result<mvcc::TxnOp> toOp(const etcdserverpb::TxnRequest& request);
mvcc::CompactOp toOp(const etcdserverpb::CompactionRequest& request);
mvcc::LeaseGrantOp toOp(const etcdserverpb::LeaseGrantRequest& request);
mvcc::LeaseRevokeOp toOp(const etcdserverpb::LeaseRevokeRequest& request);
mvcc::LeaseCheckpointOp toOp(const etcdserverpb::LeaseCheckpointRequest& request);
mvcc::AlarmOp toOp(const etcdserverpb::AlarmRequest& request);
// True if every operation of both branches is a range (a nested txn counts as a write).
bool isReadOnly(const etcdserverpb::TxnRequest& request);
// True if all of them are serializable: no consensus is needed.
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
// InternalRaftRequest bytes: the request in `field`, then header {ID}; what Node::propose takes. The first form takes
// the request's bytes as they came from the client.
std::string wrapRequest(RequestField field, std::string_view encodedRequest, std::uint64_t requestId);
std::string wrapRequest(RequestField field, const google::protobuf::MessageLite& request, std::uint64_t requestId);
// An etcdserverpb.Request (v2) PUT as etcd 3.4 logs it for member attributes and the cluster version: a bare entry.
std::string encodeV2Put(std::uint64_t requestId, std::string_view path, std::string_view value);

// What an entry's data means. Views live until the next decode() of the same decoder, and as long as the data.
struct DecodedRequest {
    enum class Kind : std::uint8_t {
        noop,              // no data: a new leader's entry
        store,             // `store` is to be applied
        v2Put,             // path and value (3.4: member attributes, cluster version)
        v2Other,           // a v2 request without effect here (QGET of health checks, SYNC)
        memberAttributes,  // 3.5 form: memberId, memberName, clientUrls
        clusterVersion,    // 3.5 form: clusterVersion
        unsupported,       // understood as etcd's, but not done here; `name` says which
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
    base::Status problem;  // store: set if the request cannot be applied (an empty operation in a txn)
};

// Puts are read in place; all else through an arena that is reused.
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

// Only the id: InternalRaftRequest.header.ID, else its ID, else a v2 request's ID; 0 if there is none.
std::uint64_t requestIdOf(std::string_view data);

}  // namespace raftarium::wire
