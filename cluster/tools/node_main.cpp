// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// raftarium-node: one member of a cluster. Exit codes: 0 stopped as asked or removed from the cluster, 1 cannot run
// (the text says what, where and what to do), 2 bad flags.

#include "cluster/base/coding.h"
#include "cluster/node/config/parse_config.h"
#include "cluster/node/node.h"
#include "cluster/rpc/edge/node_servers.h"
#include "cluster/rpc/peers/join_cluster.h"
#include "cluster/rpc/peers/peer_transport.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <string>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <vector>

extern char** environ;

namespace {

using namespace raftarium;

constexpr int kExitCannotRun = 1;
constexpr int kExitBadFlags = 2;
constexpr base::Nanoseconds kClientGrace = 250 * base::kMillisecond;

// Kept until the end of main: what ended the node from inside, if anything.
struct Fatal {
    std::atomic<bool> told{false};      // by the first of several reasons
    std::atomic<bool> happened{false};  // `error` can be read
    base::Error error;
    const pthread_t mainThread = pthread_self();

    void tell(base::Error reason) {
        if (told.exchange(true)) return;
        error = std::move(reason);
        happened.store(true, std::memory_order_release);
        pthread_kill(mainThread, SIGUSR1);
    }
};

void printError(const std::string& text) { std::fprintf(stderr, "raftarium-node: %s\n", text.c_str()); }

// The controller's nodes end with it, however it ends. The parent may have gone before the request took effect.
bool dieWithParent(pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    return getppid() == parent;
}

// Each connection, segment and table takes a descriptor; the soft limit of 1024 is soon reached.
void raiseFileLimit() {
    rlimit limit = {};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

sigset_t blockSignals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int each : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) sigaddset(&signals, each);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    signal(SIGPIPE, SIG_IGN);
    return signals;
}

// Waits for the first signal of the set; SIGUSR1 is how the node's own threads wake the main one.
int waitForSignal(const sigset_t& signals) {
    int received = 0;
    while (sigwait(&signals, &received) != 0 || received == SIGHUP) {
    }
    return received;
}

// From now on a second signal ends the process at once.
void endAtNextSignal(const sigset_t& signals) {
    std::thread([signals] {
        int received = SIGUSR1;
        while (received == SIGUSR1 || received == SIGHUP) received = waitForSignal(signals);
        _exit(128 + received);
    }).detach();
}

int run(const node::Config& config, const sigset_t& signals) {
    if (const base::Status free = rpc::checkListeners(config); !free) {
        printError(free.error().text);
        return kExitCannotRun;
    }
    rpc::PeerTransport transport;
    node::Membership existing;
    const bool first = node::Node::isFirstStart(config);
    if (first && !config.initialClusterExisting) {
        existing = rpc::membersKnownToOthers(config);
    } else if (first) {
        base::Result<node::Membership> fetched = rpc::fetchMembership(config);
        if (!fetched) {
            printError(fetched.error().text);
            return kExitCannotRun;
        }
        existing = std::move(*fetched);
    }
    base::Result<std::unique_ptr<node::Node>> created =
        node::Node::create(config, transport, first ? &existing : nullptr);
    if (!created) {
        printError(created.error().text);
        return kExitCannotRun;
    }
    node::Node& node = **created;
    Fatal fatal;
    node.onFatal([&fatal](base::Error error) { fatal.tell(std::move(error)); });
    transport.onRemoved([&fatal, id = node.status().nodeId] {
        fatal.tell({base::Errc::aborted,
                    "this member (" + base::hexId(id) +
                        ") has been removed from the cluster, as another member says; its data directory cannot be "
                        "used again",
                    0});
    });

    rpc::NodeServers servers(node, transport, config);
    node.start();
    const base::Status started = servers.start();
    if (started) {
        // Anyone may send SIGUSR1; it counts only when the node has said why.
        while (waitForSignal(signals) == SIGUSR1 && !fatal.happened.load(std::memory_order_acquire)) {
        }
    } else {
        printError(started.error().text);
    }
    endAtNextSignal(signals);
    const bool fatalEnd = fatal.happened.load(std::memory_order_acquire);
    servers.stopClients(kClientGrace);
    node.stop();
    const bool ended = servers.end();
    int code = started ? 0 : kExitCannotRun;
    if (started && fatalEnd) {
        printError(fatal.error.text);
        // Removed from the cluster: the member did what it was told.
        if (fatal.error.code != base::Errc::aborted) code = kExitCannotRun;
    }
    if (!ended) std::quick_exit(code);
    return code;
}

// Each thread's heap would give memory back and ask for it again with every burst of requests. The second is what the
// first would otherwise pin at 128 KiB.
void keepFreedMemory() {
    mallopt(M_TRIM_THRESHOLD, 8 << 20);
    mallopt(M_MMAP_THRESHOLD, 4 << 20);
}

}  // namespace

int main(int argc, char** argv) {
    keepFreedMemory();
    const pid_t parent = getppid();
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    std::vector<std::string> environment;
    for (char** each = environ; *each != nullptr; ++each) environment.emplace_back(*each);
    base::Result<node::ParsedConfig> parsed = node::parseConfig(arguments, environment);
    if (!parsed) {
        printError(parsed.error().text);
        return kExitBadFlags;
    }
    if (!parsed->textAndExit.empty()) {
        std::fputs(parsed->textAndExit.c_str(), stdout);
        return 0;
    }
    for (const std::string& warning : parsed->warnings) printError("warning: " + warning);
    if (parsed->config.exitWithParent && !dieWithParent(parent)) return kExitCannotRun;
    umask(077);
    raiseFileLimit();
    const sigset_t signals = blockSignals();  // before any thread exists, so that all inherit it
    return run(parsed->config, signals);
}
