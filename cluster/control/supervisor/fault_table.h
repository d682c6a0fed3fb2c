// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The faults a person set on the directed links of a cluster, over the link delay of the pace. Pure.
#pragma once

#include "cluster/base/result.h"
#include "cluster/control/spec/cluster_spec.h"
#include "cluster/observe/event.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace raftarium::control {

class FaultTable {
public:
    explicit FaultTable(const std::vector<NodeSpec>& nodes);
    void addNode(const std::string& name, std::uint64_t id);
    void removeNode(std::uint64_t id);                     // and the faults of its links
    void renumber(std::uint64_t id, std::uint64_t newId);  // the same node as another member; its links keep theirs

    // Names of nodes; "*" stands for all. Nothing changes on an error.
    base::Status cut(const std::string& from, const std::string& to, bool bothWays);
    base::Status heal(const std::string& from, const std::string& to, bool bothWays);
    void healAll();
    base::Status partition(const std::vector<std::vector<std::string>>& groups);
    base::Status delay(const std::string& from, const std::string& to, std::int64_t ms, std::int64_t jitterMs);
    base::Status drop(const std::string& from, const std::string& to, double share);
    base::Status hold(const std::string& from, const std::string& to);

    std::vector<observe::LinkFaults> set() const;  // links with a fault set by hand
    // What node `id` is sent about all links that begin or end at it: cuts at both ends, the rest where a link begins
    // (at both ends a delay would count twice).
    std::vector<observe::LinkFaults> forNode(std::uint64_t id, std::int64_t linkDelayMs) const;

private:
    using Link = std::pair<std::uint64_t, std::uint64_t>;
    struct Faults {
        bool cut = false;
        std::optional<std::int64_t> delayMs;  // instead of the pace's
        std::int64_t jitterMs = 0;
        double dropShare = 0;
        bool hold = false;
        bool none() const { return !cut && !delayMs && dropShare == 0 && !hold; }
    };

    base::Result<std::vector<Link>> links(const std::string& from, const std::string& to, bool bothWays) const;
    base::Result<std::vector<std::uint64_t>> ids(const std::string& name) const;
    void forgetEmpty();

    std::vector<std::pair<std::string, std::uint64_t>> m_nodes;
    std::map<Link, Faults> m_faults;
};

}  // namespace raftarium::control
