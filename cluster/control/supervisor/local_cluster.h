// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The supervisor: a cluster whose processes are children of this one.
#pragma once

#include "cluster/control/controller.h"
#include "cluster/control/supervisor/cluster_lock.h"
#include "cluster/control/supervisor/event_dispatcher.h"
#include "cluster/control/supervisor/fault_table.h"
#include "cluster/control/supervisor/launcher.h"
#include "cluster/control/supervisor/mutex.h"
#include "cluster/control/supervisor/node_access.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace raftarium::control {

class SupervisorSocket;

// Ends its nodes when destroyed. A thread of its own (the configurer) waits until each started node serves, and then
// sets its pace and faults; only then the node counts as running. All calls are safe from any thread; those that wait
// for a node's answer hold no lock that status() needs.
class LocalCluster final : public Cluster {
public:
    static base::Result<std::unique_ptr<Cluster>> supervise(ClusterSpec spec, ClusterLock lock, std::string nodeProgram,
                                                            NodeAccess access);
    ~LocalCluster() override;

    ClusterStatus status() override;
    base::Result<ActionOutcome> apply(const Action& action) override;
    base::Result<std::vector<observe::Message>> held() override;
    void onEvent(std::function<void(observe::Event)> callback) override;
    void onEnded(std::function<void()> callback) override;
    std::string logTail(const std::string& node, std::size_t bytes) override;

private:
    struct Node {
        NodeSpec spec;
        observe::ProcessState state = observe::ProcessState::stopped;
        pid_t pid = 0;  // 0 while stopped, and for a moment while starting
        std::uint64_t starts = 0;
        bool needsSettings = false;  // has not got the pace and faults since it started or resumed
        bool wasRunning = false;     // since it was started: paused before that, it resumes as starting
        bool removed = false;        // removed from the cluster; the entry stays, so that indexes stay what they are
        std::optional<std::chrono::steady_clock::time_point> settingsRefused;  // since when
        int exitCode = 0, signal = 0;
        std::string text;
    };

    LocalCluster(ClusterSpec spec, std::string nodeProgram, NodeAccess access);

    ClusterStatus statusWithoutDisk() const;  // diskBytes is 0
    // `by`: the program that asks.
    base::Result<ActionOutcome> applyBy(const Action& action, const std::string& by);

    // --- Actions (local_cluster_actions.cpp): one for each kind, called by apply()
    using Outcome = base::Result<ActionOutcome>;
    Outcome perform(const StartAll& action);
    Outcome perform(const StopAll& action);
    Outcome perform(const StartNode& action);
    Outcome perform(const StopNode& action);
    Outcome perform(const KillNode& action);
    Outcome perform(const PauseNode& action);
    Outcome perform(const ResumeNode& action);
    Outcome perform(const RestartNode& action);
    Outcome perform(const WipeNode& action);
    Outcome perform(const AddNode& action);
    Outcome perform(const PromoteNode& action);
    Outcome perform(const RemoveNode& action);
    Outcome perform(const Campaign& action);
    Outcome perform(const TransferLeadership& action);
    Outcome perform(const CutLink& action);
    Outcome perform(const HealLink& action);
    Outcome perform(const HealAll& action);
    Outcome perform(const Partition& action);
    Outcome perform(const DelayLink& action);
    Outcome perform(const DropOnLink& action);
    Outcome perform(const HoldLink& action);
    Outcome perform(const ResolveHeld& action);
    Outcome perform(const SetPace& action);
    Outcome perform(const SetProtocol& action);
    Outcome perform(const Put& action);
    Outcome perform(const DeleteKey& action);

    base::Result<std::unique_ptr<client::EtcdClient>> keyClient();  // leader first

    // --- Supervision: lock and socket (local_cluster.cpp)
    base::Status beginSupervision(ClusterLock lock);
    base::Status ensureSupervision();
    void endSupervision();

