// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What can be done to a cluster, as values: printed and parsed as a command line, kept as JSON, applied by
// Cluster::apply(). Menus, the command palette, lessons, recordings and raftariumctl all use these.
//
// Each kind is described once, in action_words.h; printing, parsing, JSON and raftariumctl's own commands are made from
// that. A new kind: a struct here, its entry in the variant and its description there; the compiler and
// tests/control/test_control_actions ask for the rest.
#pragma once

#include "cluster/base/result.h"
#include "cluster/client/admin_client.h"
#include "cluster/control/command_text.h"
#include "cluster/control/spec/pace.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace raftarium::control {

// --- processes ---
struct StartAll {  // the nodes that do not run
    friend bool operator==(const StartAll&, const StartAll&) = default;
};
struct StopAll {  // and the supervisor ends; starting a node begins a new supervisor
    friend bool operator==(const StopAll&, const StopAll&) = default;
};
struct StartNode {
    std::string node;
    friend bool operator==(const StartNode&, const StartNode&) = default;
};
struct StopNode {  // SIGTERM (after SIGCONT when paused), SIGKILL after 5 s
    std::string node;
    friend bool operator==(const StopNode&, const StopNode&) = default;
};
struct KillNode {  // SIGKILL
    std::string node;
    friend bool operator==(const KillNode&, const KillNode&) = default;
};
struct PauseNode {  // SIGSTOP
    std::string node;
    friend bool operator==(const PauseNode&, const PauseNode&) = default;
};
struct ResumeNode {  // SIGCONT
    std::string node;
    friend bool operator==(const ResumeNode&, const ResumeNode&) = default;
};
struct RestartNode {  // stops it if it runs, then starts it
    std::string node;
    friend bool operator==(const RestartNode&, const RestartNode&) = default;
};
// Deletes a node's data. A member that forgot its vote and its log could vote twice in a term and lose what it
// acknowledged; so one member of several is removed from the cluster, and comes back empty as a new member with a
// new id (NodeSpec::id changes): the others must run, with a majority. Where no other member has data (a cluster of
// one, for instance) the data is just deleted. "*" deletes the data of all nodes, which must be stopped: the
// cluster begins anew.
struct WipeNode {
    std::string node;
    friend bool operator==(const WipeNode&, const WipeNode&) = default;
};

// --- members ---
// A new member (member add), started empty; as a learner it gets the log but does not count until it is promoted.
// ActionOutcome::node is its name, n6 in a cluster of five. It gets the pace in force; no faults are set on its links.
// All voters must run and have been connected for five seconds, which is awaited. At most nine nodes.
// Others learn of it from its process changes (a name status() did not list before).
struct AddNode {
    bool learner = false;
    friend bool operator==(const AddNode&, const AddNode&) = default;
};
// A learner becomes a voter; refused (Errc::invalidArgument or unavailable, etcd's text) until it has the log.
struct PromoteNode {
    std::string node;
    friend bool operator==(const PromoteNode&, const PromoteNode&) = default;
};
// Out of the cluster (member remove), its process ended, its data deleted: it cannot come back. Refused where the
// rest would be without a majority. status() does not list it any more; its last process change says "removed".
struct RemoveNode {
    std::string node;
    friend bool operator==(const RemoveNode&, const RemoveNode&) = default;
};
struct Campaign {  // the node starts an election now
    std::string node;
    friend bool operator==(const Campaign&, const Campaign&) = default;
};
struct TransferLeadership {  // from whoever leads to this node
    std::string node;
    friend bool operator==(const TransferLeadership&, const TransferLeadership&) = default;
};

