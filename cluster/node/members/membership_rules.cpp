// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/members/membership_rules.h"

#include "cluster/mvcc/txn/api_error.h"

#include <algorithm>

namespace raftarium::node {
namespace {

using mvcc::ApiError;
using mvcc::makeError;

constexpr base::Nanoseconds kHealthWindowNs = 5 * base::kSecond;
constexpr std::ptrdiff_t kLearnersMax = 1;
constexpr double kCaughtUpShare = 0.9;

bool sharesUrl(const Member& member, const std::vector<std::string>& urls) {
    return std::any_of(urls.begin(), urls.end(), [&](const std::string& url) {
        return std::find(member.peerUrls.begin(), member.peerUrls.end(), url) != member.peerUrls.end();
    });
}

// By another member than `id`.
bool urlTaken(const Membership& membership, std::uint64_t id, const std::vector<std::string>& urls) {
    return std::any_of(membership.members.begin(), membership.members.end(),
                       [&](const auto& item) { return item.first != id && sharesUrl(item.second, urls); });
}

std::ptrdiff_t learnersOf(const Membership& membership) {
    return std::count_if(membership.members.begin(), membership.members.end(),
                         [](const auto& item) { return item.second.learner; });
}

base::Status checkAdd(const Membership& membership, std::uint64_t id, const Member& member) {
    if (membership.members.contains(id)) return makeError(ApiError::memberExists);
    if (urlTaken(membership, id, member.peerUrls)) return makeError(ApiError::peerUrlExists);
    if (member.learner && learnersOf(membership) >= kLearnersMax) return makeError(ApiError::tooManyLearners);
    return {};
}

base::Status checkPromote(const Membership& membership, std::uint64_t id) {
    const auto existing = membership.members.find(id);
    if (existing == membership.members.end()) return makeError(ApiError::memberNotFound);
    if (!existing->second.learner) return makeError(ApiError::memberNotLearner);
    return {};
}

base::Status checkRemove(const Membership& membership, std::uint64_t id) {
    const auto existing = membership.members.find(id);
    if (existing == membership.members.end()) return makeError(ApiError::memberNotFound);
    const auto voters = static_cast<std::ptrdiff_t>(membership.members.size()) - learnersOf(membership);
    // Nobody could ever commit anything again; etcd's core would end the process.
    if (voters == 1 && !existing->second.learner) return makeError(ApiError::memberNotEnoughStarted);
    return {};
}

base::Status checkUpdate(const Membership& membership, std::uint64_t id, const Member& member) {
    if (!membership.members.contains(id)) return makeError(ApiError::memberNotFound);
    if (urlTaken(membership, id, member.peerUrls)) return makeError(ApiError::peerUrlExists);
    return {};
}

bool healthy(const Surroundings& seen, std::uint64_t id) {
    if (id == seen.self) return true;
    const std::int64_t since = seen.connectedSince(id);
    return since != 0 && since <= seen.now - kHealthWindowNs;
}

struct Voters {
    std::size_t all = 0;
    std::size_t started = 0;  // have published their name
};
Voters votersOf(const Membership& membership) {
    Voters voters;
    for (const auto& [id, member] : membership.members) {
        if (member.learner) continue;
        ++voters.all;
        if (!member.name.empty()) ++voters.started;
    }
    return voters;
}

std::size_t quorumOf(std::size_t voters) { return voters / 2 + 1; }

}  // namespace

base::Status checkChange(const Membership& membership, const raft::ConfChange& change,
                         const ConfChangeContext& context) {
    const std::uint64_t id = change.nodeId;
    if (membership.removed.contains(id)) return makeError(ApiError::memberNotFound);
    switch (change.type) {
        case raft::ConfChangeType::addNode:
        case raft::ConfChangeType::addLearnerNode:
            return context.promote ? checkPromote(membership, id) : checkAdd(membership, id, context.member);
        case raft::ConfChangeType::removeNode:
            return checkRemove(membership, id);
        case raft::ConfChangeType::updateNode:
            return checkUpdate(membership, id, context.member);
    }
    return {};
}

base::Status checkStrictAdd(const Surroundings& seen, bool learner) {
    const Voters voters = votersOf(seen.membership);
    const bool oneAndUp = voters.all == 1 && voters.started == 1;
    if (!learner && !oneAndUp && voters.started < quorumOf(voters.all + 1))
        return makeError(ApiError::memberNotEnoughStarted);
    for (const auto& [id, member] : seen.membership.members)
        if (!member.learner && !healthy(seen, id)) return makeError(ApiError::unhealthy);
    return {};
}

base::Status checkStrictRemove(const Surroundings& seen, std::uint64_t id) {
    const auto leaving = seen.membership.members.find(id);
    if (leaving == seen.membership.members.end() || leaving->second.learner) return {};
    const Voters voters = votersOf(seen.membership);
    const std::size_t startedAfter = voters.started - (leaving->second.name.empty() ? 0 : 1);
    if (startedAfter < quorumOf(voters.all - 1)) return makeError(ApiError::memberNotEnoughStarted);
    const bool connected = id == seen.self || seen.connectedSince(id) != 0;
    const auto active =
        std::count_if(seen.membership.members.begin(), seen.membership.members.end(),
                      [&](const auto& item) { return !item.second.learner && healthy(seen, item.first); });
    if (connected && static_cast<std::size_t>(active) < 1 + quorumOf(voters.all - 1))
        return makeError(ApiError::unhealthy);
    return {};
}

base::Status checkStrictPromote(const Membership& membership) {
    const Voters voters = votersOf(membership);
    if (voters.started + 1 < quorumOf(voters.all + 1)) return makeError(ApiError::memberNotEnoughStarted);
    return {};
}

base::Status checkCaughtUp(std::uint64_t leaderMatch, std::uint64_t learnerMatch) {
    if (static_cast<double>(learnerMatch) < static_cast<double>(leaderMatch) * kCaughtUpShare)
        return makeError(ApiError::learnerNotReady);
    return {};
}

}  // namespace raftarium::node
