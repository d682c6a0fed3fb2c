// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/upkeep/backend_commits.h"

#include <utility>

namespace raftarium::node {

void BackendCommits::commit(std::function<void(base::Status)> done,
                            std::function<base::Status(base::Status)> onBackendThread) {
    m_committing = true;
    m_lastNs = m_host.now();
    m_backend.commitAsync([this, done = std::move(done), after = std::move(onBackendThread)](base::Status status) {
        if (after) status = after(std::move(status));
        m_host.post([this, done, status = std::move(status)] {
            m_committing = false;
            done(status);
        });
    });
}

void BackendCommits::step(base::Nanoseconds now) {
    const std::size_t pending = m_backend.pendingOperations();
    if (m_committing || pending == 0) return;
    if (now < m_lastNs + m_intervalNs && pending < m_limit) return;
    commit([this](const base::Status& status) {
        // Aborted: a received snapshot has replaced what was to be written.
        if (!status && status.error().code != base::Errc::aborted) m_host.fail(status.error());
    });
}

base::Nanoseconds BackendCommits::nextDueNs() const {
    return !m_committing && m_backend.pendingOperations() > 0 ? m_lastNs + m_intervalNs : kNever;
}

}  // namespace raftarium::node