// --- links: faults stay with a link until it is healed; a node that restarts or resumes gets them again. "*" as from
// or to stands for all nodes. A cut is made at both ends, delay and loss at the sender's. ---
struct CutLink {
    std::string from, to;
    bool bothWays = true;
    friend bool operator==(const CutLink&, const CutLink&) = default;
};
struct HealLink {  // removes all faults of the link
    std::string from, to;
    bool bothWays = true;
    friend bool operator==(const HealLink&, const HealLink&) = default;
};
struct HealAll {
    friend bool operator==(const HealAll&, const HealAll&) = default;
};
struct Partition {  // nodes that are not named form a group of their own
    std::vector<std::vector<std::string>> groups;
    friend bool operator==(const Partition&, const Partition&) = default;
};
struct DelayLink {  // 0 to 60 s, and up to `jitterMs` more, drawn for each message
    std::string from, to;
    std::int64_t delayMs = 0, jitterMs = 0;
    friend bool operator==(const DelayLink&, const DelayLink&) = default;
};
struct DropOnLink {  // loses this share of the messages, 0 to 1
    std::string from, to;
    double share = 0;
    friend bool operator==(const DropOnLink&, const DropOnLink&) = default;
};
struct HoldLink {  // each message of the link waits at its sender until it is let go by hand, or the link is healed
    std::string from, to;
    friend bool operator==(const HoldLink&, const HoldLink&) = default;
};
using HeldAction = client::ControlClient::HeldAction;
// A held message as people name it, "n1:42": its sender and the sender's count of messages.
struct HeldName {
    std::string node;  // empty: all held messages
    std::uint64_t counter = 0;
    std::uint64_t incarnation = 0;  // of the sender's process; 0: the one that runs
    friend bool operator==(const HeldName&, const HeldName&) = default;
};
struct ResolveHeld {  // Errc::notFound if the message is not held (any more)
    HeldName message;
    HeldAction action = HeldAction::deliver;
    friend bool operator==(const ResolveHeld&, const ResolveHeld&) = default;
};

// --- settings ---
struct SetPace {
    PaceSpec pace;
    friend bool operator==(const SetPace&, const SetPace&) = default;
};
struct SetProtocol {  // nullopt: stays as it is
    std::optional<bool> preVote, checkQuorum;
    friend bool operator==(const SetProtocol&, const SetProtocol&) = default;
};

// --- keys, through etcd's API: keys and values are bytes ---
struct Put {
    std::string key, value;
    friend bool operator==(const Put&, const Put&) = default;
};
struct DeleteKey {
    std::string key;
    std::int64_t modRevision = 0;  // only if the key was last changed at this revision; 0: whenever that was
    friend bool operator==(const DeleteKey&, const DeleteKey&) = default;
};

// Of two kinds with the same verb the one with more words stands later: its error is the one that is shown.
using Action =
    std::variant<StartAll, StopAll, StartNode, StopNode, KillNode, PauseNode, ResumeNode, RestartNode, WipeNode,
                 AddNode, PromoteNode, RemoveNode, Campaign, TransferLeadership, CutLink, HealAll, HealLink, Partition,
                 DelayLink, DropOnLink, HoldLink, ResolveHeld, SetPace, SetProtocol, Put, DeleteKey>;

struct ActionOutcome {
    std::string node;           // AddNode: the new node's name
    std::int64_t revision = 0;  // Put, DeleteKey: the store's revision afterwards
    bool keyDeleted = false;    // DeleteKey: false if the key was not there, or had changed
    friend bool operator==(const ActionOutcome&, const ActionOutcome&) = default;
};

// "killNode": the name of the kind in JSON and in recordings.
const char* actionName(const Action& action);

// Where a line is to run: raftariumctl takes the cluster's name, etcdctl (Put and DeleteKey) the endpoints, host:port.
struct ActionTarget {
    std::string cluster;
    Endpoints endpoints;
    friend bool operator==(const ActionTarget&, const ActionTarget&) = default;
};

// The shell line that does the action: "raftariumctl cluster kill n2 --cluster demo". It can be pasted as it stands.
std::string printAction(const Action& action, const ActionTarget& target);
// Without the program and the cluster, for lessons and the palette: {"kill", "n2"}. Put and DeleteKey: {"put", "key",
// "value"} with keys and values as byteText() shows them.
std::vector<std::string> actionWords(const Action& action);

struct ActionLine {
    Action action;
    ActionTarget target;
    friend bool operator==(const ActionLine&, const ActionLine&) = default;
};
// Reads every line that printAction() writes, and what people write by the same rules. Errors say which word is wrong
// and how the action is written.
base::Result<ActionLine> parseAction(std::string_view line);
base::Result<Action> actionOfWords(std::vector<std::string> words);

// {"action":"killNode","node":"n2"}. Keys and values are texts as byteText() writes them.
nlohmann::json actionToJson(const Action& action);
base::Result<Action> actionFromJson(const nlohmann::json& object);

}  // namespace raftarium::control
