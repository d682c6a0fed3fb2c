// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/mvcc/naive_model.h"

#include "cluster/base/coding.h"

namespace raftarium::mvcc::test {
namespace {
std::string errorText(ApiError error) { return "error " + std::string(apiErrorText(error)); }
}  // namespace

bool inRange(const std::string& key, const std::string& begin, const std::string& end) {
    if (end.empty()) return key == begin;
    if (end == std::string(1, '\0')) return key >= begin;
    return key >= begin && key < end;
}

std::string describe(const KeyValue& kv) {
    return kv.key + "=" + kv.value + "@" + std::to_string(kv.createRevision) + "," + std::to_string(kv.modRevision) +
           "," + std::to_string(kv.version) + "," + std::to_string(kv.lease) + " ";
}

namespace {
std::string describe(const RangeResult& result) {
    std::string out = "range " + std::to_string(result.revision) + " count " + std::to_string(result.count) + ": ";
    for (const KeyValue& kv : result.kvs) out += test::describe(kv);
    return out;
}
std::string describe(const PutResult& result) {
    return "put " + std::to_string(result.revision) + ": " + (result.prevKv ? test::describe(*result.prevKv) : "");
}
std::string describe(const DeleteResult& result) {
    std::string out = "del " + std::to_string(result.revision) + " count " + std::to_string(result.deleted) + ": ";
    for (const KeyValue& kv : result.prevKvs) out += test::describe(kv);
    return out;
}
std::string describe(const TxnResult& result) {
    std::string out = std::string("txn ") + (result.succeeded ? "yes " : "no ") + std::to_string(result.revision) + "{";
    for (const OperationResult& one : result.results) {
        if (const auto* range = std::get_if<RangeResult>(&one.result)) out += describe(*range);
        if (const auto* put = std::get_if<PutResult>(&one.result)) out += describe(*put);
        if (const auto* del = std::get_if<DeleteResult>(&one.result)) out += describe(*del);
    }
    return out + "}";
}
std::string describe(const CompactResult& result) { return "compact " + std::to_string(result.revision); }
std::string describe(const LeaseGrantResult& result) { return "grant " + std::to_string(result.revision); }
std::string describe(const LeaseRevokeResult& result) { return "revoke " + std::to_string(result.revision); }
template <typename T>
std::string describe(const T&) {
    return "?";
}
}  // namespace

std::string describe(const base::Result<Response>& response) {
    if (!response) return "error " + response.error().text;
    return std::visit([](const auto& result) { return describe(result); }, *response);
}

RangeOp OwnedOp::rangeOp() const {
    RangeOp op;
    op.range = {key, end};
    op.revision = number;
    return op;
}
PutOp OwnedOp::putOp() const {
    PutOp op;
    op.key = key;
    op.value = value;
    op.lease = number;
    op.prevKv = prevKv;
    op.keepVersions = keepVersions;
    return op;
}
DeleteOp OwnedOp::deleteOp() const { return {{key, end}, prevKv}; }
TxnOp OwnedOp::txnOp() const {
    TxnOp op;
    Compare& compare = op.compares.emplace_back();
    compare.range.key = guardKey;
    compare.number = number;
    for (const OwnedOp& one : success) op.success.push_back(one.operation());
    for (const OwnedOp& one : failure) op.failure.push_back(one.operation());
    return op;
}
Operation OwnedOp::operation() const {
    Operation operation;
    if (kind == Kind::put) operation.op = putOp();
    if (kind == Kind::del) operation.op = deleteOp();
    if (kind == Kind::range) operation.op = rangeOp();
    return operation;
}
Request OwnedOp::request() const {
    switch (kind) {
        case Kind::put:
            return putOp();
        case Kind::del:
            return deleteOp();
        case Kind::range:
            return rangeOp();
        case Kind::txn:
            return txnOp();
        case Kind::compact:
            return CompactOp{number};
        case Kind::grant:
            return LeaseGrantOp{number, 100};
        case Kind::revoke:
            return LeaseRevokeOp{number};
    }
    return {};
}

std::string NaiveModel::range(const OwnedOp& op, std::int64_t visible, const State& newest) const {
    if (op.number > visible) return errorText(ApiError::futureRevision);
    const std::int64_t at = op.number > 0 ? op.number : visible;
    if (at < m_compactRevision) return errorText(ApiError::compacted);
    RangeResult result;
    result.revision = visible;
    const State& state = at >= static_cast<std::int64_t>(m_states.size()) || at == visible
                             ? newest
                             : m_states[static_cast<std::size_t>(at)];
    for (const auto& [key, kv] : state) {
        if (inRange(key, op.key, op.end)) result.kvs.push_back(kv);
    }
    result.count = static_cast<std::int64_t>(result.kvs.size());
    return describe(result);
}

KeyValue NaiveModel::before(const std::string& key) const {
    const auto it = m_states.back().find(key);
    return it == m_states.back().end() ? KeyValue() : it->second;
}

void NaiveModel::put(const OwnedOp& op, Txn& txn) {
    const auto before = txn.state.find(op.key);
    KeyValue kv;
    kv.key = op.key;
    kv.value = op.value;
    kv.modRevision = revision() + 1;
    kv.createRevision = before == txn.state.end() ? kv.modRevision : before->second.createRevision;
    kv.version = before == txn.state.end() ? 1 : before->second.version + 1;
    kv.lease = op.number;
    ModelEvent event{false, {revision() + 1, static_cast<std::int64_t>(txn.events.size())}, kv, {}};
    if (before != txn.state.end() && kv.createRevision != kv.modRevision) event.prev = this->before(op.key);
    txn.state[op.key] = kv;
    txn.events.push_back(event);
    if (op.keepVersions != 0) m_bounded.insert(op.key);
}

std::int64_t NaiveModel::erase(const std::string& key, const std::string& end, Txn& txn) {
    std::int64_t count = 0;
    for (auto it = txn.state.begin(); it != txn.state.end();) {
        if (!inRange(it->first, key, end)) {
            ++it;
            continue;
        }
        KeyValue kv;
        kv.key = it->first;
        kv.modRevision = revision() + 1;
        txn.events.push_back(
            {true, {revision() + 1, static_cast<std::int64_t>(txn.events.size())}, kv, before(it->first)});
        it = txn.state.erase(it);
        ++count;
    }
    return count;
}

std::string NaiveModel::run(const OwnedOp& op, Txn& txn) {
    const auto visible = [&] { return revision() + (txn.events.empty() ? 0 : 1); };
    if (op.kind == OwnedOp::Kind::range) return range(op, visible(), txn.state);
    if (op.kind == OwnedOp::Kind::put) {
        PutResult result;
        const auto before = txn.state.find(op.key);
        if (op.prevKv && before != txn.state.end()) result.prevKv = std::make_unique<KeyValue>(before->second);
        put(op, txn);
        result.revision = visible();
        return describe(result);
    }
    DeleteResult result;
    if (op.prevKv) {
        for (const auto& [key, kv] : txn.state) {
            if (inRange(key, op.key, op.end)) result.prevKvs.push_back(kv);
        }
    }
    result.deleted = erase(op.key, op.end, txn);
    result.revision = visible();
    return describe(result);
}

// What is checked before a txn runs.
std::string NaiveModel::check(const OwnedOp& op) const {
    if (op.kind == OwnedOp::Kind::put && op.number != 0 && !m_leases.contains(op.number)) {
        return errorText(ApiError::leaseNotFound);
    }
    if (op.kind == OwnedOp::Kind::range && op.number > revision()) return errorText(ApiError::futureRevision);
    if (op.kind == OwnedOp::Kind::range && op.number != 0 && op.number < m_compactRevision) {
        return errorText(ApiError::compacted);
    }
    return {};
}

void NaiveModel::commit(Txn& txn) {
    if (txn.events.empty()) return;
    m_events.insert(m_events.end(), txn.events.begin(), txn.events.end());
    m_states.push_back(std::move(txn.state));
}

std::string NaiveModel::apply(const OwnedOp& op) {
    Txn txn{m_states.back(), {}};
    switch (op.kind) {
        case OwnedOp::Kind::put:
        case OwnedOp::Kind::del:
        case OwnedOp::Kind::range: {
            if (op.kind == OwnedOp::Kind::put) {
                if (auto error = check(op); !error.empty()) return error;
            }
            std::string out = run(op, txn);
            commit(txn);
            return out;
        }
        case OwnedOp::Kind::txn: {
            const auto guard = txn.state.find(op.guardKey);
            const bool yes = (guard == txn.state.end() ? 0 : guard->second.version) == op.number;
            const auto& branch = yes ? op.success : op.failure;
            for (const auto kind : {OwnedOp::Kind::put, OwnedOp::Kind::range}) {
                for (const OwnedOp& one : branch) {
                    if (one.kind != kind) continue;
                    if (auto error = check(one); !error.empty()) return error;
                }
            }
            std::string inner;
            for (const OwnedOp& one : branch) inner += run(one, txn);
            const std::int64_t visible = revision() + (txn.events.empty() ? 0 : 1);
            commit(txn);
            return std::string("txn ") + (yes ? "yes " : "no ") + std::to_string(visible) + "{" + inner + "}";
        }
        case OwnedOp::Kind::compact:
            if (op.number <= m_compactRevision) return errorText(ApiError::compacted);
            if (op.number > revision()) return errorText(ApiError::futureRevision);
            m_compactRevision = op.number;
            return "compact " + std::to_string(revision());
        case OwnedOp::Kind::grant:
            if (!m_leases.insert(op.number).second) return errorText(ApiError::leaseExists);
            return "grant " + std::to_string(revision());
        case OwnedOp::Kind::revoke: {
            if (m_leases.erase(op.number) == 0) return errorText(ApiError::leaseNotFound);
            std::vector<std::string> keys;
            for (const auto& [key, kv] : txn.state) {
                if (kv.lease == op.number) keys.push_back(key);
            }
            for (const std::string& key : keys) erase(key, {}, txn);
            commit(txn);
            return "revoke " + std::to_string(revision());
        }
    }
    return {};
}

std::uint32_t NaiveModel::hashKv(std::int64_t revision) const {
    const auto newestAt = [this](const std::string& key, std::int64_t at) {
        const ModelEvent* newest = nullptr;
        for (const ModelEvent& event : m_events) {
            if (event.kv.key == key && event.revision.main <= at) newest = &event;
        }
        return newest;
    };
    const bool keepsAny = !m_states[static_cast<std::size_t>(revision)].empty();
    std::uint32_t hash = base::crc32c(0, "key");
    for (const ModelEvent& event : m_events) {
        if (event.revision.main > revision) break;
        if (event.revision.main <= m_compactRevision) {
            if (event.deleted || newestAt(event.kv.key, m_compactRevision) != &event) continue;  // deleted by then
            if (keepsAny && newestAt(event.kv.key, revision) != &event) continue;
        }
        KeyValueView kv;
        kv.key = event.kv.key;
        if (!event.deleted) {
            kv = {event.kv.key,         event.kv.value,   event.kv.createRevision,
                  event.kv.modRevision, event.kv.version, event.kv.lease};
        }
        hash = base::crc32c(hash, encodeRevision(event.revision, event.deleted));
        hash = base::crc32c(hash, encodeKeyValue(kv));
    }
    return hash;
}

bool NaiveModel::everBounded(const std::string& key, const std::string& end) const {
    for (const std::string& bounded : m_bounded) {
        if (inRange(bounded, key, end)) return true;
    }
    return false;
}

namespace {
std::string randomKey(base::Rng& rng) {
    static const std::vector<std::string> kKeys = {"a", "ab", "b", "b1", "c", "ca", "d", std::string("\0", 1), "\xff"};
    return kKeys[rng.below(kKeys.size())];
}

OwnedOp randomSingle(base::Rng& rng, std::int64_t revision, bool bounds) {
    OwnedOp op;
    const std::uint64_t kind = rng.below(10);
    op.kind = kind < 5 ? OwnedOp::Kind::put : kind < 7 ? OwnedOp::Kind::del : OwnedOp::Kind::range;
    op.key = randomKey(rng);
    op.prevKv = rng.chance(0.3);
    if (op.kind == OwnedOp::Kind::put) {
        op.value.assign(rng.below(20), static_cast<char>('a' + rng.below(26)));
        if (rng.chance(0.3)) op.number = static_cast<std::int64_t>(rng.below(6));
        if (bounds && rng.chance(0.2)) op.keepVersions = static_cast<std::int64_t>(rng.below(5)) - 1;
    } else {
        if (rng.chance(0.3)) op.end = rng.chance(0.3) ? std::string(1, '\0') : randomKey(rng);
        if (op.kind == OwnedOp::Kind::range && rng.chance(0.6)) {
            op.number = static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(revision) + 3));
        }
    }
    return op;
}
}  // namespace

OwnedOp randomOp(base::Rng& rng, std::int64_t revision, bool bounds) {
    const std::uint64_t kind = rng.below(100);
    OwnedOp op;
    if (kind < 60) return randomSingle(rng, revision, bounds);
    if (kind < 85) {
        op.kind = OwnedOp::Kind::txn;
        op.guardKey = randomKey(rng);
        op.number = static_cast<std::int64_t>(rng.below(3));
        for (auto* branch : {&op.success, &op.failure}) {
            for (std::uint64_t i = rng.below(5); i > 0; --i) branch->push_back(randomSingle(rng, revision, bounds));
        }
        return op;
    }
    op.kind = kind < 91 ? OwnedOp::Kind::grant : kind < 96 ? OwnedOp::Kind::revoke : OwnedOp::Kind::compact;
    op.number = op.kind == OwnedOp::Kind::compact
                    ? static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(revision) + 2))
                    : static_cast<std::int64_t>(rng.below(5)) + 1;
    return op;
}

}  // namespace raftarium::mvcc::test
