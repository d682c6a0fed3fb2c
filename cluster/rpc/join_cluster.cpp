// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/join_cluster.h"

#include "cluster/rpc/peer_stream.h"
#include "cluster/rpc/rpc_service.h"
#include "proto/raftarium/peer.grpc.pb.h"

#include <algorithm>
#include <chrono>

namespace raftarium::rpc {
namespace {

node::Membership fromProto(const peer::v1::MembersResponse& response) {
    node::Membership membership;
    membership.clusterId = response.cluster_id();
    membership.clusterVersion = response.cluster_version();
    for (const auto& each : response.members()) {
        node::Member& member = membership.members[each.id()];
        member.id = each.id();
        member.name = each.name();
        member.peerUrls.assign(each.peer_urls().begin(), each.peer_urls().end());
        member.clientUrls.assign(each.client_urls().begin(), each.client_urls().end());
        member.learner = each.learner();
    }
    return membership;
}

}  // namespace

base::Result<node::Membership> fetchMembership(const node::Config& config) {
    std::string asked;
    const auto& own = config.initialAdvertisePeerUrls;
    for (const auto& [name, urls] : config.initialCluster) {
        for (const std::string& url : urls) {
            if (std::find(own.begin(), own.end(), url) != own.end()) continue;
            const std::shared_ptr<grpc::Channel> channel = openPeerChannel(url);
            grpc::Status status(grpc::StatusCode::INVALID_ARGUMENT, "not a URL that can be asked");
            if (channel != nullptr) {
                grpc::ClientContext context;
                context.set_wait_for_ready(true);
                context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(2));
                peer::v1::MembersResponse response;
                status = peer::v1::Peer::NewStub(channel)->Members(&context, {}, &response);
                if (status.ok()) return fromProto(response);
            }
            asked += "\n  " + url + ": " + status.error_message();
        }
    }
    return base::Error{
        base::Errc::unavailable,
        "cannot learn the members of the existing cluster; asked the peer URLs of --initial-cluster:" + asked +
            "\nname the peer URL of a running member there, or use --initial-cluster-state new for a new cluster",
        0};
}

}  // namespace raftarium::rpc
