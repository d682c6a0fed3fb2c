// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// raftariumctl cluster cut|heal|partition|delay|drop|hold|held|deliver|discard|duplicate|pace|protocol.
#include "cluster/base/coding.h"
#include "cluster/control/spec_file.h"
#include "cluster/control/supervisor_protocol.h"
#include "cluster/observe/feed/feed_parts.h"
#include "cluster/tools/ctl/ctl_command.h"
#include "cluster/tools/ctl/ctl_text.h"

#include <nlohmann/json.hpp>

namespace raftarium::tools {
namespace {

using control::Cluster;

struct LinkArguments {
    std::string from, to, amount, jitter = "0";
    bool oneWay = false;
};

base::Status act(const Commands& commands, const std::function<base::Status(Cluster&)>& action) {
    auto cluster = commands.joined();
    if (!cluster) return cluster.error();
    return action(**cluster);
}

std::shared_ptr<LinkArguments> addLink(CLI::App* command, bool required) {
    auto link = std::make_shared<LinkArguments>();
    auto* from = command->add_option("from", link->from, "Node where the link begins ('*': all)");
    auto* to = command->add_option("to", link->to, "Node where it ends ('*': all)");
    if (required) {
        from->required();
        to->required();
    }
    return link;
}

base::Result<std::int64_t> milliseconds(const char* what, const std::string& text) {
    const auto ns = parseDuration(text);
    if (!ns) return usage(std::string(what) + " " + text + ": not a duration such as 200ms or 1.5s");
    return *ns / 1'000'000;
}

void addCutAndHeal(Commands& commands, CLI::App* cluster) {
    auto* cut = cluster->add_subcommand("cut", "Cuts the link between two nodes");
    auto cutLink = addLink(cut, true);
    cut->add_flag("--one-way", cutLink->oneWay, "Only messages from the first to the second");
    commands.onRun(cut, [&commands, cutLink] {
        return act(commands, [&](Cluster& joined) { return joined.cut(cutLink->from, cutLink->to, !cutLink->oneWay); });
    });

    auto* heal = cluster->add_subcommand("heal", "Removes all faults, or those of one link");
    auto healLink = addLink(heal, false);
    heal->add_flag("--one-way", healLink->oneWay, "Only from the first to the second");
    commands.onRun(heal, [&commands, healLink]() -> base::Status {
        if (!healLink->from.empty() && healLink->to.empty())
            return usage("heal takes two nodes, or none for all links");
        return act(commands, [&](Cluster& joined) {
            return healLink->from.empty() ? joined.healAll()
                                          : joined.heal(healLink->from, healLink->to, !healLink->oneWay);
        });
    });

    auto* partition = cluster->add_subcommand("partition", "Splits the cluster: partition n1,n2 n3,n4,n5");
    auto groups = std::make_shared<std::vector<std::string>>();
    partition->add_option("groups", *groups, "Groups of nodes; those not named are a group of their own")->required();
    commands.onRun(partition, [&commands, groups] {
        std::vector<std::vector<std::string>> named;
        for (const std::string& group : *groups) named.push_back(split(group, ','));
        return act(commands, [&](Cluster& joined) { return joined.partition(named); });
    });
}

void addDelayAndDrop(Commands& commands, CLI::App* cluster) {
    auto* delay = cluster->add_subcommand("delay", "Delays messages: delay n1 n2 200ms --jitter 50ms");
    auto delayLink = addLink(delay, true);
    delay->add_option("time", delayLink->amount, "Delay, such as 200ms")->required();
    delay->add_option("--jitter", delayLink->jitter, "Up to so much more, drawn for each message");
    commands.onRun(delay, [&commands, delayLink]() -> base::Status {
        const auto ms = milliseconds("delay", delayLink->amount);
        if (!ms) return ms.error();
        const auto jitter = milliseconds("--jitter", delayLink->jitter);
        if (!jitter) return jitter.error();
        return act(commands,
                   [&](Cluster& joined) { return joined.delay(delayLink->from, delayLink->to, *ms, *jitter); });
    });

    auto* drop = cluster->add_subcommand("drop", "Loses a share of the messages: drop n1 n2 30%");
    auto dropLink = addLink(drop, true);
    drop->add_option("share", dropLink->amount, "Share, such as 30%")->required();
    commands.onRun(drop, [&commands, dropLink]() -> base::Status {
        const auto share = parseShare(dropLink->amount);
        if (!share) return usage("share " + dropLink->amount + ": must be 0% to 100%");
        return act(commands, [&](Cluster& joined) { return joined.drop(dropLink->from, dropLink->to, *share); });
    });
}

// How a person names a held message: its sender and the sender's count of messages, "n1:42".
std::string heldName(const observe::Message& message, const std::vector<control::NodeStatus>& nodes) {
    for (const auto& node : nodes) {
        if (node.spec.id == message.key.sender) return node.spec.name + ":" + std::to_string(message.key.counter);
    }
    return base::hexId(message.key.sender) + ":" + std::to_string(message.key.counter);
}

std::string heldText(const std::vector<observe::Message>& messages, const std::vector<control::NodeStatus>& nodes) {
    if (messages.empty()) return "no messages are held\n";
    const auto nameOf = [&](std::uint64_t id) {
        for (const auto& node : nodes)
            if (node.spec.id == id) return node.spec.name;
        return base::hexId(id);
    };
    std::vector<std::vector<std::string>> rows{{"ID", "FROM", "TO", "KIND", "TERM", "INDEX", "ENTRIES", "COMMIT"}};
    for (const observe::Message& message : messages) {
        rows.push_back({heldName(message, nodes), nameOf(message.from), nameOf(message.to),
                        observe::nameOf(message.kind), std::to_string(message.term), std::to_string(message.index),
                        std::to_string(message.entryCount), std::to_string(message.commit)});
    }
    return columns(rows);
}

void addResolve(Commands& commands, CLI::App* cluster, const char* name, const char* text, Cluster::HeldAction action) {
    auto* command = cluster->add_subcommand(name, text);
    auto id = std::make_shared<std::string>();
    command->add_option("message", *id, "As 'held' lists it, such as n1:42, or all")->required();
    commands.onRun(command, [&commands, id, action] {
        return act(commands, [&](Cluster& joined) -> base::Status {
            if (*id == "all") return joined.resolveHeld({}, action);
            const auto messages = joined.held();
            if (!messages) return messages.error();
            const auto nodes = joined.status().nodes;
            for (const observe::Message& message : *messages) {
                if (heldName(message, nodes) == *id) return joined.resolveHeld(message.key, action);
            }
            return base::Error{base::Errc::notFound,
                               "no held message is called " + *id + ": 'raftariumctl cluster held' lists them"};
        });
    });
}

void addHold(Commands& commands, CLI::App* cluster) {
    auto* hold = cluster->add_subcommand("hold", "Holds each message of a link until it is let go by hand");
    auto link = addLink(hold, true);
    commands.onRun(hold, [&commands, link] {
        return act(commands, [&](Cluster& joined) { return joined.hold(link->from, link->to); });
    });
    auto* held = cluster->add_subcommand("held", "The messages that are held");
    commands.onRun(held, [&commands]() -> base::Status {
        const auto format = commands.format();
        if (!format) return format.error();
        return act(commands, [&](Cluster& joined) -> base::Status {
            const auto messages = joined.held();
            if (!messages) return messages.error();
            return print(*format == Format::json ? control::toLine(control::messagesToJson(*messages))
                                                 : heldText(*messages, joined.status().nodes));
        });
    });
    addResolve(commands, cluster, "deliver", "Lets a held message go on its way", Cluster::HeldAction::deliver);
    addResolve(commands, cluster, "discard", "Drops a held message", Cluster::HeldAction::drop);
    addResolve(commands, cluster, "duplicate", "Lets a held message go, twice", Cluster::HeldAction::duplicate);
}

base::Result<bool> onOff(const char* name, const std::string& text, bool otherwise) {
    if (text.empty()) return otherwise;
    if (text == "on" || text == "true") return true;
    if (text == "off" || text == "false") return false;
    return usage(std::string(name) + "=" + text + ": must be on or off");
}

void addPaceAndProtocol(Commands& commands, CLI::App* cluster) {
    auto* pace = cluster->add_subcommand("pace", "How fast the cluster ticks: classroom, paper or etcd");
    auto preset = std::make_shared<std::string>();
    pace->add_option("preset", *preset, "classroom, paper or etcd")
        ->required()
        ->check(CLI::IsMember({"classroom", "paper", "etcd"}));
    commands.onRun(pace, [&commands, preset] {
        const auto chosen = control::paceOf(control::pacePreset(*preset).value_or(control::PacePreset::etcd));
        return act(commands, [&](Cluster& joined) { return joined.setPace(chosen); });
    });

    auto* protocol = cluster->add_subcommand("protocol", "Switches PreVote and CheckQuorum of the running nodes");
    auto preVote = std::make_shared<std::string>();
    auto checkQuorum = std::make_shared<std::string>();
    protocol->add_option("--pre-vote", *preVote, "on or off");
    protocol->add_option("--check-quorum", *checkQuorum, "on or off");
    commands.onRun(protocol, [&commands, preVote, checkQuorum]() -> base::Status {
        if (preVote->empty() && checkQuorum->empty()) return usage("say --pre-vote=on|off or --check-quorum=on|off");
        return act(commands, [&](Cluster& joined) -> base::Status {
            const auto spec = joined.status().spec;
            const auto pre = onOff("--pre-vote", *preVote, spec.preVote);
            if (!pre) return pre.error();
            const auto check = onOff("--check-quorum", *checkQuorum, spec.checkQuorum);
            if (!check) return check.error();
            return joined.setProtocol(*pre, *check);
        });
    });
}

}  // namespace

void addClusterLinkCommands(Commands& commands, CLI::App* cluster) {
    addCutAndHeal(commands, cluster);
    addDelayAndDrop(commands, cluster);
    addHold(commands, cluster);
    addPaceAndProtocol(commands, cluster);
}

}  // namespace raftarium::tools
