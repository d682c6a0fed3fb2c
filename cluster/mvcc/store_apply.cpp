// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Applying committed requests, one by one.
#include "cluster/mvcc/store.h"
#include "cluster/mvcc/store_impl.h"
#include "cluster/mvcc/txn/request_check.h"

#include <utility>

namespace raftarium::mvcc {
namespace {
constexpr std::int64_t kDefaultQuotaBytes = 2LL << 30;

template <typename T>
base::Result<Response> respond(base::Result<T>&& result) {
    if (!result) return result.error();
    return Response(std::move(*result));
}
}  // namespace

bool StoreImpl::fitsQuota(const Request& request) const {
    if (core.options.quotaBytes < 0) return true;
    const std::int64_t cost = quotaCost(request);
    if (cost == 0) return true;
    const std::int64_t quota = core.options.quotaBytes == 0 ? kDefaultQuotaBytes : core.options.quotaBytes;
    return core.backend.size().total + cost < quota;
}

// CORRUPT refuses all key-value and lease requests; NOSPACE refuses requests that would grow the backend.
base::Status StoreImpl::admitted(const Request& request) const {
    if (alarms.all().empty()) return {};
    const bool exempt = std::holds_alternative<std::monostate>(request) || std::holds_alternative<AlarmOp>(request) ||
                        std::holds_alternative<LeaseCheckpointOp>(request);
    if (!exempt && alarms.raised(AlarmType::corrupt)) return makeError(ApiError::corrupt);
    if (alarms.raised(AlarmType::noSpace) && quotaCost(request) > 0) return makeError(ApiError::noSpace);
    return {};
}

base::Result<Response> StoreImpl::applyWrite(const Request& request) {
    WriteTxn txn(core, lessor, hub);
    base::Result<Response> response{Response()};
    if (const auto* put = std::get_if<PutOp>(&request)) {
        if (auto status = txn.checkLease(*put); !status) return status.error();
        if (auto status = txn.checkKey(*put); !status) return status.error();
        response = respond(txn.put(*put));
    } else if (const auto* del = std::get_if<DeleteOp>(&request)) {
        response = respond(txn.erase(*del));
    } else if (const auto* many = std::get_if<TxnOp>(&request)) {
        response = respond(txn.run(*many));
    } else {
        response = respond(txn.revoke(std::get<LeaseRevokeOp>(request)));
    }
    txn.end();
    return response;
}

base::Result<Response> StoreImpl::applyRequest(const Request& request) {
    if (std::holds_alternative<std::monostate>(request)) return Response();
    if (auto status = admitted(request); !status) return status.error();
    if (const auto* range = std::get_if<RangeOp>(&request)) {
        const Rows rows(core.backend);
        return respond(RangeRead(core, rows, core.revision).run(*range));
    }
    if (const auto* compact = std::get_if<CompactOp>(&request)) return respond(compactor.schedule(*compact));
    if (const auto* grant = std::get_if<LeaseGrantOp>(&request)) return respond(lessor.grant(*grant));
    if (const auto* checkpoint = std::get_if<LeaseCheckpointOp>(&request)) {
        lessor.checkpoint(*checkpoint);
        return Response(LeaseCheckpointResult{core.revision});
    }
    if (const auto* alarm = std::get_if<AlarmOp>(&request)) return Response(alarms.apply(*alarm));
    return applyWrite(request);
}

base::Result<Response> Store::apply(std::uint64_t index, std::uint64_t term, const Request& request) {
    StoreImpl& impl = *m_impl;
    if (index <= impl.consistentIndex) return Response();
    // The size of the backend differs between members. So it may change the answer, but never the effect.
    const bool fits = impl.fitsQuota(request);
    auto response = impl.applyRequest(request);
    impl.saveConsistent(index, term);
    if (response && !fits) return makeError(ApiError::noSpace);
    return response;
}

}  // namespace raftarium::mvcc
