// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/peers/join_cluster.h"

#include "cluster/rpc/edge/rpc_service.h"
#include "cluster/rpc/peers/peer_stream.h"
#include "proto/raftarium/peer.grpc.pb.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <optional>
#include <thread>

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

grpc::Status askMembers(const std::string& url, bool waitForReady, std::chrono::milliseconds within,
                        peer::v1::MembersResponse& response) {
    const std::shared_ptr<grpc::Channel> channel = openPeerChannel(url);
    if (channel == nullptr) return {grpc::StatusCode::INVALID_ARGUMENT, "not a URL that can be asked"};
    grpc::ClientContext context;
    context.set_wait_for_ready(waitForReady);
    context.set_deadline(std::chrono::system_clock::now() + within);
    return peer::v1::Peer::NewStub(channel)->Members(&context, {}, &response);
}

std::vector<std::string> urlsOfOthers(const node::Config& config) {
    std::vector<std::string> out;
    const auto& own = config.initialAdvertisePeerUrls;
    for (const auto& [name, urls] : config.initialCluster)
        for (const std::string& url : urls)
            if (std::find(own.begin(), own.end(), url) == own.end()) out.push_back(url);
    return out;
}

constexpr std::chrono::milliseconds kAskAgainAfter{100};
constexpr std::chrono::seconds kAskFor{2};

}  // namespace

// A member that has just started may not have applied the entry that adds this one, so the others are asked, too, and
// all of them again for a while.
base::Result<node::Membership> fetchMembership(const node::Config& config) {
    const auto giveUp = std::chrono::steady_clock::now() + kAskFor;
    std::optional<node::Membership> answer;
    std::string asked;
    do {
        if (answer) std::this_thread::sleep_for(kAskAgainAfter);
        for (const std::string& url : urlsOfOthers(config)) {
            peer::v1::MembersResponse response;
            const grpc::Status status = askMembers(url, true, std::chrono::seconds(2), response);
            if (!status.ok()) {
                asked += "\n  " + url + ": " + status.error_message();
                continue;
            }
            answer = fromProto(response);
            if (node::memberWithPeerUrls(*answer, config.initialAdvertisePeerUrls)) return std::move(*answer);
        }
    } while (answer && std::chrono::steady_clock::now() < giveUp);
    if (answer) return std::move(*answer);
    return base::Error{
        base::Errc::unavailable,
        "cannot learn the members of the existing cluster; asked the peer URLs of --initial-cluster:" + asked +
            "\nname the peer URL of a running member there, or use --initial-cluster-state new for a new cluster",
        0};
}

node::Membership membersKnownToOthers(const node::Config& config) {
    std::vector<std::future<node::Membership>> answers;
    for (const std::string& url : urlsOfOthers(config)) {
        answers.push_back(std::async(std::launch::async, [url] {
            peer::v1::MembersResponse response;
            const grpc::Status status = askMembers(url, false, std::chrono::milliseconds(500), response);
            return status.ok() ? fromProto(response) : node::Membership();
        }));
    }
    node::Membership known;
    for (auto& answer : answers) {
        for (auto& [id, member] : answer.get().members) {
            const auto [it, added] = known.members.try_emplace(id, member);
            if (!added && it->second.clientUrls.empty()) it->second = member;
        }
    }
    return known;
}

}  // namespace raftarium::rpc
