// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Messages of a real cluster held, and let go one at a time, dropped or doubled by hand: through the supervisor, by a
// second handle on the cluster, and with raftariumctl.
#include "tests/e2e/cluster_fixture.h"
#include "tests/runner/test_class.h"

#include <QProcess>

#include <atomic>

using namespace raftarium;
using control::HeldAction;
using control::ResolveHeld;

class ClusterHold : public QObject {
    Q_OBJECT
private slots:
    // n1 leads and hears from n2, but n2 hears only what is let through. Its elections are out of the picture.
    void init() {
        m_fixture = std::make_unique<e2e::ClusterFixture>();
        const std::string problem = m_fixture->start(3);
        QVERIFY2(problem.empty(), problem.c_str());
        auto joined = control::joinCluster("demo");
        QVERIFY2(joined.ok(), joined ? "" : joined.error().text.c_str());
        m_joined = std::move(*joined);
        m_leader = m_fixture->awaitLeader(m_fixture->names());
        QVERIFY(!m_leader.empty());
        m_follower = m_fixture->others({m_leader}).front();
        for (const auto& node : m_fixture->cluster->status().nodes) {
            if (node.spec.name != m_follower) continue;
            m_followerId = node.spec.id;
            client::PaceSettings patient;
            patient.electionTicks = 10'000;
            QVERIFY(client::ControlClient::create("unix:" + node.spec.adminSocket)->setPace(patient).ok());
        }
    }
    void cleanup() {
        m_joined.reset();
        m_fixture.reset();
    }

    void deliverOneByOne() {
        VERIFY_OK(m_joined->apply(control::HoldLink{m_leader, m_follower}));
        QVERIFY(m_fixture->cluster->status().faults.front().hold);
        QVERIFY(m_fixture->put(m_leader));  // the third node makes the majority
        const auto append = awaitHeldAppend();
        QVERIFY(append.entryCount > 0);
        QCOMPARE(append.to, m_followerId);
        QVERIFY(appliedOf(m_follower) < append.index + append.entryCount);

        // Its entries get there by this message alone; that they are committed, by a later one.
        VERIFY_OK(m_joined->apply(ResolveHeld{nameOf(append), HeldAction::deliver}));
        QVERIFY(e2e::eventually([&] { return lastIndexOf(m_follower) >= append.index + append.entryCount; }));
        const auto again = m_joined->apply(ResolveHeld{nameOf(append), HeldAction::deliver});
        QVERIFY(!again);
        QCOMPARE(again.error().code, base::Errc::notFound);
        VERIFY_OK(m_joined->apply(ResolveHeld{{}, HeldAction::deliver}));

        VERIFY_OK(m_joined->apply(control::HealLink{m_leader, m_follower, false}));
        QVERIFY(e2e::eventually([&] {
            const auto held = m_joined->held();
            return held && held->empty();
        }));
        verifyEqual();
    }

    void droppedAndDoubled() {
        VERIFY_OK(m_joined->apply(control::HoldLink{m_leader, m_follower}));
        QVERIFY(m_fixture->put(m_leader));
        const auto first = awaitHeldAppend();
        const std::uint64_t before = lastIndexOf(m_follower);
        VERIFY_OK(m_joined->apply(ResolveHeld{nameOf(first), HeldAction::drop}));
        // What comes after it does not fit: the follower refuses it, and the leader sends all of it again.
        VERIFY_OK(m_joined->apply(ResolveHeld{{}, HeldAction::drop}));
        QCOMPARE(lastIndexOf(m_follower), before);
        QVERIFY(m_fixture->put(m_leader));
        QVERIFY(e2e::eventually([&] {
            // Each answer of the follower brings new messages; they go, twice, until it has everything.
            const auto done = m_joined->apply(ResolveHeld{{}, HeldAction::duplicate});
            return done.ok() && lastIndexOf(m_follower) >= lastIndexOf(m_leader);
        }));
        VERIFY_OK(m_joined->apply(control::HealAll{}));
        verifyEqual();
    }

