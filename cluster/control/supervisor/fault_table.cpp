// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/control/supervisor/fault_table.h"

#include "cluster/base/clock.h"
#include "cluster/control/engine.h"

#include <set>

namespace raftarium::control {
namespace {

constexpr std::int64_t kDelayMaxMs = 60'000;

}  // namespace

FaultTable::FaultTable(const std::vector<NodeSpec>& nodes) {
    for (const NodeSpec& node : nodes) m_nodes.emplace_back(node.name, node.id);
}

void FaultTable::addNode(const std::string& name, std::uint64_t id) { m_nodes.emplace_back(name, id); }

void FaultTable::removeNode(std::uint64_t id) {
    std::erase_if(m_nodes, [id](const auto& node) { return node.second == id; });
    std::erase_if(m_faults, [id](const auto& entry) { return entry.first.first == id || entry.first.second == id; });
}

void FaultTable::renumber(std::uint64_t id, std::uint64_t newId) {
    for (auto& [name, known] : m_nodes) {
        if (known == id) known = newId;
    }
    std::map<Link, Faults> renamed;
    for (const auto& [link, faults] : m_faults) {
        renamed[{link.first == id ? newId : link.first, link.second == id ? newId : link.second}] = faults;
    }
    m_faults = std::move(renamed);
}

base::Result<std::vector<std::uint64_t>> FaultTable::ids(const std::string& name) const {
    std::vector<std::uint64_t> found;
    std::vector<std::string> names;
    for (const auto& [known, id] : m_nodes) {
        if (name == "*" || name == known) found.push_back(id);
        names.push_back(known);
    }
    if (found.empty()) return unknownNode(name, names);
    return found;
}

base::Result<std::vector<FaultTable::Link>> FaultTable::links(const std::string& from, const std::string& to,
                                                              bool bothWays) const {
    const auto begins = ids(from);
    if (!begins) return begins.error();
    const auto ends = ids(to);
    if (!ends) return ends.error();
    std::set<Link> found;
    for (const std::uint64_t begin : *begins) {
        for (const std::uint64_t end : *ends) {
            if (begin == end) continue;
            found.insert({begin, end});
            if (bothWays) found.insert({end, begin});
        }
    }
    if (found.empty()) {
        return base::sayError(
            base::Errc::invalidArgument,
            {RAFTARIUM_TEXT("Control", "a link has two different ends: \"{0}\" and \"{1}\" are the same node"),
             {from, to}});
    }
    return std::vector<Link>(found.begin(), found.end());
}

void FaultTable::forgetEmpty() {
    std::erase_if(m_faults, [](const auto& entry) { return entry.second.none(); });
}

base::Status FaultTable::cut(const std::string& from, const std::string& to, bool bothWays) {
    const auto chosen = links(from, to, bothWays);
    if (!chosen) return chosen.error();
    for (const Link& link : *chosen) m_faults[link].cut = true;
    return {};
}

base::Status FaultTable::heal(const std::string& from, const std::string& to, bool bothWays) {
    const auto chosen = links(from, to, bothWays);
    if (!chosen) return chosen.error();
    for (const Link& link : *chosen) m_faults.erase(link);
    return {};
}

void FaultTable::healAll() { m_faults.clear(); }

base::Status FaultTable::partition(const std::vector<std::vector<std::string>>& groups) {
    std::map<std::uint64_t, std::size_t> groupOf;
    for (std::size_t group = 0; group < groups.size(); ++group) {
        for (const std::string& name : groups[group]) {
            const auto found = ids(name);
            if (!found) return found.error();
            for (const std::uint64_t id : *found) {
                if (!groupOf.emplace(id, group).second) {
                    return base::sayError(
                        base::Errc::invalidArgument,
                        {RAFTARIUM_TEXT("Control", "node {0} is in two groups of the partition; each may be in one"),
                         {name}});
                }
            }
        }
    }
    const auto group = [&](std::uint64_t id) {
        const auto it = groupOf.find(id);
        return it == groupOf.end() ? groups.size() : it->second;
    };
    for (const auto& [fromName, from] : m_nodes) {
        for (const auto& [toName, to] : m_nodes) {
            if (from != to) m_faults[{from, to}].cut = group(from) != group(to);
        }
    }
    forgetEmpty();
    return {};
}

base::Status FaultTable::delay(const std::string& from, const std::string& to, std::int64_t ms, std::int64_t jitterMs) {
    if (ms < 0 || ms > kDelayMaxMs || jitterMs < 0 || jitterMs > kDelayMaxMs) {
        return base::sayError(
            base::Errc::invalidArgument,
            {RAFTARIUM_TEXT("Control", "delay {0} ms with jitter {1} ms: each must be 0 to 60 s"), {ms, jitterMs}});
    }
    const auto chosen = links(from, to, false);
    if (!chosen) return chosen.error();
    for (const Link& link : *chosen) {
        m_faults[link].delayMs = ms;
        m_faults[link].jitterMs = jitterMs;
    }
    return {};
}

base::Status FaultTable::drop(const std::string& from, const std::string& to, double share) {
    if (!(share >= 0 && share <= 1)) {
        return base::sayError(base::Errc::invalidArgument,
                              {RAFTARIUM_TEXT("Control", "share of lost messages must be 0 to 1 (0% to 100%)"), {}});
    }
    const auto chosen = links(from, to, false);
    if (!chosen) return chosen.error();
    for (const Link& link : *chosen) m_faults[link].dropShare = share;
    forgetEmpty();
    return {};
}

base::Status FaultTable::hold(const std::string& from, const std::string& to) {
    const auto chosen = links(from, to, false);
    if (!chosen) return chosen.error();
    for (const Link& link : *chosen) m_faults[link].hold = true;
    return {};
}

std::vector<observe::LinkFaults> FaultTable::set() const {
    std::vector<observe::LinkFaults> out;
    for (const auto& [link, faults] : m_faults) {
        observe::LinkFaults entry;
        entry.from = link.first;
        entry.to = link.second;
        entry.cut = faults.cut;
        entry.delayNs = faults.delayMs.value_or(0) * base::kMillisecond;
        entry.jitterNs = faults.jitterMs * base::kMillisecond;
        entry.dropShare = faults.dropShare;
        entry.hold = faults.hold;
        out.push_back(entry);
    }
    return out;
}

std::vector<observe::LinkFaults> FaultTable::forNode(std::uint64_t id, std::int64_t linkDelayMs) const {
    std::vector<observe::LinkFaults> out;
    for (const auto& [fromName, from] : m_nodes) {
        for (const auto& [toName, to] : m_nodes) {
            if (from == to || (from != id && to != id)) continue;
            const auto it = m_faults.find({from, to});
            const Faults faults = it == m_faults.end() ? Faults{} : it->second;
            observe::LinkFaults entry;
            entry.from = from;
            entry.to = to;
            entry.cut = faults.cut;
            if (from == id) {
                entry.delayNs = faults.delayMs.value_or(linkDelayMs) * base::kMillisecond;
                entry.jitterNs = faults.jitterMs * base::kMillisecond;
                entry.dropShare = faults.dropShare;
                entry.hold = faults.hold;
            }
            out.push_back(entry);
        }
    }
    return out;
}

}  // namespace raftarium::control
