// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Nothing that comes over the network ends the process: what no core sends is refused, whatever the member's role.
#include "cluster/base/rng.h"
#include "cluster/raft/message_check.h"
#include "tests/raft/group.h"
#include "tests/runner/test_class.h"

#include <QTest>

using namespace raftarium;
using namespace raftarium::raft;
using namespace raftarium::raft::testing;

namespace {

constexpr Term kTerm = 5;

std::shared_ptr<const Snapshot> snapshotOf(const ConfState& state, Index index = 9, Term term = 3) {
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->metadata = {state, index, term};
    return snapshot;
}

struct Case {
    const char* name;
    std::function<void(Message&)> change;
};

// Each begins as a message of this type from member 2 to member 1 that would be accepted.
Message proper(MessageType type) {
    Message message = makeMessage(type, 2, 1, kTerm);
    switch (type) {
        case MessageType::prop:
        case MessageType::readIndex:
            message.term = 0;
            message.entries.push_back({0, 0, EntryType::normal, base::Bytes("x")});
            break;
        case MessageType::readIndexResp:
            message.entries.push_back({0, 0, EntryType::normal, base::Bytes("x")});
            break;
        case MessageType::app:
            message.entries = {{kTerm, 1, EntryType::normal, {}}, {kTerm, 2, EntryType::normal, {}}};
            break;
        case MessageType::snap:
            message.snapshot = snapshotOf({{1, 2, 3}, {}, {}, {}, false});
            break;
        default:
            break;
    }
    return message;
}

const std::vector<std::pair<MessageType, std::vector<Case>>>& cases() {
    static const std::vector<Case> any = {
        {"for another", [](Message& m) { m.to = 3; }},
        {"for nobody", [](Message& m) { m.to = kNone; }},
        {"from nobody", [](Message& m) { m.from = kNone; }},
        {"from the WAL writer", [](Message& m) { m.from = kLocalAppendThread; }},
        {"from the applier", [](Message& m) { m.from = kLocalApplyThread; }},
        {"a huge term", [](Message& m) { m.term = ~Term{0}; }},
        {"a huge index", [](Message& m) { m.index = ~Index{0}; }},
        {"a huge commit index", [](Message& m) { m.commit = ~Index{0}; }},
        {"a huge log term", [](Message& m) { m.logTerm = ~Term{0}; }},
    };
    static const std::vector<Case> termed = {
        {"without a term", [](Message& m) { m.term = 0; }},
        {"from itself", [](Message& m) { m.from = 1; }},
    };
    static const std::vector<Case> request = {
        {"empty", [](Message& m) { m.entries.clear(); }},
        {"with a term", [](Message& m) { m.term = kTerm; }},
        {"of an unknown entry type", [](Message& m) { m.entries[0].type = static_cast<EntryType>(9); }},
    };
    static const auto all = [] {
        const auto with = [](std::initializer_list<const std::vector<Case>*> lists, std::vector<Case> own = {}) {
            for (const auto* list : lists) own.insert(own.end(), list->begin(), list->end());
            return own;
        };
        std::vector<std::pair<MessageType, std::vector<Case>>> out;
        for (const MessageType type :
             {MessageType::vote, MessageType::voteResp, MessageType::preVote, MessageType::preVoteResp,
              MessageType::heartbeat, MessageType::heartbeatResp, MessageType::appResp, MessageType::timeoutNow})
            out.emplace_back(type, with({&any, &termed}));
        out.emplace_back(MessageType::prop, with({&any, &request}));
        out.emplace_back(MessageType::readIndex, with({&any, &request}));
        out.emplace_back(MessageType::transferLeader, any);
        out.emplace_back(MessageType::readIndexResp,
                         with({&any, &termed}, {{"empty", [](Message& m) { m.entries.clear(); }}}));
        out.emplace_back(
            MessageType::app,
            with({&any, &termed},
                 {{"entries begin too early", [](Message& m) { m.entries.erase(m.entries.begin()); }},
                  {"entries out of order", [](Message& m) { std::swap(m.entries[0].index, m.entries[1].index); }},
                  {"an entry twice", [](Message& m) { m.entries[1].index = 1; }},
                  {"an entry without index", [](Message& m) { m.entries[0].index = 0; }},
                  {"an entry without term", [](Message& m) { m.entries[0].term = 0; }},
                  {"falling terms", [](Message& m) { m.entries[1].term = kTerm - 1; }},
                  {"an entry of a later term", [](Message& m) { m.entries[1].term = kTerm + 1; }},
                  {"a later term before", [](Message& m) { m.index = m.logTerm = kTerm + 1, m.entries.clear(); }},
                  {"a term without index", [](Message& m) { m.logTerm = 1; }},
                  {"an unknown entry type", [](Message& m) { m.entries[1].type = static_cast<EntryType>(3); }}}));
        out.emplace_back(
            MessageType::snap,
            with({&any, &termed}, {{"without a snapshot", [](Message& m) { m.snapshot = nullptr; }},
                                   {"an empty one", [](Message& m) { m.snapshot = std::make_shared<Snapshot>(); }},
                                   {"without configuration", [](Message& m) { m.snapshot = snapshotOf({}); }},
                                   {"without voters",
                                    [](Message& m) {
                                        m.snapshot = snapshotOf({{}, {1}, {}, {}, false});
                                    }},
                                   {"a voter that learns",
                                    [](Message& m) {
                                        m.snapshot = snapshotOf({{1, 2}, {1}, {}, {}, false});
                                    }},
                                   {"a next learner that is none",
                                    [](Message& m) {
                                        m.snapshot = snapshotOf({{1, 2}, {}, {}, {3}, false});
                                    }},
                                   {"leaving what is not joint",
                                    [](Message& m) {
                                        m.snapshot = snapshotOf({{1}, {}, {}, {}, true});
                                    }},
                                   {"member 0",
                                    [](Message& m) {
                                        m.snapshot = snapshotOf({{0, 1}, {}, {}, {}, false});
                                    }},
                                   {"without a term",
                                    [](Message& m) {
                                        m.snapshot = snapshotOf({{1}, {}, {}, {}, false}, 9, 0);
                                    }},
                                   {"of a later term", [](Message& m) {
                                        m.snapshot = snapshotOf({{1}, {}, {}, {}, false}, 9, kTerm + 1);
                                    }}}));
        for (const MessageType type :
             {MessageType::hup, MessageType::beat, MessageType::unreachable, MessageType::snapStatus,
              MessageType::checkQuorum, MessageType::storageAppend, MessageType::storageAppendResp,
              MessageType::storageApply, MessageType::storageApplyResp, MessageType::forgetLeader,
              static_cast<MessageType>(24), static_cast<MessageType>(255)})
            out.emplace_back(
                type, std::vector<Case>{{"at all", [](Message&) {}},
                                        {"from the WAL writer", [](Message& m) { m.from = kLocalAppendThread; }}});
        return out;
    }();
    return all;
}

// Member 1 in this role; its term is kTerm.
void become(Group& group, Role role) {
    group.setLog(1, {}, kTerm - 1);
    group.setLog(2, {}, kTerm - 1);
    switch (role) {
        case Role::leader:
            group.elect(1);
            break;
        case Role::follower:
            group.elect(2);
            break;
        default:
            group.cut({1});
            group.elect(1);
            group.heal();
            break;
    }
}

}  // namespace

