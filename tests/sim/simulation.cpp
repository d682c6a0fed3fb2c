// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/sim/simulation.h"

#include "tests/sim/clients.h"
#include "tests/sim/faults.h"
#include "tests/sim/trace_recorder.h"

#include <algorithm>

namespace raftarium::sim {
namespace {

// Ample: an election, a request that waits out its timeout, and a second one.
constexpr base::Nanoseconds kWorksAgainWithin = 60 * base::kSecond;
constexpr base::Nanoseconds kEqualWithin = 60 * base::kSecond;
constexpr base::Nanoseconds kLook = 200 * base::kMillisecond;

class Run {
public:
    Run(const Options& options, const RunOptions& run)
        : m_world(options), m_network(m_world), m_clients(m_world), m_faults(m_world) {
        m_world.network = &m_network;
        m_world.notes = run.notes;
    }
    base::Status record(const std::string& path) {
        auto recorder = TraceRecorder::create(path, m_world);
        if (!recorder) return recorder.error();
        m_recorder = std::move(*recorder);
        m_world.recorder = m_recorder.get();
        return {};
    }

    Result go() {
        begin();
        runFor(m_world.options.storm);
        m_clients.stop();
        m_faults.heal();
        workAgain();
        becomeEqual();
        if (!faulty() && !m_stranded) {
            m_clients.readAll();
            runUntil(kWorksAgainWithin, [this] { return m_clients.waiting() == 0; });
        }
        judge();
        return result();
    }

private:
    bool faulty() const { return m_world.checks.fault().has_value(); }

    void begin() {
        for (int i = 0; i < m_world.options.members; ++i) {
            const std::string name = "n" + std::to_string(i + 1);
            m_world.members.push_back(std::make_unique<Member>(m_world, name, configOf(m_world, name)));
            Member* member = m_world.members.back().get();
            m_world.events.after(World::around(m_world.faultRng, 100 * base::kMillisecond), [member] {
                if (!member->up()) member->start();
            });
        }
        m_clients.start();
        m_faults.start();
    }

    void runFor(base::Nanoseconds length) {
        const base::Nanoseconds end = m_world.events.now() + length;
        while (!faulty() && m_world.events.runNext(end)) continue;
    }
    template <typename Condition>
    bool runUntil(base::Nanoseconds within, Condition condition) {
        const base::Nanoseconds end = m_world.events.now() + within;
        while (!faulty() && m_world.events.now() < end) {
            if (condition()) return true;
            runFor(kLook);
        }
        return condition();
    }

    void workAgain() {
        int looks = 0;
        const bool works = runUntil(kWorksAgainWithin, [&] {
            m_faults.reconcile();
            if (++looks % 5 == 1) m_clients.probe();
            return m_clients.probeDone();
        });
        m_stranded = !works && !faulty() && stranded();
        if (!works && !faulty() && !m_stranded)
            m_world.checks.fail("liveness", "no write was acknowledged within " +
                                                std::to_string(kWorksAgainWithin / base::kSecond) +
                                                " s after all faults had ended" + picture());
    }

    // A leader that is removed may be gone before anybody else has heard that its removal is committed; without it the
    // others, by the configuration they know, are no quorum. That is so in etcd, too, and safe: nothing is lost, and an
    // operator has to step in.
    bool stranded() const {
        for (const auto& member : m_world.members) {
            if (!member->up() || member->status().learner) continue;
            std::size_t voters = 0, running = 0;
            bool gone = false;
            for (const auto& [id, one] : member->membership()->members) {
                if (one.learner) continue;
                ++voters;
                const Member* voter = m_world.byId(id);
                running += voter && voter->up();
                gone |= voter && (voter->removed() || voter->retired());
            }
            if (running >= voters / 2 + 1 || !gone) return false;
        }
        return true;
    }

    // Everybody in the configuration has applied the same.
    bool equal() {
        m_faults.reconcile();
        raft::Index applied = 0;
        for (const auto& member : m_world.members) {
            if (member->retired() || member->removed()) continue;
            // An addition that nobody has heard of is none.
            if (!member->up() && !member->everStarted()) continue;
            const node::NodeStatus status = member->status();
            if (!member->up() || status.applied != status.commit || status.leader == 0) return false;
            if (applied != 0 && status.applied != applied) return false;
            applied = status.applied;
        }
        return true;
    }
    void becomeEqual() {
        if (faulty() || m_stranded) return;
        if (!runUntil(kEqualWithin, [this] { return equal(); }) && !faulty()) {
            m_world.checks.fail("liveness", "members had not applied the same log within " +
                                                std::to_string(kEqualWithin / base::kSecond) +
                                                " s after all faults had ended" + picture());
        }
        for (const auto& member : m_world.members) member->checkHash();
    }

    void judge() {
        if (faulty()) return;
        m_world.checks.finish();
        if (auto fault = revisionFault(m_clients.history())) m_world.checks.fail("linearizability", *fault);
        if (faulty()) return;
        SearchResult search = searchFault(m_clients.history());
        m_undecided = search.undecided;
        if (search.fault) m_world.checks.fail("linearizability", *search.fault);
    }

    std::string picture() const {
        std::string text;
        for (const auto& member : m_world.members) {
            text += "\n    " + member->name();
            if (!member->up()) {
                text += member->removed() ? " removed" : member->retired() ? " retired" : " down";
                continue;
            }
            const node::NodeStatus status = member->status();
            static constexpr const char* kRoles[] = {"follower", "candidate", "leader", "pre-candidate"};
            text += std::string(" ") + kRoles[static_cast<int>(status.role)] + (status.learner ? " (learner)" : "") +
                    ", term " + std::to_string(status.term) + ", leader " + m_world.checks.nameOf(status.leader) +
                    ", first " + std::to_string(status.firstIndex) + ", last " + std::to_string(status.lastIndex) +
                    ", commit " + std::to_string(status.commit) + ", applied " + std::to_string(status.applied) +
                    ", members";
            for (const auto& [id, one] : member->membership()->members)
                text += " " + m_world.checks.nameOf(id) + (one.learner ? "(learner)" : "");
        }
        return text;
    }

    Result result() {
        if (m_recorder) {
            if (const auto& fault = m_world.checks.fault()) m_recorder->mark("violation: " + fault->check);
            if (auto status = m_recorder->finish(); !status) m_world.checks.fail("recording", status.error().text);
        }
        Result result;
        result.fault = m_world.checks.fault();
        result.hash = m_world.hash.value();
        result.simulated = m_world.events.now();
        result.elections = m_world.checks.elections();
        result.committed = m_world.checks.committed();
        result.operations = m_clients.history().size();
        result.acknowledged = m_clients.acknowledged();
        result.undecided = m_undecided;
        result.stranded = m_stranded;
        return result;
    }

    World m_world;
    Network m_network;
    std::unique_ptr<TraceRecorder> m_recorder;
    Clients m_clients;
    Faults m_faults;
    std::size_t m_undecided = 0;
    bool m_stranded = false;
};

}  // namespace

Result simulate(const Options& options, const RunOptions& run) {
    Run one(options, run);
    if (!run.trace.empty()) {
        if (auto status = one.record(run.trace); !status) {
            Result result;
            result.fault = Fault{"recording", status.error().text};
            return result;
        }
    }
    return one.go();
}

}  // namespace raftarium::sim
