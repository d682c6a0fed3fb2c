// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/requests/write_admission.h"

#include <algorithm>
#include <optional>

namespace raftarium::node {
namespace {

constexpr std::int64_t kDefaultQuotaBytes = std::int64_t{2} << 30;
constexpr std::int64_t kUncheckedBytesMax = 16 << 20;

}  // namespace

WriteAdmission::WriteAdmission(Node& node, std::int64_t quotaBytes)
    : m_node(node), m_quotaBytes(quotaBytes == 0 ? kDefaultQuotaBytes : quotaBytes) {}

base::Status WriteAdmission::check(const mvcc::Request& request) {
    std::optional<base::Status> fits;
    bool alarmed = false;
    std::int64_t used = 0;
    m_node.read([&](const mvcc::Store& store) {
        fits.emplace(store.checkQuota(request));
        used = store.size().total;
        alarmed = !store.alarms().empty();
    });
    if (!*fits) {
        if (mvcc::apiErrorOf(fits->error()) == mvcc::ApiError::noSpace)
            m_node.post([](RaftLoop& loop) { loop.raiseNoSpace(); });
        return *fits;
    }
    if (alarmed) return {};
    m_uncheckedBytes = m_quotaBytes < 0 ? kUncheckedBytesMax
                                        : std::clamp<std::int64_t>((m_quotaBytes - used) / 8, 0, kUncheckedBytesMax);
    return {};
}

}  // namespace raftarium::node
