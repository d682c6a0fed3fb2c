// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/e2e/node_cluster.h"

#include "tests/e2e/node_api.h"
#include "tests/ports/free_ports.h"

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QProcessEnvironment>
#include <QStandardPaths>
#include <QTest>

#include <csignal>
#include <sys/prctl.h>
#include <unistd.h>

namespace raftarium::e2e {
namespace {

QString program(Engine engine) {
    if (engine == Engine::etcd) return QStandardPaths::findExecutable(QStringLiteral("etcd"));
    return qEnvironmentVariable("RAFTARIUM_BIN") + QStringLiteral("/raftarium-node");
}

// The test's own environment without what would configure a member or etcdctl.
QProcessEnvironment cleanEnvironment() {
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const QString& key : environment.keys()) {
        if (key.startsWith(QLatin1String("ETCD")) || key.endsWith(QLatin1String("_proxy"))) environment.remove(key);
    }
    environment.insert(QStringLiteral("ETCDCTL_API"), QStringLiteral("3"));
    // Its own limits (2 s to connect, 5 s for a command) are short for a busy machine.
    environment.insert(QStringLiteral("ETCDCTL_DIAL_TIMEOUT"), QStringLiteral("30s"));
    environment.insert(QStringLiteral("ETCDCTL_COMMAND_TIMEOUT"), QStringLiteral("30s"));
    return environment;
}

}  // namespace

bool etcdIsInstalled() {
    return !program(Engine::etcd).isEmpty() && !QStandardPaths::findExecutable(QStringLiteral("etcdctl")).isEmpty();
}

std::vector<Ports> findPorts(int members) {
    const std::vector<int> free = test::freePorts(2 * members);
    std::vector<Ports> ports;
    for (std::size_t i = 0; i < free.size(); i += 2) ports.push_back({free[i], free[i + 1]});
    return ports;
}

Output runProgram(const QString& name, const QStringList& arguments, int timeoutMs) {
    QProcess process;
    process.setProcessEnvironment(cleanEnvironment());
    const bool own = name.startsWith(QLatin1String("raftarium"));
    process.start(
        own ? qEnvironmentVariable("RAFTARIUM_BIN") + QLatin1Char('/') + name : QStandardPaths::findExecutable(name),
        arguments);
    if (!process.waitForFinished(timeoutMs)) {
        process.kill();
        process.waitForFinished();
        return {-1, process.readAllStandardOutput(), process.readAllStandardError()};
    }
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1, process.readAllStandardOutput(),
            process.readAllStandardError()};
}

QByteArray contentOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void writeFile(const QString& path, const QByteArray& content) {
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(content), content.size());
}

bool waitUntil(const std::function<bool()>& condition, int timeoutMs) {
    const QDeadlineTimer deadline(timeoutMs);
    while (!condition()) {
        if (deadline.hasExpired()) return false;
        QTest::qWait(10);
    }
    return true;
}

NodeCluster::NodeCluster(Engine engine, std::vector<Ports> ports, QStringList extraFlags)
    : m_engine(engine), m_extraFlags(std::move(extraFlags)), m_directory(QStringLiteral("/tmp/rft-XXXXXX")) {
    for (const Ports& each : ports) m_members.push_back({each, nullptr, {}, false});
}

NodeCluster::~NodeCluster() {
    for (int i = 0; i < size(); ++i) kill(i);
}

int NodeCluster::join(Ports ports) {
    m_members.push_back({ports, nullptr, {}, true});
    return size() - 1;
}

void NodeCluster::loseData(int member) {
    QVERIFY(!running(member));
    QVERIFY(QDir(dataDir(member)).removeRecursively());
}

QString NodeCluster::endpoint(int member) const {
    return QStringLiteral("127.0.0.1:%1").arg(m_members[static_cast<std::size_t>(member)].ports.client);
}

QString NodeCluster::peerUrl(int member) const {
    return QStringLiteral("http://127.0.0.1:%1").arg(m_members[static_cast<std::size_t>(member)].ports.peer);
}

std::vector<QString> NodeCluster::endpoints() const {
    std::vector<QString> all;
    for (int i = 0; i < size(); ++i) all.push_back(endpoint(i));
    return all;
}

QString NodeCluster::allEndpoints() const {
    const std::vector<QString> all = endpoints();
    return QStringList(all.begin(), all.end()).join(QLatin1Char(','));
}

QString NodeCluster::adminSocket(int member) const { return m_directory.path() + QLatin1String("/a/") + name(member); }
QString NodeCluster::dataDir(int member) const { return m_directory.path() + QLatin1Char('/') + name(member); }