class TestForeignMessages : public QObject {
    Q_OBJECT
private slots:
    void whatNoCoreSendsIsRefused_data() {
        QTest::addColumn<int>("role");
        QTest::addColumn<int>("type");
        QTest::addColumn<int>("which");
        for (const Role role : {Role::follower, Role::candidate, Role::leader})
            for (std::size_t i = 0; i < cases().size(); ++i)
                for (std::size_t j = 0; j < cases()[i].second.size(); ++j)
                    QTest::addRow("role %d: %s (%d): %s", static_cast<int>(role), messageTypeName(cases()[i].first),
                                  static_cast<int>(cases()[i].first), cases()[i].second[j].name)
                        << static_cast<int>(role) << static_cast<int>(i) << static_cast<int>(j);
    }
    void whatNoCoreSendsIsRefused() {
        QFETCH(int, role);
        QFETCH(int, type);
        QFETCH(int, which);
        const auto& [messageType, list] = cases()[static_cast<std::size_t>(type)];
        Group group(3);
        become(group, static_cast<Role>(role));
        QCOMPARE(group.core(1).role(), static_cast<Role>(role));
        QCOMPARE(group.core(1).term(), kTerm);
        const HardState before = group.core(1).hardState();
        const Terms log = group.log(1);
        Message message = proper(messageType);
        if (message.type < MessageType::storageAppend && !isLocalMessage(message.type))
            QCOMPARE(messageFault(message, 1), std::string());
        list[static_cast<std::size_t>(which)].change(message);
        QCOMPARE(group.node(1).receive(message), StepError::malformed);
        QCOMPARE(group.core(1).hardState(), before);
        QCOMPARE(group.core(1).role(), static_cast<Role>(role));
        QCOMPARE(group.log(1), log);
        // It goes on.
        group.settle();
        if (group.core(1).role() != Role::leader && group.core(2).role() != Role::leader) group.elect(2);
        const NodeId leader = group.core(2).role() == Role::leader ? 2 : 1;
        group.propose(leader, "after");
        group.settle();
        QCOMPARE(group.applied(1), std::vector<std::string>{"after"});
    }

