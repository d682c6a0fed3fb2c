// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Random operations, crashes, slow watchers: results, hashes and events are those of the naive model.
#include "tests/mvcc/naive_model.h"
#include "tests/mvcc/store_fixture.h"
#include "tests/runner/test_class.h"

#include <QtTest>

#include <deque>

using namespace raftarium;
using namespace raftarium::mvcc;
using namespace raftarium::mvcc::test;

namespace {

// One watch as a client library keeps it: made again from the next revision after a crash or a compaction.
class WatchClient final : public WatchSink {
public:
    WatchClient(base::Rng& rng, const NaiveModel& model, bool bounds) : m_rng(rng), m_model(model), m_bounds(bounds) {}

    void start(Store& store, std::int64_t fromRevision) {
        m_request.key = std::string(1, static_cast<char>('a' + m_rng.below(4)));
        if (m_rng.chance(0.6)) m_request.rangeEnd = m_rng.chance(0.3) ? std::string(kFromKey) : m_request.key + "z";
        m_request.prevKv = m_rng.chance(0.5);
        m_request.noPut = m_rng.chance(0.2);
        m_request.noDelete = !m_request.noPut && m_rng.chance(0.2);
        m_next = fromRevision;
        create(store);
    }
    void create(Store& store) {
        m_stream = store.openWatchStream(*this);
        finishRevision();
        m_request.startRevision = m_next;
        QVERIFY(store.createWatch(m_stream, m_request).ok());
        m_running = true;
        m_open = true;
    }
    void close(Store& store) {
        if (m_open) store.closeWatchStream(m_stream);
        m_open = false;
    }

    bool offer(WatchBatch& batch) override {
        if (!m_fast && m_rng.chance(0.4)) return false;
        WatchBatch taken = std::move(batch);
        if (taken.canceled) {
            // Only for something it really cannot get any more.
            m_running = false;
            finishRevision();
            if (m_next >= taken.compactRevision) m_problem = "cancelled although nothing was missing";
            if (!m_bounds && taken.compactRevision > m_model.compactRevision()) m_problem = "wrong compact revision";
            m_next = taken.compactRevision;
            return true;
        }
        for (const EventPtr& event : taken.events) take(*event);
        if (!taken.events.empty() && taken.revision < taken.events.back()->revision.main) m_problem = "header too low";
        return true;
    }
    bool running() const { return m_running; }
    void setFast() { m_fast = true; }

    // Everything the model knows has come.
    QString problem() const {
        if (!m_problem.isEmpty()) return m_problem;
        if (nextExpected() != nullptr) return QStringLiteral("events are missing from %1 on").arg(m_next);
        return {};
    }
    QString problemSoFar() const { return m_problem; }

private:
    // A revision's events come together: after some of them there are none left.
    void finishRevision() {
        if (m_nextSub != 0) ++m_next;
        m_nextSub = 0;
    }
    const ModelEvent* nextExpected() const {
        for (const ModelEvent& event : m_model.events()) {
            if (event.revision.main < m_next || (event.revision.main == m_next && event.revision.sub < m_nextSub))
                continue;
            if (!inRange(event.kv.key, m_request.key, m_request.rangeEnd)) continue;
            if (event.deleted ? m_request.noDelete : m_request.noPut) continue;
            return &event;
        }
        return nullptr;
    }
    void take(const ChangeEvent& event) {
        const ModelEvent* expected = nextExpected();
        if (expected == nullptr || expected->revision != event.revision) {
            m_problem =
                QStringLiteral("unexpected event of revision %1.%2").arg(event.revision.main).arg(event.revision.sub);
            return;
        }
        if (expected->deleted != event.deleted || expected->kv != event.kv) m_problem = "an event differs";
        if (m_request.prevKv) {
            const bool had = expected->prev.version != 0;
            const bool gone = m_model.compactRevision() >= event.revision.main || m_bounds;
            if (event.prevKv == nullptr ? had && !gone : *event.prevKv != expected->prev)
                m_problem = "wrong previous pair";
        }
        m_next = event.revision.main;
        m_nextSub = event.revision.sub + 1;
    }

