// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Publishes this member's name and client URLs to the cluster, as etcd does: until that is applied, it serves no
// clients. Tried again until it succeeds. The first leader of a new cluster also sets the cluster's version.
#pragma once

#include "cluster/node/config/config.h"
#include "cluster/node/loop/loop_host.h"

#include <spdlog/logger.h>

#include <cstdint>

namespace raftarium::node {

// As Go prints a list of strings: [a b].
std::string goList(const std::vector<std::string>& items);

class Publication {
public:
    // `firstStart`: nothing was stored before this start.
    Publication(LoopHost& host, const Config& config, std::uint64_t self, std::uint64_t clusterId, bool firstStart,
                spdlog::logger& log)
        : m_host(host), m_config(config), m_self(self), m_clusterId(clusterId), m_firstStart(firstStart), m_log(log) {}

    // Something of this member's log is on disk. Before that it does not publish itself: once the others know it, they
    // take a member without anything stored for one that lost its data.
    void logIsDurable() { m_durable = true; }
    // It is no member any more.
    void removed() { m_removed = true; }
    // This member leads, and the cluster has no version.
    void proposeVersion();
    void lostLeadership() { m_versionProposed = false; }

    bool published() const { return m_published; }
    // Nothing was stored before this start, and this run has not published itself. If others know the member already,
    // an earlier run did, and what that run stored is lost.
    bool firstStart() const { return m_firstStart; }

    void step(base::Nanoseconds now);
    base::Nanoseconds nextDueNs() const;

private:
    LoopHost& m_host;
    const Config& m_config;
    std::uint64_t m_self;
    std::uint64_t m_clusterId;
    bool m_firstStart;
    spdlog::logger& m_log;
    bool m_durable = false;
    bool m_removed = false;
    bool m_published = false;
    bool m_publishing = false;
    base::Nanoseconds m_nextTryNs = 0;
    bool m_versionProposed = false;
};

}  // namespace raftarium::node
