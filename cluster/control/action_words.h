// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The one description of each kind of action: its name in JSON, its raftariumctl command with what people read of it,
// and its fields. A visitor walks through it: printing, parsing and JSON (action_line.cpp, action_json.cpp), and the
// options of raftariumctl's commands.
//
// A visitor has these members; "json" is the field's name in JSON, "help" a phrase for --help:
//   command(kind, verb, help)                  first of all
//   node(json, help, std::string&)             a word: the name of a node, or "*" where the action allows it
//   nodeOption(json, option, help, std::string&)      --node NAME, needed
//   flag(json, option, help, bool&, bool given)       the option sets the field to `given`
//   time(json, help, std::int64_t& ms)         a word such as 200ms
//   timeOption(json, option, help, std::int64_t& ms)
//   share(json, help, double&)                 a word such as 30%, or 0.3
//   groups(json, help, groups&)                words such as n1,n2 n3: all that follow
//   held(json, help, HeldName&)                a word such as n1:42, or all
//   how(json, HeldAction&)                     in JSON; in words the verb says it
//   pace(json, help, PaceSpec&)                a preset's name, or --heartbeat, --election and --link-delay
//   onOff(json, option, help, std::optional<bool>&)
//   bytes(json, help, std::string&)            a word: bytes as byteText() shows them
//   numberOption(json, option, help, std::int64_t&)   left out if 0
#pragma once

#include "cluster/control/action.h"

#include <utility>