    // A member that lost its log hears of it from its leader, who counts on what was acknowledged.
    void aLostLogIsNoticed() {
        for (const Role role : {Role::follower, Role::candidate}) {
            Group group(3);
            become(group, role);
            const HardState before = group.core(1).hardState();
            Message heartbeat = makeMessage(MessageType::heartbeat, 2, 1, kTerm);
            heartbeat.commit = group.core(1).log().lastIndex() + 1;
            QCOMPARE(group.node(1).receive(heartbeat), StepError::logLost);
            QCOMPARE(group.core(1).hardState(), before);
            while (group.node(1).hasReady()) group.process(1);
            for (const Message& message : group.sent) QVERIFY(message.type != MessageType::heartbeatResp);
        }
    }
    // An append may tell of more commits than it brings along, and an answer of more entries than there are.
    void indexesBeyondTheLog() {
        Group group(3);
        become(group, Role::follower);
        Message append = makeMessage(MessageType::app, 2, 1, kTerm);
        append.index = group.core(1).log().lastIndex();
        append.logTerm = kTerm;
        append.commit = 1000;
        QCOMPARE(group.node(1).receive(append), StepError::none);
        QCOMPARE(group.core(1).log().committed(), append.index);
        append.index = 500;
        QCOMPARE(group.node(1).receive(append), StepError::none);

        Group leading(3);
        become(leading, Role::leader);
        Message answer = makeMessage(MessageType::appResp, 2, 1, kTerm);
        answer.index = 1000;
        QCOMPARE(leading.node(1).receive(answer), StepError::none);
        leading.propose(1, "x");
        leading.settle();
        QCOMPARE(leading.applied(2), std::vector<std::string>{"x"});
        // Rejections of what was never sent, with hints of what is not there.
        for (const Index index : {Index{0}, Index{1}, Index{2}, Index{1000}}) {
            answer.reject = true;
            answer.index = index;
            for (const Index hint : {Index{0}, Index{1}, Index{1000}, ~Index{0}})
                for (const Term term : {Term{0}, Term{1}, kTerm, Term{1000}}) {
                    answer.rejectHint = hint;
                    answer.logTerm = term;
                    QCOMPARE(leading.node(1).receive(answer), StepError::none);
                    leading.settle();
                }
        }
        leading.propose(1, "y");
        leading.settle();
        QCOMPARE(leading.applied(2), std::vector<std::string>({"x", "y"}));
    }

    // A proposal that a follower forwards may hold any change of membership.
    void changesThatCannotBe_data() {
        QTest::addColumn<int>("which");
        for (int i = 0; i < 6; ++i) QTest::addRow("%d", i) << i;
    }
    void changesThatCannotBe() {
        QFETCH(int, which);
        ConfChangeV2 none;
        none.transition = ConfChangeTransition::automatic;
        ConfChangeV2 all;
        for (const NodeId id : {1, 2, 3}) all.changes.push_back({ConfChangeType::removeNode, id});
        ConfChangeV2 learn = all;
        for (auto& change : learn.changes) change.type = ConfChangeType::addLearnerNode;
        ConfChangeV2 stay;
        stay.transition = ConfChangeTransition::jointExplicit;
        const std::vector<Entry> entries = {
            {0, 0, EntryType::confChangeV2, encodeConfChangeV2(none)},
            {0, 0, EntryType::confChangeV2, encodeConfChangeV2(all)},
            {0, 0, EntryType::confChangeV2, encodeConfChangeV2(learn)},
            {0, 0, EntryType::confChangeV2, base::Bytes("\xff\xff")},
            {0, 0, EntryType::confChange, base::Bytes("\x10\x7f")},
            {0, 0, EntryType::confChangeV2, encodeConfChangeV2(stay)},
        };
        Group group(3);
        group.elect(1);
        Message message = proper(MessageType::prop);
        message.entries = {entries[static_cast<std::size_t>(which)]};
        QCOMPARE(group.node(1).receive(message), StepError::none);
        group.settle();
        const ConfState state = group.node(1).confState();
        QCOMPARE(state.voters, std::vector<NodeId>({1, 2, 3}));
        group.propose(1, "x");
        group.settle();
        for (const NodeId id : {1, 2, 3}) {
            QCOMPARE(group.applied(id), std::vector<std::string>{"x"});
            QCOMPARE(group.node(id).confState(), state);
        }
        // Once joint, it is not entered again.
        if (state.votersOutgoing.empty()) return;
        QCOMPARE(group.node(1).receive(message), StepError::none);
        group.settle();
        QCOMPARE(group.node(1).confState(), state);
    }
    // Such a change that is committed all the same (by a leader that did not look) has no effect, on no member.
    void aCommittedChangeThatCannotBe() {
        Group group(1);
        group.elect(1);
        ConfChangeV2 last;
        last.changes.push_back({ConfChangeType::removeNode, 1});
        QVERIFY(!group.node(1).confChangeFault(last).empty());
        const ConfState before = group.node(1).confState();
        QCOMPARE(group.node(1).applyConfChange(last), before);
        QCOMPARE(group.node(1).confState(), before);
    }

