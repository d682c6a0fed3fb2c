// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/mvcc/lease/lessor.h"

#include "cluster/base/coding.h"
#include "cluster/mvcc/backend/field_codec.h"

#include <algorithm>

namespace raftarium::mvcc {
namespace {
constexpr std::int64_t kTtlSecondsMax = 9'000'000'000;

std::string rowKeyOf(std::int64_t id) {
    std::string key;
    base::putFixed64Be(key, static_cast<std::uint64_t>(id));
    return key;
}
}  // namespace

base::Status Lessor::open() {
    m_leases.clear();
    m_leaseOfKey.clear();
    m_expiries.clear();
    m_checkpoints.clear();
    m_uncounted.clear();
    m_primary = false;
    std::optional<base::Error> error;
    m_core.backend.scan(Bucket::lease, {}, {}, [&](std::string_view key, std::string_view value) {
        std::int64_t id = 0;
        Lease lease;
        FieldReader reader(value);
        while (reader.next()) {
            switch (reader.field()) {
                case 1:
                    id = static_cast<std::int64_t>(reader.varint());
                    break;
                case 2:
                    lease.ttlSeconds = static_cast<std::int64_t>(reader.varint());
                    break;
                case 3:
                    lease.remainingTtlSeconds = static_cast<std::int64_t>(reader.varint());
                    break;
                default:
                    break;
            }
        }
        if (reader.malformed() || key != rowKeyOf(id)) {
            error = base::Error{base::Errc::corruption,
                                "bucket lease: a row does not decode; restore the member from a snapshot or its peers"};
            return false;
        }
        lease.ttlSeconds = std::max(lease.ttlSeconds, m_core.options.minLeaseTtlSeconds);
        m_leases.insert_or_assign(id, std::move(lease));
        return true;
    });
    if (error) return *error;
    return {};
}

void Lessor::store(std::int64_t id, const Lease& lease) {
    std::string value;
    putVarintField(value, 1, static_cast<std::uint64_t>(id));
    putVarintField(value, 2, static_cast<std::uint64_t>(lease.ttlSeconds));
    if (m_core.options.persistLeaseCheckpoints) {
        putVarintField(value, 3, static_cast<std::uint64_t>(lease.remainingTtlSeconds));
    }
    m_core.backend.put(Bucket::lease, rowKeyOf(id), value);
}

base::Result<LeaseGrantResult> Lessor::grant(const LeaseGrantOp& op) {
    if (op.id == 0) return makeError(ApiError::leaseNotFound);
    if (op.ttlSeconds > kTtlSecondsMax) return makeError(ApiError::leaseTtlTooLarge);
    const auto [it, added] = m_leases.try_emplace(op.id);
    if (!added) return makeError(ApiError::leaseExists);
    Lease& lease = it->second;
    lease.ttlSeconds = std::max(op.ttlSeconds, m_core.options.minLeaseTtlSeconds);
    store(op.id, lease);
    if (m_primary) m_uncounted.push_back(op.id);
    if (m_core.tracing) {
        m_core.addTrace(
            trace::LeaseGranted{op.id, lease.ttlSeconds, m_primary ? m_now + lease.ttlSeconds * base::kSecond : 0});
    }
    return LeaseGrantResult{m_core.revision, op.id, lease.ttlSeconds};
}

void Lessor::checkpoint(const LeaseCheckpointOp& op) {
    for (const auto& item : op.items) {
        const auto it = m_leases.find(item.id);
        if (it == m_leases.end()) continue;
        it->second.remainingTtlSeconds = item.remainingTtlSeconds;
        if (m_core.options.persistLeaseCheckpoints) store(item.id, it->second);
        if (m_primary) planCheckpoint(item.id, it->second, m_now);
        if (m_core.tracing) m_core.addTrace(trace::LeaseCheckpointed{item.id, item.remainingTtlSeconds});
    }
}

void Lessor::remove(std::int64_t id) {
    const auto it = m_leases.find(id);
    if (it == m_leases.end()) return;
    stopCounting(id, it->second);
    m_core.backend.remove(Bucket::lease, rowKeyOf(id));
    m_leases.erase(it);
}

std::vector<std::string> Lessor::keysOf(std::int64_t id) const {
    const auto it = m_leases.find(id);
    if (it == m_leases.end()) return {};
    return {it->second.keys.begin(), it->second.keys.end()};
}

void Lessor::attach(std::int64_t id, std::string_view key) {
    const auto it = m_leases.find(id);
    if (it == m_leases.end()) return;
    it->second.keys.emplace(key);
    m_leaseOfKey.insert_or_assign(std::string(key), id);
}

void Lessor::detach(std::string_view key) {
    if (m_leaseOfKey.empty()) return;
    const auto it = m_leaseOfKey.find(key);
    if (it == m_leaseOfKey.end()) return;
    if (const auto lease = m_leases.find(it->second); lease != m_leases.end()) {
        const auto found = lease->second.keys.find(key);
        if (found != lease->second.keys.end()) lease->second.keys.erase(found);
    }
    m_leaseOfKey.erase(it);
}

LeaseView Lessor::viewOf(std::int64_t id, const Lease& lease, base::Nanoseconds now) const {
    LeaseView view;
    view.id = id;
    view.grantedTtlSeconds = lease.ttlSeconds;
    view.checkpointedTtlSeconds = lease.remainingTtlSeconds;
    view.deadline = lease.deadline;
    view.remainingTtlSeconds = lease.deadline == 0 ? lease.ttlSeconds : (lease.deadline - now) / base::kSecond;
    return view;
}

std::vector<LeaseView> Lessor::views(base::Nanoseconds now) const {
    std::vector<LeaseView> views;
    views.reserve(m_leases.size());
    for (const auto& [id, lease] : m_leases) views.push_back(viewOf(id, lease, now));
    std::stable_sort(views.begin(), views.end(),
                     [](const LeaseView& a, const LeaseView& b) { return a.deadline < b.deadline; });
    return views;
}

base::Result<LeaseView> Lessor::view(std::int64_t id, base::Nanoseconds now, bool keys) const {
    const auto it = m_leases.find(id);
    if (it == m_leases.end()) return makeError(ApiError::leaseNotFound);
    LeaseView view = viewOf(id, it->second, now);
    if (keys) view.keys.assign(it->second.keys.begin(), it->second.keys.end());
    return view;
}

}  // namespace raftarium::mvcc
