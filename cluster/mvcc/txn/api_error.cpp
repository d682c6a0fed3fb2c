// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/mvcc/txn/api_error.h"

#include <array>
#include <string>

namespace raftarium::mvcc {
namespace {
using base::Errc;

struct Row {
    ApiError error;
    Errc code;
    std::string_view text;
};

constexpr std::array kRows = {
    Row{ApiError::none, Errc::internal, ""},
    Row{ApiError::emptyKey, Errc::invalidArgument, "etcdserver: key is not provided"},
    Row{ApiError::keyNotFound, Errc::notFound, "etcdserver: key not found"},
    Row{ApiError::valueProvided, Errc::invalidArgument, "etcdserver: value is provided"},
    Row{ApiError::leaseProvided, Errc::invalidArgument, "etcdserver: lease is provided"},
    Row{ApiError::tooManyOps, Errc::invalidArgument, "etcdserver: too many operations in txn request"},
    Row{ApiError::duplicateKey, Errc::invalidArgument, "etcdserver: duplicate key given in txn request"},
    Row{ApiError::compacted, Errc::outOfRange, "etcdserver: mvcc: required revision has been compacted"},
    Row{ApiError::futureRevision, Errc::outOfRange, "etcdserver: mvcc: required revision is a future revision"},
    Row{ApiError::noSpace, Errc::noSpace, "etcdserver: mvcc: database space exceeded"},
    Row{ApiError::leaseNotFound, Errc::notFound, "etcdserver: requested lease not found"},
    Row{ApiError::leaseExists, Errc::exists, "etcdserver: lease already exists"},
    Row{ApiError::leaseTtlTooLarge, Errc::outOfRange, "etcdserver: too large lease TTL"},
    Row{ApiError::watchCanceled, Errc::aborted, "etcdserver: watch canceled"},
    Row{ApiError::memberExists, Errc::exists, "etcdserver: member ID already exist"},
    Row{ApiError::peerUrlExists, Errc::exists, "etcdserver: Peer URLs already exists"},
    Row{ApiError::memberNotEnoughStarted, Errc::aborted,
        "etcdserver: re-configuration failed due to not enough started members"},
    Row{ApiError::memberBadUrls, Errc::invalidArgument, "etcdserver: given member URLs are invalid"},
    Row{ApiError::memberNotFound, Errc::notFound, "etcdserver: member not found"},
    Row{ApiError::memberNotLearner, Errc::aborted, "etcdserver: can only promote a learner member"},
    Row{ApiError::learnerNotReady, Errc::aborted,
        "etcdserver: can only promote a learner member which is in sync with leader"},
    Row{ApiError::tooManyLearners, Errc::aborted, "etcdserver: too many learner members in cluster"},
    Row{ApiError::requestTooLarge, Errc::invalidArgument, "etcdserver: request is too large"},
    Row{ApiError::tooManyRequests, Errc::unavailable, "etcdserver: too many requests"},
    Row{ApiError::rootUserNotExist, Errc::aborted, "etcdserver: root user does not exist"},
    Row{ApiError::rootRoleNotExist, Errc::aborted, "etcdserver: root user does not have root role"},
    Row{ApiError::userAlreadyExists, Errc::exists, "etcdserver: user name already exists"},
    Row{ApiError::userEmpty, Errc::invalidArgument, "etcdserver: user name is empty"},
    Row{ApiError::userNotFound, Errc::notFound, "etcdserver: user name not found"},
    Row{ApiError::roleAlreadyExists, Errc::exists, "etcdserver: role name already exists"},
    Row{ApiError::roleNotFound, Errc::notFound, "etcdserver: role name not found"},
    Row{ApiError::roleEmpty, Errc::invalidArgument, "etcdserver: role name is empty"},
    Row{ApiError::authFailed, Errc::invalidArgument, "etcdserver: authentication failed, invalid user ID or password"},
    Row{ApiError::permissionDenied, Errc::aborted, "etcdserver: permission denied"},
    Row{ApiError::roleNotGranted, Errc::aborted, "etcdserver: role is not granted to the user"},
    Row{ApiError::permissionNotGranted, Errc::aborted, "etcdserver: permission is not granted to the role"},
    Row{ApiError::authNotEnabled, Errc::aborted, "etcdserver: authentication is not enabled"},
    Row{ApiError::invalidAuthToken, Errc::aborted, "etcdserver: invalid auth token"},
    Row{ApiError::invalidAuthMgmt, Errc::invalidArgument, "etcdserver: invalid auth management"},
    Row{ApiError::authOldRevision, Errc::invalidArgument, "etcdserver: revision of auth store is old"},
    Row{ApiError::noLeader, Errc::unavailable, "etcdserver: no leader"},
    Row{ApiError::notLeader, Errc::aborted, "etcdserver: not leader"},
    Row{ApiError::leaderChanged, Errc::unavailable, "etcdserver: leader changed"},
    Row{ApiError::notCapable, Errc::unavailable, "etcdserver: not capable"},
    Row{ApiError::stopped, Errc::unavailable, "etcdserver: server stopped"},
    Row{ApiError::timeout, Errc::timeout, "etcdserver: request timed out"},
    Row{ApiError::timeoutDueToLeaderFail, Errc::timeout,
        "etcdserver: request timed out, possibly due to previous leader failure"},
    Row{ApiError::timeoutDueToConnectionLost, Errc::timeout,
        "etcdserver: request timed out, possibly due to connection lost"},
    Row{ApiError::timeoutWaitAppliedIndex, Errc::timeout,
        "etcdserver: request timed out, waiting for the applied index took too long"},
    Row{ApiError::unhealthy, Errc::unavailable, "etcdserver: unhealthy cluster"},
    Row{ApiError::corrupt, Errc::corruption, "etcdserver: corrupt cluster"},
    Row{ApiError::notSupportedForLearner, Errc::unavailable, "etcdserver: rpc not supported for learner"},
    Row{ApiError::badLeaderTransferee, Errc::aborted, "etcdserver: bad leader transferee"},
    Row{ApiError::clusterIdMismatch, Errc::aborted, "etcdserver: cluster ID mismatch"},
    Row{ApiError::permissionNotGiven, Errc::invalidArgument, "etcdserver: permission not given"},
    Row{ApiError::proposalDropped, Errc::unavailable, "raft proposal dropped"},
    Row{ApiError::timeoutLeaderTransfer, Errc::timeout, "etcdserver: request timed out, leader transfer took too long"},
};
static_assert(kRows.size() == static_cast<std::size_t>(ApiError::count_));

constexpr bool inOrder() {
    for (std::size_t i = 0; i < kRows.size(); ++i) {
        if (static_cast<std::size_t>(kRows[i].error) != i) return false;
    }
    return true;
}
static_assert(inOrder(), "the table follows the enumeration");

const Row& rowOf(ApiError error) {
    const auto index = static_cast<std::size_t>(error);
    RAFTARIUM_CHECK(index < kRows.size());
    return kRows[index];
}
}  // namespace

std::string_view apiErrorText(ApiError error) { return rowOf(error).text; }

base::Error makeError(ApiError error) {
    const Row& row = rowOf(error);
    return {row.code, std::string(row.text), static_cast<int>(error)};
}

}  // namespace raftarium::mvcc