    // What is on the disk may have been cut, or be somebody else's: a member says so instead of starting by it.
    void aStoredStateThatCannotBe() {
        MemoryStorage storage;
        QCOMPARE(startFault(storage, 0), std::string());
        storage.append({{1, 1, EntryType::normal, {}}, {1, 2, EntryType::normal, {}}});
        storage.setHardState({1, kNone, 2});
        QCOMPARE(startFault(storage, 2), std::string());
        QVERIFY(startFault(storage, 3).find("ends at 2") != std::string::npos);
        storage.setHardState({1, kNone, 3});
        QVERIFY(startFault(storage, 0).find("ends at 2") != std::string::npos);
        MemoryStorage contradictory;
        contradictory.applySnapshot(snapshotOf({{1, 2}, {2}, {}, {}, false}));
        QVERIFY(startFault(contradictory, 9).find("Learners") != std::string::npos);
    }

    // Whatever the fields: of messages that pass for a core's, too.
    void anything() {
        for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
            base::Rng rng(seed);
            Group group(3, [&](Config& config) {
                config.checkQuorum = config.preVote = rng.chance(0.5);
                config.maxInflightMessages = 2;
            });
            if (rng.chance(0.5)) group.elect(1 + rng.below(3));
            for (int i = 0; i < 300; ++i) {
                const Raft& core = group.core(1);
                const auto index = [&] { return rng.below(core.log().lastIndex() + 3); };
                Message message = makeMessage(static_cast<MessageType>(rng.below(25)), 1 + rng.below(4), 1,
                                              rng.below(core.term() + 3));
                message.index = index();
                message.logTerm = rng.below(core.term() + 2);
                message.commit = index();
                message.reject = rng.chance(0.3);
                message.rejectHint = index();
                if (rng.chance(0.3)) message.term = core.term();
                Index next = message.index;
                for (std::uint64_t n = rng.below(4); n > 0; --n) {
                    Entry entry{rng.below(core.term() + 2), ++next, static_cast<EntryType>(rng.below(3)), {}};
                    if (rng.chance(0.8)) entry.term = std::max(message.logTerm, message.term);
                    if (rng.chance(0.2)) entry.index = index();
                    message.entries.push_back(entry);
                }
                if (rng.chance(0.3)) {
                    ConfState state{{1, 2, 3}, {}, {}, {}, rng.chance(0.2)};
                    if (rng.chance(0.3)) state.voters.pop_back();
                    if (rng.chance(0.3)) state.votersOutgoing = {1, 2};
                    if (rng.chance(0.3)) state.learners = {1 + rng.below(4)};
                    message.snapshot = snapshotOf(state, index(), rng.below(core.term() + 2));
                }
                if (message.type == MessageType::prop || message.type == MessageType::readIndex) message.term = 0;
                static_cast<void>(group.node(1).receive(std::move(message)));
                if (rng.chance(0.2)) group.node(1).tick();
                if (rng.chance(0.1)) group.propose(1, "x");
                while (rng.chance(0.8) && group.node(1).hasReady()) group.process(1);
            }
        }
    }
};

RAFTARIUM_TEST_CLASS(TestForeignMessages)
#include "test_foreign_messages.moc"
