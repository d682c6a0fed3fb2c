// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/edge/status.h"

#include <string>

namespace raftarium::rpc {

using grpc::StatusCode;
using mvcc::ApiError;

StatusCode statusCodeOf(ApiError error) {
    switch (error) {
        case ApiError::emptyKey:
        case ApiError::keyNotFound:
        case ApiError::valueProvided:
        case ApiError::leaseProvided:
        case ApiError::tooManyOps:
        case ApiError::duplicateKey:
        case ApiError::memberBadUrls:
        case ApiError::requestTooLarge:
        case ApiError::userEmpty:
        case ApiError::roleEmpty:
        case ApiError::authFailed:
        case ApiError::invalidAuthMgmt:
        case ApiError::authOldRevision:
        case ApiError::permissionNotGiven:
            return StatusCode::INVALID_ARGUMENT;
        case ApiError::compacted:
        case ApiError::futureRevision:
        case ApiError::leaseTtlTooLarge:
            return StatusCode::OUT_OF_RANGE;
        case ApiError::noSpace:
            return StatusCode::RESOURCE_EXHAUSTED;
        case ApiError::leaseNotFound:
        case ApiError::memberNotFound:
            return StatusCode::NOT_FOUND;
        case ApiError::leaseExists:
        case ApiError::memberExists:
        case ApiError::peerUrlExists:
        case ApiError::memberNotLearner:
        case ApiError::learnerNotReady:
        case ApiError::tooManyLearners:
        case ApiError::rootUserNotExist:
        case ApiError::rootRoleNotExist:
        case ApiError::userAlreadyExists:
        case ApiError::userNotFound:
        case ApiError::roleAlreadyExists:
        case ApiError::roleNotFound:
        case ApiError::roleNotGranted:
        case ApiError::permissionNotGranted:
        case ApiError::authNotEnabled:
        case ApiError::notLeader:
        case ApiError::badLeaderTransferee:
        case ApiError::clusterIdMismatch:
            return StatusCode::FAILED_PRECONDITION;
        case ApiError::watchCanceled:
            return StatusCode::CANCELLED;
        case ApiError::permissionDenied:
            return StatusCode::PERMISSION_DENIED;
        case ApiError::invalidAuthToken:
            return StatusCode::UNAUTHENTICATED;
        case ApiError::noLeader:
        case ApiError::leaderChanged:
        case ApiError::notCapable:
        case ApiError::stopped:
        case ApiError::timeout:
        case ApiError::timeoutDueToLeaderFail:
        case ApiError::timeoutDueToConnectionLost:
        case ApiError::timeoutWaitAppliedIndex:
        case ApiError::unhealthy:
        case ApiError::notSupportedForLearner:
            return StatusCode::UNAVAILABLE;
        case ApiError::corrupt:
            return StatusCode::DATA_LOSS;
        // For these two etcd returns the client's form of the error, so that the code is lost.
        case ApiError::memberNotEnoughStarted:
        case ApiError::tooManyRequests:
        case ApiError::proposalDropped:
        case ApiError::timeoutLeaderTransfer:
        case ApiError::none:
        case ApiError::count_:
            return StatusCode::UNKNOWN;
    }
    return StatusCode::UNKNOWN;
}

grpc::Status toStatus(ApiError error) { return {statusCodeOf(error), std::string(mvcc::apiErrorText(error))}; }

grpc::Status toStatus(const base::Error& error) {
    if (error.api != 0) return {statusCodeOf(mvcc::apiErrorOf(error)), error.text};
    switch (error.code) {
        case base::Errc::invalidArgument:
            return {StatusCode::INVALID_ARGUMENT, error.text};
        case base::Errc::notFound:
            return {StatusCode::NOT_FOUND, error.text};
        case base::Errc::exists:
            return {StatusCode::ALREADY_EXISTS, error.text};
        case base::Errc::outOfRange:
            return {StatusCode::OUT_OF_RANGE, error.text};
        case base::Errc::unavailable:
        case base::Errc::timeout:
            return {StatusCode::UNAVAILABLE, error.text};
        case base::Errc::corruption:
            return {StatusCode::DATA_LOSS, error.text};
        case base::Errc::noSpace:
            return {StatusCode::RESOURCE_EXHAUSTED, error.text};
        case base::Errc::aborted:
            return {StatusCode::ABORTED, error.text};
        case base::Errc::unimplemented:
            return {StatusCode::UNIMPLEMENTED, error.text};
        case base::Errc::ioError:
        case base::Errc::internal:
            return {StatusCode::UNKNOWN, error.text};
    }
    return {StatusCode::UNKNOWN, error.text};
}

}  // namespace raftarium::rpc
