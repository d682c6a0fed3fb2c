// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// raftariumctl cluster start: supervises in the foreground, or leaves a supervisor behind.
#include "cluster/control/fd.h"
#include "cluster/control/spec/paths.h"
#include "cluster/control/spec/spec_file.h"
#include "cluster/control/supervisor/node_command.h"
#include "cluster/control/supervisor/supervisor_protocol.h"
#include "cluster/tools/ctl/ctl_command.h"

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <mutex>
#include <poll.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

namespace raftarium::tools {

void addCreateOptions(CLI::App* command, control::CreateOptions& options, std::string& pace);  // ctl_cluster.cpp

namespace {

using control::Cluster;
using control::ClusterStatus;
using observe::ProcessState;

constexpr std::chrono::seconds kUpWithin{20};

struct StartArguments {
    control::CreateOptions create;
    std::string pace = "classroom";
    std::string node, nodeProgram;
    bool nodesGiven = false, paceGiven = false;
    bool detach = false;
};

std::string endpointsText(const ClusterStatus& status) {
    std::string endpoints;
    for (const auto& node : status.nodes) {
        endpoints += (endpoints.empty() ? "" : ",") + std::string("127.0.0.1:") + std::to_string(node.spec.clientPort);
    }
    return "export ETCDCTL_ENDPOINTS=" + endpoints + "\n";
}

// Waits until no node is starting any more, by asking: the answer of a supervisor in another process counts, too.
ClusterStatus awaitUp(Cluster& cluster) {
    const auto deadline = std::chrono::steady_clock::now() + kUpWithin;
    while (true) {
        ClusterStatus status = cluster.status();
        bool starting = false;
        for (const auto& node : status.nodes) starting = starting || node.process == ProcessState::starting;
        if (!starting || std::chrono::steady_clock::now() > deadline) return status;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

base::Status printUp(const ClusterStatus& status) {
    std::string out, failed;
    for (const auto& node : status.nodes) {
        out += node.spec.name + "  " + control::processStateName(node.process) + "  " + node.spec.clientUrl() +
               (node.text.empty() ? "" : "  " + node.text) + "\n";
        if (node.process == ProcessState::stopped) failed += (failed.empty() ? "" : ", ") + node.spec.name;
    }
    if (auto printed = print(out + endpointsText(status)); !printed) return printed;
    if (failed.empty()) return {};
    return base::Error{base::Errc::unavailable,
                       "not running: " + failed + "; their output is in " + status.spec.directory + "/logs"};
}

// Until Ctrl-C, SIGTERM, or somebody stops the cluster. The signals are blocked already.
void supervise(Cluster& cluster) {
    const control::Fd ended(::eventfd(0, EFD_CLOEXEC));
    const int endedFd = ended.get();
    cluster.onEnded([endedFd] {
        const std::uint64_t one = 1;
        [[maybe_unused]] const ssize_t written = ::write(endedFd, &one, sizeof one);
    });
    cluster.onEvent([](const observe::Event& event) {
        if (const auto* change = std::get_if<observe::ProcessChanged>(&event.kind)) {
            std::printf("%s  %s%s%s\n", change->name.c_str(), control::processStateName(change->state),
                        change->text.empty() ? "" : ": ", change->text.c_str());
        } else if (const auto* action = std::get_if<observe::ActionTaken>(&event.kind)) {
            std::printf("%s: %s%s%s\n", action->by.c_str(), action->line.c_str(), action->error.empty() ? "" : ": ",
                        action->error.c_str());
        }
        std::fflush(stdout);
    });
    sigset_t signals;
    ::sigemptyset(&signals);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&signals, number);
    const control::Fd caught(::signalfd(-1, &signals, SFD_CLOEXEC));
    pollfd polled[] = {{ended.get(), POLLIN, 0}, {caught.get(), POLLIN, 0}};
    while (::poll(polled, 2, -1) < 0) {
    }
    if (polled[1].revents != 0) std::fprintf(stderr, "stopping all nodes\n");
    if (auto stopped = cluster.apply(control::StopAll{}); !stopped)
        std::fprintf(stderr, "Error: %s\n", stopped.error().text.c_str());
    cluster.onEnded({});
}

void blockSignals() {
    sigset_t signals;
    ::sigemptyset(&signals);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&signals, number);
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

base::Result<std::unique_ptr<Cluster>> openStarted(const StartArguments& arguments) {
    auto cluster = control::openCluster(arguments.create.name, arguments.nodeProgram);
    if (!cluster) return cluster;
    const auto started = arguments.node.empty() ? (*cluster)->apply(control::StartAll{})
                                                : (*cluster)->apply(control::StartNode{arguments.node});
    if (!started) return started.error();
    return cluster;
}

base::Status startHere(const StartArguments& arguments) {
    blockSignals();  // before any thread exists
    auto cluster = openStarted(arguments);
    if (!cluster) return cluster.error();
    const ClusterStatus status = awaitUp(**cluster);
    auto up = printUp(status);
    if (!status.ownedHere) return up;
    if (!up) std::fprintf(stderr, "Error: %s\n", up.error().text.c_str());
    if (auto said = print(std::string("supervising; Ctrl-C stops all nodes\n")); !said) return said;
    supervise(**cluster);
    return {};
}

// Another process of this program supervises in a session of its own.
base::Result<pid_t> spawnSupervisor(const StartArguments& arguments, const std::string& log) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
    ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::posix_spawn_file_actions_adddup2(&actions, 1, 2);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    std::vector<std::string> words{"raftariumctl", "cluster", "start", arguments.create.name};
    if (!arguments.nodeProgram.empty()) words.push_back("--node-program=" + arguments.nodeProgram);
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    pid_t pid = 0;
    const int failed = ::posix_spawn(&pid, "/proc/self/exe", &actions, &attributes, pointers.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
    if (failed != 0) return control::ioError("cannot start the supervisor", failed);
    return pid;
}

base::Status startDetached(const StartArguments& arguments) {
    if (auto joined = control::joinCluster(arguments.create.name)) return startHere(arguments);  // one runs already
    const std::string log = control::clusterDirectory(arguments.create.name) + "/supervisor.log";
    if (auto rotated = control::rotateLog(log); !rotated) return rotated;
    const auto pid = spawnSupervisor(arguments, log);
    if (!pid) return pid.error();
    while (true) {
        if (auto joined = control::joinCluster(arguments.create.name)) {
            // It listens before it starts the nodes; asking it to start them as well is harmless and waits for them.
            if (auto started = (*joined)->apply(control::StartAll{}); !started) return started.error();
            const ClusterStatus status = awaitUp(**joined);
            auto up = printUp(status);
            if (!up) return up;
            return print("supervised by process " + std::to_string(*pid) +
                         "; stop it with 'raftariumctl cluster stop --cluster " + arguments.create.name + "'\n");
        }
        if (::waitpid(*pid, nullptr, WNOHANG) == *pid) {
            return base::Error{base::Errc::unavailable,
                               "the supervisor ended: " + control::lastLine(log) + " (its output is in " + log + ")"};
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

// What only a new cluster takes must be as it is in one that exists.
base::Status checkKnown(const StartArguments& arguments, const control::ClusterSpec& known) {
    if (arguments.nodesGiven && static_cast<std::size_t>(arguments.create.nodes) != known.nodes.size()) {
        return usage("--nodes=" + std::to_string(arguments.create.nodes) + ": cluster " + known.name +
                     " exists, with " + std::to_string(known.nodes.size()) +
                     " nodes; choose another name, or change it with 'raftariumctl cluster add' and 'remove'");
    }
    if (arguments.paceGiven && control::pacePreset(arguments.pace) != known.pace) {
        return usage("--pace=" + arguments.pace + ": cluster " + known.name +
                     " exists, with another pace; change it with 'raftariumctl cluster pace " + arguments.pace +
                     "' when it runs");
    }
    return {};
}

base::Status start(const Commands&, StartArguments& arguments) {
    if (auto checked = control::checkClusterName(arguments.create.name); !checked) return usage(checked.error().text);
    const auto known = control::readSpec(control::clusterDirectory(arguments.create.name));
    if (!known && known.error().code == base::Errc::notFound) {
        arguments.create.pace = control::pacePreset(arguments.pace).value_or(control::PacePreset::classroom);
        auto created = control::createCluster(arguments.create);
        if (!created) return created.error();
        if (auto said = print("created cluster " + created->name + " of " + std::to_string(created->nodes.size()) +
                              " nodes in " + created->directory + "\n");
            !said) {
            return said;
        }
    } else if (known) {
        if (auto checked = checkKnown(arguments, *known); !checked) return checked;
    }
    return arguments.detach ? startDetached(arguments) : startHere(arguments);
}

}  // namespace

void addClusterStartCommand(Commands& commands, CLI::App* cluster) {
    auto* command = cluster->add_subcommand("start", "Starts a cluster (makes it if there is none) and supervises it");
    auto arguments = std::make_shared<StartArguments>();
    command->add_option("name", arguments->create.name, "Name of the cluster (default: --cluster, or demo)");
    addCreateOptions(command, arguments->create, arguments->pace);
    command->add_option("--node", arguments->node, "Start only this node");
    command->add_flag("--detach", arguments->detach, "Leave a supervisor in the background");
    command->add_option("--node-program", arguments->nodeProgram,
                        "Path of raftarium-node (default: beside this program)");
    commands.onRun(command, [&commands, command, arguments] {
        arguments->nodesGiven = command->count("--nodes") > 0;
        arguments->paceGiven = command->count("--pace") > 0;
        if (arguments->create.name.empty()) arguments->create.name = commands.global().cluster;
        if (arguments->create.name.empty()) arguments->create.name = "demo";
        return start(commands, *arguments);
    });
}

}  // namespace raftarium::tools
