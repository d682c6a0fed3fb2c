// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Two processes and one cluster: joining, taking over, and what is left when the supervisor is killed.
#include "cluster/control/controller.h"
#include "cluster/control/spec/paths.h"
#include "cluster/control/supervisor/cluster_lock.h"
#include "cluster/control/supervisor/line_socket.h"
#include "cluster/control/supervisor/open_cluster.h"
#include "cluster/control/supervisor/supervisor_protocol.h"
#include "tests/control/recorder.h"
#include "tests/runner/test_class.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <nlohmann/json.hpp>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sys/socket.h>
#include <thread>

using namespace raftarium;
using namespace raftarium::control;
using observe::ProcessState;

namespace {

constexpr int kWithinMs = 60'000;

// Neither running nor a zombie.
bool gone(int pid) {
    std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
    std::string line;
    return !std::getline(in, line) || line.find(") Z ") != std::string::npos;
}

}  // namespace

class TestControlSupervisor : public QObject {
    Q_OBJECT
private slots:
    void init() {
        m_directory = std::make_unique<QTemporaryDir>();
        qputenv("XDG_DATA_HOME", m_directory->path().toUtf8());
        qputenv("XDG_RUNTIME_DIR", m_directory->path().toUtf8());
        m_programs = qEnvironmentVariable("RAFTARIUM_TESTS_DIR");
        const auto spec = createCluster({.name = "demo", .nodes = 3, .pace = PacePreset::etcd});
        QVERIFY(spec.ok());
        m_spec = *spec;
    }
    void cleanup() {
        m_supervisor.reset();
        m_recorder = std::make_unique<Recorder>();
    }

    void killedSupervisorLeavesNobody() {
        const QList<int> pids = supervise("owned", "n2");  // n2 is paused
        QCOMPARE(pids.size(), 3);
        for (const int pid : pids) QVERIFY(!gone(pid));
        m_supervisor->kill();  // SIGKILL
        QVERIFY(m_supervisor->waitForFinished(kWithinMs));
        for (const int pid : pids) QTRY_VERIFY_WITH_TIMEOUT(gone(pid), kWithinMs);

        // The next opener takes over; the sockets left behind do not hinder it.
        QVERIFY(std::filesystem::exists(*socketDirectory(m_spec.directory) + "/supervisor"));
        auto cluster = openClusterWith("demo", node(), m_recorder->access());
        QVERIFY(cluster.ok());
        QVERIFY((*cluster)->status().ownedHere);
        QVERIFY((*cluster)->apply(StartAll{}).ok());
        QTRY_COMPARE_WITH_TIMEOUT((*cluster)->status().nodes[1].process, ProcessState::running, kWithinMs);
    }

    void endingInGoodOrderStopsAll() {
        const QList<int> pids = supervise("owned", "n3");
        m_supervisor->closeWriteChannel();
        QVERIFY(m_supervisor->waitForFinished(kWithinMs));
        QCOMPARE(m_supervisor->exitCode(), 0);
        for (const int pid : pids) QVERIFY(gone(pid));
        QVERIFY(!ClusterLock::holder(m_spec.directory).held);
    }

