// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The power goes at every possible moment of a fixed piece of work: before each change of the disk (start-up, log
// segments, snapshot files and the syncs of all of them), and between any two events of the process. Afterwards nothing
// that was acknowledged is missing, nothing was applied twice, and when the work is done the store's hash is that of a
// run without a loss.
#include "cluster/wire/requests.h"
#include "tests/runner/test_class.h"
#include "tests/sim/faults.h"
#include "tests/sim/member.h"

#include <QTest>

#include <functional>
#include <optional>
#include <string>
#include <vector>

using namespace raftarium;
using namespace raftarium::sim;

namespace {

constexpr std::size_t kOperations = 36;
constexpr base::Nanoseconds kEnd = 120 * base::kSecond;

// Puts, overwrites, deletions, counting transactions, a lease, compactions: every one changes the store.
std::string encode(std::size_t number, std::int64_t revision, std::uint64_t id) {
    const std::string key = "k" + std::to_string(number % 5);
    if (number == 3) {
        etcdserverpb::LeaseGrantRequest grant;
        grant.set_id(77);
        grant.set_ttl(100'000);
        return wire::wrapRequest(wire::RequestField::leaseGrant, grant, id);
    }
    if (number % 12 == 11) {
        etcdserverpb::CompactionRequest compaction;
        compaction.set_revision(revision - 3);
        return wire::wrapRequest(wire::RequestField::compaction, compaction, id);
    }
    if (number % 7 == 6) {
        etcdserverpb::DeleteRangeRequest remove;
        remove.set_key("k0");
        remove.set_range_end("k9");
        return wire::wrapRequest(wire::RequestField::deleteRange, remove, id);
    }
    if (number % 4 == 2) {
        etcdserverpb::TxnRequest txn;
        for (const char* name : {"x", "y"}) {
            auto& put = *txn.add_success()->mutable_request_put();
            put.set_key(name);
            put.set_value(std::to_string(number));
        }
        return wire::wrapRequest(wire::RequestField::txn, txn, id);
    }
    etcdserverpb::PutRequest put;
    put.set_key(key);
    put.set_value(std::string(40 + number, 'v') + std::to_string(number));
    if (number % 5 == 4) put.set_lease(77);
    return wire::wrapRequest(wire::RequestField::put, put, id);
}

struct Picture {
    std::int64_t revision = 0;
    std::uint32_t hash = 0;
    friend bool operator==(const Picture&, const Picture&) = default;
};

Options calm(int members, std::uint64_t seed) {
    Options options;
    options.seed = seed;
    options.members = members;
    options.snapshotCount = 10;
    options.snapshotCatchupEntries = 5;
    options.walSegmentBytes = 1024;
    options.heartbeatMs = 20;
    options.electionMs = 100;
    return options;
}

class Work {
public:
    Work(int members, std::uint64_t seed) : m_world(calm(members, seed)), m_network(m_world) {
        m_world.network = &m_network;
        for (int i = 1; i <= members; ++i) {
            const std::string name = "n" + std::to_string(i);
            m_world.members.push_back(std::make_unique<Member>(m_world, name, configOf(m_world, name)));
        }
    }
    Member& member(std::size_t index) { return *m_world.members[index]; }
    std::uint64_t diskSteps(std::size_t index) {
        return static_cast<storage::FaultFileSystem&>(member(index).files()).steps();
    }
    std::size_t events() const { return m_events; }

    void start() {
        for (auto& member : m_world.members) member->start();
    }
    void loseAll(storage::CrashMode mode) {
        for (auto& member : m_world.members) member->crash(mode);
    }
    bool finished() const { return m_done == kOperations && m_settled; }
    bool failed() const { return m_world.checks.fault() || !m_problem.empty(); }

    // One event, and what an operator and a client do between events. False if there is a fault or time is up.
    bool advance() {
        if (m_world.checks.fault() || m_world.events.now() > kEnd) return false;
        m_world.events.runNext(m_world.events.now() + base::kMillisecond);
        ++m_events;
        bool lost = false;
        for (auto& member : m_world.members) lost |= !member->up();
        if (lost && !m_restarting) {
            m_restarting = true;
            ++m_losses;
            m_waiting = false;  // whom was asked is gone
            m_settled = false;
            m_world.events.after(5 * base::kMillisecond, [this] {
                m_restarting = false;
                for (auto& member : m_world.members)
                    if (!member->up()) member->start();
            });
        }
        if (!lost && !m_waiting) ask();
        return true;
    }

    // After k operations the store looks like this; of a run without a loss.
    std::vector<Picture> reference{kOperations + 1};
    bool recording = false;
    std::string problem() const {
        if (m_world.checks.fault()) return m_world.checks.fault()->check + ": " + m_world.checks.fault()->text;
        if (!m_problem.empty()) return m_problem;
        return finished() ? "" : "the work was not finished: " + std::to_string(m_done) + " operations";
    }
    int losses() const { return m_losses; }
    void finishChecks() { m_world.checks.finish(); }

private:
    static Picture pictureOf(const Member& member) {
        const auto hash = member.store().hashKv(0);
        return {member.store().revision(), hash ? hash->hash : 0};
    }
    Member* leader() {
        for (auto& member : m_world.members)
            if (member->up() && member->status().role == raft::Role::leader) return member.get();
        return nullptr;
    }

    void ask() {
        Member* leads = leader();
        if (!leads) return;
        m_waiting = true;
        const int losses = m_losses;
        if (!m_settled) {
            leads->linearizableRead([this, leads, losses](const base::Status& read) {
                if (losses != m_losses) return;
                m_waiting = false;
                if (read) settle(pictureOf(*leads));
            });
            return;
        }
        if (m_done == kOperations) return;
        const std::uint64_t id = leads->nextRequestId();
        m_unknown = true;
        leads->propose(id, encode(m_done, reference[m_done].revision, id),
                       [this, leads, losses, id](const base::Result<node::Applied>& applied) {
                           if (losses != m_losses) return;
                           m_waiting = false;
                           if (!applied && !happenedBefore(applied.error())) {
                               m_settled = false;  // find out what became of it
                               return;
                           }
                           m_unknown = false;
                           ++m_done;
                           if (applied) m_world.checks.acknowledged(id, applied->index, applied->term);
                           compare(pictureOf(*leads));
                       });
    }
    // Of the two kinds of operation that leave revision and hash alone: the one nobody knew about was applied.
    static bool happenedBefore(const base::Error& error) {
        const auto api = static_cast<mvcc::ApiError>(error.api);
        return api == mvcc::ApiError::leaseExists || api == mvcc::ApiError::compacted;
    }
    // Where the cluster is after a loss: what was acknowledged, and perhaps the one operation nobody knows about.
    void settle(const Picture& now) {
        m_settled = true;
        if (m_unknown && !recording && now == reference[m_done + 1] && !(now == reference[m_done])) ++m_done;
        m_unknown = false;
        compare(now);
    }
    void compare(const Picture& now) {
        if (recording) {
            reference[m_done] = now;
            return;
        }
        if (now == reference[m_done] || !m_problem.empty()) return;
        m_problem = "after " + std::to_string(m_done) + " operations the revision is " + std::to_string(now.revision) +
                    " and the hash " + std::to_string(now.hash) + ", not " +
                    std::to_string(reference[m_done].revision) + " and " + std::to_string(reference[m_done].hash);
    }

    World m_world;
    Network m_network;
    std::size_t m_events = 0;
    std::size_t m_done = 0;
    bool m_settled = false, m_waiting = false, m_unknown = false, m_restarting = false;
    int m_losses = 0;
    std::string m_problem;
};

struct Reference {
    std::vector<Picture> pictures;
    std::size_t events = 0;
    std::uint64_t diskSteps = 0;
};

// The same work, undisturbed.
Reference undisturbed(int members, std::uint64_t seed) {
    Work work(members, seed);
    work.recording = true;
    work.reference[0].revision = 1;
    work.start();
    while (!work.finished() && work.advance()) continue;
    return {work.reference, work.problem().empty() ? work.events() : 0, work.diskSteps(0)};
}

// Empty, or what is wrong. `before` runs before each event.
std::string disturbed(Work& work, const Reference& reference, const std::function<void(Work&)>& before) {
    work.reference = reference.pictures;
    while (!work.finished() && !work.failed()) {
        before(work);
        if (!work.advance()) break;
    }
    work.finishChecks();
    if (std::string problem = work.problem(); !problem.empty()) return problem;
    return work.losses() == 1 ? "" : "the power went " + std::to_string(work.losses()) + " times";
}

}  // namespace

class TestPowerLoss : public QObject {
    Q_OBJECT
private slots:
    void beforeEveryChangeOfTheDisk() {
        std::size_t runs = 0;
        for (const std::uint64_t seed : {1, 2, 3}) {
            const Reference reference = undisturbed(1, seed);
            QVERIFY(reference.events > 0);
            QVERIFY(reference.diskSteps > 100);
            for (std::uint64_t step = 0; step < reference.diskSteps; ++step) {
                Work work(1, seed);
                work.member(0).crashAtDiskStep(step);
                work.start();
                const std::string problem = disturbed(work, reference, [](Work&) {});
                QVERIFY2(
                    problem.empty(),
                    ("seed " + std::to_string(seed) + ", disk step " + std::to_string(step) + ": " + problem).c_str());
                ++runs;
            }
        }
        qInfo("%zu runs", runs);
    }

