// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Every command line that the app gives to copy, run by /bin/sh on a cluster of real processes beside which another one
// runs, with the real raftariumctl and etcdctl: it does what the app would have done.
#include "cluster/base/clock.h"
#include "cluster/client/etcd_client.h"
#include "cluster/control/command_text.h"
#include "gui/models/byte_text.h"
#include "gui/models/session.h"
#include "gui/panels/node_view.h"
#include "tests/gui/fake_cluster.h"
#include "tests/runner/test_class.h"

#include <QDirIterator>
#include <QFileInfo>
#include <QProcess>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <functional>
#include <memory>

using namespace raftarium;
using control::ClusterStatus;
using gui::Session;
using observe::ProcessState;

namespace {

constexpr int kPatienceMs = 90'000;

const control::NodeStatus& nodeOf(const ClusterStatus& status, const std::string& name) {
    static const control::NodeStatus none;
    for (const auto& node : status.nodes)
        if (node.spec.name == name) return node;
    return none;
}

struct Ran {
    int code = -1;
    QByteArray out, err;
};

}  // namespace

class TestCopiedCommands : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void cleanupTestCase();
    void processes();
    void links();
    void settings();
    void members();
    void keys();
    void setup();
    void madeInOnePlace();

private:
    using Effect = std::function<bool(const ClusterStatus&)>;
    static Ran sh(const QString& command);
    // What the session says that it did; the cluster itself is not touched.
    QString commandOf(const std::function<void(Session&)>& act);
    // Gets the command, runs it, and awaits what it was meant to do.
    void check(const std::function<void(Session&)>& act, const Effect& effect);
    std::uint64_t leader();

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<control::Cluster> m_cluster, m_other;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<client::EtcdClient> m_client;
};

void TestCopiedCommands::initTestCase() {
    const QString bin = qEnvironmentVariable("RAFTARIUM_BIN");
    if (!QFileInfo::exists(bin + QStringLiteral("/raftarium-node"))) QSKIP("raftarium-node is not built");
    m_directory = std::make_unique<QTemporaryDir>();
    QVERIFY(m_directory->isValid());
    qputenv("XDG_DATA_HOME", m_directory->filePath(QStringLiteral("data")).toUtf8());
    qputenv("XDG_RUNTIME_DIR", m_directory->path().toUtf8());
    for (const char* name : {"ETCDCTL_ENDPOINTS", "RAFTARIUM_CLUSTER"}) qunsetenv(name);
    qputenv("PATH", bin.toUtf8() + ":" + qgetenv("PATH"));
    const auto made = [&](const char* name, int nodes) -> std::unique_ptr<control::Cluster> {
        control::CreateOptions options;
        options.name = name;
        options.nodes = nodes;
        options.pace = control::PacePreset::etcd;
        if (!control::createCluster(options).ok()) return nullptr;
        auto opened = control::openCluster(name, bin.toStdString() + "/raftarium-node");
        if (!opened.ok() || !(*opened)->apply(control::StartAll{}).ok()) return nullptr;
        return std::move(*opened);
    };
    m_cluster = made("copied", 3);
    m_other = made("other", 1);
    QVERIFY(m_cluster && m_other);
    client::ClientOptions options;
    for (const auto& node : m_cluster->status().nodes) options.endpoints.push_back(node.spec.clientUrl());
    m_client = client::EtcdClient::create(options);
    QTRY_VERIFY_WITH_TIMEOUT(m_client->put("first", "1").ok(), kPatienceMs);
    m_session = std::make_unique<Session>([] { return base::SystemClock().monotonicNow(); });
    m_session->startLive(QStringLiteral("copied"), std::make_shared<testing::FakeCluster>());
    m_session->setEndpoints(gui::Roster::endpointsOf(m_cluster->status()));
    m_session->advance(0);
}

void TestCopiedCommands::cleanupTestCase() {
    m_session.reset();
    m_client.reset();
    for (auto* cluster : {&m_cluster, &m_other})
        if (*cluster) (void)(*cluster)->apply(control::StopAll{});
    m_cluster.reset();
    m_other.reset();
}

Ran TestCopiedCommands::sh(const QString& command) {
    QProcess shell;
    shell.start(QStringLiteral("/bin/sh"), {QStringLiteral("-c"), command});
    const bool ended = shell.waitForFinished(kPatienceMs) && shell.exitStatus() == QProcess::NormalExit;
    return {ended ? shell.exitCode() : -1, shell.readAllStandardOutput(), shell.readAllStandardError()};
}

