// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/peers/peer_service.h"

#include "cluster/base/coding.h"
#include "cluster/base/protobuf_fields.h"
#include "cluster/rpc/peers/member_messages.h"
#include "cluster/rpc/peers/peer_stream.h"
#include "cluster/wire/message_codec.h"
#include "proto/raftarium/peer.pb.h"

#include <charconv>
#include <utility>

namespace raftarium::rpc {
namespace {

using grpc::StatusCode;

class MessagesStream final : public StreamCall {
public:
    explicit MessagesStream(const ApiContext& context) : m_context(context) {}

private:
    void opened() override {
        if (finished()) return;
        const PeerMetadata said{metadata(kClusterIdKey), metadata(kFromKey), metadata(kToKey),
                                metadata(kIncarnationKey), metadata(kFirstStartKey)};
        if (const grpc::Status status = checkPeer(said, m_context.node(), m_peer); !status.ok()) return finish(status);
        sendInitialMetadata();  // informs the sender that the stream is accepted
        read();
    }
    void received(std::string_view batch) override {
        if (!receiveBatch(batch, m_peer, m_context.node())) {
            return finish(
                {StatusCode::INVALID_ARGUMENT, "a message of the batch does not parse or has another sender"});
        }
        if (m_context.node().wasRemoved(m_peer.from)) {
            return finish(
                {StatusCode::ABORTED, "member " + base::hexId(m_peer.from) + " was removed from the cluster"});
        }
        read();
    }
    void halfClosed() override { finish(grpc::Status::OK); }
    void written() override {}

    const ApiContext& m_context;
    PeerIdentity m_peer;
};

}  // namespace

grpc::Status checkPeer(const PeerMetadata& metadata, const node::Node& node, PeerIdentity& out) {
    const node::NodeStatus self = node.status();
    const auto cluster = base::parseHexId(metadata.clusterId);
    const auto from = base::parseHexId(metadata.from);
    const auto to = base::parseHexId(metadata.to);
    const std::string& incarnation = metadata.incarnation;
    const auto parsed = std::from_chars(incarnation.data(), incarnation.data() + incarnation.size(), out.incarnation);
    if (!cluster || !from || !to || parsed.ec != std::errc() || parsed.ptr != incarnation.data() + incarnation.size()) {
        return {StatusCode::INVALID_ARGUMENT,
                "the stream's metadata lacks an id: x-cluster-id, x-from, x-to, x-incarnation"};
    }
    if (*cluster != self.clusterId) {
        return {StatusCode::FAILED_PRECONDITION,
                "cluster ID mismatch: this member belongs to " + base::hexId(self.clusterId) + ", the sender to " +
                    metadata.clusterId + "; check --initial-cluster and --initial-cluster-token"};
    }
    if (*to != self.nodeId) {
        return {StatusCode::FAILED_PRECONDITION, "this is member " + base::hexId(self.nodeId) + ", not " + metadata.to};
    }
    if (node.wasRemoved(*from)) {
        return {StatusCode::ABORTED, "member " + metadata.from + " was removed from the cluster"};
    }
    if (*from == 0 || *from == self.nodeId || raft::isLocalTarget(*from)) {
        return {StatusCode::FAILED_PRECONDITION, metadata.from + " cannot be the id of another member"};
    }
    if (!metadata.firstStart.empty()) {
        const node::Membership known = node.membership();
        const auto member = known.members.find(*from);
        if (member != known.members.end() && !member->second.clientUrls.empty())
            return {StatusCode::ALREADY_EXISTS, node::alreadyBootstrapped(*from)};
    }
    out.from = *from;
    return grpc::Status::OK;
}

bool receiveBatch(std::string_view batch, const PeerIdentity& peer, node::Node& node) {
    base::FieldReader envelopes(batch);
    while (envelopes.next()) {
        if (envelopes.number() != 1 || !envelopes.isBytes()) continue;
        base::FieldReader fields(envelopes.bytes());
        std::string_view encoded;
        std::uint64_t counter = 0;
        while (fields.next()) {
            if (fields.number() == 1 && fields.isBytes()) encoded = fields.bytes();
            if (fields.number() == 2 && fields.isVarint()) counter = fields.integer();
        }
        if (!fields.ok()) return false;
        base::Result<raft::Message> message = wire::decodeMessage(encoded);
        // A forwarded proposal or read index keeps the id of the member that made it.
        const bool forwarded =
            message && (message->type == raft::MessageType::prop || message->type == raft::MessageType::readIndex ||
                        message->type == raft::MessageType::transferLeader);
        if (!message || (!forwarded && message->from != peer.from)) return false;
        node.receive(std::move(*message), {peer.from, peer.incarnation, counter});
    }
    return envelopes.ok();
}

void PeerService::registerMethods(RpcService& service) {
    service.addStream(kMessagesMethod, [this] { return std::make_unique<MessagesStream>(m_context); });
    service.addUnary(kMembersMethod, [this](UnaryCall& call) { members(call); });
    service.addUnary(
        kForwardMethod, [this](UnaryCall& call) { forward(call); }, 4);
}

void PeerService::members(UnaryCall& call) {
    const node::Membership membership = m_context.node().membership();
    peer::v1::MembersResponse response;
    response.set_cluster_id(membership.clusterId);
    response.set_cluster_version(membership.clusterVersion);
    for (const auto& [id, member] : membership.members) toProto(member, *response.add_members());
    call.reply(response);
}

void PeerService::forward(UnaryCall& call) {
    peer::v1::ForwardRequest request;
    if (!call.parse(request)) return;
    m_leaderCalls.runHere(request.method(), request.request(), [&call](const grpc::Status& status, std::string bytes) {
        peer::v1::ForwardResponse response;
        response.set_response(std::move(bytes));
        response.set_code(static_cast<std::uint32_t>(status.error_code()));
        response.set_text(status.error_message());
        call.reply(response);
    });
}

}  // namespace raftarium::rpc
