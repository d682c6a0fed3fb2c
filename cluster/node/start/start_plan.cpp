// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/start/start_plan.h"

#include "cluster/node/config/config_flags.h"
#include "cluster/node/members/membership_json.h"

#include <absl/strings/str_join.h>

#include <algorithm>

namespace raftarium::node {
namespace {

base::Error invalid(std::string text) { return {base::Errc::invalidArgument, std::move(text)}; }

// A member that published its client URLs in an earlier run had a log then.
base::Status refuseKnown(const Membership* existing, std::uint64_t id) {
    if (!existing) return {};
    const auto known = existing->members.find(id);
    if (known == existing->members.end() || known->second.clientUrls.empty()) return {};
    return base::Error{base::Errc::invalidArgument, alreadyBootstrapped(id)};
}

// Ids and conf changes of a new cluster: the same on every member, from the same flags.
base::Status planBootstrap(const Config& config, const Membership* existing, StartState& start) {
    std::vector<std::uint64_t> ids;
    for (const auto& [name, urls] : config.initialCluster) {
        Member member{memberId(urls, config.initialClusterToken), name, urls, {}, false};
        if (member.id == 0) return invalid("--initial-cluster: the id of member " + name + " would be 0");
        if (start.known.members.contains(member.id))
            return invalid("--initial-cluster: two members have the peer URLs " + absl::StrJoin(urls, ","));
        if (name == config.name) start.nodeId = member.id;
        ids.push_back(member.id);
        start.known.members[member.id] = std::move(member);
    }
    if (start.nodeId == 0)
        return invalid("--initial-cluster has no member named \"" + config.name + "\" (the --name of this one)");
    if (auto status = refuseKnown(existing, start.nodeId); !status) return status;
    start.clusterId = clusterId(ids);
    for (const auto& [id, member] : start.known.members)
        start.bootstrap.push_back({id, base::Bytes(confChangeContextToJson({member, false}, true))});
    return {};
}

base::Status planJoin(const Config& config, const Membership* existing, StartState& start) {
    if (!existing)
        return base::Error{base::Errc::unavailable,
                           "--initial-cluster-state=existing: no member of the cluster could be asked who is in it"};
    if (auto status = refuseNewerCluster(existing->clusterVersion, "the cluster to join"); !status) return status;
    const Member* self = memberWithPeerUrls(*existing, config.initialAdvertisePeerUrls);
    if (!self) {
        std::vector<std::string> own = config.initialAdvertisePeerUrls;
        std::sort(own.begin(), own.end());
        return invalid("the cluster has no member with the peer URLs " + absl::StrJoin(own, ",") +
                       ": add it first (member add)");
    }
    start.nodeId = self->id;
    if (auto status = refuseKnown(existing, start.nodeId); !status) return status;
    start.clusterId = existing->clusterId;
    start.known = *existing;
    return {};
}

}  // namespace

base::Status planStart(const Config& config, const Membership* existing, StartState& start) {
    if (auto status = checkInitialCluster(config); !status) return status;
    return config.initialClusterExisting ? planJoin(config, existing, start) : planBootstrap(config, existing, start);
}

}  // namespace raftarium::node
