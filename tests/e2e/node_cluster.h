// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Real processes for end-to-end tests: members of one cluster, ours or real etcd, started by hand with the same flags
// on ports found free, and etcdctl to drive them.
#pragma once

#include <QMap>
#include <QProcess>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>

#include <functional>
#include <memory>
#include <vector>

namespace raftarium::e2e {

enum class Engine { raftarium, etcd };

struct Ports {
    int client = 0;
    int peer = 0;
};
// The real etcd and etcdctl are there.
bool etcdIsInstalled();

// Ports free at this moment, on loopback.
std::vector<Ports> findPorts(int members);

struct Output {
    int exitCode = -1;
    QByteArray out;
    QByteArray err;
};

// How long anything that must come may take, on a machine that is busy with other things, too.
inline constexpr int kWithinMs = 120'000;

// A program of the machine, or with a leading "raftarium" one of ours; without what the environment would configure.
Output runProgram(const QString& name, const QStringList& arguments, int timeoutMs = kWithinMs);

QByteArray contentOf(const QString& path);  // empty if it cannot be read
void writeFile(const QString& path, const QByteArray& content);

// Looks again until it holds; false after the time.
bool waitUntil(const std::function<bool()>& condition, int timeoutMs = kWithinMs);

class NodeCluster {
public:
    NodeCluster(Engine engine, std::vector<Ports> ports, QStringList extraFlags = {});
    ~NodeCluster();  // kills what still runs

    int size() const { return static_cast<int>(m_members.size()); }
    // One more member, for after a member add: when started, it joins what runs (--initial-cluster-state existing).
    int join(Ports ports);
    // How it is started from now on: by --initial-cluster-state existing or new.
    void setJoins(int member, bool joins) { m_members[static_cast<std::size_t>(member)].joins = joins; }
    // Its data directory is gone; it must not run.
    void loseData(int member);
    // For what is started from now on.
    void setEnvironment(const QString& name, const QString& value) { m_environment.insert(name, value); }
    void start(int member);
    void startAll();
    void kill(int member);                                  // SIGKILL
    bool waitEnded(int member, int timeoutMs = kWithinMs);  // by itself
    void signal(int member, int number);
    // SIGTERM; the exit code, or -1 if it did not end by itself. `tookMs` is how long it took.
    int terminate(int member, qint64* tookMs = nullptr);
    bool running(int member) const;
    int exitCode(int member) const;  // of one that has ended; -1 if by a signal
    QByteArray log(int member) const;

    QString name(int member) const { return QStringLiteral("n%1").arg(member + 1); }
    QString endpoint(int member) const;
    QString peerUrl(int member) const;
    std::vector<QString> endpoints() const;  // of all members
    QString allEndpoints() const;            // as etcdctl takes them
    QString adminSocket(int member) const;
    QString dataDir(int member) const;
    qint64 processId(int member) const;

    // Waits until every running member answers a linearizable request.
    bool waitHealthy();
    // etcdctl with the endpoint of one member (or of all, with -1).
    Output ctl(int member, const QStringList& arguments, const QByteArray& input = {}, int timeoutMs = kWithinMs) const;
    // A running etcdctl; the caller owns it.
    std::unique_ptr<QProcess> startCtl(int member, const QStringList& arguments) const;

private:
    struct Member {
        Ports ports;
        std::unique_ptr<QProcess> process;
        QByteArray log;
        bool joins = false;
    };
    QStringList flags(int member) const;

    Engine m_engine;
    QStringList m_extraFlags;
    QMap<QString, QString> m_environment;
    QTemporaryDir m_directory;
    std::vector<Member> m_members;
};

}  // namespace raftarium::e2e
