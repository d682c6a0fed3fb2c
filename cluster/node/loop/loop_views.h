// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What other threads may read of a member without asking the raft loop, which refreshes it. Any thread.
#pragma once

#include "cluster/node/loop/seqlock.h"
#include "cluster/node/members/membership.h"
#include "cluster/node/status.h"

#include <memory>
#include <mutex>
#include <utility>

namespace raftarium::node {

class LoopViews {
public:
    Seqlock<NodeStatus> status;

    void setMembership(std::shared_ptr<const Membership> membership) {
        const std::lock_guard lock(m_mutex);
        m_membership = std::move(membership);
    }
    std::shared_ptr<const Membership> membership() const {
        const std::lock_guard lock(m_mutex);
        return m_membership;
    }

private:
    mutable std::mutex m_mutex;
    std::shared_ptr<const Membership> m_membership = std::make_shared<const Membership>();
};

}  // namespace raftarium::node