QString TestCopiedCommands::commandOf(const std::function<void(Session&)>& act) {
    QSignalSpy said(m_session->actions(), &gui::Actions::toast);
    act(*m_session);
    if (said.isEmpty()) said.wait(kPatienceMs);
    return said.isEmpty() ? QString() : gui::Actions::runnable(said.front()[1].toString());
}

void TestCopiedCommands::check(const std::function<void(Session&)>& act, const Effect& effect) {
    const QString command = commandOf(act);
    QVERIFY(!command.isEmpty());
    const Ran ran = sh(command);
    QVERIFY2(ran.code == 0, qPrintable(command + QStringLiteral(": ") + QString::fromUtf8(ran.out + ran.err)));
    QTRY_VERIFY2_WITH_TIMEOUT(effect(m_cluster->status()), qPrintable(command), kPatienceMs);
}

std::uint64_t TestCopiedCommands::leader() {
    const auto status = m_client->status();
    return status.ok() ? status->leader : 0;
}

void TestCopiedCommands::processes() {
    const auto node = [](const char* verb) {
        return [verb](Session& s) { s.actions()->node(QString::fromLatin1(verb), "n2"); };
    };
    const auto is = [](ProcessState state) {
        return [state](const ClusterStatus& now) { return nodeOf(now, "n2").process == state; };
    };
    check(node("kill"), [&](const ClusterStatus& now) {
        return is(ProcessState::stopped)(now) && nodeOf(now, "n2").text.find("SIGKILL") != std::string::npos;
    });
    check(node("start"), is(ProcessState::running));
    check(node("stop"), [&](const ClusterStatus& now) {
        return is(ProcessState::stopped)(now) && nodeOf(now, "n2").text.find("SIGKILL") == std::string::npos;
    });
    check(node("start"), is(ProcessState::running));
    const int pid = nodeOf(m_cluster->status(), "n2").pid;
    check(node("restart"),
          [&](const ClusterStatus& now) { return is(ProcessState::running)(now) && nodeOf(now, "n2").pid != pid; });
    check(node("pause"), is(ProcessState::paused));
    check(node("resume"), is(ProcessState::running));
    // No new cluster came of it, and the other one was left alone.
    const auto clusters = control::listClusters();
    QVERIFY(clusters.ok());
    QCOMPARE(clusters->size(), std::size_t{2});
    QCOMPARE(m_other->status().nodes.front().process, ProcessState::running);
    // The others would refuse a candidate while they hear from their leader.
    QVERIFY(m_cluster->apply(control::SetProtocol{false, false}).ok());
    QTRY_VERIFY_WITH_TIMEOUT(leader() != 0, kPatienceMs);
    for (const char* name : {"n2", "n3"}) {
        const std::uint64_t id = nodeOf(m_cluster->status(), name).spec.id;
        const QString verb = name[1] == '2' ? QStringLiteral("campaign") : QStringLiteral("transfer");
        // Refused while nobody leads, and without use to one that leads already.
        const QString command = commandOf([&](Session& s) { s.actions()->node(verb, QString::fromLatin1(name)); });
        QTRY_VERIFY2_WITH_TIMEOUT(leader() == id || (leader() != 0 && sh(command).code == 0 && leader() == id),
                                  qPrintable(command), kPatienceMs);
    }
}

