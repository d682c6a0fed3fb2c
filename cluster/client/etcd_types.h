// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Requests and results of an etcd v3 client, as plain structs. Meanings, units and numbers are those of etcd's API.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace raftarium::client {

struct KeyValue {
    std::string key, value;
    std::int64_t createRevision = 0, modRevision = 0, version = 0, lease = 0;
};
struct Header {
    std::uint64_t clusterId = 0, memberId = 0, raftTerm = 0;
    std::int64_t revision = 0;
};

struct RangeOptions {
    std::string rangeEnd;  // see prefixEnd()
    std::int64_t limit = 0, revision = 0;
    int sortOrder = 0, sortTarget = 0;  // as in the API
    bool serializable = false, keysOnly = false, countOnly = false;
    std::int64_t minModRevision = 0, maxModRevision = 0, minCreateRevision = 0, maxCreateRevision = 0;
};
struct RangeResult {
    Header header;
    std::vector<KeyValue> kvs;
    bool more = false;
    std::int64_t count = 0;
};
struct PutOptions {
    std::int64_t lease = 0;
    bool prevKv = false, ignoreValue = false, ignoreLease = false;
    std::int64_t keepVersions = 0;
};
struct PutResult {
    Header header;
    bool hasPrev = false;
    KeyValue prevKv;
};
struct DeleteResult {
    Header header;
    std::int64_t deleted = 0;
    std::vector<KeyValue> prevKvs;
};
// The result of deleting one key if it is at a certain revision.
struct GuardedDeleteResult {
    Header header;
    bool deleted = false;
    std::int64_t modRevision = 0;  // if it was not deleted: the key's present revision, 0 if it does not exist
};

struct MemberInfo {
    std::uint64_t id = 0;
    std::string name;
    std::vector<std::string> peerUrls, clientUrls;
    bool learner = false;
};
struct StatusResult {
    Header header;
    std::string version;
    std::int64_t dbSize = 0, dbSizeInUse = 0;
    std::uint64_t leader = 0, raftIndex = 0, raftTerm = 0, raftAppliedIndex = 0;
    std::vector<std::string> errors;
    bool learner = false;
};
struct HashKvResult {
    Header header;
    std::uint32_t hash = 0;
    std::int64_t compactRevision = 0;
};
struct LeaseInfo {
    Header header;
    std::int64_t id = 0, ttl = 0, grantedTtl = 0;
    std::vector<std::string> keys;
};

struct WatchEvent {
    bool deleted = false;
    KeyValue kv;
    bool hasPrev = false;
    KeyValue prevKv;
};
struct WatchUpdate {
    Header header;
    bool created = false, canceled = false;
    std::int64_t compactRevision = 0;
    std::string cancelReason;
    std::vector<WatchEvent> events;
    // All events up to the header's revision have been delivered.
    bool isProgress() const {
        return events.empty() && !created && !canceled && compactRevision == 0 && header.revision != 0;
    }
};
struct WatchOptions {
    std::string rangeEnd;
    std::int64_t startRevision = 0;
    bool prevKv = false, progressNotify = false;
    bool requireLeader = false;  // continue at another endpoint if this one has lost the leader
};

struct ClientOptions {
    std::vector<std::string> endpoints;  // "127.0.0.1:2379" or "http://...": tried in turn
    std::int64_t dialTimeoutMs = 2000;
    std::int64_t requestTimeoutMs = 5000;
};

}  // namespace raftarium::client
