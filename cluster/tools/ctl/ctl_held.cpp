// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// raftariumctl cluster held.
#include "cluster/base/coding.h"
#include "cluster/control/supervisor/supervisor_protocol.h"
#include "cluster/observe/feed/feed_parts.h"
#include "cluster/tools/ctl/ctl_command.h"
#include "cluster/tools/ctl/ctl_text.h"

#include <nlohmann/json.hpp>

namespace raftarium::tools {
namespace {

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
                        observe::nameOf(message.kind).english(), std::to_string(message.term),
                        std::to_string(message.index), std::to_string(message.entryCount),
                        std::to_string(message.commit)});
    }
    return columns(rows);
}

}  // namespace

void addHeldCommand(Commands& commands, CLI::App* cluster) {
    auto* held = cluster->add_subcommand("held", "The messages that are held");
    commands.onRun(held, [&commands]() -> base::Status {
        const auto format = commands.format();
        if (!format) return format.error();
        auto joined = commands.joined();
        if (!joined) return joined.error();
        const auto messages = (*joined)->held();
        if (!messages) return messages.error();
        return print(*format == Format::json ? control::toLine(control::messagesToJson(*messages))
                                             : heldText(*messages, (*joined)->status().nodes));
    });
}

}  // namespace raftarium::tools
