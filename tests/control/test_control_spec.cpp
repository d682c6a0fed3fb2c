// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/rng.h"
#include "cluster/control/command_text.h"
#include "cluster/control/controller.h"
#include "cluster/control/engine.h"
#include "cluster/control/spec/paths.h"
#include "cluster/control/spec/ports.h"
#include "cluster/control/spec/spec_file.h"
#include "cluster/control/supervisor/node_command.h"
#include "tests/runner/test_class.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTemporaryFile>
#include <QTest>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

using namespace raftarium;
using namespace raftarium::control;

namespace {

const char* kGood = R"({"format":"raftarium-cluster","formatVersion":1,"name":"demo","token":"t","pace":"paper",
    "timing":{"heartbeatMs":50,"electionMs":150,"linkDelayMs":0},"preVote":true,"checkQuorum":false,
    "nodes":[{"name":"n1","id":"a1","clientPort":20001,"peerPort":20002},
             {"name":"n2","id":"a2","clientPort":20003,"peerPort":20004}]})";

}  // namespace

class TestControlSpec : public QObject {
    Q_OBJECT
private slots:
    void init() {
        m_directory = std::make_unique<QTemporaryDir>();
        qputenv("XDG_DATA_HOME", m_directory->filePath("data").toUtf8());
        qputenv("XDG_RUNTIME_DIR", m_directory->path().toUtf8());
    }

    // What /bin/sh makes of a word is the bytes it was made of.
    void shellWords() {
        base::Rng rng(3);
        static constexpr std::string_view kUsual = "ab-'\"\\$`!%*~ \n\t;#&|<>(){}[]=";
        for (int batch = 0; batch < 40; ++batch) {
            std::string script = "printf '%s\\n//\\n'";
            QByteArray expected;
            for (int i = 0; i < 50; ++i) {
                std::string word;
                for (std::uint64_t left = rng.below(9); left > 0; --left) {
                    if (rng.chance(0.3))
                        word += static_cast<char>(1 + rng.below(255));
                    else
                        word += rng.chance(0.1) ? std::string("键") : std::string(1, kUsual[rng.below(kUsual.size())]);
                }
                script += " " + shellWord(word);
                expected += QByteArray::fromStdString(word) + "\n//\n";
            }
            QTemporaryFile file;
            QVERIFY(file.open());
            file.write(script.data(), static_cast<qint64>(script.size()));
            file.close();
            QProcess shell;
            shell.start(QStringLiteral("/bin/sh"), {file.fileName()});
            QVERIFY(shell.waitForFinished());
            QCOMPARE(shell.readAllStandardError(), QByteArray());
            QCOMPARE(shell.readAllStandardOutput(), expected);
        }
        QCOMPARE(shellWord("n1"), std::string("n1"));
        QCOMPARE(shellWord(""), std::string("''"));
        QCOMPARE(shellWord("*"), std::string("'*'"));
        QCOMPARE(shellWord("two words"), std::string("'two words'"));
        QCOMPARE(shellWord("\x03"), std::string("\"$(printf '\\003')\""));
        // No control characters: a terminal would take them for its own.
        for (char c = 1; c < ' '; ++c)
            if (c != '\n') QVERIFY(shellWord(std::string(1, c)).find(c) == std::string::npos);
    }

    void roundTrip() {
        const auto spec = decodeSpec(kGood, "/somewhere/demo");
        QVERIFY2(spec.ok(), spec ? "" : spec.error().text.c_str());
        QCOMPARE(spec->name, std::string("demo"));
        QCOMPARE(spec->pace, PacePreset::paper);
        QVERIFY(spec->timing == paceOf(PacePreset::paper));
        QVERIFY(spec->preVote);
        QVERIFY(!spec->checkQuorum);
        QCOMPARE(spec->nodes.size(), std::size_t{2});
        QCOMPARE(spec->nodes[1].id, std::uint64_t{0xa2});
        QCOMPARE(spec->nodes[1].dataDir, std::string("/somewhere/demo/n2"));
        QCOMPARE(spec->nodes[1].clientUrl(), std::string("http://127.0.0.1:20003"));
        const auto again = decodeSpec(encodeSpec(*spec), "/somewhere/demo");
        QVERIFY(again.ok());
        QCOMPARE(encodeSpec(*again), encodeSpec(*spec));
    }