void TestCopiedCommands::links() {
    const auto id = [this](const char* name) { return nodeOf(m_cluster->status(), name).spec.id; };
    const auto n1 = id("n1"), n2 = id("n2"), n3 = id("n3");
    const auto isCut = [](const ClusterStatus& now, std::uint64_t from, std::uint64_t to) {
        return std::any_of(now.faults.begin(), now.faults.end(), [&](const observe::LinkFaults& link) {
            return link.from == from && link.to == to && link.cut;
        });
    };
    const auto healed = [](const ClusterStatus& now) { return now.faults.empty(); };
    check([](Session& s) { s.actions()->cut("n1", "n2", false); },
          [&](const ClusterStatus& now) { return isCut(now, n1, n2) && !isCut(now, n2, n1); });
    check([](Session& s) { s.actions()->heal("n1", "n2", false); }, healed);
    check([](Session& s) { s.actions()->cut("n1", "n2", true); },
          [&](const ClusterStatus& now) { return isCut(now, n1, n2) && isCut(now, n2, n1); });
    check([](Session& s) { s.actions()->heal("n1", "n2", true); }, healed);
    check(
        [](Session& s) {
            s.actions()->partition({QVariant(QStringList{"n1"}), QVariant(QStringList{"n2", "n3"})});
        },
        [&](const ClusterStatus& now) { return isCut(now, n1, n3) && isCut(now, n2, n1) && !isCut(now, n2, n3); });
    check([](Session& s) { s.actions()->healAll(); }, healed);
    check([](Session& s) { s.actions()->isolate("n3"); },
          [&](const ClusterStatus& now) { return isCut(now, n3, n1) && isCut(now, n2, n3) && !isCut(now, n1, n2); });
    check([](Session& s) { s.actions()->healAll(); }, healed);
    const auto all = [](const ClusterStatus& now, observe::TimeNs delay, double share) {
        return now.faults.size() == 6 &&
               std::all_of(now.faults.begin(), now.faults.end(), [&](const observe::LinkFaults& link) {
                   return link.delayNs == delay && std::abs(link.dropShare - share) < 1e-6;
               });
    };
    check([](Session& s) { s.actions()->delay("*", "*", 3); },
          [&](const ClusterStatus& now) { return all(now, 3'000'000, 0); });
    check([](Session& s) { s.actions()->drop("*", "*", 0.07); },
          [&](const ClusterStatus& now) { return all(now, 3'000'000, 0.07); });
    check([](Session& s) { s.actions()->delay("*", "*", 0); },
          [&](const ClusterStatus& now) { return all(now, 0, 0.07); });
    // A delay of none stays set: it stands against the pace's own.
    check([](Session& s) { s.actions()->drop("*", "*", 0); }, [&](const ClusterStatus& now) { return all(now, 0, 0); });
    check([](Session& s) { s.actions()->healAll(); }, healed);
}

void TestCopiedCommands::settings() {
    for (const int preset : {1, 0, 2})
        check([&](Session& s) { s.actions()->setPace(preset); },
              [&](const ClusterStatus& now) {
                  return now.spec.timing == control::paceOf(static_cast<control::PacePreset>(preset));
              });
    for (const bool on : {false, true})
        check([&](Session& s) { s.actions()->setProtocol(on, !on); },
              [&](const ClusterStatus& now) { return now.spec.preVote == on && now.spec.checkQuorum == !on; });
    check([&](Session& s) { s.actions()->setProtocol(true, true); },
          [&](const ClusterStatus& now) { return now.spec.preVote && now.spec.checkQuorum; });
}

void TestCopiedCommands::members() {
    const auto voters = [this] {
        const auto members = m_client->members();
        std::ptrdiff_t count = 0;
        if (members.ok())
            count = std::count_if(members->second.begin(), members->second.end(),
                                  [](const client::MemberInfo& member) { return !member.learner; });
        return count;
    };
    QTRY_COMPARE_WITH_TIMEOUT(voters(), std::ptrdiff_t{3}, kPatienceMs);
    check([](Session& s) { s.actions()->addNode(true); },
          [&](const ClusterStatus& now) { return now.nodes.size() == 4 && voters() == 3; });
    // Refused until the learner has the log.
    const QString promote = commandOf([](Session& s) { s.actions()->node("promote", "n4"); });
    QTRY_VERIFY2_WITH_TIMEOUT(voters() == 4 || (sh(promote).code == 0 && voters() == 4), qPrintable(promote),
                              kPatienceMs);
    check([](Session& s) { s.actions()->addNode(false); },
          [&](const ClusterStatus& now) { return now.nodes.size() == 5 && voters() == 5; });
    check([](Session& s) { s.actions()->node("remove", "n5"); },
          [&](const ClusterStatus& now) {
              return now.nodes.size() == 4 && nodeOf(now, "n5").spec.id == 0 && voters() == 4;
          });
    const std::uint64_t before = nodeOf(m_cluster->status(), "n1").spec.id;
    check([](Session& s) { s.actions()->node("wipe", "n1"); },
          [&](const ClusterStatus& now) {
              return nodeOf(now, "n1").spec.id != before && nodeOf(now, "n1").process == ProcessState::running;
          });
    QTRY_COMPARE_WITH_TIMEOUT(voters(), std::ptrdiff_t{4}, kPatienceMs);
}

