// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/api/kv_service.h"

#include "cluster/base/protobuf_fields.h"
#include "cluster/rpc/edge/response_encoding.h"
#include "cluster/rpc/edge/status.h"
#include "cluster/wire/responses.h"

#include <google/protobuf/arena.h>

#include <algorithm>
#include <utility>

namespace raftarium::rpc {
namespace {

namespace pb = etcdserverpb;
using google::protobuf::Arena;
using mvcc::ApiError;

constexpr int kWaitingHot = 128;  // calls that the server is ready for at a time
constexpr std::int64_t kPutOverheadBytes = 256;
// The largest read on the completion thread, which serves all clients.
constexpr std::int64_t kReadHereMax = 1000;  // keys
constexpr std::size_t kReadHereBytesMax = 1 << 20;

// Forwards pairs until they are too many bytes; then the answer is not used.
class ShortRead final : public mvcc::KeyValueSink {
public:
    explicit ShortRead(RangeResponseWriter& writer) : m_writer(writer) {}
    void add(const mvcc::KeyValueView& kv) override {
        if (m_bytes > kReadHereBytesMax) return;
        m_writer.add(kv);
        m_bytes += kv.key.size() + kv.value.size();
    }
    bool tooLong() const { return m_bytes > kReadHereBytesMax; }

private:
    RangeResponseWriter& m_writer;
    std::size_t m_bytes = 0;
};

// With an order or a filter every key of the range is read, whatever the limit.
bool readsAll(const mvcc::RangeOp& op) {
    return op.sortOrder != mvcc::SortOrder::none || op.minModRevision != 0 || op.maxModRevision != 0 ||
           op.minCreateRevision != 0 || op.maxCreateRevision != 0;
}

// Reads the fields of a PutRequest in place; false if it is malformed.
bool readPut(std::string_view data, mvcc::PutOp& op) {
    base::FieldReader reader(data);
    while (reader.next()) {
        switch (reader.number()) {
            case 1:
                op.key = reader.bytes();
                break;
            case 2:
                op.value = reader.bytes();
                break;
            case 3:
                op.lease = static_cast<std::int64_t>(reader.integer());
                break;
            case 4:
                op.prevKv = reader.integer() != 0;
                break;
            case 5:
                op.ignoreValue = reader.integer() != 0;
                break;
            case 6:
                op.ignoreLease = reader.integer() != 0;
                break;
            default:
                break;
        }
    }
    return reader.ok();
}

ApiError checkPut(const mvcc::PutOp& op) {
    if (op.key.empty()) return ApiError::emptyKey;
    if (op.ignoreValue && !op.value.empty()) return ApiError::valueProvided;
    if (op.ignoreLease && op.lease != 0) return ApiError::leaseProvided;
    return ApiError::none;
}

grpc::Status malformed() {
    return {grpc::StatusCode::INTERNAL, "grpc: error unmarshalling request: the message is malformed"};
}

}  // namespace

void KvService::registerMethods(RpcService& service) {
    const auto bind = [this](void (KvService::*handler)(UnaryCall&)) {
        return [this, handler](UnaryCall& call) { (this->*handler)(call); };
    };
    service.addUnary("/etcdserverpb.KV/Range", bind(&KvService::range), kWaitingHot);
    service.addUnary("/etcdserverpb.KV/Put", bind(&KvService::put), kWaitingHot);
    service.addUnary("/etcdserverpb.KV/DeleteRange", bind(&KvService::deleteRange), 8);
    service.addUnary("/etcdserverpb.KV/Txn", bind(&KvService::txn), kWaitingHot);
    service.addUnary("/etcdserverpb.KV/Compact", bind(&KvService::compact));
}

void KvService::whenReadable(UnaryCall& call, bool serializable, void (KvService::*next)(UnaryCall&)) {
    if (serializable) {
        (this->*next)(call);
        return;
    }
    if (m_context.refusedAsLearner(call)) return;
    struct Waiting {
        KvService* service;
        UnaryCall* call;
        void (KvService::*next)(UnaryCall&);
    };
    const Waiting waiting{this, &call, next};
    m_context.node().linearizableRead([waiting](const base::Status& status) {
        if (!status) {
            waiting.call->fail(status.error());
            return;
        }
        waiting.call->resume([waiting](UnaryCall& ready) { (waiting.service->*waiting.next)(ready); });
    });
}

void KvService::range(UnaryCall& call) {
    Arena arena;
    auto& request = *Arena::CreateMessage<pb::RangeRequest>(&arena);
    if (!call.parse(request)) return;
    if (request.key().empty()) {
        call.fail(toStatus(ApiError::emptyKey));
        return;
    }
    whenReadable(call, request.serializable(), &KvService::readRange);
}

void KvService::readRange(UnaryCall& call) {
    Arena arena;
    auto& request = *Arena::CreateMessage<pb::RangeRequest>(&arena);
    if (!call.parse(request)) return;
    mvcc::RangeOp op = wire::toOp(request);
    const bool one = op.range.end.empty() || op.countOnly;
    if (!one && readsAll(op)) return m_largeReads.run([this, &call] { readLargeRange(call); });
    // The size is unknown before. If it is too large, another thread begins again.
    const bool bounded = one || (op.limit > 0 && op.limit <= kReadHereMax);
    if (!bounded) op.limit = kReadHereMax;
    RangeResponseWriter writer;
    ShortRead sink(writer);
    std::optional<base::Result<mvcc::RangeResult>> result;
    m_context.node().read([&](const mvcc::Store& store) { result.emplace(store.range(op, sink)); });
    if (!*result) return call.fail(result->error());
    if (sink.tooLong() || (!bounded && (*result)->more))
        return m_largeReads.run([this, &call] { readLargeRange(call); });
    replyRange(call, writer, **result);
}

void KvService::readLargeRange(UnaryCall& call) {
    Arena arena;
    auto& request = *Arena::CreateMessage<pb::RangeRequest>(&arena);
    if (!call.parse(request)) return;
    const mvcc::RangeOp op = wire::toOp(request);
    RangeResponseWriter writer;
    std::optional<base::Result<mvcc::RangeResult>> result;
    m_context.node().read([&](const mvcc::Store& store) { result.emplace(store.range(op, writer)); });
    if (!*result) return call.fail(result->error());
    replyRange(call, writer, **result);
}

void KvService::replyRange(UnaryCall& call, RangeResponseWriter& writer, const mvcc::RangeResult& found) {
    const HeaderValues header{m_context.clusterId(), m_context.memberId(), found.revision,
                              m_context.node().status().term};
    call.reply(toBuffer(writer.finish(header, found.more, found.count)));
}

void KvService::put(UnaryCall& call) {
    if (m_context.refusedAsLearner(call)) return;
    mvcc::PutOp op;
    if (!readPut(call.request(), op)) {
        call.fail(malformed());
        return;
    }
    if (const ApiError error = checkPut(op); error != ApiError::none) {
        call.fail(toStatus(error));
        return;
    }
    const auto cost = kPutOverheadBytes + static_cast<std::int64_t>(op.key.size() + op.value.size());
    if (const base::Status fits = m_admission.admit(op, cost); !fits) return call.fail(fits.error());
    m_context.propose(call, wire::RequestField::put, call.request());
}

void KvService::deleteRange(UnaryCall& call) {
    if (m_context.refusedAsLearner(call)) return;
    Arena arena;
    auto& request = *Arena::CreateMessage<pb::DeleteRangeRequest>(&arena);
    if (!call.parse(request)) return;
    if (request.key().empty()) {
        call.fail(toStatus(ApiError::emptyKey));
        return;
    }
    m_context.propose(call, wire::RequestField::deleteRange, call.request());
}

void KvService::txn(UnaryCall& call) {
    if (m_context.refusedAsLearner(call)) return;
    Arena arena;
    auto& request = *Arena::CreateMessage<pb::TxnRequest>(&arena);
    if (!call.parse(request)) return;
    base::Result<mvcc::TxnOp> op = wire::toOp(request);
    if (!op) {
        call.fail(op.error());
        return;
    }
    const mvcc::Request checked(std::move(*op));
    std::optional<base::Status> valid;
    m_context.node().read([&](const mvcc::Store& store) { valid.emplace(store.validate(checked)); });
    if (!*valid) {
        call.fail(valid->error());
        return;
    }
    if (wire::isReadOnly(request)) {
        whenReadable(call, wire::isSerializable(request), &KvService::readTxn);
        return;
    }
    // The encoded size stands for what the puts of either branch would add.
    const auto cost = kPutOverheadBytes + static_cast<std::int64_t>(call.request().size());
    if (const base::Status fits = m_admission.admit(checked, cost); !fits) return call.fail(fits.error());
    m_context.propose(call, wire::RequestField::txn, call.request());
}

void KvService::readTxn(UnaryCall& call) {
    Arena arena;
    auto& request = *Arena::CreateMessage<pb::TxnRequest>(&arena);
    if (!call.parse(request)) return;
    const base::Result<mvcc::TxnOp> op = wire::toOp(request);
    std::optional<base::Result<mvcc::TxnResult>> result;
    m_context.node().read([&](const mvcc::Store& store) { result.emplace(store.readOnlyTxn(*op)); });
    if (!*result) {
        call.fail(result->error());
        return;
    }
    auto& response = *Arena::CreateMessage<pb::TxnResponse>(&arena);
    wire::toProto(std::move(**result), response);
    wire::setHeader(*response.mutable_header(), m_context.clusterId(), m_context.memberId(),
                    m_context.node().status().term);
    call.reply(response);
}

void KvService::compact(UnaryCall& call) {
    if (m_context.refusedAsLearner(call)) return;
    m_context.propose(call, wire::RequestField::compaction, call.request());
}

}  // namespace raftarium::rpc
