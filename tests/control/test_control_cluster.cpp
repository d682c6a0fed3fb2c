// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The supervisor with fake nodes in its own process.
#include "cluster/control/controller.h"
#include "cluster/control/fd.h"
#include "cluster/control/supervisor/open_cluster.h"
#include "tests/control/recorder.h"
#include "tests/runner/test_class.h"

#include <QTemporaryDir>
#include <QTest>

#include <arpa/inet.h>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <netinet/in.h>
#include <sstream>
#include <sys/socket.h>

using namespace raftarium;
using namespace raftarium::control;
using observe::ProcessState;

namespace {

constexpr int kWithinMs = 60'000;

template <typename Outcome>
std::string text(const Outcome& outcome) {
    return outcome ? "" : outcome.error().text;
}

ProcessState stateOf(Cluster& cluster, std::size_t node) { return cluster.status().nodes.at(node).process; }

bool allRunning(Cluster& cluster) {
    for (const auto& node : cluster.status().nodes) {
        if (node.process != ProcessState::running) return false;
    }
    return true;
}

char kernelState(int pid) {
    std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
    std::string line;
    std::getline(in, line);
    const std::size_t end = line.rfind(')');
    return end == std::string::npos ? '-' : line.at(end + 2);
}

std::string contents(const std::string& path) {
    std::ostringstream out;
    out << std::ifstream(path).rdbuf();
    return out.str();
}

}  // namespace

#define VERIFY_OK(call)                                \
    do {                                               \
        const auto outcome = (call);                   \
        QVERIFY2(outcome.ok(), text(outcome).c_str()); \
    } while (false)

class TestControlCluster : public QObject {
    Q_OBJECT
private slots:
    void init() {
        m_directory = std::make_unique<QTemporaryDir>();
        qputenv("XDG_DATA_HOME", m_directory->path().toUtf8());
        qputenv("XDG_RUNTIME_DIR", m_directory->path().toUtf8());
        m_node = qEnvironmentVariable("RAFTARIUM_TESTS_DIR").toStdString() + "/fake_node";
        m_recorder = std::make_unique<Recorder>();
    }
    void cleanup() {
        m_cluster.reset();
        m_recorder.reset();
    }

    void startsWithItsFlagsAndStops() {
        qputenv("ETCD_NAME", "not-this");
        open(3);
        qunsetenv("ETCD_NAME");
        const ClusterStatus status = m_cluster->status();
        QVERIFY(status.running && status.ownedHere);
        const NodeSpec& second = status.nodes[1].spec;
        const std::string arguments = contents(second.dataDir + "/arguments");
        for (const std::string& flag :
             {std::string("--name=n2\n"), "--listen-client-urls=" + second.clientUrl() + "\n",
              "--listen-peer-urls=" + second.peerUrl() + "\n", "--admin-socket=" + second.adminSocket + "\n",
              "--initial-cluster-token=" + status.spec.token + "\n", std::string("--exit-with-parent=true\n")}) {
            QVERIFY2(arguments.find(flag) != std::string::npos, (flag + arguments).c_str());
        }
        QVERIFY(arguments.find("environment ETCD_") == std::string::npos);
        QVERIFY(second.adminSocket.size() < 107);
        QCOMPARE(m_cluster->logTail("n2", 100), std::string("fake node n2\n"));

        VERIFY_OK(m_cluster->apply(StopNode{"n2"}));
        QCOMPARE(m_cluster->status().nodes[1].text, std::string("stopped"));
        QCOMPARE(m_cluster->apply(StopNode{"n2"}).error().code, base::Errc::unavailable);
        VERIFY_OK(m_cluster->apply(StopAll{}));
        for (const auto& node : m_cluster->status().nodes) QCOMPARE(node.process, ProcessState::stopped);
        QVERIFY(!m_cluster->status().running);
        QVERIFY(destroyCluster("demo").ok());
    }

    void killIsReaped() {
        open(2);
        const int pid = m_cluster->status().nodes[0].pid;
        VERIFY_OK(m_cluster->apply(KillNode{"n1"}));
        QCOMPARE(m_cluster->status().nodes[0].text, std::string("killed (SIGKILL)"));
        QCOMPARE(kernelState(pid), '-');  // not a zombie either
        QCOMPARE(stateOf(*m_cluster, 1), ProcessState::running);
        VERIFY_OK(m_cluster->apply(StartNode{"n1"}));
        QCOMPARE(m_cluster->apply(StartNode{"n1"}).error().code, base::Errc::exists);
        QTRY_VERIFY_WITH_TIMEOUT(allRunning(*m_cluster), kWithinMs);
        VERIFY_OK(m_cluster->apply(RestartNode{"n1"}));
        QTRY_VERIFY_WITH_TIMEOUT(allRunning(*m_cluster), kWithinMs);
    }

