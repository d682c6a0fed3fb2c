// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/api/api_context.h"

#include "cluster/base/clock.h"
#include "cluster/rpc/edge/response_encoding.h"
#include "cluster/rpc/edge/status.h"
#include "cluster/wire/responses.h"

#include <google/protobuf/arena.h>

#include <utility>
#include <variant>

namespace raftarium::rpc {
namespace {

namespace pb = etcdserverpb;

template <typename Message, typename Result>
grpc::ByteBuffer encodeWithHeader(const ApiContext& context, Result&& result, std::uint64_t term) {
    google::protobuf::Arena arena;
    auto& message = *google::protobuf::Arena::CreateMessage<Message>(&arena);
    wire::toProto(std::forward<Result>(result), message);
    wire::setHeader(*message.mutable_header(), context.clusterId(), context.memberId(), term);
    return toBuffer(message);
}

struct Encoder {
    const ApiContext& context;
    std::uint64_t term;

    grpc::ByteBuffer operator()(mvcc::PutResult&& result) const {
        return toBuffer(encodePutResponse({context.clusterId(), context.memberId(), result.revision, term}, result));
    }
    grpc::ByteBuffer operator()(mvcc::RangeResult&& result) const {
        return encodeWithHeader<pb::RangeResponse>(context, std::move(result), term);
    }
    grpc::ByteBuffer operator()(mvcc::DeleteResult&& result) const {
        return encodeWithHeader<pb::DeleteRangeResponse>(context, std::move(result), term);
    }
    grpc::ByteBuffer operator()(mvcc::TxnResult&& result) const {
        return encodeWithHeader<pb::TxnResponse>(context, std::move(result), term);
    }
    grpc::ByteBuffer operator()(mvcc::CompactResult&& result) const {
        return encodeWithHeader<pb::CompactionResponse>(context, std::as_const(result), term);
    }
    grpc::ByteBuffer operator()(mvcc::LeaseGrantResult&& result) const {
        return encodeWithHeader<pb::LeaseGrantResponse>(context, std::as_const(result), term);
    }
    grpc::ByteBuffer operator()(mvcc::LeaseRevokeResult&& result) const {
        return encodeWithHeader<pb::LeaseRevokeResponse>(context, std::as_const(result), term);
    }
    grpc::ByteBuffer operator()(mvcc::LeaseCheckpointResult&& result) const {
        pb::LeaseCheckpointResponse message;
        context.fillHeader(*message.mutable_header(), result.revision);
        return toBuffer(message);
    }
    grpc::ByteBuffer operator()(mvcc::AlarmResult&& result) const {  // the answer has no header in etcd 3.4
        pb::AlarmResponse message;
        wire::toProto(std::as_const(result), message);
        return toBuffer(message);
    }
    grpc::ByteBuffer operator()(std::monostate) const { return toBuffer(std::string()); }
};

}  // namespace

base::Nanoseconds monotonicNow() { return base::SystemClock().monotonicNow(); }

ApiContext::ApiContext(node::Node& node, const node::Config& config) : m_node(node), m_config(config) {
    const node::NodeStatus status = node.status();
    m_memberId = status.nodeId;
    m_clusterId = status.clusterId;
}

void ApiContext::fillHeader(etcdserverpb::ResponseHeader& header, std::int64_t revision) const {
    if (revision != 0) header.set_revision(revision);
    wire::setHeader(header, m_clusterId, m_memberId, m_node.status().term);
}

void ApiContext::fillHeaderNow(etcdserverpb::ResponseHeader& header) const { fillHeader(header, revision()); }

std::int64_t ApiContext::revision() const {
    std::int64_t revision = 0;
    m_node.read([&revision](const mvcc::Store& store) { revision = store.revision(); });
    return revision;
}

void ApiContext::propose(UnaryCall& call, wire::RequestField field, std::string_view encodedRequest) const {
    const std::uint64_t id = m_node.nextRequestId();
    m_node.propose(id, wire::wrapRequest(field, encodedRequest, id),
                   [this, &call](base::Result<node::Applied> applied) { answer(*this, call, std::move(applied)); });
}

void ApiContext::propose(UnaryCall& call, wire::RequestField field,
                         const google::protobuf::MessageLite& request) const {
    const std::uint64_t id = m_node.nextRequestId();
    m_node.propose(id, wire::wrapRequest(field, request, id),
                   [this, &call](base::Result<node::Applied> applied) { answer(*this, call, std::move(applied)); });
}

void ApiContext::answer(const ApiContext& context, UnaryCall& call, base::Result<node::Applied> applied) {
    if (!applied) {
        call.fail(applied.error());
        return;
    }
    call.reply(std::visit(Encoder{context, applied->term}, std::move(applied->response)));
}

bool ApiContext::refusedAsLearner(UnaryCall& call) const {
    if (!m_node.status().learner) return false;
    call.fail(toStatus(mvcc::ApiError::notSupportedForLearner));
    return true;
}

bool ApiContext::needsLeader(const grpc::ServerContext& context) {
    const auto& metadata = context.client_metadata();
    const auto asked = metadata.find("hasleader");
    return asked != metadata.end() && asked->second == "true";
}

grpc::Status ApiContext::leaderGate(const grpc::ServerContext& context) const {
    if (m_node.status().leader != 0 || !needsLeader(context)) return grpc::Status::OK;
    return toStatus(mvcc::ApiError::noLeader);
}

}  // namespace raftarium::rpc
