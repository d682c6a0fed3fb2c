// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Requests and results of the store, as plain values. A request points (string_view) into the bytes that it was decoded
// from, an entry's data or a gRPC message, and is valid during the call only. Results own their bytes. The fields are
// those of etcd's v3 API.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace raftarium::mvcc {

struct KeyValue {
    std::string key;
    std::string value;
    std::int64_t createRevision = 0;
    std::int64_t modRevision = 0;
    std::int64_t version = 0;
    std::int64_t lease = 0;

    friend bool operator==(const KeyValue&, const KeyValue&) = default;
};

// The same without owning the bytes; whoever provides it says how long it is valid.
struct KeyValueView {
    std::string_view key;
    std::string_view value;
    std::int64_t createRevision = 0;
    std::int64_t modRevision = 0;
    std::int64_t version = 0;
    std::int64_t lease = 0;

    KeyValue copy() const;
};

// The bytes of mvccpb.KeyValue, which are the record in the backend. Fields that are zero are left out.
std::string encodeKeyValue(const KeyValueView& kv);
// False if malformed. The view points into `data`. Unknown fields are skipped.
bool decodeKeyValue(std::string_view data, KeyValueView& out);

// The keys in [key, end). An empty end means the single key; end "\0" means all keys from `key` on; key and end both
// "\0" mean all keys.
struct KeyRange {
    std::string_view key;
    std::string_view end;
};

enum class SortOrder : std::uint8_t { none, ascend, descend };
enum class SortTarget : std::uint8_t { key, version, create, mod, value };

struct RangeOp {
    KeyRange range;
    std::int64_t limit = 0;     // 0 = all
    std::int64_t revision = 0;  // <= 0 = newest
    SortOrder sortOrder = SortOrder::none;
    SortTarget sortTarget = SortTarget::key;
    bool serializable = false;
    bool keysOnly = false;
    bool countOnly = false;
    std::int64_t minModRevision = 0;
    std::int64_t maxModRevision = 0;
    std::int64_t minCreateRevision = 0;
    std::int64_t maxCreateRevision = 0;
};

struct PutOp {
    std::string_view key;
    std::string_view value;
    std::int64_t lease = 0;
    bool prevKv = false;
    bool ignoreValue = false;
    bool ignoreLease = false;
    std::int64_t keepVersions = 0;  // > 0 sets a bound, 0 leaves it, -1 removes it
};

struct DeleteOp {
    KeyRange range;
    bool prevKv = false;
};

enum class CompareResult : std::uint8_t { equal, greater, less, notEqual, unknown };
enum class CompareTarget : std::uint8_t { version, create, mod, value, lease };

struct Compare {
    CompareResult result = CompareResult::equal;
    CompareTarget target = CompareTarget::version;
    KeyRange range;
    std::int64_t number = 0;  // for every target except value
    std::string_view value;
};

struct TxnOp;
struct Operation {
    std::variant<RangeOp, PutOp, DeleteOp, std::unique_ptr<TxnOp>> op;
};

struct TxnOp {
    std::vector<Compare> compares;
    std::vector<Operation> success;
    std::vector<Operation> failure;
};

struct CompactOp {
    std::int64_t revision = 0;
    bool physical = false;
};

struct LeaseGrantOp {
    std::int64_t id = 0;
    std::int64_t ttlSeconds = 0;
};
struct LeaseRevokeOp {
    std::int64_t id = 0;
};
struct LeaseCheckpointOp {
    struct Item {
        std::int64_t id = 0;
        std::int64_t remainingTtlSeconds = 0;
    };
    std::vector<Item> items;
};

enum class AlarmType : std::uint8_t { none, noSpace, corrupt };
enum class AlarmAction : std::uint8_t { get, activate, deactivate };
struct AlarmOp {
    AlarmAction action = AlarmAction::get;
    std::uint64_t member = 0;
    AlarmType alarm = AlarmType::none;
};

struct Alarm {
    std::uint64_t member = 0;
    AlarmType type = AlarmType::none;
    friend bool operator==(const Alarm&, const Alarm&) = default;
};

// One committed request. monostate is an entry without effect on the store: no-op, configuration change, membership.
using Request = std::variant<std::monostate, RangeOp, PutOp, DeleteOp, TxnOp, CompactOp, LeaseGrantOp, LeaseRevokeOp,
                             LeaseCheckpointOp, AlarmOp>;

struct RangeResult {
    std::int64_t revision = 0;  // of the store when it was read
    std::vector<KeyValue> kvs;
    bool more = false;
    std::int64_t count = 0;
};
struct PutResult {
    std::int64_t revision = 0;
    std::unique_ptr<KeyValue> prevKv;  // null if it was not asked for or does not exist
};
struct DeleteResult {
    std::int64_t revision = 0;
    std::int64_t deleted = 0;
    std::vector<KeyValue> prevKvs;
};
struct TxnResult;
struct OperationResult {
    std::variant<RangeResult, PutResult, DeleteResult, std::unique_ptr<TxnResult>> result;
};
struct TxnResult {
    std::int64_t revision = 0;
    bool succeeded = false;
    std::vector<OperationResult> results;
};
struct CompactResult {
    std::int64_t revision = 0;
};
struct LeaseGrantResult {
    std::int64_t revision = 0;
    std::int64_t id = 0;
    std::int64_t ttlSeconds = 0;
};
struct LeaseRevokeResult {
    std::int64_t revision = 0;
};
struct LeaseCheckpointResult {
    std::int64_t revision = 0;
};
struct AlarmResult {
    std::vector<Alarm> alarms;
};

using Response = std::variant<std::monostate, RangeResult, PutResult, DeleteResult, TxnResult, CompactResult,
                              LeaseGrantResult, LeaseRevokeResult, LeaseCheckpointResult, AlarmResult>;

// Receives the pairs of a range one by one, without copies. The view is valid during the call only.
class KeyValueSink {
public:
    virtual ~KeyValueSink() = default;
    virtual void add(const KeyValueView& kv) = 0;
};

}  // namespace raftarium::mvcc
