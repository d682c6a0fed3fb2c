// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// etcd's API errors, with etcd's texts and status codes (api/v3rpc/rpctypes/error.go). rpc maps them to gRPC.
#pragma once

#include "cluster/base/result.h"

#include <string_view>

namespace raftarium::mvcc {

enum class ApiError : int {
    none = 0,
    emptyKey,
    keyNotFound,
    valueProvided,
    leaseProvided,
    tooManyOps,
    duplicateKey,
    compacted,
    futureRevision,
    noSpace,
    leaseNotFound,
    leaseExists,
    leaseTtlTooLarge,
    watchCanceled,
    memberExists,
    peerUrlExists,
    memberNotEnoughStarted,
    memberBadUrls,
    memberNotFound,
    memberNotLearner,
    learnerNotReady,
    tooManyLearners,
    requestTooLarge,
    tooManyRequests,
    rootUserNotExist,
    rootRoleNotExist,
    userAlreadyExists,
    userEmpty,
    userNotFound,
    roleAlreadyExists,
    roleNotFound,
    roleEmpty,
    authFailed,
    permissionDenied,
    roleNotGranted,
    permissionNotGranted,
    authNotEnabled,
    invalidAuthToken,
    invalidAuthMgmt,
    authOldRevision,
    noLeader,
    notLeader,
    leaderChanged,
    notCapable,
    stopped,
    timeout,
    timeoutDueToLeaderFail,
    timeoutDueToConnectionLost,
    timeoutWaitAppliedIndex,
    unhealthy,
    corrupt,
    notSupportedForLearner,
    badLeaderTransferee,
    clusterIdMismatch,
    permissionNotGiven,
    proposalDropped,        // code Unknown
    timeoutLeaderTransfer,  // code Unknown
    count_,
};

std::string_view apiErrorText(ApiError error);
base::Error makeError(ApiError error);  // with code and text
inline ApiError apiErrorOf(const base::Error& error) { return static_cast<ApiError>(error.api); }

}  // namespace raftarium::mvcc
