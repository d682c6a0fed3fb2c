// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A real etcd and its tools beside a test, where the machine has them.
#pragma once

#include "tests/ports/free_ports.h"

#include <QDir>
#include <QProcess>
#include <QStandardPaths>

#include <csignal>
#include <sys/prctl.h>

namespace raftarium::fixture {

inline QString program(const QString& name) { return QStandardPaths::findExecutable(name); }

// etcd-dump-logs, etcd-dump-db: in RAFTARIUM_ETCD_TOOLS, ~/etcd-tools or PATH; empty if not there.
inline QString etcdTool(const QString& name) {
    QString directory = qEnvironmentVariable("RAFTARIUM_ETCD_TOOLS");
    if (directory.isEmpty()) directory = QDir::homePath() + "/etcd-tools";
    const QString found = QStandardPaths::findExecutable(name, {directory});
    return found.isEmpty() ? QStandardPaths::findExecutable(name) : found;
}

struct Output {
    int exitCode = -1;
    QString out;
    QString err;
};

inline Output run(const QString& path, const QStringList& arguments, const QByteArray& input = {}) {
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert("ETCDCTL_API", "3");
    process.setProcessEnvironment(environment);
    process.start(path, arguments);
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(30'000)) return {};
    return {process.exitCode(), QString::fromUtf8(process.readAllStandardOutput()),
            QString::fromUtf8(process.readAllStandardError())};
}

// One member on ports found free; ends with the object.
class EtcdProcess {
public:
    explicit EtcdProcess(const QString& dataDirectory) : m_dataDirectory(dataDirectory) {
        const std::vector<int> ports = test::freePorts(2);
        m_clientUrl = QString("http://127.0.0.1:%1").arg(ports[0]);
        m_peerUrl = QString("http://127.0.0.1:%1").arg(ports[1]);
    }
    ~EtcdProcess() { stop(); }

    bool start() {
        m_process.setStandardErrorFile(m_dataDirectory + ".log");
        // A crash of the test leaves no server behind.
        m_process.setChildProcessModifier([] { prctl(PR_SET_PDEATHSIG, SIGKILL); });
        m_process.start(program("etcd"), {"--name", "n1", "--data-dir", m_dataDirectory, "--listen-client-urls",
                                          m_clientUrl, "--advertise-client-urls", m_clientUrl, "--listen-peer-urls",
                                          m_peerUrl, "--initial-advertise-peer-urls", m_peerUrl, "--initial-cluster",
                                          "n1=" + m_peerUrl, "--snapshot-count", "50"});
        if (!m_process.waitForStarted()) return false;
        for (int attempt = 0; attempt < 100; ++attempt) {
            if (m_process.state() != QProcess::Running) return false;
            if (ctl({"endpoint", "health"}).exitCode == 0) return true;
        }
        return false;
    }
    void stop() {
        m_process.terminate();
        if (m_process.state() != QProcess::NotRunning && !m_process.waitForFinished(20'000)) m_process.kill();
        m_process.waitForFinished();
    }
    Output ctl(const QStringList& arguments, const QByteArray& input = {}) const {
        return run(program("etcdctl"), QStringList{"--endpoints", m_clientUrl} + arguments, input);
    }
    QString clientUrl() const { return m_clientUrl; }
    QString peerUrl() const { return m_peerUrl; }

private:
    QString m_dataDirectory;
    QString m_clientUrl;
    QString m_peerUrl;
    QProcess m_process;
};

}  // namespace raftarium::fixture
