// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Transactions. The guards choose the branches by the state before; the chosen operations are checked, then run.
#include "cluster/mvcc/txn/api_error.h"
#include "cluster/mvcc/txn/write_txn.h"

#include <utility>

namespace raftarium::mvcc {
namespace {
const std::vector<Operation>& branchOf(const TxnOp& op, bool succeeded) { return succeeded ? op.success : op.failure; }

base::Result<bool> guardsHold(const RangeRead& reads, const TxnOp& op) {
    for (const Compare& compare : op.compares) {
        auto holds = reads.holds(compare);
        if (!holds || !*holds) return holds;
    }
    return true;
}
}  // namespace

// The outcome of the guards of this txn, then of those nested in its chosen branch, depth first.
base::Status WriteTxn::choosePath(const TxnOp& op, std::vector<bool>& path) const {
    const auto holds = guardsHold(reads(), op);
    if (!holds) return holds.error();
    path.push_back(*holds);
    for (const Operation& operation : branchOf(op, *holds)) {
        const auto* nested = std::get_if<std::unique_ptr<TxnOp>>(&operation.op);
        if (nested == nullptr || *nested == nullptr) continue;
        if (auto status = choosePath(**nested, path); !status) return status;
    }
    return {};
}

base::Status WriteTxn::checkPath(Checked kind, const TxnOp& op, const std::vector<bool>& path, std::size_t& at) const {
    for (const Operation& operation : branchOf(op, path[at++])) {
        base::Status status;
        if (const auto* put = std::get_if<PutOp>(&operation.op)) {
            if (kind != Checked::puts) continue;
            status = checkKey(*put);
            if (status) status = checkLease(*put);
        } else if (const auto* range = std::get_if<RangeOp>(&operation.op)) {
            if (kind == Checked::ranges) status = reads().check(*range);
        } else if (const auto* nested = std::get_if<std::unique_ptr<TxnOp>>(&operation.op); nested && *nested) {
            status = checkPath(kind, **nested, path, at);
        }
        if (!status) return status;
    }
    return {};
}

base::Result<OperationResult> WriteTxn::runOperation(const Operation& operation, const std::vector<bool>& path,
                                                     std::size_t& at) {
    OperationResult out;
    const auto keep = [&out](auto&& result) -> base::Status {
        if (!result) return result.error();
        out.result = std::move(*result);
        return {};
    };
    base::Status status;
    if (const auto* put = std::get_if<PutOp>(&operation.op)) {
        status = keep(this->put(*put));
    } else if (const auto* range = std::get_if<RangeOp>(&operation.op)) {
        status = keep(reads().run(*range));
    } else if (const auto* del = std::get_if<DeleteOp>(&operation.op)) {
        status = keep(erase(*del));
    } else if (const auto& nested = std::get<std::unique_ptr<TxnOp>>(operation.op)) {
        auto result = runPath(*nested, path, at);
        if (!result) return result.error();
        out.result = std::make_unique<TxnResult>(std::move(*result));
    } else {
        return makeError(ApiError::keyNotFound);
    }
    if (!status) return status.error();
    return out;
}

base::Result<TxnResult> WriteTxn::runPath(const TxnOp& op, const std::vector<bool>& path, std::size_t& at) {
    TxnResult result;
    result.succeeded = path[at++];
    const auto& branch = branchOf(op, result.succeeded);
    result.results.reserve(branch.size());
    for (const Operation& operation : branch) {
        auto one = runOperation(operation, path, at);
        if (!one) return one.error();
        result.results.push_back(std::move(*one));
    }
    return result;
}

base::Result<TxnResult> WriteTxn::run(const TxnOp& op) {
    std::vector<bool> path;
    if (auto status = choosePath(op, path); !status) return status.error();
    std::size_t at = 0;
    for (const Checked kind : {Checked::puts, Checked::ranges}) {
        at = 0;
        if (auto status = checkPath(kind, op, path, at); !status) return status.error();
    }
    at = 0;
    auto result = runPath(op, path, at);
    // Only the outermost result has a revision; etcd leaves the headers of nested results empty.
    if (result) result->revision = visibleRevision();
    return result;
}

base::Result<TxnResult> runReadOnly(const RangeRead& reads, const TxnOp& op) {
    const auto holds = guardsHold(reads, op);
    if (!holds) return holds.error();
    TxnResult result;
    result.revision = reads.revision();  // also if the branch reads nothing
    result.succeeded = *holds;
    const auto& branch = branchOf(op, result.succeeded);
    for (const Operation& operation : branch) {
        const auto* range = std::get_if<RangeOp>(&operation.op);
        if (range == nullptr) {
            return base::Error{base::Errc::invalidArgument, "a read-only txn holds an operation that is not a range"};
        }
        if (auto status = reads.check(*range); !status) return status.error();
    }
    for (const Operation& operation : branch) {
        auto read = reads.run(std::get<RangeOp>(operation.op));
        if (!read) return read.error();
        result.results.push_back({std::move(*read)});
    }
    return result;
}

}  // namespace raftarium::mvcc
