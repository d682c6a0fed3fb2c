// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/leadership/publication.h"

#include "cluster/base/coding.h"
#include "cluster/node/members/membership_json.h"
#include "cluster/wire/requests.h"

#include <absl/strings/str_join.h>

#include <algorithm>

namespace raftarium::node {
namespace {

constexpr base::Nanoseconds kRetryNs = 500 * base::kMillisecond;

}  // namespace

std::string goList(const std::vector<std::string>& items) { return "[" + absl::StrJoin(items, " ") + "]"; }

void Publication::step(base::Nanoseconds now) {
    if (m_published || m_publishing || m_removed || m_host.leader() == 0 || now < m_nextTryNs || !m_durable) return;
    m_publishing = true;
    m_firstStart = false;
    m_nextTryNs = now + kRetryNs;
    const std::uint64_t id = m_host.nextRequestId();
    const std::string value = attributesToJson({m_config.name, m_config.advertiseClientUrls});
    m_host.propose(id, wire::encodeV2Put(id, attributesPath(m_self), value), [this](const base::Result<Applied>& done) {
        m_publishing = false;
        if (!done) return;  // tried again
        m_published = true;
        m_log.info("published {{Name:{} ClientURLs:{}}} to cluster {}", m_config.name,
                   goList(m_config.advertiseClientUrls), base::hexId(m_clusterId));
        m_log.info("ready to serve client requests");
        m_host.emit(telemetry::Lifecycle{telemetry::LifecyclePhase::ready});
    });
}

base::Nanoseconds Publication::nextDueNs() const {
    if (m_published || m_publishing || m_host.leader() == 0 || !m_durable) return kNever;
    return std::max(m_nextTryNs, m_host.now() + base::kMillisecond);
}

void Publication::proposeVersion() {
    if (m_versionProposed) return;
    m_versionProposed = true;
    m_log.info("setting up the initial cluster version to 3.4");
    const std::uint64_t id = m_host.nextRequestId();
    m_host.propose(id, wire::encodeV2Put(id, kClusterVersionPath, kClusterVersion),
                   [this](const base::Result<Applied>& done) {
                       if (!done) m_versionProposed = false;
                   });
}

}  // namespace raftarium::node
