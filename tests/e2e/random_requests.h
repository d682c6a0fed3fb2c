// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A random mix of API requests from a seed: few keys and lease ids, so that they meet; every option; refused ones, too.
#pragma once

#include "cluster/base/rng.h"
#include "proto/etcd/rpc.pb.h"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace raftarium::e2e {

using Request = std::variant<etcdserverpb::PutRequest, etcdserverpb::DeleteRangeRequest, etcdserverpb::RangeRequest,
                             etcdserverpb::TxnRequest, etcdserverpb::CompactionRequest, etcdserverpb::LeaseGrantRequest,
                             etcdserverpb::LeaseRevokeRequest, etcdserverpb::LeaseTimeToLiveRequest>;

class RandomRequests {
public:
    explicit RandomRequests(std::uint64_t seed) : m_rng(seed) {}

    Request next();
    etcdserverpb::WatchCreateRequest watch();
    std::uint64_t below(std::uint64_t bound) { return m_rng.below(bound); }
    bool chance(double share) { return m_rng.chance(share); }

    // What the servers have come to, for revisions worth asking for.
    void reached(std::int64_t revision) { m_revision = std::max(m_revision, revision); }
    void compacted(std::int64_t revision) { m_compacted = revision; }
    std::int64_t revision() const { return m_revision; }
    std::int64_t compacted() const { return m_compacted; }

private:
    std::string key();
    std::string value() { return "v" + std::to_string(below(50)); }
    std::int64_t lease() { return static_cast<std::int64_t>(1 + below(12)); }
    std::int64_t someRevision();
    template <typename Message>
    void range(Message& out);
    etcdserverpb::PutRequest put();
    etcdserverpb::DeleteRangeRequest erase();
    etcdserverpb::RangeRequest get();
    etcdserverpb::Compare compare();
    void operation(etcdserverpb::RequestOp& out, int depth);
    etcdserverpb::TxnRequest txn(int depth);

    base::Rng m_rng;
    std::int64_t m_revision = 1;
    std::int64_t m_compacted = -1;
};

}  // namespace raftarium::e2e