    base::Rng& m_rng;
    const NaiveModel& m_model;
    const bool m_bounds;
    WatchRequest m_request;
    StreamId m_stream = 0;
    std::int64_t m_next = 1;
    std::int64_t m_nextSub = 0;
    bool m_running = false;
    bool m_open = false;
    bool m_fast = false;
    QString m_problem;
};

struct LoggedOp {
    OwnedOp op;
    std::string result;
};

}  // namespace

class TestMvccModel : public QObject {
    Q_OBJECT

private slots:
    void randomOperations_data() {
        QTest::addColumn<int>("seed");
        QTest::addColumn<bool>("bounds");
        for (int seed = 1; seed <= 24; ++seed) {
            QTest::addRow("seed %d", seed) << seed << false;
            QTest::addRow("seed %d with version bounds", seed) << seed << true;
        }
    }
    void randomOperations() {
        QFETCH(int, seed);
        QFETCH(bool, bounds);
        base::Rng rng(static_cast<std::uint64_t>(seed));
        StoreOptions options;
        options.compactionRowsPerStep = 5;
        options.watchRevisionsPerBatch = 7;
        options.watchersPerSyncStep = 3;
        StoreFixture f(options);
        NaiveModel model;
        std::vector<LoggedOp> log;
        std::deque<WatchClient> clients;
        for (int step = 0; step < 600; ++step) {
            if (rng.chance(0.02) && clients.size() < 20) {
                clients.emplace_back(rng, model, bounds)
                    .start(*f.store,
                           1 + static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(model.revision()) + 2)));
            }
            applyOne(f, model, log, randomOp(rng, model.revision(), bounds), bounds);
            if (rng.chance(0.5)) (void)f.store->backgroundStep(step);
            if (rng.chance(0.1)) f.backend.commitAsync(nullptr);
            if (rng.chance(0.1)) f.backend.finishCommits();
            if (rng.chance(0.015)) crash(f, log, clients, bounds, rng.chance(0.5));
            reviveCancelled(f, clients);
            if (rng.chance(0.1)) checkHash(f, model, rng, bounds);
            for (const WatchClient& client : clients) {
                QVERIFY2(client.problemSoFar().isEmpty(), qPrintable(client.problemSoFar()));
            }
            if (QTest::currentTestFailed()) return;
        }
        for (WatchClient& client : clients) client.setFast();
        for (int round = 0; round < 5000; ++round) {
            (void)f.store->backgroundStep(1000 + round);
            reviveCancelled(f, clients);
        }
        for (const WatchClient& client : clients) {
            QVERIFY2(client.problem().isEmpty(), qPrintable(client.problem()));
        }
        checkHash(f, model, rng, bounds);
    }

    // Members that crash, commit and compact at different times stay the same.
    void membersAgree_data() {
        QTest::addColumn<int>("seed");
        for (int seed = 100; seed < 120; ++seed) QTest::addRow("seed %d", seed) << seed;
    }
    void membersAgree() {
        QFETCH(int, seed);
        base::Rng rng(static_cast<std::uint64_t>(seed));
        StoreOptions options;
        options.compactionRowsPerStep = 3;
        std::deque<StoreFixture> members;
        for (int i = 0; i < 3; ++i) members.emplace_back(options);
        for (int step = 0; step < 500; ++step) {
            const OwnedOp op = randomOp(rng, members[0].store->revision(), true);
            const Request request = op.request();
            if (!members[0].store->validate(request)) continue;
            const std::string result = describe(members[0].apply(request));
            for (std::size_t i = 1; i < members.size(); ++i) QCOMPARE(describe(members[i].apply(request)), result);
            (void)members[1].store->backgroundStep(1);
            if (rng.chance(0.05)) {
                members[2].finishBackground();
                QVERIFY(members[2].backend.commit().ok());
                members[2].restart();
            }
            const std::int64_t at =
                static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(members[0].store->revision()) + 1));
            for (const std::int64_t revision : {std::int64_t{0}, at}) {
                const auto first = members[0].store->hashKv(revision);
                for (std::size_t i = 1; i < members.size(); ++i) {
                    const auto other = members[i].store->hashKv(revision);
                    QCOMPARE(other.ok(), first.ok());
                    if (first) QCOMPARE(other->hash, first->hash);
                }
            }
        }
        for (StoreFixture& member : members) member.finishBackground();
        for (StoreFixture& member : members) QCOMPARE(member.store->hashAll(), members[0].store->hashAll());
    }

