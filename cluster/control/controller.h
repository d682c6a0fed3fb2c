// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Local clusters of real processes. One supervisor per cluster (the app, or `raftariumctl cluster start`) owns the
// processes; everybody else acts through its socket. Connecting gives the same interface either way.
#pragma once

#include "cluster/base/result.h"
#include "cluster/client/admin_client.h"
#include "cluster/observe/event.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace raftarium::control {

enum class PacePreset : std::uint8_t { classroom, paper, etcd };
// Classroom: heartbeat 1 s, election 3-6 s, link delay 0.6 s. Paper: 50 ms, 150-300 ms. etcd: 100 ms, 1-2 s.
// A tick is a tenth of the heartbeat (so that random timeouts differ).
struct PaceSpec {
    std::int64_t heartbeatMs = 100;
    std::int64_t electionMs = 1000;  // timeouts are drawn from [electionMs, 2 * electionMs)
    std::int64_t linkDelayMs = 0;
    friend bool operator==(const PaceSpec&, const PaceSpec&) = default;
};
PaceSpec paceOf(PacePreset preset);
const char* paceName(PacePreset preset);

struct NodeSpec {
    std::string name;  // n1, n2, ...
    std::uint64_t id = 0;
    std::string dataDir;
    std::uint16_t clientPort = 0, peerPort = 0;
    std::string adminSocket;  // unix socket path, under 107 bytes
    std::string clientUrl() const;
    std::string peerUrl() const;
};

struct ClusterSpec {
    std::string name;
    std::string directory;
    std::string token;
    std::vector<NodeSpec> nodes;
    PacePreset pace = PacePreset::classroom;  // the preset last chosen
    PaceSpec timing =
        paceOf(PacePreset::classroom);  // what is in force: the preset's values, or others set by setPace()
    bool preVote = true;
    bool checkQuorum = true;
    // Members were added or removed since the cluster began: a node without data then joins what there is
    // (--initial-cluster-state existing) instead of taking part in a new beginning.
    bool reconfigured = false;
    std::uint32_t nextNode =
        0;  // number in the next new node's name; names are not used again. 0: one above the highest
    std::uint32_t formatVersion = 1;
};

struct NodeStatus {
    NodeSpec spec;
    observe::ProcessState process = observe::ProcessState::stopped;
    int pid = 0;
    std::string text;  // exit reason: "killed (SIGKILL)", "exited with 1: <last line of its output>"
    std::string logFile;
};

struct ClusterStatus {
    ClusterSpec spec;
    bool running = false;  // a supervisor has it
    bool ownedHere = false;
    std::vector<NodeStatus> nodes;
    std::vector<observe::LinkFaults> faults;  // set by hand; the pace's own link delay is not among them
    std::uint64_t diskBytes = 0;              // allocated on disk
    std::string problem;  // why this cluster cannot be used or asked, for instance a damaged spec file
};

// All clusters under the data directory ($XDG_DATA_HOME/raftarium/clusters, ~/.local/share by default).
std::string clustersDirectory();
base::Result<std::vector<ClusterStatus>> listClusters();

// A handle on one cluster; every call acts on the running processes, wherever their supervisor is. Blocking (bounded);
// safe from any thread. Node names are checked: the error lists the ones there are.
class Cluster {
public:
    virtual ~Cluster() = default;

