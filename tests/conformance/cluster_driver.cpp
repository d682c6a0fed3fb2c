// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/raft/raft.h"
#include "cluster/raft/raw_node.h"
#include "tests/conformance/conf_change_text.h"
#include "tests/conformance/describe.h"
#include "tests/conformance/drivers.h"

#include <deque>
#include <map>
#include <set>

namespace raftarium::conformance {

using namespace raftarium::raft;

namespace {

// Gives out the newest state of the state machine as its snapshot, whatever was compacted.
class HistoryStorage : public MemoryStorage {
public:
    LogResult<std::shared_ptr<const Snapshot>> snapshot() const override { return history.back(); }

    std::vector<std::shared_ptr<const Snapshot>> history;
};

struct Member {
    Config config;
    std::unique_ptr<HistoryStorage> storage;
    std::unique_ptr<RawNode> node;
    std::deque<Message> appendWork;
    std::deque<Message> applyWork;
};

// Ends the command: its text is the command's output, even at log level none.
struct CommandError {
    std::string text;
};

bool isTrue(const std::string& text) {
    if (text != "true" && text != "false") throw CommandError{"not a truth value: " + text};
    return text == "true";
}

std::uint64_t number(const std::string& text) {
    const auto value = parseNumber(text);
    if (!value) throw CommandError{"not a number: " + text};
    return *value;
}

std::optional<MessageType> messageTypeOf(const std::string& name) {
    for (int type = 0; type <= static_cast<int>(MessageType::forgetLeader); ++type) {
        if (name == messageTypeName(static_cast<MessageType>(type))) return static_cast<MessageType>(type);
    }
    return std::nullopt;
}

// From or to one of the workers of a node, or from a node to itself: never on the network, so never lost.
bool staysLocal(const Message& message) {
    return message.from == message.to || isLocalTarget(message.from) || isLocalTarget(message.to);
}

void throwIfFailed(StepError error) {
    if (error != StepError::none) throw CommandError{stepErrorText(error)};
}

}  // namespace

struct ClusterDriver::State {
    std::vector<std::unique_ptr<Member>> members;
    std::vector<Message> queue;
    std::string out;
    bool quiet = false;

    using Command = void (State::*)(const Case&);

    void print(const std::string& text) {
        if (!quiet) out += text;
    }
    template <typename Body>
    void printIndented(Body body) {
        std::string outer = std::exchange(out, {});
        body();
        out = std::move(outer) + indented(out);
    }

    Member& member(NodeId id) {
        if (id == kNone || id > members.size()) throw CommandError{"no node " + std::to_string(id)};
        return *members[id - 1];
    }
    NodeId idArgument(const Case& one, std::size_t at) {
        if (at >= one.arguments.size()) throw CommandError{"a node id is missing"};
        return number(one.arguments[at].key);
    }
    Member& firstMember(const Case& one) { return member(idArgument(one, 0)); }
    // The bare numbers among the arguments.
    std::vector<NodeId> idArguments(const Case& one) {
        std::vector<NodeId> ids;
        for (const Argument& argument : one.arguments) {
            if (argument.values.empty()) ids.push_back(number(argument.key));
        }
        return ids;
    }

    void addNodes(const Case& one);
    void addNode(Config config, const Snapshot& snapshot);
    void processReady(NodeId id);
    void storeAppend(Member& at, const HardState& hard, const std::vector<Entry>& entries,
                     const std::shared_ptr<const Snapshot>& snapshot);
    void apply(Member& at, const std::vector<Entry>& entries);
    bool hasMessages(NodeId to) const;
    std::size_t deliver(NodeId to, std::optional<MessageType> type, bool drop);
    void processWork(NodeId id, std::deque<Message> Member::*work, const char* none);
    bool drainWork(NodeId id, std::deque<Message> Member::*work, const char* name);
    bool stabilizeOnce(const std::vector<NodeId>& ids);
    void printLog(const Member& at);