    void aKillFromOutsideIsNoticed() {
        open(1);
        QCOMPARE(::kill(m_cluster->status().nodes[0].pid, SIGKILL), 0);
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(*m_cluster, 0), ProcessState::stopped, kWithinMs);
        QCOMPARE(m_cluster->status().nodes[0].text, std::string("killed (SIGKILL)"));
    }

    void anExitTellsItsReason() {
        create(1);
        std::ofstream(m_spec.directory + "/behaviour") << "exit cannot open the log: disk on fire";
        openCreated();
        VERIFY_OK(m_cluster->apply(StartAll{}));
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(*m_cluster, 0), ProcessState::stopped, kWithinMs);
        QCOMPARE(m_cluster->status().nodes[0].text, std::string("exited with 3: cannot open the log: disk on fire"));
    }

    void pauseAndResume() {
        open(1);
        const int pid = m_cluster->status().nodes[0].pid;
        VERIFY_OK(m_cluster->apply(PauseNode{"n1"}));
        QCOMPARE(kernelState(pid), 'T');
        QCOMPARE(stateOf(*m_cluster, 0), ProcessState::paused);
        QVERIFY(!m_cluster->apply(PauseNode{"n1"}).ok());
        QVERIFY(!m_cluster->apply(StartNode{"n1"}).ok());
        VERIFY_OK(m_cluster->apply(ResumeNode{"n1"}));
        QCOMPARE(stateOf(*m_cluster, 0), ProcessState::running);
        QTRY_COMPARE_WITH_TIMEOUT(kernelState(pid), 'S', kWithinMs);
        QVERIFY(!m_cluster->apply(ResumeNode{"n1"}).ok());
        VERIFY_OK(m_cluster->apply(PauseNode{"n1"}));
        VERIFY_OK(m_cluster->apply(StopNode{"n1"}));  // a paused node stops in good order, too
        QCOMPARE(m_cluster->status().nodes[0].text, std::string("stopped"));
        VERIFY_OK(m_cluster->apply(StartNode{"n1"}));
        VERIFY_OK(m_cluster->apply(PauseNode{"n1"}));
        VERIFY_OK(m_cluster->apply(KillNode{"n1"}));
    }

    void aNodeThatDoesNotHeedIsKilled() {
        create(2);
        std::ofstream(m_spec.directory + "/behaviour") << "ignore-term";
        openCreated();
        VERIFY_OK(m_cluster->apply(StartAll{}));
        QTRY_VERIFY_WITH_TIMEOUT(allRunning(*m_cluster), kWithinMs);
        VERIFY_OK(m_cluster->apply(StopAll{}));
        QCOMPARE(m_cluster->status().nodes[0].text, std::string("killed (SIGKILL)"));
        QCOMPARE(m_cluster->status().nodes[1].text, std::string("killed (SIGKILL)"));
    }

    void namesAndProgramsAreChecked() {
        open(2);
        for (const auto& refused :
             {m_cluster->apply(KillNode{"n7"}), m_cluster->apply(StartNode{""}), m_cluster->apply(Campaign{"N1"})}) {
            QCOMPARE(refused.error().code, base::Errc::notFound);
            QVERIFY(refused.error().text.find("the nodes are n1, n2") != std::string::npos);
        }
        QCOMPARE(openClusterWith("absent", m_node, m_recorder->access()).error().code, base::Errc::notFound);
        create(1, "second");
        QCOMPARE(openClusterWith("second", "/no/such/program", m_recorder->access()).error().code,
                 base::Errc::notFound);
        const std::string script = m_directory->filePath("script").toStdString();
        std::ofstream(script) << "neither a program nor a script";
        std::filesystem::permissions(script, std::filesystem::perms::owner_all);
        auto second = openClusterWith("second", script, m_recorder->access());
        QVERIFY(second.ok());
        const auto started = (*second)->apply(StartAll{});
        QVERIFY(!started.ok());
        QVERIFY2(text(started).find("cannot run " + script) != std::string::npos, text(started).c_str());
        QCOMPARE(stateOf(**second, 0), ProcessState::stopped);
    }

    void aTakenPortIsNamed() {
        create(1);
        Fd other(::socket(AF_INET, SOCK_STREAM, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(m_spec.nodes[0].peerPort);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        QCOMPARE(::bind(other.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        QCOMPARE(::listen(other.get(), 1), 0);
        openCreated();
        const auto started = m_cluster->apply(StartAll{});
        QVERIFY(!started.ok());
        QVERIFY(text(started).find("port " + std::to_string(m_spec.nodes[0].peerPort) + " of n1") != std::string::npos);
        other.reset();
        VERIFY_OK(m_cluster->apply(StartAll{}));
    }

    void settingsReachTheNodesAndStayWithThem() {
        open(3, PacePreset::classroom);
        const ClusterStatus status = m_cluster->status();
        const auto told = [&](std::size_t node) { return m_recorder->told(status.nodes[node].spec.adminSocket); };
        const auto link = [&](std::size_t node, std::size_t from, std::size_t to) {
            for (const auto& entry : told(node).links) {
                if (entry.from == status.nodes[from].spec.id && entry.to == status.nodes[to].spec.id) return entry;
            }
            return observe::LinkFaults{};
        };
        // Classroom: 1 s, 3 s, in ticks of a tenth of the heartbeat, 0.6 s on each link.
        QCOMPARE(told(0).pace.tickNs, 100'000'000);
        QCOMPARE(told(0).pace.heartbeatTicks, 10U);
        QCOMPARE(told(0).pace.electionTicks, 30U);
        QCOMPARE(link(0, 0, 1).delayNs, 600'000'000);

        VERIFY_OK(m_cluster->apply(CutLink{"n1", "n2", false}));
        QVERIFY(link(0, 0, 1).cut && link(1, 0, 1).cut && !link(0, 1, 0).cut);
        QCOMPARE(m_cluster->status().faults.size(), std::size_t{1});
        VERIFY_OK(m_cluster->apply(SetPace{paceOf(PacePreset::paper)}));
        QCOMPARE(told(2).pace.tickNs, 5'000'000);
        QCOMPARE(link(0, 0, 2).delayNs, 0);
        VERIFY_OK(m_cluster->apply(SetProtocol{false, true}));
        QCOMPARE(told(1).pace.preVote, 0);
        QCOMPARE(told(1).pace.checkQuorum, 1);

        // What changes while a node is away is given to it when it is back.
        VERIFY_OK(m_cluster->apply(KillNode{"n2"}));
        VERIFY_OK(m_cluster->apply(PauseNode{"n3"}));
        VERIFY_OK(m_cluster->apply(Partition{{{"n1"}, {"n2", "n3"}}}));
        QVERIFY(link(0, 0, 2).cut && !link(1, 1, 0).cut && !link(2, 0, 2).cut);
        VERIFY_OK(m_cluster->apply(ResumeNode{"n3"}));
        VERIFY_OK(m_cluster->apply(StartNode{"n2"}));
        QTRY_VERIFY_WITH_TIMEOUT(link(2, 0, 2).cut && link(1, 1, 0).cut, kWithinMs);
        QVERIFY(!link(1, 1, 2).cut);
        VERIFY_OK(m_cluster->apply(HealAll{}));
        QVERIFY(!link(2, 0, 2).cut);
        QCOMPARE(m_cluster->apply(SetPace{{100, 100, 0}}).error().code, base::Errc::invalidArgument);
        QCOMPARE(m_cluster->apply(CutLink{"n1", "n5", true}).error().code, base::Errc::notFound);

        // Pace and protocol are kept with the cluster.
        m_cluster.reset();
        openCreated();
        QCOMPARE(m_cluster->status().spec.pace, PacePreset::paper);
        QVERIFY(!m_cluster->status().spec.preVote);
    }

    void campaignAndTransfer() {
        open(3);
        const ClusterStatus status = m_cluster->status();
        VERIFY_OK(m_cluster->apply(Campaign{"n3"}));
        QCOMPARE(m_recorder->told(status.nodes[2].spec.adminSocket).campaigns, 1);
        QCOMPARE(m_cluster->apply(TransferLeadership{"n3"}).error().code, base::Errc::unavailable);  // nobody leads
        m_recorder->setLeader(status.nodes[1].spec.id);
        VERIFY_OK(m_cluster->apply(TransferLeadership{"n3"}));
        QCOMPARE(m_recorder->told(status.nodes[1].spec.adminSocket).transferTarget, status.nodes[2].spec.id);
        VERIFY_OK(m_cluster->apply(StopNode{"n3"}));
        QCOMPARE(m_cluster->apply(Campaign{"n3"}).error().code, base::Errc::unavailable);
    }

    void wiping() {
        open(2);
        QCOMPARE(m_cluster->apply(WipeNode{"n1"}).error().code, base::Errc::unavailable);
        QVERIFY(text(m_cluster->apply(WipeNode{"n1"})).find("vote twice") != std::string::npos);
        QCOMPARE(stateOf(*m_cluster, 0), ProcessState::running);
        QVERIFY(!m_cluster->apply(WipeNode{"*"}).ok());  // they run
        VERIFY_OK(m_cluster->apply(StopNode{"n1"}));
        VERIFY_OK(m_cluster->apply(StopNode{"n2"}));
        QVERIFY(!m_cluster->apply(WipeNode{"n1"}).ok());  // n2 has its data
        VERIFY_OK(m_cluster->apply(WipeNode{"*"}));
        for (const auto& node : m_cluster->status().nodes) QVERIFY(!std::filesystem::exists(node.spec.dataDir));

        create(1, "single");
        auto single = openClusterWith("single", m_node, m_recorder->access());
        QVERIFY(single.ok());
        VERIFY_OK((*single)->apply(StartAll{}));
        QTRY_VERIFY_WITH_TIMEOUT(allRunning(**single), kWithinMs);
        const NodeStatus before = (*single)->status().nodes[0];
        const std::string mark = before.spec.dataDir + "/member/mark";
        std::ofstream(mark) << "x";
        VERIFY_OK((*single)->apply(WipeNode{"n1"}));
        QTRY_VERIFY_WITH_TIMEOUT(allRunning(**single), kWithinMs);
        QVERIFY(!std::filesystem::exists(mark));
        QVERIFY((*single)->status().nodes[0].pid != before.pid);
    }

    void changesAreToldInOrder() {
        create(1);
        openCreated();
        std::mutex mutex;
        QStringList seen;
        m_cluster->onEvent([&](const observe::Event& event) {
            if (!std::holds_alternative<observe::ProcessChanged>(event.kind)) return;
            const auto& change = std::get<observe::ProcessChanged>(event.kind);
            (void)m_cluster->status();  // may call back
            const std::lock_guard lock(mutex);
            seen << QString::number(int(change.state)) + QString::fromStdString(change.name);
        });
        const auto said = [&] {
            const std::lock_guard lock(mutex);
            return seen.join(' ');
        };
        VERIFY_OK(m_cluster->apply(StartAll{}));
        QTRY_COMPARE_WITH_TIMEOUT(said(), QString("1n1 2n1"), kWithinMs);
        VERIFY_OK(m_cluster->apply(PauseNode{"n1"}));
        VERIFY_OK(m_cluster->apply(ResumeNode{"n1"}));
        VERIFY_OK(m_cluster->apply(KillNode{"n1"}));
        QTRY_COMPARE_WITH_TIMEOUT(said(), QString("1n1 2n1 3n1 2n1 0n1"), kWithinMs);
        m_cluster.reset();
    }

private:
    void create(int nodes, const std::string& name = "demo", PacePreset pace = PacePreset::etcd) {
        const auto spec = createCluster({.name = name, .nodes = nodes, .pace = pace});
        QVERIFY2(spec.ok(), spec ? "" : spec.error().text.c_str());
        m_spec = *spec;
    }
    void openCreated() {
        auto cluster = openClusterWith("demo", m_node, m_recorder->access());
        QVERIFY2(cluster.ok(), cluster ? "" : cluster.error().text.c_str());
        m_cluster = std::move(*cluster);
    }
    void open(int nodes, PacePreset pace = PacePreset::etcd) {
        create(nodes, "demo", pace);
        openCreated();
        VERIFY_OK(m_cluster->apply(StartAll{}));
        QTRY_VERIFY_WITH_TIMEOUT(allRunning(*m_cluster), kWithinMs);
    }

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<Recorder> m_recorder;
    std::unique_ptr<Cluster> m_cluster;
    std::string m_node;
    ClusterSpec m_spec;
};

RAFTARIUM_TEST_CLASS(TestControlCluster)
#include "test_control_cluster.moc"
