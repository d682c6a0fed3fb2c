// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/sim/history.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_set>

namespace raftarium::sim {
namespace {

bool changes(const Op& op) {
    switch (op.kind) {
        case OpKind::put:
        case OpKind::putTwo:
            return true;
        case OpKind::remove:
            return op.deleted > 0;
        case OpKind::compareAndSet:
            return op.succeeded;
        default:
            return false;
    }
}

bool reads(const Op& op) {
    return op.kind == OpKind::read || op.kind == OpKind::serializableRead ||
           (op.kind == OpKind::compareAndSet && !op.succeeded);
}

std::vector<std::string> keysOf(const Op& op) {
    if (op.secondKey.empty()) return {op.key};
    return {op.key, op.secondKey};
}

// Acknowledged writes of one key by revision.
using Writes = std::map<std::int64_t, const Op*>;

std::optional<std::string> realTimeFault(const std::vector<const Op*>& done) {
    std::vector<const Op*> byEnd = done;
    std::stable_sort(byEnd.begin(), byEnd.end(), [](const Op* a, const Op* b) { return a->end < b->end; });
    std::size_t ended = 0;
    const Op* newest = nullptr;
    for (const Op* op : done) {
        for (; ended < byEnd.size() && byEnd[ended]->end < op->start; ++ended)
            if (!newest || byEnd[ended]->revision > newest->revision) newest = byEnd[ended];
        if (!newest || op->kind == OpKind::serializableRead) continue;
        if (op->revision < newest->revision || (changes(*op) && op->revision == newest->revision))
            return describe(*op) + " was answered at revision " + std::to_string(op->revision) + ", though " +
                   describe(*newest) + " had ended before it began";
    }
    return std::nullopt;
}

std::optional<std::string> readFault(const Op& op, const Writes& writes, bool otherDeletes) {
    const auto after = writes.upper_bound(op.revision);
    const Op* newest = after == writes.begin() ? nullptr : std::prev(after)->second;
    if (op.seenMod > op.revision)
        return describe(op) + " saw a value of revision " + std::to_string(op.seenMod) + " at revision " +
               std::to_string(op.revision);
    if (!newest) return std::nullopt;
    const std::int64_t at = std::prev(after)->first;
    if (op.seenMod == 0) {
        if (newest->kind == OpKind::remove || otherDeletes) return std::nullopt;
        return describe(op) + " at revision " + std::to_string(op.revision) + " did not see " + describe(*newest) +
               " of revision " + std::to_string(at);
    }
    if (op.seenMod < at)
        return describe(op) + " at revision " + std::to_string(op.revision) + " saw what " + describe(*newest) +
               " had replaced at revision " + std::to_string(at);
    const auto writer = writes.find(op.seenMod);
    if (writer != writes.end() && writer->second->value != op.seen)
        return describe(op) + " saw \"" + op.seen + "\" of revision " + std::to_string(op.seenMod) + ", which " +
               describe(*writer->second) + " wrote";
    return std::nullopt;
}

// One operation on one register.
struct Step {
    const Op* op = nullptr;
    int value = 0;     // written
    int expected = 0;  // compareAndSet
    int seen = 0;
};

class Register {
public:
    Register(std::vector<Step> steps, std::size_t maxSteps) : m_steps(std::move(steps)), m_left(maxSteps) {
        std::stable_sort(m_steps.begin(), m_steps.end(),
                         [](const Step& a, const Step& b) { return a.op->start < b.op->start; });
        m_done.assign(m_steps.size(), false);
        for (const Step& step : m_steps) m_known += step.op->outcome == Outcome::ok;
    }

    enum class Verdict : std::uint8_t { fine, broken, undecided };
    Verdict search() {
        const bool found = extend(0, 0);
        return found ? Verdict::fine : m_left == 0 ? Verdict::undecided : Verdict::broken;
    }
    // The first operation (by its end) that no order could take in.
    const Op* stuck() const { return m_stuck; }

private:
    bool take(const Step& step, int state, int& next) const {
        const bool known = step.op->outcome == Outcome::ok;
        next = state;
        switch (step.op->kind) {
            case OpKind::put:
            case OpKind::putTwo:
                next = step.value;
                return true;
            case OpKind::remove:
                next = 0;
                return !known || (step.op->deleted > 0) == (state != 0);
            case OpKind::compareAndSet:
                if (!known || step.op->succeeded) {
                    if (state == step.expected) next = step.value;
                    return !known || state == step.expected;
                }
                return state != step.expected && state == step.seen;
            case OpKind::read:
            case OpKind::serializableRead:
                return state == step.seen;
        }
        return false;
    }