void TestCopiedCommands::keys() {
    if (QStandardPaths::findExecutable(QStringLiteral("etcdctl")).isEmpty()) QSKIP("etcdctl is not installed");
    m_session->setEndpoints(gui::Roster::endpointsOf(m_cluster->status()));
    const std::vector<std::string> nasty{"plain/key",
                                         "two words",
                                         "$HOME `id` \"q\" 'q' \\ !! ~ * ; # %s %d",
                                         "-k",
                                         "--",
                                         "-100",
                                         "键 é",
                                         "a\\x41",
                                         " blanks ",
                                         "line\nline\n\n",
                                         "\n",
                                         "\t\x03\x1b[31m",
                                         "-\x01",
                                         "%\x01'\\",
                                         "\xff\xfe",
                                         "e\u0301 \u202e",
                                         std::string("nul\0nul", 7),
                                         std::string("-\0\"'\\ \n\xff", 8)};
    for (std::size_t i = 0; i < nasty.size(); ++i) {
        const std::string &key = nasty[i], &value = nasty[nasty.size() - 1 - i];
        const QString put =
            commandOf([&](Session& s) { s.actions()->put(gui::textOfBytes(key), gui::textOfBytes(value)); });
        QVERIFY2(put.contains(QStringLiteral("ETCDCTL_API=3 ")), qPrintable(put));
        const Ran ran = sh(put);
        QVERIFY2(ran.code == 0, qPrintable(put + QString::fromUtf8(ran.out + ran.err)));
        const auto found = m_client->range(key);
        QVERIFY2(found.ok() && found->kvs.size() == 1, qPrintable(put));
        QVERIFY2(found->kvs.front().value == value, qPrintable(put));
        const std::int64_t revision = found->kvs.front().modRevision;
        // Of an older revision, then of this one.
        for (const std::int64_t guard : {revision - 1, revision}) {
            const QString remove = m_session->actions()->deleteCommand(QByteArray::fromStdString(key), guard);
            const Ran removed = sh(remove);
            QVERIFY2(removed.code == 0, qPrintable(remove + QString::fromUtf8(removed.out + removed.err)));
            const auto left = m_client->range(key);
            QVERIFY2(left.ok() && left->kvs.empty() == (guard == revision), qPrintable(remove));
        }
    }
    const QString empty = commandOf([](Session& s) { s.actions()->put("empty", ""); });
    QCOMPARE(sh(empty).code, 0);
    const auto found = m_client->range("empty");
    QVERIFY(found.ok() && found->kvs.size() == 1 && found->kvs.front().value.empty());
}

void TestCopiedCommands::setup() {
    if (QStandardPaths::findExecutable(QStringLiteral("etcdctl")).isEmpty()) QSKIP("etcdctl is not installed");
    gui::NodeView view;
    view.setSession(m_session.get());
    m_session->roster()->select(QStringLiteral("n2"));
    QVERIFY(!view.setupCommand().isEmpty());
    const Ran ran = sh(view.setupCommand() + QStringLiteral("\netcdctl put by-setup 1"));
    QVERIFY2(ran.code == 0, (ran.out + ran.err).constData());
    QVERIFY(m_client->range("by-setup")->kvs.size() == 1);
}

// So that this test sees all: nothing in the app writes such a line by itself.
void TestCopiedCommands::madeInOnePlace() {
    static const QRegularExpression kCommand(
        QStringLiteral("\"(ETCDCTL_API=3 )?(raftariumctl [a-z]+ |etcdctl (--|put|del|get|txn))"));
    QDirIterator files(QStringLiteral(RAFTARIUM_GUI_SOURCES), {"*.qml", "*.cpp", "*.h"}, QDir::Files,
                       QDirIterator::Subdirectories);
    int count = 0;
    while (files.hasNext()) {
        QFile file(files.next());
        if (file.fileName().endsWith(QStringLiteral("/main.cpp"))) continue;  // says what to do without a display
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto found = kCommand.match(QString::fromUtf8(file.readAll()));
        QVERIFY2(!found.hasMatch(), qPrintable(file.fileName() + QStringLiteral(": ") + found.captured()));
        ++count;
    }
    QVERIFY(count > 50);
}

RAFTARIUM_TEST_CLASS(TestCopiedCommands)
#include "test_copied_commands.moc"
