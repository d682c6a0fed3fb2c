// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/mvcc/txn/request_check.h"

#include "cluster/mvcc/txn/api_error.h"

#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace raftarium::mvcc {
namespace {
constexpr std::int64_t kPutOverhead = 256;
constexpr std::int64_t kLeaseCost = 64;

base::Status check(const RangeOp& op) {
    if (op.range.key.empty()) return makeError(ApiError::emptyKey);
    return {};
}

base::Status check(const PutOp& op) {
    if (op.key.empty()) return makeError(ApiError::emptyKey);
    if (op.ignoreValue && !op.value.empty()) return makeError(ApiError::valueProvided);
    if (op.ignoreLease && op.lease != 0) return makeError(ApiError::leaseProvided);
    if (op.keepVersions < -1) {
        return base::Error{base::Errc::invalidArgument,
                           "keep_versions is " + std::to_string(op.keepVersions) +
                               "; give the number of versions to keep, 0 to leave the bound, -1 to remove it"};
    }
    return {};
}

base::Status check(const DeleteOp& op) {
    if (op.range.key.empty()) return makeError(ApiError::emptyKey);
    return {};
}

base::Status check(const TxnOp& op, int maxOps);

base::Status check(const Operation& operation, int maxOps) {
    if (const auto* range = std::get_if<RangeOp>(&operation.op)) return check(*range);
    if (const auto* put = std::get_if<PutOp>(&operation.op)) return check(*put);
    if (const auto* del = std::get_if<DeleteOp>(&operation.op)) return check(*del);
    const auto& nested = std::get<std::unique_ptr<TxnOp>>(operation.op);
    if (nested == nullptr) return makeError(ApiError::keyNotFound);  // an empty operation
    return check(*nested, maxOps);
}

base::Status check(const TxnOp& op, int maxOps) {
    const auto ops = static_cast<int>(std::max({op.compares.size(), op.success.size(), op.failure.size()}));
    if (ops > maxOps) return makeError(ApiError::tooManyOps);
    for (const Compare& compare : op.compares) {
        if (compare.range.key.empty()) return makeError(ApiError::emptyKey);
    }
    for (const auto* branch : {&op.success, &op.failure}) {
        for (const Operation& operation : *branch) {
            if (auto status = check(operation, maxOps - ops); !status) return status;
        }
    }
    return {};
}

// The keys that a list of operations writes. Duplicate-key rule: no key may be put twice, or both put and deleted.
struct Written {
    absl::flat_hash_set<std::string_view> puts;
    std::vector<KeyRange> deletes;

    bool conflicts(std::string_view key) const {
        return puts.contains(key) || std::any_of(deletes.begin(), deletes.end(), [key](const KeyRange& range) {
                   // etcd reads an end of "\0" literally here: a delete of everything from a key on conflicts with
                   // no put.
                   return range.end.empty() ? key == range.key : key >= range.key && key < range.end;
               });
    }
    bool add(std::string_view key) { return !conflicts(key) && puts.insert(key).second; }
};

bool collect(const std::vector<Operation>& operations, Written& out) {
    for (const Operation& operation : operations) {
        if (const auto* del = std::get_if<DeleteOp>(&operation.op)) out.deletes.push_back(del->range);
    }
    for (const Operation& operation : operations) {
        const auto* nested = std::get_if<std::unique_ptr<TxnOp>>(&operation.op);
        if (nested == nullptr || *nested == nullptr) continue;
        Written success;
        Written failure;
        if (!collect((*nested)->success, success) || !collect((*nested)->failure, failure)) return false;
        for (const std::string_view key : success.puts) {
            if (!out.add(key)) return false;
        }
        // Only one branch runs, so both may put the same key.
        for (const std::string_view key : failure.puts) {
            if (!success.puts.contains(key) && !out.add(key)) return false;
        }
        out.deletes.insert(out.deletes.end(), success.deletes.begin(), success.deletes.end());
        out.deletes.insert(out.deletes.end(), failure.deletes.begin(), failure.deletes.end());
    }
    for (const Operation& operation : operations) {
        const auto* put = std::get_if<PutOp>(&operation.op);
        if (put != nullptr && !out.add(put->key)) return false;
    }
    return true;
}

base::Status checkDuplicates(const TxnOp& op) {
    for (const auto* branch : {&op.success, &op.failure}) {
        Written written;
        if (!collect(*branch, written)) return makeError(ApiError::duplicateKey);
    }
    return {};
}

std::int64_t costOf(const PutOp& op) {
    return kPutOverhead + static_cast<std::int64_t>(op.key.size() + op.value.size());
}

std::int64_t costOf(const std::vector<Operation>& operations) {
    std::int64_t cost = 0;
    for (const Operation& operation : operations) {
        if (const auto* put = std::get_if<PutOp>(&operation.op)) cost += costOf(*put);
    }
    return cost;
}
}  // namespace

base::Status checkRequest(const Request& request, int maxTxnOps) {
    if (const auto* range = std::get_if<RangeOp>(&request)) return check(*range);
    if (const auto* put = std::get_if<PutOp>(&request)) return check(*put);
    if (const auto* del = std::get_if<DeleteOp>(&request)) return check(*del);
    if (const auto* txn = std::get_if<TxnOp>(&request)) {
        if (auto status = check(*txn, maxTxnOps); !status) return status;
        return checkDuplicates(*txn);
    }
    return {};
}

std::int64_t quotaCost(const Request& request) {
    if (const auto* put = std::get_if<PutOp>(&request)) return costOf(*put);
    if (const auto* txn = std::get_if<TxnOp>(&request)) return std::max(costOf(txn->success), costOf(txn->failure));
    if (std::holds_alternative<LeaseGrantOp>(request)) return kLeaseCost;
    return 0;
}

}  // namespace raftarium::mvcc