    void campaign(const Case& one) { throwIfFailed(firstMember(one).node->campaign()); }
    void compact(const Case& one) {
        firstMember(one).storage->compact(idArgument(one, 1));
        printLog(firstMember(one));
    }
    void deliverMessages(const Case& one);
    void forgetLeader(const Case& one) { throwIfFailed(firstMember(one).node->forgetLeader()); }
    void logLevel(const Case& one) { setLogLevel(one.arguments.at(0).key); }
    void setLogLevel(std::string name);
    void eachWithReady(const Case& one);
    void processAppendThread(const Case& one);
    void processApplyThread(const Case& one);
    void propose(const Case& one) {
        throwIfFailed(firstMember(one).node->propose(base::Bytes::copyOf(one.arguments.at(1).key)));
    }
    void proposeConfChange(const Case& one);
    void raftLog(const Case& one) { printLog(firstMember(one)); }
    void raftState(const Case& one);
    void reportUnreachable(const Case& one) { firstMember(one).node->reportUnreachable(idArgument(one, 1)); }
    void sendSnapshot(const Case& one);
    void setElectionTimeout(const Case& one);
    void stabilize(const Case& one);
    void status(const Case& one);
    void tickElection(const Case& one) { tick(firstMember(one), firstMember(one).config.electionTicks); }
    void tickHeartbeat(const Case& one) { tick(firstMember(one), firstMember(one).config.heartbeatTicks); }
    void tick(Member& at, int ticks) {
        for (int i = 0; i < ticks; ++i) at.node->tick();
    }
    void transferLeadership(const Case& one);
};

ClusterDriver::ClusterDriver() : m_state(std::make_unique<State>()) {}
ClusterDriver::~ClusterDriver() = default;

std::string ClusterDriver::handle(const Case& one) {
    static const std::map<std::string, State::Command> commands = {
        {"add-nodes", &State::addNodes},
        {"campaign", &State::campaign},
        {"compact", &State::compact},
        {"deliver-msgs", &State::deliverMessages},
        {"forget-leader", &State::forgetLeader},
        {"log-level", &State::logLevel},
        {"process-ready", &State::eachWithReady},
        {"process-append-thread", &State::processAppendThread},
        {"process-apply-thread", &State::processApplyThread},
        {"propose", &State::propose},
        {"propose-conf-change", &State::proposeConfChange},
        {"raft-log", &State::raftLog},
        {"raft-state", &State::raftState},
        {"report-unreachable", &State::reportUnreachable},
        {"send-snapshot", &State::sendSnapshot},
        {"set-randomized-election-timeout", &State::setElectionTimeout},
        {"stabilize", &State::stabilize},
        {"status", &State::status},
        {"tick-election", &State::tickElection},
        {"tick-heartbeat", &State::tickHeartbeat},
        {"transfer-leadership", &State::transferLeadership},
    };
    const auto command = commands.find(one.command);
    if (command == commands.end()) return "unknown command " + one.command;
    m_state->out.clear();
    try {
        (m_state.get()->*command->second)(one);
    } catch (const CommandError& error) {
        m_state->out += error.text;
    } catch (const std::out_of_range&) {
        m_state->out += "an argument is missing";
    }
    return m_state->out;
}

void ClusterDriver::State::addNodes(const Case& one) {
    Config config;
    config.electionTicks = 3;
    config.heartbeatTicks = 1;
    config.maxInflightMessages = std::numeric_limits<int>::max();
    Snapshot snapshot;
    ConfState& state = snapshot.metadata.confState;
    for (std::size_t i = 1; i < one.arguments.size(); ++i) {
        const Argument& argument = one.arguments[i];
        for (const std::string& value : argument.values) {
            if (argument.key == "voters") {
                insertId(state.voters, number(value));
            } else if (argument.key == "learners") {
                insertId(state.learners, number(value));
            } else if (argument.key == "index") {
                config.applied = snapshot.metadata.index = number(value);
            } else if (argument.key == "content") {
                snapshot.data = base::Bytes::copyOf(value);
            } else if (argument.key == "inflight") {
                config.maxInflightMessages = static_cast<int>(number(value));
            } else if (argument.key == "async-storage-writes") {
                config.asyncStorageWrites = isTrue(value);
            } else if (argument.key == "prevote") {
                config.preVote = isTrue(value);
            } else if (argument.key == "checkquorum") {
                config.checkQuorum = isTrue(value);
            } else if (argument.key == "max-committed-size-per-ready") {
                config.maxCommittedBytesPerReady = number(value);
            } else if (argument.key == "disable-conf-change-validation") {
                config.disableConfChangeValidation = isTrue(value);
            } else if (argument.key == "step-down-on-removal") {
                config.stepDownOnRemoval = isTrue(value);
            } else if (argument.key == "read-only") {
                config.readOnly = value == "lease-based" ? ReadOnlyOption::leaseBased : ReadOnlyOption::safe;
            } else {
                throw CommandError{"unknown argument " + argument.key};
            }
        }
    }
    for (std::uint64_t left = idArgument(one, 0); left > 0; --left) addNode(config, snapshot);
}

void ClusterDriver::State::addNode(Config config, const Snapshot& given) {
    auto added = std::make_unique<Member>();
    added->storage = std::make_unique<HistoryStorage>();
    auto snapshot = std::make_shared<Snapshot>(given);
    const bool hasState = !snapshot->data.isNull() || snapshot->metadata != SnapshotMetadata{};
    if (hasState) {
        if (snapshot->metadata.index <= 1) throw CommandError{"index must be specified as > 1 due to bootstrap"};
        snapshot->metadata.term = 1;
        added->storage->applySnapshot(snapshot);
    }
    added->storage->history.push_back(snapshot);
    config.id = members.size() + 1;
    config.storage = added->storage.get();
    added->config = config;
    added->node = std::make_unique<RawNode>(config);
    members.push_back(std::move(added));
}

void ClusterDriver::State::eachWithReady(const Case& one) {
    const std::vector<NodeId> ids = idArguments(one);
    for (const NodeId id : ids) {
        if (ids.size() == 1) {
            processReady(id);
            continue;
        }
        print("> " + std::to_string(id) + " handling Ready\n");
        printIndented([&] { processReady(id); });
    }
}

void ClusterDriver::State::processReady(NodeId id) {
    Member& at = member(id);
    Ready ready = at.node->ready();
    print(describeReady(ready));
    if (!at.config.asyncStorageWrites) {
        storeAppend(at, ready.hardState, ready.entries, ready.snapshot);
        apply(at, ready.committedEntries);
    }
    for (Message& message : ready.messages) {
        if (message.to == kLocalAppendThread) {
            at.appendWork.push_back(std::move(message));
        } else if (message.to == kLocalApplyThread) {
            at.applyWork.push_back(std::move(message));
        } else {
            queue.push_back(std::move(message));
        }
    }
    if (!at.config.asyncStorageWrites) at.node->advance();
}

void ClusterDriver::State::storeAppend(Member& at, const HardState& hard, const std::vector<Entry>& entries,
                                       const std::shared_ptr<const Snapshot>& snapshot) {
    if (!hard.empty()) at.storage->setHardState(hard);
    if (snapshot && !snapshot->empty()) {
        if (!entries.empty()) throw CommandError{"can't apply snapshot and entries at the same time"};
        at.storage->applySnapshot(snapshot);
        at.storage->history.push_back(snapshot);
        return;
    }
    at.storage->append(entries);
}

// The state machine appends each entry's data to what it has.
void ClusterDriver::State::apply(Member& at, const std::vector<Entry>& entries) {
    for (const Entry& entry : entries) {
        auto next = std::make_shared<Snapshot>(*at.storage->history.back());
        std::string update(entry.data.view());
        if (entry.type != EntryType::normal) {
            std::optional<ConfChangeV2> change = decodeConfChangeV2(entry.data.view());
            if (entry.type == EntryType::confChange) {
                const auto single = decodeConfChange(entry.data.view());
                change = single ? std::optional(asV2(*single)) : std::nullopt;
            }
            if (!change) throw CommandError{"a malformed conf change"};
            update = std::string(change->context.view());
            next->metadata.confState = at.node->applyConfChange(*change);
        }
        next->data = base::Bytes::copyOf(std::string(next->data.view()) + update);
        next->metadata.index = entry.index;
        next->metadata.term = entry.term;
        at.storage->history.push_back(std::move(next));
    }
}

bool ClusterDriver::State::hasMessages(NodeId to) const {
    for (const Message& message : queue) {
        if (message.to == to) return true;
    }
    return false;
}

std::size_t ClusterDriver::State::deliver(NodeId to, std::optional<MessageType> type, bool drop) {
    std::vector<Message> taken;
    std::vector<Message> left;
    for (Message& message : queue) {
        const bool wanted = message.to == to && !(drop && staysLocal(message)) && (!type || message.type == *type);
        (wanted ? taken : left).push_back(std::move(message));
    }
    queue = std::move(left);
    const std::size_t count = taken.size();
    for (Message& message : taken) {
        print((drop ? "dropped: " : "") + describeMessage(message) + '\n');
        if (drop) continue;
        const StepError error = member(message.to).node->step(std::move(message));
        if (error != StepError::none) print(std::string(stepErrorText(error)) + '\n');
    }
    return count;
}

void ClusterDriver::State::deliverMessages(const Case& one) {
    std::optional<MessageType> type;
    std::vector<std::pair<NodeId, bool>> recipients;
    std::set<NodeId> seen;
    for (const Argument& argument : one.arguments) {
        if (argument.values.empty()) {
            recipients.emplace_back(number(argument.key), false);
            seen.insert(recipients.back().first);
            continue;
        }
        for (const std::string& value : argument.values) {
            if (argument.key == "drop") {
                recipients.emplace_back(number(value), true);
                if (!seen.insert(recipients.back().first).second) {
                    throw CommandError{"can't both deliver and drop msgs to " + value};
                }
            } else if (argument.key == "type") {
                type = messageTypeOf(value);
                if (!type) throw CommandError{"unknown message type " + value};
            } else {
                throw CommandError{"unknown argument " + argument.key};
            }
        }
    }
    std::size_t count = 0;
    for (const auto& [id, drop] : recipients) count += deliver(id, type, drop);
    if (count == 0) print("no messages\n");
}

void ClusterDriver::State::processWork(NodeId id, std::deque<Message> Member::*work, const char* none) {
    Member& at = member(id);
    if ((at.*work).empty()) {
        print(none);
        return;
    }
    Message message = std::move((at.*work).front());
    (at.*work).pop_front();
    std::vector<Message> responses = std::exchange(message.responses, {});
    print("Processing:\n" + describeMessage(message) + '\n');
    if (message.type == MessageType::storageAppend) {
        storeAppend(at, {message.term, message.vote, message.commit}, message.entries, message.snapshot);
    } else {
        apply(at, message.entries);
    }
    print("Responses:\n");
    for (Message& response : responses) {
        print(describeMessage(response) + '\n');
        queue.push_back(std::move(response));
    }
}

void ClusterDriver::State::processAppendThread(const Case& one) {
    const std::vector<NodeId> ids = idArguments(one);
    for (const NodeId id : ids) {
        const auto run = [&] { processWork(id, &Member::appendWork, "no append work to perform"); };
        if (ids.size() == 1) return run();
        print("> " + std::to_string(id) + " processing append thread\n");
        printIndented(run);
    }
}

void ClusterDriver::State::processApplyThread(const Case& one) {
    const std::vector<NodeId> ids = idArguments(one);
    for (const NodeId id : ids) {
        const auto run = [&] { processWork(id, &Member::applyWork, "no apply work to perform"); };
        if (ids.size() == 1) return run();
        print("> " + std::to_string(id) + " processing apply thread\n");
        printIndented(run);
    }
}

bool ClusterDriver::State::drainWork(NodeId id, std::deque<Message> Member::*work, const char* name) {
    if ((member(id).*work).empty()) return false;
    print("> " + std::to_string(id) + " processing " + name + " thread\n");
    while (!(member(id).*work).empty()) {
        printIndented([&] { processWork(id, work, ""); });
    }
    return true;
}

// One round of everything that can be done; false if there was nothing.
bool ClusterDriver::State::stabilizeOnce(const std::vector<NodeId>& ids) {
    bool worked = false;
    for (const NodeId id : ids) {
        if (!member(id).node->hasReady()) continue;
        print("> " + std::to_string(id) + " handling Ready\n");
        printIndented([&] { processReady(id); });
        worked = true;
    }
    for (const NodeId id : ids) {
        if (!hasMessages(id)) continue;
        print("> " + std::to_string(id) + " receiving messages\n");
        printIndented([&] { deliver(id, std::nullopt, false); });
        worked = true;
    }
    for (const NodeId id : ids) worked = drainWork(id, &Member::appendWork, "append") || worked;
    for (const NodeId id : ids) worked = drainWork(id, &Member::applyWork, "apply") || worked;
    return worked;
}

void ClusterDriver::State::stabilize(const Case& one) {
    std::vector<NodeId> ids = idArguments(one);
    if (ids.empty()) {
        for (NodeId id = 1; id <= members.size(); ++id) ids.push_back(id);
    }
    const bool outerQuiet = quiet;
    if (const Argument* level = one.find("log-level")) setLogLevel(level->values.at(0));
    while (stabilizeOnce(ids)) {
    }
    quiet = outerQuiet;
}

void ClusterDriver::State::setLogLevel(std::string name) {
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (name != "none" && name != "debug" && name != "info" && name != "warn" && name != "error") {
        throw CommandError{"unknown log level " + name};
    }
    quiet = name == "none";
}

void ClusterDriver::State::proposeConfChange(const Case& one) {
    const Argument* v1 = one.find("v1");
    const Argument* transition = one.find("transition");
    const auto changes = changesFromText(one.input);
    if (!changes) throw CommandError{"cannot read the changes: " + one.input};
    RawNode& node = *firstMember(one).node;
    if (v1 && isTrue(v1->values.at(0))) {
        if (changes->size() != 1 || transition) throw CommandError{"v1 takes one change and no transition"};
        throwIfFailed(node.proposeConfChange(ConfChange{0, changes->front().type, changes->front().nodeId, {}}));
        return;
    }
    ConfChangeV2 change{ConfChangeTransition::automatic, *changes, {}};
    if (transition) {
        const std::string& name = transition->values.at(0);
        if (name == "implicit") {
            change.transition = ConfChangeTransition::jointImplicit;
        } else if (name == "explicit") {
            change.transition = ConfChangeTransition::jointExplicit;
        } else if (name != "auto") {
            throw CommandError{"unknown transition " + name};
        }
    }
    throwIfFailed(node.proposeConfChange(change));
}

void ClusterDriver::State::printLog(const Member& at) {
    const Index first = at.storage->firstIndex();
    const Index last = at.storage->lastIndex();
    if (last < first) {
        print("log is empty: first index=" + std::to_string(first) + ", last index=" + std::to_string(last));
        return;
    }
    print(describeEntries(std::get<std::vector<Entry>>(at.storage->entries(first, last + 1, kNoLimit))));
}

void ClusterDriver::State::raftState(const Case&) {
    for (const auto& at : members) {
        const Raft& core = at->node->core();
        const bool voter = core.tracker().configuration.voters.contains(core.id());
        print(std::to_string(core.id()) + ": " + roleName(core.role()) + (voter ? " (Voter)" : " (Non-Voter)") +
              " Term:" + std::to_string(core.term()) + " Lead:" + std::to_string(core.lead()) + '\n');
    }
}

void ClusterDriver::State::status(const Case& one) {
    const Raft& core = firstMember(one).node->core();
    if (core.role() != Role::leader) return;
    for (const Peered& peer : core.tracker().peers) {
        print(std::to_string(peer.id) + ": " + peer.progress.describe() + '\n');
    }
}

void ClusterDriver::State::sendSnapshot(const Case& one) {
    Member& from = firstMember(one);
    Message message;
    message.type = MessageType::snap;
    message.term = from.node->core().term();
    message.from = idArgument(one, 0);
    message.to = idArgument(one, 1);
    message.snapshot = from.storage->history.back();
    print(describeMessage(message));
    queue.push_back(std::move(message));
}

void ClusterDriver::State::setElectionTimeout(const Case& one) {
    const Argument* timeout = one.find("timeout");
    if (!timeout) throw CommandError{"timeout is missing"};
    firstMember(one).node->setRandomizedElectionTimeout(static_cast<int>(number(timeout->values.at(0))));
}

void ClusterDriver::State::transferLeadership(const Case& one) {
    const Argument* from = one.find("from");
    const Argument* to = one.find("to");
    if (!from || !to) throw CommandError{"from and to are needed"};
    member(number(from->values.at(0))).node->transferLeader(number(to->values.at(0)));
}

}  // namespace raftarium::conformance
