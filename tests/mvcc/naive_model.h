// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The store as plainly as it can be said: the whole state after each revision. The model test compares with it.
#pragma once

#include "cluster/base/rng.h"
#include "cluster/mvcc/index/row_key.h"
#include "cluster/mvcc/txn/api_error.h"
#include "cluster/mvcc/txn/operations.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace raftarium::mvcc::test {

// A request that owns its bytes, for a log that outlives crashes.
struct OwnedOp {
    enum class Kind { put, del, range, txn, compact, grant, revoke } kind = Kind::put;
    std::string key;
    std::string end;
    std::string value;
    std::int64_t number = 0;  // lease of a put; revision of a range or compaction; id of a lease
    std::int64_t keepVersions = 0;
    bool prevKv = false;
    std::string guardKey;  // of a txn: version(guardKey) == number
    std::vector<OwnedOp> success;
    std::vector<OwnedOp> failure;

    Request request() const;

private:
    Operation operation() const;
    RangeOp rangeOp() const;
    PutOp putOp() const;
    DeleteOp deleteOp() const;
    TxnOp txnOp() const;
};

struct ModelEvent {
    bool deleted = false;
    Revision revision;
    KeyValue kv;
    KeyValue prev;  // before the transaction; version 0 = none
};

class NaiveModel {
public:
    using State = std::map<std::string, KeyValue>;

    NaiveModel() { m_states.resize(2); }

    // The response's text, or "error TEXT"; describe() gives the same of a real response.
    std::string apply(const OwnedOp& op);

    std::int64_t revision() const { return static_cast<std::int64_t>(m_states.size()) - 1; }
    std::int64_t compactRevision() const { return m_compactRevision; }
    const std::vector<ModelEvent>& events() const { return m_events; }
    std::uint32_t hashKv(std::int64_t revision) const;
    std::string range(const OwnedOp& op, std::int64_t visible, const State& newest) const;
    bool everBounded(const std::string& key, const std::string& end) const;

private:
    struct Txn {
        State state;
        std::vector<ModelEvent> events;
    };
    std::string run(const OwnedOp& op, Txn& txn);
    void put(const OwnedOp& op, Txn& txn);
    std::int64_t erase(const std::string& key, const std::string& end, Txn& txn);
    std::string check(const OwnedOp& op) const;
    KeyValue before(const std::string& key) const;
    void commit(Txn& txn);

    std::vector<State> m_states;  // by revision
    std::vector<ModelEvent> m_events;
    std::set<std::int64_t> m_leases;
    std::set<std::string> m_bounded;
    std::int64_t m_compactRevision = -1;
};

bool inRange(const std::string& key, const std::string& begin, const std::string& end);
std::string describe(const base::Result<Response>& response);
std::string describe(const KeyValue& kv);

// A random request; leases have the ids 1 to 5, keys are few so that they meet.
OwnedOp randomOp(base::Rng& rng, std::int64_t revision, bool bounds);

}  // namespace raftarium::mvcc::test