    bool extend(std::size_t knownDone, int state) {
        if (knownDone == m_known) return true;
        if (m_left == 0) return false;
        --m_left;
        std::string key(reinterpret_cast<const char*>(&state), sizeof state);
        for (std::size_t i = m_firstOpen; i < m_done.size(); ++i)
            if (m_done[i]) key += std::to_string(i) + ',';
        key += std::to_string(m_firstOpen);
        if (!m_visited.insert(std::move(key)).second) return false;
        // Only what began before the first end among the rest can be next.
        base::Nanoseconds limit = std::numeric_limits<base::Nanoseconds>::max();
        const Op* limiting = nullptr;
        for (std::size_t i = m_firstOpen; i < m_steps.size() && m_steps[i].op->start <= limit; ++i) {
            if (m_done[i] || m_steps[i].op->outcome != Outcome::ok || m_steps[i].op->end >= limit) continue;
            limit = m_steps[i].op->end;
            limiting = m_steps[i].op;
        }
        if (knownDone >= m_deepest) {
            m_deepest = knownDone;
            m_stuck = limiting;
        }
        for (std::size_t i = m_firstOpen; i < m_steps.size() && m_steps[i].op->start <= limit; ++i) {
            int next = 0;
            if (m_done[i] || !take(m_steps[i], state, next)) continue;
            const bool known = m_steps[i].op->outcome == Outcome::ok;
            if (!known && next == state) continue;  // as if it never happened
            m_done[i] = true;
            const std::size_t before = m_firstOpen;
            while (m_firstOpen < m_done.size() && m_done[m_firstOpen]) ++m_firstOpen;
            if (extend(knownDone + known, next)) return true;
            m_firstOpen = before;
            m_done[i] = false;
        }
        return false;
    }

    std::vector<Step> m_steps;
    std::vector<bool> m_done;
    std::size_t m_firstOpen = 0;
    std::size_t m_known = 0;
    std::size_t m_deepest = 0;
    std::size_t m_left;
    const Op* m_stuck = nullptr;
    std::unordered_set<std::string> m_visited;
};

}  // namespace

std::string describe(const Op& op) {
    static constexpr const char* kNames[] = {"put",       "delete", "read", "serializable read", "compare-and-set",
                                             "put of two"};
    std::string text = std::string(kNames[static_cast<int>(op.kind)]) + " #" + std::to_string(op.id) + " of " + op.key;
    if (!op.secondKey.empty()) text += " and " + op.secondKey;
    if (!op.expected.empty()) text += " from \"" + op.expected + '"';
    if (!op.value.empty()) text += " to \"" + op.value + '"';
    if (reads(op) && op.outcome == Outcome::ok) text += op.seenMod == 0 ? " (absent)" : " (saw \"" + op.seen + "\")";
    if (!op.member.empty()) text += " by " + op.member;
    return text + " at " + std::to_string(op.start / base::kMillisecond) + " ms";
}

std::optional<std::string> revisionFault(const std::vector<Op>& ops) {
    std::vector<const Op*> done;
    std::map<std::int64_t, const Op*> owners;
    std::map<std::string, Writes> writes;
    std::set<std::string> otherDeletes;  // keys that unanswered requests or leases may have deleted
    for (const Op& op : ops) {
        if (op.outcome == Outcome::unknown && op.kind == OpKind::remove) otherDeletes.insert(op.key);
        if (op.lease != 0) otherDeletes.insert(op.key);
        if (op.outcome != Outcome::ok) continue;
        done.push_back(&op);
        if (!changes(op)) continue;
        const auto [owner, first] = owners.try_emplace(op.revision, &op);
        if (!first)
            return describe(op) + " and " + describe(*owner->second) + " were both told revision " +
                   std::to_string(op.revision);
        for (const std::string& key : keysOf(op)) writes[key][op.revision] = &op;
    }
    std::stable_sort(done.begin(), done.end(), [](const Op* a, const Op* b) { return a->start < b->start; });
    if (auto fault = realTimeFault(done)) return fault;
    for (const Op* op : done) {
        if (!reads(*op)) continue;
        const auto known = writes.find(op->key);
        if (known == writes.end()) continue;
        if (auto fault = readFault(*op, known->second, otherDeletes.contains(op->key))) return fault;
    }
    return std::nullopt;
}

SearchResult searchFault(const std::vector<Op>& ops, std::size_t maxSteps) {
    std::map<std::string, std::vector<Step>> byKey;
    std::map<std::string, int> values = {{"", 0}};
    std::set<std::string> leased;
    const auto number = [&](const std::string& value) {
        return values.try_emplace(value, static_cast<int>(values.size())).first->second;
    };
    for (const Op& op : ops)
        if (op.lease != 0) leased.insert(op.key);
    for (const Op& op : ops) {
        const bool useless = op.kind == OpKind::serializableRead || op.outcome == Outcome::failed ||
                             (op.outcome == Outcome::unknown && op.kind == OpKind::read);
        if (useless) continue;
        for (const std::string& key : keysOf(op)) {
            if (leased.contains(key)) continue;  // time changes it as well
            byKey[key].push_back({&op, number(op.value), number(op.expected), number(op.seen)});
        }
    }
    SearchResult result;
    for (auto& [key, steps] : byKey) {
        Register search(std::move(steps), maxSteps);
        switch (search.search()) {
            case Register::Verdict::fine:
                break;
            case Register::Verdict::undecided:
                ++result.undecided;
                break;
            case Register::Verdict::broken:
                result.fault = "no order explains the answers about " + key +
                               (search.stuck() ? ": " + describe(*search.stuck()) + " fits nowhere" : "");
                return result;
        }
    }
    return result;
}

}  // namespace raftarium::sim