    virtual ClusterStatus status() = 0;
    virtual base::Status startAll() = 0;  // those not running
    virtual base::Status start(const std::string& node) = 0;
    virtual base::Status stop(const std::string& node) = 0;    // SIGTERM (after SIGCONT when paused), SIGKILL after 5 s
    virtual base::Status kill(const std::string& node) = 0;    // SIGKILL
    virtual base::Status pause(const std::string& node) = 0;   // SIGSTOP
    virtual base::Status resume(const std::string& node) = 0;  // SIGCONT
    virtual base::Status restart(const std::string& node) = 0;  // stop if running, start
    // Deletes a node's data. A member that forgot its vote and its log could vote twice in a term and lose what it
    // acknowledged; so one member of several is removed from the cluster, and comes back empty as a new member with a
    // new id (NodeSpec::id changes): the others must run, with a majority. Where no other member has data (a cluster of
    // one, for instance) the data is just deleted. "*" deletes the data of all nodes, which must be stopped: the
    // cluster begins anew.
    virtual base::Status wipe(const std::string& node) = 0;
    // A new member (member add), started empty; as a learner it gets the log but does not count until it is promoted.
    // Returns its name, n6 in a cluster of five. It gets the pace in force; no faults are set on its links. All voters
    // must run and have been connected for five seconds, which is awaited. At most nine nodes.
    // Others learn of it from its process changes (a name status() did not list before).
    virtual base::Result<std::string> addNode(bool learner) = 0;
    // A learner becomes a voter; refused (Errc::invalidArgument or unavailable, etcd's text) until it has the log.
    virtual base::Status promote(const std::string& node) = 0;
    // Out of the cluster (member remove), its process ended, its data deleted: it cannot come back. Refused where the
    // rest would be without a majority. status() does not list it any more; its last process change says "removed".
    virtual base::Status removeNode(const std::string& node) = 0;
    // Faults stay with the link until healed: a node that restarts or resumes gets them again. Times are 0..60 s. A cut
    // is made at both ends, delay and loss at the sender's. Healing a link removes all of its faults.
    virtual base::Status cut(const std::string& from, const std::string& to, bool bothWays) = 0;
    virtual base::Status heal(const std::string& from, const std::string& to, bool bothWays) = 0;
    virtual base::Status healAll() = 0;
    virtual base::Status partition(
        const std::vector<std::vector<std::string>>& groups) = 0;  // unnamed nodes: a group of their own
    virtual base::Status delay(const std::string& from, const std::string& to, std::int64_t ms,
                               std::int64_t jitterMs) = 0;
    virtual base::Status drop(const std::string& from, const std::string& to, double share) = 0;
    // Every message of the link waits where it begins until it is let go by hand, or the link is healed.
    virtual base::Status hold(const std::string& from, const std::string& to) = 0;
    // "*" as from or to means all, in the six calls on links above.
    // What the running nodes hold, of each sender in the order sent.
    virtual base::Result<std::vector<observe::Message>> held() = 0;
    // Lets one held message go on its way, drops it, or sends it twice; a default-made key: all of them.
    // Errc::notFound if it is not held (any more).
    using HeldAction = client::ControlClient::HeldAction;
    virtual base::Status resolveHeld(const observe::MessageKey& message, HeldAction action) = 0;
    virtual base::Status setPace(const PaceSpec& pace) = 0;
    virtual base::Status setProtocol(bool preVote, bool checkQuorum) = 0;
    virtual base::Status campaign(const std::string& node) = 0;
    virtual base::Status transferLeadership(const std::string& to) = 0;
    virtual base::Status stopAll() = 0;  // and the supervisor's duty ends; starting a node takes it up again

    // Process changes (start, exit, pause, ...) as events, from a thread of the cluster; replaces the earlier callback.
    // The callback may call the cluster.
    virtual void onProcessChange(std::function<void(observe::Event)> callback) = 0;
    // The supervisor's duty ended: somebody stopped the cluster, or, where it was joined, its supervisor is gone.
    virtual void onDutyEnded(std::function<void()> callback) = 0;
    virtual std::string logTail(const std::string& node, std::size_t bytes) = 0;
};

struct CreateOptions {
    std::string name;
    int nodes = 5;  // 1..9
    PacePreset pace = PacePreset::classroom;
    bool preVote = true;
    bool checkQuorum = true;
};

base::Result<ClusterSpec> createCluster(const CreateOptions& options);  // directory, ports, spec file; starts nothing
// Becomes the supervisor if nobody is, else joins the one that runs. `nodeProgram`: path of raftarium-node ("" = beside
// us).
base::Result<std::unique_ptr<Cluster>> openCluster(const std::string& name, const std::string& nodeProgram);
// Only joins; Errc::unavailable if no supervisor runs.
base::Result<std::unique_ptr<Cluster>> joinCluster(const std::string& name);
base::Status destroyCluster(const std::string& name);  // refused while it runs

}  // namespace raftarium::control
