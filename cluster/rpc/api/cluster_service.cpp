// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/api/cluster_service.h"

#include "cluster/rpc/edge/listen_url.h"
#include "cluster/rpc/edge/status.h"
#include "cluster/rpc/peers/member_messages.h"

#include <algorithm>
#include <utility>

namespace raftarium::rpc {
namespace {

namespace pb = etcdserverpb;

// etcd's rules for advertised URLs: at least one; each is http, https or unix, with a port and without a path; sorted.
bool peerUrlsOf(const google::protobuf::RepeatedPtrField<std::string>& in, std::vector<std::string>& out) {
    for (const std::string& url : in) {
        if (!parseListenUrl(url)) return false;
        out.push_back(url);
    }
    std::sort(out.begin(), out.end());
    return !out.empty();
}

template <typename Response>
void replyMembers(const ApiContext& context, UnaryCall& call, const base::Result<std::vector<node::Member>>& members) {
    if (!members) return call.fail(members.error());
    Response response;
    context.fillHeader(*response.mutable_header());
    for (const node::Member& member : *members) toProto(member, *response.add_members());
    call.reply(response);
}

}  // namespace

void ClusterService::registerMethods(RpcService& service, CompletionThread& completion) {
    service.addUnary("/etcdserverpb.Cluster/MemberList", [this](UnaryCall& call) { list(call); });
    service.addUnary("/etcdserverpb.Cluster/MemberAdd", [this](UnaryCall& call) { add(call); });
    service.addUnary("/etcdserverpb.Cluster/MemberRemove", [this](UnaryCall& call) { remove(call); });
    service.addUnary("/etcdserverpb.Cluster/MemberUpdate", [this](UnaryCall& call) { update(call); });
    service.addUnary(kMemberPromote, [this, &completion](UnaryCall& call) { promote(call, completion); });
}

void ClusterService::list(UnaryCall& call) {
    if (m_context.refusedAsLearner(call)) return;
    pb::MemberListRequest request;
    if (!call.parse(request)) return;
    const auto answer = [this](UnaryCall& ready) {
        pb::MemberListResponse response;
        m_context.fillHeader(*response.mutable_header());
        for (const auto& [id, member] : m_context.node().membership().members) toProto(member, *response.add_members());
        ready.reply(response);
    };
    if (!request.linearizable()) return answer(call);
    m_context.node().linearizableRead([&call, answer](const base::Status& status) {
        if (!status) return call.fail(status.error());
        call.resume(answer);
    });
}

void ClusterService::add(UnaryCall& call) {
    if (m_context.refusedAsLearner(call)) return;
    pb::MemberAddRequest request;
    if (!call.parse(request)) return;
    node::Member member;
    if (!peerUrlsOf(request.peerurls(), member.peerUrls)) return call.fail(toStatus(mvcc::ApiError::memberBadUrls));
    member.learner = request.islearner();
    m_context.node().ask(&node::RaftLoop::addMember, std::move(member),
                         [this, &call](const base::Result<std::pair<node::Member, std::vector<node::Member>>>& added) {
                             if (!added) return call.fail(added.error());
                             pb::MemberAddResponse response;
                             m_context.fillHeader(*response.mutable_header());
                             toProto(added->first, *response.mutable_member());
                             for (const node::Member& each : added->second) toProto(each, *response.add_members());
                             call.reply(response);
                         });
}

void ClusterService::remove(UnaryCall& call) {
    if (m_context.refusedAsLearner(call)) return;
    pb::MemberRemoveRequest request;
    if (!call.parse(request)) return;
    m_context.node().ask(&node::RaftLoop::removeMember, request.id(),
                         [this, &call](const base::Result<std::vector<node::Member>>& members) {
                             replyMembers<pb::MemberRemoveResponse>(m_context, call, members);
                         });
}

void ClusterService::update(UnaryCall& call) {
    if (m_context.refusedAsLearner(call)) return;
    pb::MemberUpdateRequest request;
    if (!call.parse(request)) return;
    std::vector<std::string> urls;
    if (!peerUrlsOf(request.peerurls(), urls)) return call.fail(toStatus(mvcc::ApiError::memberBadUrls));
    m_context.node().ask(&node::RaftLoop::updateMember, request.id(), std::move(urls),
                         [this, &call](const base::Result<std::vector<node::Member>>& members) {
                             replyMembers<pb::MemberUpdateResponse>(m_context, call, members);
                         });
}

void ClusterService::promote(UnaryCall& call, CompletionThread& completion) {
    if (m_context.refusedAsLearner(call)) return;
    m_leaderCalls.call(completion, kMemberPromote, std::string(call.request()),
                       [this, &call](const grpc::Status& status, const std::string& bytes) {
                           if (!status.ok()) return call.fail(status);
                           pb::MemberPromoteResponse response;
                           response.ParseFromString(bytes);
                           m_context.fillHeader(*response.mutable_header());
                           call.reply(response);
                       });
}

}  // namespace raftarium::rpc