    // --- Processes (local_cluster.cpp, local_cluster_processes.cpp)
    base::Result<std::size_t> find(const std::string& name) const;  // takes the lock
    std::size_t nodeCount() const;                                  // takes the lock
    base::Status start(const std::string& node);
    base::Status startAll();
    base::Status stop(const std::string& node);
    base::Status kill(const std::string& node);
    base::Status pause(const std::string& node);
    base::Status resume(const std::string& node);
    base::Status restart(const std::string& node);
    base::Status wipe(const std::string& node);
    base::Status stopAll();  // the nodes; apply() then ends the supervisor
    base::Status launch(std::size_t index);
    void started(std::size_t index, pid_t pid);
    void exited(std::size_t index, int exitCode, int signal);
    void publish(const Node& node) RAFTARIUM_REQUIRES(m_mutex);     // so that events stand in the order of the changes
    void report(observe::Event event) RAFTARIUM_REQUIRES(m_mutex);  // to subscribers here and elsewhere
    // Lets the mutex go while it waits.
    base::Status awaitExit(const std::vector<std::size_t>& indexes, bool killAfterGrace) RAFTARIUM_REQUIRES(m_mutex);
    void terminate(const Node& node);
    base::Status wipeAll();
    bool hasData(const NodeSpec& node) const;

    // --- Members (local_cluster_members.cpp)
    base::Result<std::string> addNode(bool learner);
    base::Status promote(const std::string& node);
    base::Status removeNode(const std::string& node);
    using Members = base::Result<std::vector<client::MemberInfo>>;
    Members changeMembers(const std::string& without, const std::function<Members(client::EtcdClient&)>& change);
    std::vector<std::string> askableUrls(const std::string& without, bool& allRun);
    base::Status leaveCluster(std::size_t index);
    base::Status rejoin(std::size_t index);
    base::Status updateSpec(const std::function<void(ClusterSpec&)>& change);

    // --- Settings of running nodes (local_cluster_links.cpp)
    base::Status resolveHeld(const HeldName& message, HeldAction action);
    base::Status setPace(const PaceSpec& pace);
    base::Status setProtocol(std::optional<bool> preVote, std::optional<bool> checkQuorum);
    base::Status campaign(const std::string& node);
    base::Status transferLeadership(const std::string& to);
    void configureNodes();
    bool configureOne(std::size_t index) RAFTARIUM_REQUIRES(m_mutex);  // lets it go while it asks the node
    base::Status push(std::size_t index);
    base::Status pushAll();
    base::Status changeFaults(const std::function<base::Status(FaultTable&)>& change);
    base::Result<std::unique_ptr<client::ControlClient>> controlOf(std::size_t index);

    const std::string m_program;
    const NodeAccess m_access;
    const std::string m_name, m_directory;
    // One change of members at a time.
    Mutex m_memberMutex RAFTARIUM_ACQUIRED_BEFORE(m_supervisionMutex, m_pushMutex, m_mutex);
    Mutex m_supervisionMutex RAFTARIUM_ACQUIRED_BEFORE(m_mutex);
    // One push at a time, so that an older one cannot arrive after a newer.
    Mutex m_pushMutex RAFTARIUM_ACQUIRED_BEFORE(m_mutex);
    mutable Mutex m_mutex;
    std::condition_variable_any m_changed;
    ClusterSpec m_spec RAFTARIUM_GUARDED_BY(m_mutex);
    // Grows, so that what refers to an entry stays valid.
    std::deque<Node> m_nodes RAFTARIUM_GUARDED_BY(m_mutex);
    FaultTable m_faults RAFTARIUM_GUARDED_BY(m_mutex);
    bool m_ending RAFTARIUM_GUARDED_BY(m_mutex) = false;
    std::optional<ClusterLock> m_lock RAFTARIUM_GUARDED_BY(m_mutex);
    std::shared_ptr<SupervisorSocket> m_socket RAFTARIUM_GUARDED_BY(m_mutex);
    // Their last answer may still be on its way.
    std::vector<std::shared_ptr<SupervisorSocket>> m_retired RAFTARIUM_GUARDED_BY(m_mutex);
    EventDispatcher m_events;
    std::thread m_configurer;
    std::unique_ptr<Launcher> m_launcher;
};

}  // namespace raftarium::control
