// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Answers in etcdctl's output formats (-w simple|json|table|fields), byte for byte as etcdctl 3.4 writes them.
#pragma once

#include "cluster/base/result.h"
#include "cluster/client/etcd_client.h"
#include "cluster/storage/snapshot/snapshot_database.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace raftarium::tools {

enum class Format : std::uint8_t { simple, json, table, fields };
std::optional<Format> parseFormat(std::string_view name);

struct EndpointStatus {
    std::string endpoint;
    client::StatusResult status;
};
struct EndpointHash {
    std::string endpoint;
    client::HashKvResult hash;
};
struct EndpointHealth {
    std::string endpoint;
    bool healthy = false;
    std::string took, error;
};

// Each gives the whole text, with its last line break; an error where etcdctl has no such format either.
class Formatter {
public:
    Formatter(Format format, bool hex) : m_format(format), m_hex(hex) {}
    using Text = base::Result<std::string>;

    Text range(const client::RangeResult& result, bool keysOnly, bool valuesOnly, bool countOnly) const;
    Text put(const client::PutResult& result) const;
    Text removed(const client::DeleteResult& result) const;
    Text watch(const client::WatchUpdate& update) const;
    Text members(const client::Header& header, const std::vector<client::MemberInfo>& members) const;
    Text endpointStatus(const std::vector<EndpointStatus>& all) const;
    Text endpointHash(const std::vector<EndpointHash>& all) const;
    Text endpointHealth(const std::vector<EndpointHealth>& all) const;
    Text leaseGranted(const client::LeaseInfo& lease) const;
    Text leaseRevoked(const client::Header& header, std::int64_t id) const;
    Text leaseTimeToLive(const client::LeaseInfo& lease, bool keys) const;
    Text leaseKeptAlive(const client::LeaseInfo& lease) const;
    Text snapshotStatus(const storage::SnapshotStatus& status) const;
    Text leases(const client::Header& header, const std::vector<std::int64_t>& ids) const;

private:
    std::string bytes(const std::string& text) const;
    std::string pair(const client::KeyValue& kv) const;

    Format m_format;
    bool m_hex;
};

}  // namespace raftarium::tools