QStringList NodeCluster::flags(int member) const {
    const auto url = [](int port) { return QStringLiteral("http://127.0.0.1:%1").arg(port); };
    const bool joins = m_members[static_cast<std::size_t>(member)].joins;
    QStringList initial;
    for (int i = 0; i < size(); ++i) {
        const Member& other = m_members[static_cast<std::size_t>(i)];
        // Members of the first configuration are told of it alone; one that joins, of those that run and itself.
        const bool named = joins ? i == member || running(i) : !other.joins;
        if (named) initial << name(i) + QLatin1Char('=') + peerUrl(i);
    }
    const Ports& ports = m_members[static_cast<std::size_t>(member)].ports;
    QStringList out = {QStringLiteral("--name"),
                       name(member),
                       QStringLiteral("--data-dir"),
                       dataDir(member),
                       QStringLiteral("--listen-peer-urls"),
                       url(ports.peer),
                       QStringLiteral("--initial-advertise-peer-urls"),
                       url(ports.peer),
                       QStringLiteral("--listen-client-urls"),
                       url(ports.client),
                       QStringLiteral("--advertise-client-urls"),
                       url(ports.client),
                       QStringLiteral("--initial-cluster"),
                       initial.join(QLatin1Char(',')),
                       QStringLiteral("--initial-cluster-state"),
                       joins ? QStringLiteral("existing") : QStringLiteral("new"),
                       QStringLiteral("--initial-cluster-token"),
                       QStringLiteral("e2e")};
    if (m_engine == Engine::raftarium) {
        out << QStringLiteral("--admin-socket") << adminSocket(member) << QStringLiteral("--wal-segment-bytes")
            << QStringLiteral("1000000");
    }
    return out + m_extraFlags;
}

void NodeCluster::start(int member) {
    Member& each = m_members[static_cast<std::size_t>(member)];
    each.log.clear();
    each.process = std::make_unique<QProcess>();
    QProcessEnvironment environment = cleanEnvironment();
    for (auto it = m_environment.cbegin(); it != m_environment.cend(); ++it) environment.insert(it.key(), it.value());
    each.process->setProcessEnvironment(environment);
    each.process->setProcessChannelMode(QProcess::MergedChannels);
    each.process->setStandardOutputFile(dataDir(member) + QLatin1String(".log"), QIODevice::Append);
    // A crash of the test leaves no server behind.
    each.process->setChildProcessModifier([] { prctl(PR_SET_PDEATHSIG, SIGKILL); });
    each.process->start(program(m_engine), flags(member));
    QVERIFY2(each.process->waitForStarted(), qPrintable(each.process->errorString()));
}

void NodeCluster::startAll() {
    for (int i = 0; i < size(); ++i) start(i);
}

void NodeCluster::kill(int member) {
    QProcess* process = m_members[static_cast<std::size_t>(member)].process.get();
    if (process == nullptr || process->state() == QProcess::NotRunning) return;
    process->kill();
    process->waitForFinished();
}

bool NodeCluster::waitEnded(int member, int timeoutMs) {
    QProcess* process = m_members[static_cast<std::size_t>(member)].process.get();
    return process->state() == QProcess::NotRunning || process->waitForFinished(timeoutMs);
}

void NodeCluster::signal(int member, int number) { ::kill(static_cast<pid_t>(processId(member)), number); }

int NodeCluster::terminate(int member, qint64* tookMs) {
    QElapsedTimer timer;
    timer.start();
    QProcess* process = m_members[static_cast<std::size_t>(member)].process.get();
    process->terminate();
    const bool ended = process->waitForFinished(kWithinMs);
    if (tookMs != nullptr) *tookMs = timer.elapsed();
    return ended && process->exitStatus() == QProcess::NormalExit ? process->exitCode() : -1;
}

bool NodeCluster::running(int member) const {
    const QProcess* process = m_members[static_cast<std::size_t>(member)].process.get();
    return process != nullptr && process->state() == QProcess::Running;
}

int NodeCluster::exitCode(int member) const {
    const QProcess* process = m_members[static_cast<std::size_t>(member)].process.get();
    return process->exitStatus() == QProcess::NormalExit ? process->exitCode() : -1;
}

QByteArray NodeCluster::log(int member) const { return contentOf(dataDir(member) + QLatin1String(".log")); }

qint64 NodeCluster::processId(int member) const {
    return m_members[static_cast<std::size_t>(member)].process->processId();
}

bool NodeCluster::waitHealthy() {
    for (int i = 0; i < size(); ++i) {
        if (!running(i)) continue;
        const auto channel = openChannel(endpoint(i));
        const bool healthy = waitUntil([&] { return !running(i) || readOnce(channel, "health", {}).has_value(); });
        if (!healthy || !running(i)) {
            qWarning().noquote() << name(i) << "is not healthy; its log:\n" << log(i);
            return false;
        }
    }
    return true;
}

std::unique_ptr<QProcess> NodeCluster::startCtl(int member, const QStringList& arguments) const {
    auto process = std::make_unique<QProcess>();
    QProcessEnvironment environment = cleanEnvironment();
    // etcdctl refuses the flag beside its variable.
    if (!arguments.filter(QStringLiteral("--command-timeout")).isEmpty())
        environment.remove(QStringLiteral("ETCDCTL_COMMAND_TIMEOUT"));
    process->setProcessEnvironment(environment);
    const QString endpoints = member < 0 ? allEndpoints() : endpoint(member);
    process->start(QStandardPaths::findExecutable(QStringLiteral("etcdctl")),
                   QStringList{QStringLiteral("--endpoints"), endpoints} + arguments);
    return process;
}

Output NodeCluster::ctl(int member, const QStringList& arguments, const QByteArray& input, int timeoutMs) const {
    const std::unique_ptr<QProcess> process = startCtl(member, arguments);
    process->write(input);
    process->closeWriteChannel();
    if (!process->waitForFinished(timeoutMs)) {
        process->kill();
        process->waitForFinished();
        return {-1, process->readAllStandardOutput(), process->readAllStandardError()};
    }
    return {process->exitCode(), process->readAllStandardOutput(), process->readAllStandardError()};
}

}  // namespace raftarium::e2e
