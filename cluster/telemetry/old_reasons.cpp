// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/telemetry/old_reasons.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace raftarium::telemetry {
namespace {

constexpr std::pair<std::string_view, RoleCause> kRoleReasons[] = {
    {"election timeout", RoleCause::electionTimeout},
    {"won the pre-vote", RoleCause::preVoteWon},
    {"won the election", RoleCause::voteWon},
    {"lost the election", RoleCause::voteLost},
    {"saw a higher term", RoleCause::higherTerm},
    {"heard from the leader of this term", RoleCause::leaderSeen},
    {"lost contact with a majority", RoleCause::quorumLost},
    {"removed from the cluster", RoleCause::removed},
    {"leadership was transferred", RoleCause::transfer},
    {"asked to campaign", RoleCause::campaignAsked},
    {"forgot its leader", RoleCause::forgotLeader},
};

constexpr std::pair<std::string_view, WatcherCause> kWatcherReasons[] = {
    {"created", WatcherCause::created},
    {"caught up", WatcherCause::caughtUp},
    {"its queue is full", WatcherCause::queueFull},
    {"its queue has room again", WatcherCause::queueHasRoom},
    {"cancelled by its client", WatcherCause::cancelledByClient},
    {"the revision it needs was compacted", WatcherCause::revisionCompacted},
    {"the store was replaced by a snapshot", WatcherCause::storeReplaced},
};

template <typename Table>
auto causeOf(const Table& table, std::string_view reason) {
    const auto it =
        std::find_if(std::begin(table), std::end(table), [reason](const auto& row) { return row.first == reason; });
    return it == std::end(table) ? decltype(it->second){} : it->second;
}

}  // namespace

RoleCause oldRoleCause(std::string_view reason) { return causeOf(kRoleReasons, reason); }
WatcherCause oldWatcherCause(std::string_view reason) { return causeOf(kWatcherReasons, reason); }

}  // namespace raftarium::telemetry