namespace raftarium::control {

// The base of a visitor that needs only some of them.
struct NoFields {
    void command(const char*, const char*, const char*) {}
    void node(const char*, const char*, std::string&) {}
    void nodeOption(const char*, const char*, const char*, std::string&) {}
    void flag(const char*, const char*, const char*, bool&, bool) {}
    void time(const char*, const char*, std::int64_t&) {}
    void timeOption(const char*, const char*, const char*, std::int64_t&) {}
    void share(const char*, const char*, double&) {}
    void groups(const char*, const char*, std::vector<std::vector<std::string>>&) {}
    void held(const char*, const char*, HeldName&) {}
    void how(const char*, HeldAction&) {}
    void pace(const char*, const char*, PaceSpec&) {}
    void onOff(const char*, const char*, const char*, std::optional<bool>&) {}
    void bytes(const char*, const char*, std::string&) {}
    void numberOption(const char*, const char*, const char*, std::int64_t&) {}
};

inline constexpr const char* kNodeHelp = "Name of the node, such as n2";
inline constexpr const char* kFromHelp = "Node where the link begins ('*': all)";
inline constexpr const char* kToHelp = "Node where it ends ('*': all)";

template <typename V>
void describe(StartAll&, V& v) {
    v.command("startAll", "start", "Starts all nodes that do not run");
}
template <typename V>
void describe(StopAll&, V& v) {
    v.command("stopAll", "stop", "Stops all nodes, and their supervisor");
}
template <typename V>
void describe(StartNode& a, V& v) {
    v.command("startNode", "start", "Starts a node");
    v.nodeOption("node", "--node", kNodeHelp, a.node);
}
template <typename V>
void describe(StopNode& a, V& v) {
    v.command("stopNode", "stop", "Stops a node in good order (SIGTERM); without a name all nodes, and the supervisor");
    v.node("node", kNodeHelp, a.node);
}
template <typename V>
void describe(KillNode& a, V& v) {
    v.command("killNode", "kill", "Kills a node at once (SIGKILL)");
    v.node("node", kNodeHelp, a.node);
}
template <typename V>
void describe(PauseNode& a, V& v) {
    v.command("pauseNode", "pause", "Freezes a node (SIGSTOP)");
    v.node("node", kNodeHelp, a.node);
}
template <typename V>
void describe(ResumeNode& a, V& v) {
    v.command("resumeNode", "resume", "Lets a paused node go on (SIGCONT)");
    v.node("node", kNodeHelp, a.node);
}
template <typename V>
void describe(RestartNode& a, V& v) {
    v.command("restartNode", "restart", "Stops a node if it runs, and starts it");
    v.node("node", kNodeHelp, a.node);
}
template <typename V>
void describe(WipeNode& a, V& v) {
    v.command("wipeNode", "wipe", "Deletes a node's data; it comes back as a new member ('*': of all, stopped)");
    v.node("node", "Name of the node, or '*'", a.node);
}
template <typename V>
void describe(AddNode& a, V& v) {
    v.command("addNode", "add", "Adds a node, empty, and starts it");
    v.flag("learner", "--learner", "It gets the log but has no vote until it is promoted", a.learner, true);
}
template <typename V>
void describe(PromoteNode& a, V& v) {
    v.command("promoteNode", "promote", "Makes a learner a voter");
    v.node("node", kNodeHelp, a.node);
}
template <typename V>
void describe(RemoveNode& a, V& v) {
    v.command("removeNode", "remove", "Takes a node out of the cluster, with its data");
    v.node("node", kNodeHelp, a.node);
}
template <typename V>
void describe(Campaign& a, V& v) {
    v.command("campaign", "campaign", "Makes a node start an election now");
    v.node("node", kNodeHelp, a.node);
}
template <typename V>
void describe(TransferLeadership& a, V& v) {
    v.command("transferLeadership", "transfer", "Hands leadership to a node");
    v.node("node", kNodeHelp, a.node);
}
template <typename V>
void describe(CutLink& a, V& v) {
    v.command("cutLink", "cut", "Cuts the link between two nodes");
    v.node("from", kFromHelp, a.from);
    v.node("to", kToHelp, a.to);
    v.flag("bothWays", "--one-way", "Only messages from the first to the second", a.bothWays, false);
}
template <typename V>
void describe(HealLink& a, V& v) {
    v.command("healLink", "heal", "Removes all faults of a link; without names those of all links");
    v.node("from", kFromHelp, a.from);
    v.node("to", kToHelp, a.to);
    v.flag("bothWays", "--one-way", "Only those from the first to the second", a.bothWays, false);
}
template <typename V>
void describe(HealAll&, V& v) {
    v.command("healAll", "heal", "Removes the faults of all links");
}
template <typename V>
void describe(Partition& a, V& v) {
    v.command("partition", "partition", "Splits the cluster: partition n1,n2 n3,n4,n5");
    v.groups("groups", "Groups of nodes; those not named form a group of their own", a.groups);
}
template <typename V>
void describe(DelayLink& a, V& v) {
    v.command("delayLink", "delay", "Delays messages: delay n1 n2 200ms --jitter 50ms");
    v.node("from", kFromHelp, a.from);
    v.node("to", kToHelp, a.to);
    v.time("delayMs", "Delay, such as 200ms", a.delayMs);
    v.timeOption("jitterMs", "--jitter", "Up to so much more, drawn for each message", a.jitterMs);
}
template <typename V>
void describe(DropOnLink& a, V& v) {
    v.command("dropOnLink", "drop", "Loses a share of the messages: drop n1 n2 30%");
    v.node("from", kFromHelp, a.from);
    v.node("to", kToHelp, a.to);
    v.share("share", "Share, such as 30%", a.share);
}
template <typename V>
void describe(HoldLink& a, V& v) {
    v.command("holdLink", "hold", "Holds each message of a link until it is let go by hand");
    v.node("from", kFromHelp, a.from);
    v.node("to", kToHelp, a.to);
}
template <typename V>
void describe(ResolveHeld& a, V& v) {
    if (a.action == HeldAction::drop)
        v.command("resolveHeld", "discard", "Drops a held message");
    else if (a.action == HeldAction::duplicate)
        v.command("resolveHeld", "duplicate", "Lets a held message go, twice");
    else
        v.command("resolveHeld", "deliver", "Lets a held message go on its way");
    v.held("message", "As 'held' lists it, such as n1:42, or all", a.message);
    v.how("how", a.action);
}
template <typename V>
void describe(SetPace& a, V& v) {
    v.command("setPace", "pace", "Sets how fast the cluster runs: a preset, or times of your own");
    v.pace("pace", "classroom, paper or etcd", a.pace);
}
template <typename V>
void describe(SetProtocol& a, V& v) {
    v.command("setProtocol", "protocol", "Switches PreVote and CheckQuorum of the running nodes");
    v.onOff("preVote", "--pre-vote", "on or off", a.preVote);
    v.onOff("checkQuorum", "--check-quorum", "on or off", a.checkQuorum);
}
template <typename V>
void describe(Put& a, V& v) {
    v.command("put", "put", "Writes a key");
    v.bytes("key", "Key", a.key);
    v.bytes("value", "Value", a.value);
}
template <typename V>
void describe(DeleteKey& a, V& v) {
    v.command("deleteKey", "del", "Deletes a key");
    v.bytes("key", "Key", a.key);
    v.numberOption("modRevision", "--mod-revision", "Only if the key was last changed at this revision", a.modRevision);
}

// A default-made action of each kind; ResolveHeld once for each of its verbs.
std::vector<Action> actionPrototypes();

// The node that the action is about; empty if it is none or several.
std::string actionNode(const Action& action);
// Whether it cannot be done without such a node.
bool needsOneNode(const Action& action);

std::string timeText(std::int64_t ms);                         // "200ms"
std::optional<std::int64_t> parseTime(std::string_view text);  // whole milliseconds, not negative
std::string shareText(double share);                           // "30%"; exactly the same number when read back
std::optional<double> parseShare(std::string_view text);       // "30%" or "0.3": 0 to 1
std::string heldText(const HeldName& message);                 // "n1:42", "n1:42@7" with its incarnation, or "all"
std::optional<HeldName> parseHeld(std::string_view text);

}  // namespace raftarium::control