private:
    static void applyOne(StoreFixture& f, NaiveModel& model, std::vector<LoggedOp>& log, const OwnedOp& op,
                         bool bounds) {
        const Request request = op.request();
        if (!f.store->validate(request)) return;
        // The model goes first: watchers check their events against it during apply.
        const bool mayBeRefused = bounds && needsDropped(op, model);
        const NaiveModel before = mayBeRefused ? model : NaiveModel();
        const std::string expected = model.apply(op);
        const auto response = f.apply(request);
        const std::string actual = describe(response);
        if (mayBeRefused && !response && apiErrorOf(response.error()) == ApiError::compacted) {
            model = before;
            log.push_back({op, actual});
            return;
        }
        QCOMPARE(QByteArray::fromStdString(actual), QByteArray::fromStdString(expected));
        log.push_back({op, actual});
    }

    // A read of the past that touches a bounded key may be refused.
    static bool needsDropped(const OwnedOp& op, const NaiveModel& model) {
        if (op.kind == OwnedOp::Kind::range) return op.number != 0 && model.everBounded(op.key, op.end);
        for (const auto* branch : {&op.success, &op.failure}) {
            for (const OwnedOp& one : *branch) {
                if (one.kind == OwnedOp::Kind::range && needsDropped(one, model)) return true;
            }
        }
        return false;
    }

    static void crash(StoreFixture& f, std::vector<LoggedOp>& log, std::deque<WatchClient>& clients, bool bounds,
                      bool lose) {
        Q_UNUSED(bounds);
        f.restart(lose);
        // What the log has and the backend lost is applied again, with the same results.
        for (std::size_t i = f.store->consistentIndex(); i < log.size(); ++i) {
            QCOMPARE(QByteArray::fromStdString(describe(f.apply(log[i].op.request()))),
                     QByteArray::fromStdString(log[i].result));
        }
        // An entry that has been applied has no effect.
        if (!log.empty()) {
            const auto again = f.store->apply(f.store->consistentIndex(), 1, log.back().op.request());
            QVERIFY(again.ok() && std::holds_alternative<std::monostate>(*again));
        }
        for (WatchClient& client : clients) client.create(*f.store);
    }

    static void reviveCancelled(StoreFixture& f, std::deque<WatchClient>& clients) {
        for (WatchClient& client : clients) {
            if (client.running()) continue;
            client.close(*f.store);
            client.create(*f.store);
        }
    }

    static void checkHash(StoreFixture& f, const NaiveModel& model, base::Rng& rng, bool bounds) {
        if (bounds) return;  // membersAgree
        for (const std::int64_t revision :
             {model.revision(),
              static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(model.revision()) + 1))}) {
            if (revision == 0) continue;
            const auto hash = f.store->hashKv(revision);
            if (revision <= model.compactRevision()) {
                QVERIFY(!hash.ok());
            } else {
                QVERIFY(hash.ok());
                QCOMPARE(hash->hash, model.hashKv(revision));
            }
        }
    }
};

RAFTARIUM_TEST_CLASS(TestMvccModel)
#include "test_mvcc_model.moc"
