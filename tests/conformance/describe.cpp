// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/conformance/describe.h"

#include "cluster/base/coding.h"
#include "cluster/raft/raw_node.h"

#include <cstdio>

namespace raftarium::conformance {

using namespace raftarium::raft;

namespace {

// As a Go string literal.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        switch (c) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            default:
                if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
                    char hex[8];
                    std::snprintf(hex, sizeof hex, "\\x%02x", static_cast<unsigned char>(c));
                    out += hex;
                } else {
                    out += c;
                }
        }
    }
    return out + '"';
}

std::string describeChanges(const std::vector<ConfChangeSingle>& changes) {
    std::string out;
    for (const ConfChangeSingle& change : changes) {
        if (!out.empty()) out += ' ';
        switch (change.type) {
            case ConfChangeType::addNode:
                out += 'v';
                break;
            case ConfChangeType::addLearnerNode:
                out += 'l';
                break;
            case ConfChangeType::removeNode:
                out += 'r';
                break;
            case ConfChangeType::updateNode:
                out += 'u';
                break;
        }
        out += std::to_string(change.nodeId);
    }
    return out;
}

std::string describeTarget(NodeId id) {
    if (id == kNone) return "None";
    if (id == kLocalAppendThread) return "AppendThread";
    if (id == kLocalApplyThread) return "ApplyThread";
    return base::hexId(id);
}

std::string describeIdList(const std::vector<NodeId>& ids) {
    std::string out = "[";
    for (const NodeId id : ids) {
        if (out.size() > 1) out += ' ';
        out += std::to_string(id);
    }
    return out + ']';
}

std::string describeSnapshot(const Snapshot& snapshot) {
    const SnapshotMetadata& metadata = snapshot.metadata;
    const ConfState& state = metadata.confState;
    return "Index:" + std::to_string(metadata.index) + " Term:" + std::to_string(metadata.term) +
           " ConfState:Voters:" + describeIdList(state.voters) +
           " VotersOutgoing:" + describeIdList(state.votersOutgoing) + " Learners:" + describeIdList(state.learners) +
           " LearnersNext:" + describeIdList(state.learnersNext) + " AutoLeave:" + (state.autoLeave ? "true" : "false");
}

std::string describeReadStates(const std::vector<ReadState>& states) {
    std::string out = "[";
    for (const ReadState& state : states) {
        if (out.size() > 1) out += ' ';
        out += '{' + std::to_string(state.index) + " [";
        bool first = true;
        for (const char c : state.context.view()) {
            if (!first) out += ' ';
            first = false;
            out += std::to_string(static_cast<unsigned char>(c));
        }
        out += "]}";
    }
    return out + ']';
}

}  // namespace

const char* roleName(Role role) {
    switch (role) {
        case Role::follower:
            return "StateFollower";
        case Role::candidate:
            return "StateCandidate";
        case Role::leader:
            return "StateLeader";
        case Role::preCandidate:
            return "StatePreCandidate";
    }
    return "StateUnknown";
}

std::string describeEntry(const Entry& entry) {
    std::string out = std::to_string(entry.term) + '/' + std::to_string(entry.index);
    std::string content;
    switch (entry.type) {
        case EntryType::normal:
            out += " EntryNormal";
            content = quoted(entry.data.view());
            break;
        case EntryType::confChange: {
            out += " EntryConfChange";
            const auto change = decodeConfChange(entry.data.view());
            content = change ? describeChanges(asV2(*change).changes) : "malformed";
            break;
        }
        case EntryType::confChangeV2: {
            out += " EntryConfChangeV2";
            const auto change = decodeConfChangeV2(entry.data.view());
            content = change ? describeChanges(change->changes) : "malformed";
            break;
        }
    }
    return content.empty() ? out : out + ' ' + content;
}

std::string describeEntries(const std::vector<Entry>& entries) {
    std::string out;
    for (const Entry& entry : entries) out += describeEntry(entry) + '\n';
    return out;
}

std::string describeMessage(const Message& message, const std::string& indent) {
    std::string out = indent + describeTarget(message.from) + "->" + describeTarget(message.to) + ' ' +
                      messageTypeName(message.type) + " Term:" + std::to_string(message.term) +
                      " Log:" + std::to_string(message.logTerm) + '/' + std::to_string(message.index);
    if (message.reject) out += " Rejected (Hint: " + std::to_string(message.rejectHint) + ')';
    if (message.commit != 0) out += " Commit:" + std::to_string(message.commit);
    if (message.vote != 0) out += " Vote:" + std::to_string(message.vote);
    if (message.entries.size() == 1) {
        out += " Entries:[" + describeEntry(message.entries.front()) + ']';
    } else if (!message.entries.empty()) {
        out += " Entries:[";
        for (const Entry& entry : message.entries) out += '\n' + indent + "  " + describeEntry(entry);
        out += '\n' + indent + ']';
    }
    if (message.snapshot && !message.snapshot->empty()) {
        out += '\n' + indent + "  Snapshot: " + describeSnapshot(*message.snapshot);
    }
    if (!message.responses.empty()) {
        out += " Responses:[";
        for (const Message& response : message.responses) out += '\n' + describeMessage(response, indent + "  ");
        out += '\n' + indent + ']';
    }
    return out;
}

std::string describeReady(const Ready& ready) {
    std::string out;
    if (ready.softState) {
        out += "Lead:" + std::to_string(ready.softState->lead) + " State:" + roleName(ready.softState->role) + '\n';
    }
    if (!ready.hardState.empty()) {
        out += "HardState Term:" + std::to_string(ready.hardState.term);
        if (ready.hardState.vote != kNone) out += " Vote:" + std::to_string(ready.hardState.vote);
        out += " Commit:" + std::to_string(ready.hardState.commit) + '\n';
    }
    if (!ready.readStates.empty()) out += "ReadStates " + describeReadStates(ready.readStates) + '\n';
    if (!ready.entries.empty()) out += "Entries:\n" + describeEntries(ready.entries);
    if (ready.snapshot) out += "Snapshot " + describeSnapshot(*ready.snapshot) + '\n';
    if (!ready.committedEntries.empty()) out += "CommittedEntries:\n" + describeEntries(ready.committedEntries);
    if (!ready.messages.empty()) {
        out += "Messages:\n";
        for (const Message& message : ready.messages) out += describeMessage(message) + '\n';
    }
    if (out.empty()) return "<empty Ready>";
    return std::string("Ready MustSync=") + (ready.mustSync ? "true" : "false") + ":\n" + out;
}

}  // namespace raftarium::conformance
