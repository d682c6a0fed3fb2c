// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/raft/group.h"

namespace raftarium::raft::testing {

Group::Group(int count, const std::function<void(Config&)>& adjust) {
    auto start = std::make_shared<Snapshot>();
    for (int id = 1; id <= count; ++id) start->metadata.confState.voters.push_back(static_cast<NodeId>(id));
    // A storage with a configuration and an empty log that begins at 1.
    class Configured : public MemoryStorage {
    public:
        explicit Configured(ConfState state) : m_state(std::move(state)) {}
        ConfState initialConfState() const override {
            const ConfState stored = MemoryStorage::initialConfState();
            return stored.voters.empty() ? m_state : stored;
        }

    private:
        ConfState m_state;
    };
    for (int id = 1; id <= count; ++id) {
        Member& member = m_members[static_cast<NodeId>(id)];
        member.storage = std::make_unique<Configured>(start->metadata.confState);
        member.config.id = static_cast<NodeId>(id);
        member.config.storage = member.storage.get();
        member.config.seed = static_cast<std::uint64_t>(id);
        if (adjust) adjust(member.config);
        member.node = std::make_unique<RawNode>(member.config);
    }
}

void Group::setLog(NodeId id, const Terms& terms, Term term, NodeId vote, Index commit) {
    Member& member = m_members.at(id);
    std::vector<Entry> entries;
    for (const Term of : terms) {
        entries.push_back({of, entries.size() + 1, EntryType::normal,
                           base::Bytes(std::to_string(of) + '/' + std::to_string(entries.size() + 1))});
    }
    member.storage->append(entries);
    member.storage->setHardState({term, vote, commit});
    restart(id);
}

Terms Group::log(NodeId id) {
    Terms out;
    const Log& log = core(id).log();
    for (Index index = 1; index <= log.lastIndex(); ++index) out.push_back(log.termOrZero(index));
    return out;
}

void Group::restart(NodeId id) {
    Member& member = m_members.at(id);
    m_invariants.forget(id);
    member.applied.clear();
    member.node = std::make_unique<RawNode>(member.config);
}

void Group::check(NodeId id) {
    Fault found = m_invariants.observe(core(id));
    if (found && !fault) fault = found;
}

void Group::process(NodeId id) {
    Member& member = m_members.at(id);
    Ready ready = member.node->ready();
    if (!ready.hardState.empty()) member.storage->setHardState(ready.hardState);
    if (ready.snapshot) member.storage->applySnapshot(ready.snapshot);
    member.storage->append(ready.entries);
    for (Message& message : ready.messages) {
        if (Fault found = m_invariants.observeSent(message); found && !fault) fault = found;
        sent.push_back(message);
        m_queue.push_back(std::move(message));
    }
    check(id);
    for (const Entry& entry : ready.committedEntries) {
        if (Fault found = m_invariants.observeApplied(id, entry); found && !fault) fault = found;
        if (entry.type == EntryType::normal) {
            if (!entry.data.empty()) member.applied.emplace_back(entry.data.view());
            continue;
        }
        auto change = decodeConfChangeV2(entry.data.view());
        if (entry.type == EntryType::confChange) {
            const auto single = decodeConfChange(entry.data.view());
            change = single ? std::optional(asV2(*single)) : std::nullopt;
        }
        if (change) member.node->applyConfChange(*change);
    }
    member.reads.insert(member.reads.end(), ready.readStates.begin(), ready.readStates.end());
    member.trace.insert(member.trace.end(), ready.trace.begin(), ready.trace.end());
    member.node->advance();
    check(id);
}

void Group::settle() {
    bool worked = true;
    while (worked) {
        worked = false;
        for (auto& [id, member] : m_members) {
            while (member.node->hasReady()) {
                process(id);
                worked = true;
            }
        }
        for (Message& message : std::exchange(m_queue, {})) {
            const bool lost = m_cut.contains(message.from) || m_cut.contains(message.to) || (drop && drop(message));
            const auto to = m_members.find(message.to);
            if (lost || to == m_members.end()) continue;
            to->second.node->step(std::move(message));
            check(to->first);
            worked = true;
        }
    }
}

Message makeMessage(MessageType type, NodeId from, NodeId to, Term term) {
    Message message;
    message.type = type;
    message.from = from;
    message.to = to;
    message.term = term;
    return message;
}

}  // namespace raftarium::raft::testing
