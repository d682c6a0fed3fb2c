// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/wire/requests.h"

#include "cluster/base/coding.h"
#include "cluster/mvcc/txn/api_error.h"
#include "proto/etcd/etcdserver.pb.h"

namespace raftarium::wire {
namespace {

// etcd has no limit. This one keeps a hostile request from exhausting the stack.
constexpr int kMaxTxnDepth = 32;

mvcc::Compare toCompare(const etcdserverpb::Compare& from) {
    mvcc::Compare to;
    to.range = {from.key(), from.range_end()};
    switch (from.result()) {
        case etcdserverpb::Compare::EQUAL:
            to.result = mvcc::CompareResult::equal;
            break;
        case etcdserverpb::Compare::GREATER:
            to.result = mvcc::CompareResult::greater;
            break;
        case etcdserverpb::Compare::LESS:
            to.result = mvcc::CompareResult::less;
            break;
        case etcdserverpb::Compare::NOT_EQUAL:
            to.result = mvcc::CompareResult::notEqual;
            break;
        default:
            to.result = mvcc::CompareResult::unknown;
            break;
    }
    // The value to compare with counts only if it is of the target's kind; otherwise it is zero or empty.
    switch (from.target()) {
        case etcdserverpb::Compare::CREATE:
            to.target = mvcc::CompareTarget::create;
            if (from.has_create_revision()) to.number = from.create_revision();
            break;
        case etcdserverpb::Compare::MOD:
            to.target = mvcc::CompareTarget::mod;
            if (from.has_mod_revision()) to.number = from.mod_revision();
            break;
        case etcdserverpb::Compare::VALUE:
            to.target = mvcc::CompareTarget::value;
            if (from.has_value()) to.value = from.value();
            break;
        case etcdserverpb::Compare::LEASE:
            to.target = mvcc::CompareTarget::lease;
            if (from.has_lease()) to.number = from.lease();
            break;
        case etcdserverpb::Compare::VERSION:
            if (from.has_version()) to.number = from.version();
            break;
        default:
            to.result = mvcc::CompareResult::unknown;
            break;
    }
    return to;
}

base::Result<mvcc::TxnOp> toTxn(const etcdserverpb::TxnRequest& request, int depth);

base::Result<mvcc::Operation> toOperation(const etcdserverpb::RequestOp& from, int depth) {
    switch (from.request_case()) {
        case etcdserverpb::RequestOp::kRequestRange:
            return mvcc::Operation{toOp(from.request_range())};
        case etcdserverpb::RequestOp::kRequestPut:
            return mvcc::Operation{toOp(from.request_put())};
        case etcdserverpb::RequestOp::kRequestDeleteRange:
            return mvcc::Operation{toOp(from.request_delete_range())};
        case etcdserverpb::RequestOp::kRequestTxn: {
            auto inner = toTxn(from.request_txn(), depth + 1);
            if (!inner) return inner.error();
            return mvcc::Operation{std::make_unique<mvcc::TxnOp>(std::move(*inner))};
        }
        default:  // an empty operation; the check of the request refuses it, in the order of operations
            return mvcc::Operation{std::unique_ptr<mvcc::TxnOp>()};
    }
}

base::Result<mvcc::TxnOp> toTxn(const etcdserverpb::TxnRequest& request, int depth) {
    if (depth > kMaxTxnDepth) return mvcc::makeError(mvcc::ApiError::tooManyOps);
    mvcc::TxnOp txn;
    txn.compares.reserve(static_cast<std::size_t>(request.compare_size()));
    for (const auto& compare : request.compare()) txn.compares.push_back(toCompare(compare));
    for (const auto& [from, to] : {std::pair{&request.success(), &txn.success}, {&request.failure(), &txn.failure}}) {
        to->reserve(static_cast<std::size_t>(from->size()));
        for (const auto& op : *from) {
            auto operation = toOperation(op, depth);
            if (!operation) return operation.error();
            to->push_back(std::move(*operation));
        }
    }
    return txn;
}

void putHeader(std::string& out, std::uint64_t requestId) {
    // The header is field 100, length-delimited: tag a2 06. ID is its field 1.
    out.append("\xa2\x06", 2);
    if (requestId == 0) {
        out.push_back('\0');
        return;
    }
    base::putVarint(out, 1 + base::varintSize(requestId));
    out.push_back('\x08');
    base::putVarint(out, requestId);
}

}  // namespace

mvcc::RangeOp toOp(const etcdserverpb::RangeRequest& request) {
    mvcc::RangeOp op;
    op.range = {request.key(), request.range_end()};
    op.limit = request.limit();
    op.revision = request.revision();
    if (request.sort_order() == etcdserverpb::RangeRequest::ASCEND) op.sortOrder = mvcc::SortOrder::ascend;
    if (request.sort_order() == etcdserverpb::RangeRequest::DESCEND) op.sortOrder = mvcc::SortOrder::descend;
    switch (request.sort_target()) {
        case etcdserverpb::RangeRequest::VERSION:
            op.sortTarget = mvcc::SortTarget::version;
            break;
        case etcdserverpb::RangeRequest::CREATE:
            op.sortTarget = mvcc::SortTarget::create;
            break;
        case etcdserverpb::RangeRequest::MOD:
            op.sortTarget = mvcc::SortTarget::mod;
            break;
        case etcdserverpb::RangeRequest::VALUE:
            op.sortTarget = mvcc::SortTarget::value;
            break;
        default:
            break;
    }
    op.serializable = request.serializable();
    op.keysOnly = request.keys_only();
    op.countOnly = request.count_only();
    op.minModRevision = request.min_mod_revision();
    op.maxModRevision = request.max_mod_revision();
    op.minCreateRevision = request.min_create_revision();
    op.maxCreateRevision = request.max_create_revision();
    return op;
}

mvcc::PutOp toOp(const etcdserverpb::PutRequest& request) {
    mvcc::PutOp op;
    op.key = request.key();
    op.value = request.value();
    op.lease = request.lease();
    op.prevKv = request.prev_kv();
    op.ignoreValue = request.ignore_value();
    op.ignoreLease = request.ignore_lease();
    op.keepVersions = request.keep_versions();
    return op;
}

mvcc::DeleteOp toOp(const etcdserverpb::DeleteRangeRequest& request) {
    return {{request.key(), request.range_end()}, request.prev_kv()};
}

base::Result<mvcc::TxnOp> toOp(const etcdserverpb::TxnRequest& request) { return toTxn(request, 0); }

mvcc::CompactOp toOp(const etcdserverpb::CompactionRequest& request) {
    return {request.revision(), request.physical()};
}

mvcc::LeaseGrantOp toOp(const etcdserverpb::LeaseGrantRequest& request) { return {request.id(), request.ttl()}; }

mvcc::LeaseRevokeOp toOp(const etcdserverpb::LeaseRevokeRequest& request) { return {request.id()}; }

mvcc::LeaseCheckpointOp toOp(const etcdserverpb::LeaseCheckpointRequest& request) {
    mvcc::LeaseCheckpointOp op;
    for (const auto& item : request.checkpoints()) op.items.push_back({item.id(), item.remaining_ttl()});
    return op;
}

mvcc::AlarmOp toOp(const etcdserverpb::AlarmRequest& request) {
    mvcc::AlarmOp op;
    if (request.action() == etcdserverpb::AlarmRequest::ACTIVATE) op.action = mvcc::AlarmAction::activate;
    if (request.action() == etcdserverpb::AlarmRequest::DEACTIVATE) op.action = mvcc::AlarmAction::deactivate;
    op.member = request.memberid();
    if (request.alarm() == etcdserverpb::NOSPACE) op.alarm = mvcc::AlarmType::noSpace;
    if (request.alarm() == etcdserverpb::CORRUPT) op.alarm = mvcc::AlarmType::corrupt;
    return op;
}

bool isReadOnly(const etcdserverpb::TxnRequest& request) {
    for (const auto* branch : {&request.success(), &request.failure()})
        for (const auto& op : *branch)
            if (!op.has_request_range()) return false;
    return true;
}

bool isSerializable(const etcdserverpb::TxnRequest& request) {
    for (const auto* branch : {&request.success(), &request.failure()})
        for (const auto& op : *branch)
            if (!op.has_request_range() || !op.request_range().serializable()) return false;
    return true;
}

std::string wrapRequest(RequestField field, std::string_view encodedRequest, std::uint64_t requestId) {
    std::string out;
    out.reserve(encodedRequest.size() + 24);
    out.push_back(static_cast<char>((static_cast<unsigned>(field) << 3) | 2));
    base::putVarint(out, encodedRequest.size());
    out.append(encodedRequest);
    putHeader(out, requestId);
    return out;
}

std::string wrapRequest(RequestField field, const google::protobuf::MessageLite& request, std::uint64_t requestId) {
    std::string out;
    const std::size_t size = request.ByteSizeLong();
    out.reserve(size + 24);
    out.push_back(static_cast<char>((static_cast<unsigned>(field) << 3) | 2));
    base::putVarint(out, size);
    request.AppendToString(&out);
    putHeader(out, requestId);
    return out;
}

std::string encodeV2Put(std::uint64_t requestId, std::string_view path, std::string_view value) {
    etcdserverpb::Request request;
    request.set_id(requestId);
    request.set_method("PUT");
    request.set_path(std::string(path));
    request.set_val(std::string(value));
    request.set_dir(false);
    request.set_prevvalue("");
    request.set_previndex(0);
    request.set_expiration(0);
    request.set_wait(false);
    request.set_since(0);
    request.set_recursive(false);
    request.set_sorted(false);
    request.set_quorum(false);
    request.set_time(0);
    request.set_stream(false);
    return request.SerializeAsString();
}

}  // namespace raftarium::wire