    void withRaftariumctl() {
        QCOMPARE(ctl({"cluster", "held"}), QString("no messages are held\n"));
        const QString from = QString::fromStdString(m_leader), to = QString::fromStdString(m_follower);
        ctl({"cluster", "hold", from, to});
        QVERIFY(ctl({"cluster", "status"}).contains(from + " -> " + to + ": hold"));
        QVERIFY(m_fixture->put(m_leader));
        const auto append = awaitHeldAppend();
        const QString id = from + ":" + QString::number(append.key.counter);
        const QString held = ctl({"cluster", "held"});
        QVERIFY2(held.contains(id + " "), qPrintable(held));
        ctl({"cluster", "deliver", id});
        QVERIFY(e2e::eventually([&] { return lastIndexOf(m_follower) >= append.index + append.entryCount; }));
        QVERIFY(ctl({"cluster", "discard", id}, 1).contains("no held message is called " + id));
        ctl({"cluster", "discard", "all"});
        ctl({"cluster", "duplicate", "all"});
        ctl({"cluster", "heal"});
        verifyEqual();
    }

private:
    QString ctl(const QStringList& arguments, int code = 0) {
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(QString::fromStdString(e2e::ClusterFixture::binary("raftariumctl")), arguments);
        if (!process.waitForFinished(e2e::kWithinMs)) return "it did not end";
        const QString out = QString::fromUtf8(process.readAll());
        if (process.exitCode() != code)
            QTest::qFail(
                qPrintable(arguments.join(' ') + ": exit code " + QString::number(process.exitCode()) + ": " + out),
                __FILE__, __LINE__);
        return out;
    }

    // The first held append with entries.
    observe::Message awaitHeldAppend() {
        observe::Message found;
        const bool there = e2e::eventually([&] {
            const auto held = m_joined->held();
            if (!held) return false;
            for (const observe::Message& message : *held) {
                if (message.kind != observe::MessageKind::append || message.entryCount == 0) continue;
                found = message;
                return true;
            }
            return false;
        });
        if (!there) QTest::qFail("no append is held", __FILE__, __LINE__);
        return found;
    }

    control::HeldName nameOf(const observe::Message& message) const {
        return {m_leader, message.key.counter, message.key.incarnation};
    }

    std::uint64_t appliedOf(const std::string& node) {
        const auto status = m_fixture->clientOf(node)->status();
        return status ? status->raftAppliedIndex : 0;
    }
    std::uint64_t lastIndexOf(const std::string& node) {
        std::uint64_t last = 0;
        for (const auto& known : m_fixture->cluster->status().nodes) {
            if (known.spec.name == node) last = lastOf(known.spec);
        }
        return last;
    }
    // From the full picture a node's telemetry begins with.
    static std::uint64_t lastOf(const control::NodeSpec& spec) {
        std::atomic<std::uint64_t> last{0};
        std::atomic<bool> told{false};
        const auto stream = client::TelemetryStream::open(
            "unix:" + spec.adminSocket, spec.id,
            {.onEvents =
                 [&](std::uint64_t, const std::vector<observe::Event>& events) {
                     for (const observe::Event& event : events) {
                         if (const auto* full = std::get_if<observe::Boxed<observe::FullState>>(&event.kind);
                             full && !told) {
                             last = (*full)->lastIndex;
                             told = true;
                         }
                     }
                 },
             .onBatch = {}});
        e2e::eventually([&] { return told.load(); });
        return last;
    }

    void verifyEqual() {
        const std::string problem = m_fixture->verify();
        QVERIFY2(problem.empty(), problem.c_str());
    }

    std::unique_ptr<e2e::ClusterFixture> m_fixture;
    std::unique_ptr<control::Cluster> m_joined;
    std::string m_leader, m_follower;
    std::uint64_t m_followerId = 0;
};

RAFTARIUM_TEST_CLASS(ClusterHold)
#include "cluster_hold.moc"