    void badSpecs_data() {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("says");
        QTest::newRow("not JSON") << "{"
                                  << "{{"
                                  << "not a JSON object";
        QTest::newRow("cut off") << "]})"
                                 << ""
                                 << "not a JSON object";
        QTest::newRow("another file") << "raftarium-cluster"
                                      << "something"
                                      << "not the spec of a Raftarium cluster";
        QTest::newRow("newer") << "\"formatVersion\":1"
                               << "\"formatVersion\":2"
                               << "newer Raftarium (format 2";
        QTest::newRow("version is a text") << "\"formatVersion\":1"
                                           << "\"formatVersion\":\"1\""
                                           << "formatVersion";
        QTest::newRow("name goes up") << "\"name\":\"demo\""
                                      << "\"name\":\"../demo\""
                                      << "cluster name";
        QTest::newRow("no token") << "\"token\":\"t\","
                                  << ""
                                  << "token";
        QTest::newRow("pace") << "\"paper\""
                              << "\"slow\""
                              << "pace";
        QTest::newRow("election below heartbeat") << "\"electionMs\":150"
                                                  << "\"electionMs\":60"
                                                  << "election timeout 60 ms";
        QTest::newRow("timing missing") << "\"timing\""
                                        << "\"timings\""
                                        << "timing";
        QTest::newRow("flag is a number") << "\"preVote\":true"
                                          << "\"preVote\":1"
                                          << "preVote";
        QTest::newRow("port too large") << "20003"
                                        << "70000"
                                        << "nodes[1].clientPort";
        QTest::newRow("port negative") << "20003"
                                       << "-1"
                                       << "nodes[1].clientPort";
        QTest::newRow("port fraction") << "20003"
                                       << "20003.5"
                                       << "nodes[1].clientPort";
        QTest::newRow("port huge") << "20003"
                                   << "18446744073709551615"
                                   << "nodes[1].clientPort";
        QTest::newRow("port twice") << "20003"
                                    << "20001"
                                    << "port 20001 is given twice";
        QTest::newRow("name twice") << "\"n2\""
                                    << "\"n1\""
                                    << "two nodes are called n1";
        QTest::newRow("node name with a slash") << "\"n2\""
                                                << "\"n/2\""
                                                << "nodes[1].name";
        QTest::newRow("id twice") << "\"a2\""
                                  << "\"a1\""
                                  << "two nodes have the id a1";
        QTest::newRow("id not hex") << "\"a2\""
                                    << "\"xy\""
                                    << "nodes[1].id";
        QTest::newRow("id zero") << "\"a2\""
                                 << "\"0\""
                                 << "nodes[1].id";
        QTest::newRow("node is a number") << "{\"name\":\"n1\",\"id\":\"a1\",\"clientPort\":20001,\"peerPort\":20002}"
                                          << "7"
                                          << "nodes[0] must be an object";
        QTest::newRow("nodes missing") << "\"nodes\""
                                       << "\"members\""
                                       << "nodes";
    }
    void badSpecs() {
        QFETCH(QString, from);
        QFETCH(QString, to);
        QFETCH(QString, says);
        QString text(kGood);
        QVERIFY(text.contains(from) || from == "]})");
        if (from == "]})") {
            text.chop(4);
        } else {
            text.replace(text.indexOf(from), from.size(), to);
        }
        const auto spec = decodeSpec(text.toStdString(), "/somewhere/demo");
        QVERIFY(!spec.ok());
        const QString error = QString::fromStdString(spec.error().text);
        QVERIFY2(error.contains(says), qPrintable(error));
        QVERIFY2(error.contains("/somewhere/demo/cluster.json"), qPrintable(error));
    }