    void betweenAnyTwoEvents_data() {
        QTest::addColumn<int>("members");
        QTest::addColumn<int>("mode");
        for (const int members : {1, 3}) {
            QTest::addRow("%d, everything written stays", members)
                << members << static_cast<int>(storage::CrashMode::keepAll);
            QTest::addRow("%d, what was not synced is lost", members)
                << members << static_cast<int>(storage::CrashMode::dropUnsynced);
            QTest::addRow("%d, torn", members) << members << static_cast<int>(storage::CrashMode::tear);
        }
    }
    // Of the whole cluster at once.
    void betweenAnyTwoEvents() {
        QFETCH(int, members);
        QFETCH(int, mode);
        const Reference reference = undisturbed(members, 5);
        QVERIFY(reference.events > 0);
        std::size_t runs = 0;
        // Three members have many more moments, most of them alike: every seventh.
        const std::size_t stride = members == 1 ? 1 : 7;
        for (std::size_t at = 1 + static_cast<std::size_t>(mode); at < reference.events; at += stride) {
            Work work(members, 5);
            work.start();
            const std::string problem = disturbed(work, reference, [at, mode](Work& now) {
                if (now.events() == at && now.losses() == 0) now.loseAll(static_cast<storage::CrashMode>(mode));
            });
            QVERIFY2(problem.empty(), ("event " + std::to_string(at) + ": " + problem).c_str());
            ++runs;
        }
        qInfo("%zu runs", runs);
    }
};

RAFTARIUM_TEST_CLASS(TestPowerLoss)
#include "test_power_loss.moc"
