// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Which messages a member accepts, and for what reason it refuses others. (That nothing else gets through, whatever the
// member's role: test_foreign_messages.)
#include "cluster/raft/message_check.h"
#include "tests/runner/test_class.h"

#include <QTest>

using namespace raftarium;
using namespace raftarium::raft;

namespace {

constexpr NodeId kSelf = 1;
constexpr NodeId kOther = 2;
constexpr std::uint64_t kNumberMax = ~std::uint64_t{0} / 2;

Message messageOf(MessageType type, Term term = 5) {
    Message message;
    message.type = type;
    message.from = kOther;
    message.to = kSelf;
    message.term = term;
    return message;
}

Message append(Index index, Term logTerm, std::vector<std::pair<Term, Index>> entries) {
    Message message = messageOf(MessageType::app);
    message.index = index;
    message.logTerm = logTerm;
    for (const auto& [term, at] : entries) message.entries.push_back({term, at, EntryType::normal, {}});
    return message;
}

std::string faultOf(const Message& message) { return messageFault(message, kSelf); }

}  // namespace

class TestMessageCheck : public QObject {
    Q_OBJECT
private slots:
    void entriesContinueBehindTheirIndex() {
        QCOMPARE(faultOf(append(0, 0, {})), std::string());
        QCOMPARE(faultOf(append(0, 0, {{1, 1}, {5, 2}})), std::string());
        QCOMPARE(faultOf(append(7, 3, {{3, 8}, {4, 9}})), std::string());
        QCOMPARE(faultOf(append(7, 3, {{3, 9}})), std::string("its entries are out of order"));
        QCOMPARE(faultOf(append(7, 3, {{3, 8}, {3, 8}})), std::string("its entries are out of order"));
    }
    void termsOfEntriesDoNotFall() {
        QCOMPARE(faultOf(append(7, 3, {{2, 8}})), std::string("the terms of its entries fall"));
        QCOMPARE(faultOf(append(7, 3, {{4, 8}, {3, 9}})), std::string("the terms of its entries fall"));
        QCOMPARE(faultOf(append(0, 0, {{0, 1}})), std::string("the terms of its entries fall"));
    }
    void noEntryIsNewerThanItsLeader() {
        QCOMPARE(faultOf(append(7, 5, {{5, 8}})), std::string());
        QCOMPARE(faultOf(append(7, 5, {{6, 8}})), std::string("an entry is of a later term than the leader's"));
        QCOMPARE(faultOf(append(7, 6, {})), std::string("the entry before it is of a later term than the leader's"));
    }
    void aForwardedMessageHasNoTerm() {
        for (const MessageType type : {MessageType::prop, MessageType::readIndex}) {
            Message message = messageOf(type, 0);
            message.entries.push_back({0, 0, EntryType::normal, base::Bytes("x")});
            QCOMPARE(faultOf(message), std::string());
            message.term = 5;
            QCOMPARE(faultOf(message), std::string("it has a term, which no such message has"));
        }
        QCOMPARE(faultOf(messageOf(MessageType::heartbeat, 0)), std::string("it has no term"));
    }
    // A leader that steps down forwards what others forwarded to it, perhaps to the member that made it.
    void aForwardedMessageMayComeBackToItsMember() {
        Message message = messageOf(MessageType::prop, 0);
        message.from = kSelf;
        message.entries.push_back({0, 0, EntryType::normal, base::Bytes("x")});
        QCOMPARE(faultOf(message), std::string());
        message.type = MessageType::readIndex;
        QCOMPARE(faultOf(message), std::string());
        Message transfer = messageOf(MessageType::transferLeader);
        transfer.from = kSelf;
        QCOMPARE(faultOf(transfer), std::string());
        Message heartbeat = messageOf(MessageType::heartbeat);
        heartbeat.from = kSelf;
        QCOMPARE(faultOf(heartbeat), std::string("it comes from this member itself"));
    }
    void aTransferMayHaveATermOrNone() {
        QCOMPARE(faultOf(messageOf(MessageType::transferLeader, 0)), std::string());
        QCOMPARE(faultOf(messageOf(MessageType::transferLeader, 5)), std::string());
    }
    void numbersLeaveRoomToCount() {
        Message message = messageOf(MessageType::heartbeat, kNumberMax);
        QCOMPARE(faultOf(message), std::string());
        for (std::uint64_t Message::*field : {&Message::term, &Message::index, &Message::commit, &Message::logTerm}) {
            Message large = messageOf(MessageType::heartbeat);
            large.*field = kNumberMax + 1;
            QCOMPARE(faultOf(large), std::string("a term or index is out of range"));
        }
    }
    void aSnapshotIsNotNewerThanItsLeader() {
        auto snapshot = std::make_shared<Snapshot>();
        snapshot->metadata = {{{1, 2}, {3}, {}, {}, false}, 9, 5};
        Message message = messageOf(MessageType::snap);
        message.snapshot = snapshot;
        QCOMPARE(faultOf(message), std::string());
        snapshot->metadata.term = 6;
        QCOMPARE(faultOf(message), std::string("the term of its snapshot is not possible"));
    }
    void localMessagesNeverComeFromTheNetwork() {
        for (const MessageType type : {MessageType::hup, MessageType::beat, MessageType::checkQuorum,
                                       MessageType::storageAppend, MessageType::forgetLeader}) {
            QCOMPARE(faultOf(messageOf(type)), std::string("a member sends it only to itself"));
        }
    }
    void aConfigurationIsConsistent() {
        QCOMPARE(confStateFault({{1}, {}, {}, {}, false}), std::string());
        QCOMPARE(confStateFault({{1, 2}, {4}, {1, 3}, {3}, true}), std::string());
        QCOMPARE(confStateFault({{}, {1}, {}, {}, false}), std::string("its configuration has no voters"));
        QCOMPARE(confStateFault({{0, 1}, {}, {}, {}, false}),
                 std::string("its configuration names a member that cannot be"));
        QCOMPARE(confStateFault({{1, kLocalApplyThread}, {}, {}, {}, false}),
                 std::string("its configuration names a member that cannot be"));
        QVERIFY(!confStateFault({{1, 2}, {2}, {}, {}, false}).empty());
        QVERIFY(!confStateFault({{1}, {}, {}, {}, true}).empty());
    }
};

RAFTARIUM_TEST_CLASS(TestMessageCheck)
#include "test_message_check.moc"