    void memberIdsAreEtcds() {
        // What etcd 3.4.23 itself prints for this peer URL with its default token.
        QCOMPARE(memberId("http://localhost:2380", "etcd-cluster"), std::uint64_t{0x8e9e05c52164694d});
    }

    void clusterNames_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("good");
        QTest::newRow("plain") << "demo" << true;
        QTest::newRow("digits and dash") << "raft-2-b" << true;
        QTest::newRow("longest") << QString(40, 'a') << true;
        QTest::newRow("too long") << QString(41, 'a') << false;
        QTest::newRow("empty") << "" << false;
        QTest::newRow("upper case") << "Demo" << false;
        QTest::newRow("up") << ".." << false;
        QTest::newRow("slash") << "a/b" << false;
        QTest::newRow("dash first") << "-rf" << false;
        QTest::newRow("space") << "a b" << false;
    }
    void clusterNames() {
        QFETCH(QString, name);
        QFETCH(bool, good);
        QCOMPARE(checkClusterName(name.toStdString()).ok(), good);
    }

    void createListDestroy() {
        const auto spec = createCluster({.name = "demo", .nodes = 3, .pace = PacePreset::etcd});
        QVERIFY2(spec.ok(), spec ? "" : spec.error().text.c_str());
        QCOMPARE(spec->nodes.size(), std::size_t{3});
        QCOMPARE(spec->nodes[2].name, std::string("n3"));
        QCOMPARE(spec->nodes[2].id, memberId(spec->nodes[2].peerUrl(), spec->token));
        QCOMPARE(createCluster({.name = "demo"}).error().code, base::Errc::exists);

        const auto second = createCluster({.name = "another", .nodes = 9});
        QVERIFY(second.ok());
        std::set<int> ports;
        for (const auto& nodes : {spec->nodes, second->nodes}) {
            for (const NodeSpec& node : nodes) ports.insert({node.clientPort, node.peerPort});
        }
        QCOMPARE(ports.size(), std::size_t{24});  // no port is given to two

        const auto list = listClusters();
        QVERIFY(list.ok());
        QCOMPARE(list->size(), std::size_t{2});
        QCOMPARE((*list)[1].spec.name, std::string("demo"));
        QVERIFY(!(*list)[1].running);
        QCOMPARE(encodeSpec((*list)[1].spec), encodeSpec(*spec));
        QVERIFY((*list)[1].diskBytes > 0);

        QVERIFY(destroyCluster("another").ok());
        QCOMPARE(listClusters()->size(), std::size_t{1});
        QCOMPARE(destroyCluster("another").error().code, base::Errc::notFound);
        QVERIFY(!destroyCluster("../demo").ok());
        QVERIFY(std::filesystem::exists(spec->directory));
    }

    void badOptions() {
        QCOMPARE(createCluster({.name = "x", .nodes = 0}).error().code, base::Errc::invalidArgument);
        QCOMPARE(createCluster({.name = "x", .nodes = 10}).error().code, base::Errc::invalidArgument);
        QCOMPARE(createCluster({.name = "X Y"}).error().code, base::Errc::invalidArgument);
    }

    void aDamagedSpecIsListedWithItsProblem() {
        const auto spec = createCluster({.name = "demo", .nodes = 1});
        QVERIFY(spec.ok());
        std::ofstream(spec->directory + "/cluster.json") << "{ not json";
        const auto list = listClusters();
        QVERIFY(list.ok());
        QCOMPARE(list->size(), std::size_t{1});
        QVERIFY((*list)[0].problem.find("not a JSON object") != std::string::npos);
        QVERIFY(destroyCluster("demo").ok());
    }

    void portsInUseAreNotChosen() {
        const auto first = choosePorts(4, {}, 5);
        QVERIFY(first.ok());
        const std::set<std::uint16_t> taken(first->begin(), first->end());
        const auto second = choosePorts(4, taken, 5);
        QVERIFY(second.ok());
        for (const std::uint16_t port : *second) QVERIFY(taken.count(port) == 0);
        QVERIFY(std::is_sorted(second->begin(), second->end()));
        QCOMPARE(second->back() - second->front(), 3);
    }

    void socketPathsAreShortAndPrivate() {
        const auto directory = socketDirectory("/a/cluster");
        QVERIFY(directory.ok());
        QVERIFY(directory->size() + 20 < kSocketPathMax);
        QCOMPARE(std::filesystem::status(*directory).permissions() & std::filesystem::perms::all,
                 std::filesystem::perms::owner_all);
        QVERIFY(*directory != *socketDirectory("/another/cluster"));
        // Too long for a socket: falls back to a short place.
        const QString deep = m_directory->filePath(QString(100, 'd'));
        QVERIFY(QDir().mkpath(deep));
        qputenv("XDG_RUNTIME_DIR", deep.toUtf8());
        const auto fallback = socketDirectory("/a/cluster");
        QVERIFY(fallback.ok());
        QVERIFY(fallback->rfind("/tmp/raftarium-", 0) == 0);
        std::filesystem::remove(*fallback);
    }

    void aForeignSocketDirectoryIsRefused() {
        const QString target = m_directory->filePath("elsewhere");
        QVERIFY(QDir().mkpath(target));
        std::filesystem::create_symlink(target.toStdString(), m_directory->filePath("raftarium").toStdString());
        const auto directory = socketDirectory("/a/cluster");
        QVERIFY(!directory.ok());
        QVERIFY(directory.error().text.find("not a directory of this user") != std::string::npos);
    }

    void flagsObeyEtcdsRule_data() {
        QTest::addColumn<int>("preset");
        QTest::newRow("classroom") << int(PacePreset::classroom);
        QTest::newRow("paper") << int(PacePreset::paper);
        QTest::newRow("etcd") << int(PacePreset::etcd);
    }
    void flagsObeyEtcdsRule() {
        QFETCH(int, preset);
        ClusterSpec spec = *decodeSpec(kGood, "/somewhere/demo");
        spec.timing = paceOf(static_cast<PacePreset>(preset));
        long heartbeat = 0, election = 0;
        bool cluster = false;
        for (const std::string& flag : engineOf(EngineKind::raftarium).arguments(spec, spec.nodes[0])) {
            if (flag.rfind("--heartbeat-interval=", 0) == 0) heartbeat = std::stol(flag.substr(21));
            if (flag.rfind("--election-timeout=", 0) == 0) election = std::stol(flag.substr(19));
            cluster = cluster || flag == "--initial-cluster=n1=http://127.0.0.1:20002,n2=http://127.0.0.1:20004";
        }
        QVERIFY(heartbeat > 0);
        QVERIFY(election >= 5 * heartbeat);
        QVERIFY(cluster);
    }

    void logsRotate() {
        const std::string log = m_directory->filePath("n1.log").toStdString();
        for (int start = 1; start <= 6; ++start) {
            QVERIFY(rotateLog(log).ok());
            std::ofstream(log) << "start " << start << "\n\n";
        }
        QCOMPARE(lastLine(log), std::string("start 6"));
        QCOMPARE(lastLine(log + ".3"), std::string("start 3"));
        QVERIFY(!std::filesystem::exists(log + ".4"));
        QCOMPARE(readTail(log, 3), std::string("6\n\n"));
        QCOMPARE(exitText(1, 0, log), std::string("exited with 1: start 6"));
        QCOMPARE(exitText(0, 9, log), std::string("killed (SIGKILL)"));
        QCOMPARE(exitText(0, 0, log), std::string("stopped"));
        std::ofstream(log) << "raftarium-node: this member (1) has been removed\n";
        QCOMPARE(exitText(0, 0, log), std::string("stopped: this member (1) has been removed"));
    }

private:
    std::unique_ptr<QTemporaryDir> m_directory;
};

RAFTARIUM_TEST_CLASS(TestControlSpec)
#include "test_control_spec.moc"
