// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/raft/stale_read.h"

#include "tests/raft/group.h"

namespace raftarium::raft::testing {

Fault readAfterRepeatedContext() {
    Group group(3, [](Config& config) { config.checkQuorum = config.preVote = true; });
    group.elect(1);
    std::vector<Message> late;
    group.drop = [&late](const Message& message) {
        const bool keep = message.type == MessageType::heartbeatResp && message.from == 3 && !message.context.empty();
        if (keep) late.push_back(message);
        return keep;
    };
    group.node(2).readIndex(base::Bytes("A"));
    group.settle();
    if (group.reads(2).size() != 1 || late.empty()) return "the scenario: read A was not answered by 1 and 2 alone";

    // Leader 1 is paused.
    std::vector<Message> repeated;
    group.drop = [&repeated](const Message& message) {
        if (message.type == MessageType::readIndex && message.to == 1) repeated.push_back(message);
        return message.to == 1 || message.from == 1;
    };
    group.node(2).readIndex(base::Bytes("A"));
    group.settle();
    NodeId leader = kNone;
    for (int tick = 0; tick < 100 && leader == kNone; ++tick) {
        for (const NodeId id : {2, 3}) {
            group.node(id).tick();
            group.settle();
            if (group.core(id).role() == Role::leader) leader = id;
        }
    }
    if (leader == kNone || repeated.empty()) return "the scenario: nobody else leads";
    group.propose(leader, "x");
    group.settle();
    const Index committed = group.core(leader).log().committed();
    if (committed <= group.core(1).log().committed()) return "the scenario: nothing new was committed";

    group.drop = {};
    group.node(1).readIndex(base::Bytes("B"));
    for (const Message& message : repeated) group.step(message);
    for (const Message& message : late) group.step(message);
    while (group.node(1).hasReady()) group.process(1);
    for (const ReadState& read : group.reads(1)) {
        if (read.index >= committed) continue;
        return "read " + std::string(read.context.view()) + " was released at index " + std::to_string(read.index) +
               " though " + std::to_string(committed) + " was committed before it was asked";
    }
    group.settle();
    return group.fault;
}

}  // namespace raftarium::raft::testing
