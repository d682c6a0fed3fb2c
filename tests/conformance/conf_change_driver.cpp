// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/raft/conf/conf_changer.h"
#include "tests/conformance/conf_change_text.h"
#include "tests/conformance/drivers.h"

namespace raftarium::conformance {

using namespace raftarium::raft;

struct ConfChangeDriver::State {
    Tracker tracker{10, 0};
    Index lastIndex = 0;
};

ConfChangeDriver::ConfChangeDriver() : m_state(std::make_unique<State>()) {}
ConfChangeDriver::~ConfChangeDriver() = default;

std::string ConfChangeDriver::handle(const Case& one) {
    const auto changes = changesFromText(one.input);
    if (!changes) return "cannot read the changes: " + one.input;
    const ConfChanger changer(m_state->tracker, m_state->lastIndex++);
    ChangeResult result = std::string("unknown command");
    if (one.command == "simple") {
        result = changer.simple(*changes);
    } else if (one.command == "enter-joint") {
        const Argument* autoLeave = one.find("autoleave");
        result = changer.enterJoint(autoLeave && autoLeave->values == std::vector<std::string>{"true"}, *changes);
    } else if (one.command == "leave-joint") {
        if (!changes->empty()) return "this command takes no input";
        result = changer.leaveJoint();
    }
    if (const std::string* fault = std::get_if<std::string>(&result)) return *fault;
    auto& next = std::get<NextConfiguration>(result);
    m_state->tracker.configuration = std::move(next.configuration);
    m_state->tracker.peers = std::move(next.peers);
    std::string out = m_state->tracker.configuration.describe() + '\n';
    for (const Peered& peer : m_state->tracker.peers) {
        out += std::to_string(peer.id) + ": " + peer.progress.describe() + '\n';
    }
    return out;
}

std::optional<std::vector<ConfChangeSingle>> changesFromText(std::string_view text) {
    std::vector<ConfChangeSingle> out;
    std::string word;
    const auto take = [&out, &word]() {
        if (word.empty()) return true;
        const auto id = parseNumber(std::string_view(word).substr(1));
        if (!id) return false;
        switch (word.front()) {
            case 'v':
                out.push_back({ConfChangeType::addNode, *id});
                break;
            case 'l':
                out.push_back({ConfChangeType::addLearnerNode, *id});
                break;
            case 'r':
                out.push_back({ConfChangeType::removeNode, *id});
                break;
            case 'u':
                out.push_back({ConfChangeType::updateNode, *id});
                break;
            default:
                return false;
        }
        word.clear();
        return true;
    };
    for (const char c : text) {
        if (c == ' ' || c == '\n' || c == '\t') {
            if (!take()) return std::nullopt;
        } else {
            word += c;
        }
    }
    if (!take()) return std::nullopt;
    return out;
}

}  // namespace raftarium::conformance