    void theSecondJoins() {
        QCOMPARE(joinCluster("demo").error().code, base::Errc::unavailable);
        const QList<int> pids = supervise("owned", "");
        auto joined = openClusterWith("demo", node(), m_recorder->access());
        QVERIFY(joined.ok());
        Cluster& cluster = **joined;
        std::atomic<int> changes = 0, ends = 0;
        cluster.onEvent([&](const observe::Event&) { changes++; });
        cluster.onEnded([&] { ends++; });
        ClusterStatus status = cluster.status();
        QVERIFY(status.running && !status.ownedHere);
        QCOMPARE(status.problem, std::string());
        QCOMPARE(status.nodes[0].pid, pids[0]);

        QVERIFY(cluster.apply(KillNode{"n1"}).ok());
        QVERIFY(gone(pids[0]));
        QCOMPARE(cluster.status().nodes[0].text, std::string("killed (SIGKILL)"));
        QTRY_VERIFY_WITH_TIMEOUT(changes > 0, kWithinMs);
        QVERIFY(cluster.apply(PauseNode{"n2"}).ok());
        QVERIFY(cluster.apply(ResumeNode{"n2"}).ok());
        QVERIFY(cluster.apply(Partition{{{"n1"}, {"n2", "n3"}}}).ok());
        QCOMPARE(cluster.status().faults.size(), std::size_t{4});
        QVERIFY(cluster.apply(DelayLink{"n2", "*", 20, 5}).ok());
        QVERIFY(cluster.apply(DropOnLink{"*", "n2", 0.25}).ok());
        QVERIFY(cluster.apply(HealLink{"n1", "n2", true}).ok());
        QVERIFY(cluster.apply(SetPace{paceOf(PacePreset::paper)}).ok());
        QVERIFY(cluster.apply(SetProtocol{false, false}).ok());
        status = cluster.status();
        QCOMPARE(status.spec.pace, PacePreset::paper);
        QVERIFY(!status.spec.checkQuorum);
        QVERIFY(cluster.apply(StartNode{"n1"}).ok());
        // Errors come over as they are.
        const auto refused = cluster.apply(KillNode{"n9"});
        QCOMPARE(refused.error().code, base::Errc::notFound);
        QVERIFY(refused.error().text.find("the nodes are n1, n2, n3") != std::string::npos);
        QCOMPARE(destroyCluster("demo").error().code, base::Errc::unavailable);
        QVERIFY(listClusters()->at(0).running);
        QCOMPARE(listClusters()->at(0).nodes[1].process, ProcessState::running);

        QVERIFY(cluster.apply(StopAll{}).ok());
        QTRY_COMPARE_WITH_TIMEOUT(ends, 1, kWithinMs);
        QVERIFY(!ClusterLock::holder(m_spec.directory).held);
        QVERIFY(!cluster.status().running);
        QVERIFY(cluster.status().problem.find("is gone") != std::string::npos);
        QCOMPARE(cluster.apply(StartNode{"n1"}).error().code, base::Errc::unavailable);
    }

    void twoAtOnce() {
        // Whoever is first supervises, the other joins.
        QProcess first, second;
        for (QProcess* process : {&first, &second}) {
            process->start(m_programs + "/fake_supervisor", {"demo", QString::fromStdString(node())});
        }
        QStringList roles;
        for (QProcess* process : {&first, &second}) {
            while (!process->canReadLine() && process->waitForReadyRead(kWithinMs)) {
            }
            roles << QString(process->readLine()).section(' ', 0, 0);
        }
        roles.sort();
        QCOMPARE(roles.join(' '), QString("joined owned"));
        for (QProcess* process : {&first, &second}) {
            process->closeWriteChannel();
            QVERIFY(process->waitForFinished(kWithinMs));
        }
    }

    void aSupervisorOfAnotherVersionIsNamed() {
        const std::string path = m_directory->filePath("other").toStdString();
        const auto listener = listenUnix(path);
        QVERIFY(listener.ok());
        auto lock = ClusterLock::acquire(m_spec.directory);
        QVERIFY(lock.ok() && lock->publish(path).ok());
        std::thread other([&] {
            const Fd connection(::accept(listener->get(), nullptr, nullptr));
            sendAll(connection.get(), "{\"supervisor\":1,\"cluster\":\"demo\"}\n");
        });
        const auto joined = joinCluster("demo");
        other.join();
        QVERIFY(!joined.ok());
        QCOMPARE(joined.error().code, base::Errc::unimplemented);
        QVERIFY(joined.error().text.find("of another version") != std::string::npos);
    }

    // Errors are data on both sides, so that the app can say them in its language.
    void errorsComeOverAsTheyAre() {
        auto owner = openClusterWith("demo", node(), m_recorder->access());
        QVERIFY(owner.ok());
        auto guest = joinCluster("demo");
        QVERIFY(guest.ok());
        for (const Action& action :
             {Action(KillNode{"n9"}), Action(StopNode{"n1"}), Action(DelayLink{"n1", "n2", 60'001})}) {
            const auto here = (*owner)->apply(action), there = (*guest)->apply(action);
            QVERIFY(!here.ok() && !there.ok());
            QCOMPARE(there.error().code, here.error().code);
            QCOMPARE(there.error().text, here.error().text);
            QVERIFY(here.error().said && there.error().said);
            QVERIFY(*there.error().said == *here.error().said);
        }
    }

    // Whoever acts, everybody hears of it: with its line, its JSON, who asked, and how it went.
    void actionsAreReportedToAll() {
        auto owner = openClusterWith("demo", node(), m_recorder->access());
        QVERIFY(owner.ok());
        auto guest = joinCluster("demo");
        QVERIFY(guest.ok());
        std::mutex mutex;
        std::vector<observe::Event> own, heard;
        const auto keepIn = [&](std::vector<observe::Event>& list) {
            return [&](const observe::Event& event) {
                const std::lock_guard lock(mutex);
                if (std::holds_alternative<observe::ActionTaken>(event.kind)) list.push_back(event);
            };
        };
        (*owner)->onEvent(keepIn(own));
        (*guest)->onEvent(keepIn(heard));
        QVERIFY((*owner)->apply(StartAll{}).ok());
        QVERIFY((*guest)->apply(CutLink{"n1", "n2", false}).ok());
        QVERIFY((*owner)->apply(KillNode{"n2"}).ok());
        QVERIFY(!(*guest)->apply(KillNode{"n9"}).ok());
        QVERIFY((*guest)->apply(StopAll{}).ok());
        const auto counts = [&] {
            const std::lock_guard lock(mutex);
            return std::pair(own.size(), heard.size());
        };
        QTRY_VERIFY_WITH_TIMEOUT((counts() == std::pair<std::size_t, std::size_t>(5, 5)), kWithinMs);
        (*owner)->onEvent({});
        (*guest)->onEvent({});
        QVERIFY(own == heard);
        const auto taken = [&](std::size_t at) { return std::get<observe::ActionTaken>(own[at].kind); };
        QCOMPARE(taken(1).line, std::string("raftariumctl cluster cut --one-way n1 n2 --cluster demo"));
        QVERIFY(actionFromJson(nlohmann::json::parse(taken(1).json)).value() == Action(CutLink{"n1", "n2", false}));
        QCOMPARE(taken(1).by, std::string(program_invocation_short_name));
        QCOMPARE(own[1].node, observe::NodeId{0});
        QCOMPARE(own[2].node, m_spec.nodes[1].id);
        QVERIFY(taken(3).outcome == telemetry::ActionOutcome::failed);
        QVERIFY(taken(3).error.find("there is no node \"n9\"") != std::string::npos);
        QCOMPARE(taken(4).line, std::string("raftariumctl cluster stop --cluster demo"));
    }

    void afterItsStopTheOwnerCanStartAgain() {
        auto owner = openClusterWith("demo", node(), m_recorder->access());
        QVERIFY(owner.ok());
        std::atomic<int> ends = 0;
        (*owner)->onEnded([&] { ends++; });
        QVERIFY((*owner)->apply(StartAll{}).ok());
        auto guest = joinCluster("demo");
        QVERIFY(guest.ok());
        QVERIFY((*guest)->apply(StopAll{}).ok());
        QTRY_COMPARE_WITH_TIMEOUT(ends, 1, kWithinMs);
        QVERIFY(!(*owner)->status().running);
        QVERIFY((*owner)->apply(StartNode{"n1"}).ok());
        QVERIFY((*owner)->status().running);
        QVERIFY(joinCluster("demo").ok());
        owner->reset();
        QCOMPARE(joinCluster("demo").error().code, base::Errc::unavailable);
    }

    void badRequests_data() {
        QTest::addColumn<QString>("request");
        QTest::addColumn<QString>("says");
        QTest::newRow("no JSON") << "kill n1"
                                 << "must be a JSON object";
        QTest::newRow("a list") << "[1]"
                                << "must be a JSON object";
        QTest::newRow("no operation") << "{}"
                                      << "bad request";
        QTest::newRow("operation is a number") << "{\"op\":7}"
                                               << "bad request";
        QTest::newRow("unknown operation") << "{\"op\":\"explode\"}"
                                           << "does not know the operation";
        QTest::newRow("no action") << "{\"op\":\"apply\"}"
                                   << "bad request";
        QTest::newRow("no node") << R"({"op":"apply","action":{"action":"killNode"}})"
                                 << "is missing";
        QTest::newRow("groups of numbers") << R"({"op":"apply","action":{"action":"partition","groups":[1]}})"
                                           << "list of lists";
        QTest::newRow("not UTF-8") << QString(R"({"op":"apply","action":{"action":"killNode","node":")") + QChar(0xff) +
                                          "\"}}"
                                   << "there is no node";
    }
    void badRequests() {
        QFETCH(QString, request);
        QFETCH(QString, says);
        auto owner = openClusterWith("demo", node(), m_recorder->access());
        QVERIFY(owner.ok());
        const auto socket = connectUnix(ClusterLock::holder(m_spec.directory).socket);
        QVERIFY(socket.ok());
        LineReader reader(socket->get());
        std::string line;
        QVERIFY(reader.next(line));
        QVERIFY(checkGreeting(line, "demo").ok());
        QVERIFY(!checkGreeting(line, "other").ok());
        QVERIFY(sendAll(socket->get(), request.toStdString() + "\n"));
        QVERIFY(reader.next(line));
        QVERIFY2(line.find(says.toStdString()) != std::string::npos, line.c_str());
        QVERIFY(!reader.next(line));
    }

    void anEndlessLineIsCutOff() {
        auto owner = openClusterWith("demo", node(), m_recorder->access());
        QVERIFY(owner.ok());
        const auto socket = connectUnix(ClusterLock::holder(m_spec.directory).socket);
        QVERIFY(socket.ok());
        const std::string chunk(1 << 16, 'x');
        int sent = 0;
        while (sent < 1000 && sendAll(socket->get(), chunk)) ++sent;
        QVERIFY(sent < 1000);
    }

    void theSocketIsOursAlone() {
        auto owner = openClusterWith("demo", node(), m_recorder->access());
        QVERIFY(owner.ok());
        const std::filesystem::path socket = ClusterLock::holder(m_spec.directory).socket;
        using std::filesystem::perms;
        QCOMPARE(std::filesystem::status(socket).permissions() & (perms::group_all | perms::others_all), perms::none);
        QCOMPARE(std::filesystem::status(socket.parent_path()).permissions() & (perms::group_all | perms::others_all),
                 perms::none);
    }

private:
    std::string node() const { return m_programs.toStdString() + "/fake_node"; }

    // Starts a supervisor in another process and waits until its nodes run; their pids.
    QList<int> supervise(const QString& role, const QString& paused) {
        m_supervisor = std::make_unique<QProcess>();
        m_supervisor->setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_supervisor->start(m_programs + "/fake_supervisor", {"demo", QString::fromStdString(node()), paused});
        while (!m_supervisor->canReadLine() && m_supervisor->waitForReadyRead(kWithinMs)) {
        }
        const QStringList words = QString(m_supervisor->readLine()).simplified().split(' ');
        if (words.value(0) != role) return {};
        QList<int> pids;
        for (const QString& word : words.mid(1)) pids << word.toInt();
        return pids;
    }

    std::unique_ptr<QTemporaryDir> m_directory;
    QString m_programs;
    ClusterSpec m_spec;
    std::unique_ptr<Recorder> m_recorder = std::make_unique<Recorder>();
    std::unique_ptr<QProcess> m_supervisor;
};

RAFTARIUM_TEST_CLASS(TestControlSupervisor)
#include "test_control_supervisor.moc"
