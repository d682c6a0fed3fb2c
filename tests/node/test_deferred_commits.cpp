// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/messages/deferred_commits.h"
#include "tests/runner/test_class.h"

#include <QTest>

#include <limits>

using namespace raftarium;
using namespace raftarium::node;

namespace {

constexpr std::uint64_t kPeer = 2;
constexpr raft::Index kLast = 50;
constexpr base::Nanoseconds kNow = base::kSecond;
constexpr base::Nanoseconds kNone = std::numeric_limits<base::Nanoseconds>::max();

raft::Message notice(raft::Index commit, std::uint64_t to = kPeer) {
    raft::Message message;
    message.type = raft::MessageType::app;
    message.to = to;
    message.commit = commit;
    return message;
}

raft::Message append(raft::Index commit) {
    raft::Message message = notice(commit);
    message.entries.emplace_back();
    return message;
}

}  // namespace

class TestDeferredCommits : public QObject {
    Q_OBJECT
private slots:
    void init() { m_commits = {}; }

    void aNoticeWaitsAMillisecond() {
        QVERIFY(defer(notice(10)));
        QCOMPARE(m_commits.nextDueNs(), kNow + base::kMillisecond);
        QVERIFY(due(kNow + base::kMillisecond - 1).empty());
        QCOMPARE(due(kNow + base::kMillisecond), (std::vector<raft::Index>{10}));
        QVERIFY(m_commits.empty());
        QCOMPARE(m_commits.nextDueNs(), kNone);
    }
    void aLaterNoticeTakesThePlaceAndTheTimeOfTheFirst() {
        QVERIFY(defer(notice(10)));
        QVERIFY(defer(notice(11), kNow + base::kMillisecond / 2));
        QCOMPARE(m_commits.nextDueNs(), kNow + base::kMillisecond);
        QCOMPARE(due(kNow + base::kMillisecond), (std::vector<raft::Index>{11}));
    }
    void anAppendTellsTheCommitItself() {
        QVERIFY(defer(notice(10)));
        QVERIFY(!defer(append(11)));
        QVERIFY(m_commits.empty());
    }
    void onlyAppendsWait() {
        raft::Message heartbeat = notice(10);
        heartbeat.type = raft::MessageType::heartbeat;
        QVERIFY(!defer(std::move(heartbeat)));
    }
    void eachMemberHasItsOwn() {
        QVERIFY(defer(notice(10, 2)));
        QVERIFY(defer(notice(11, 3), kNow + 5));
        QCOMPARE(m_commits.nextDueNs(), kNow + base::kMillisecond);
        QCOMPARE(due(kNow + base::kMillisecond), (std::vector<raft::Index>{10}));
        QCOMPARE(m_commits.nextDueNs(), kNow + 5 + base::kMillisecond);
    }
    void allOfThemGoBeforeAChangeOfMembers() {
        QVERIFY(defer(notice(10, 2)));
        QVERIFY(defer(notice(11, 3)));
        QCOMPARE(due(kNow, true), (std::vector<raft::Index>{10, 11}));
    }
    void whereClientsWaitItGoesAtOnce() {
        m_commits.clientsWait(kPeer, kNow);
        QVERIFY(!defer(notice(kLast)));
        QVERIFY(defer(notice(kLast, 3)));  // nobody waits there
    }
    void whereClientsWaitItWaitsForEntriesOnTheirWay() {
        m_commits.clientsWait(kPeer, kNow);
        QVERIFY(defer(notice(kLast - 1)));
    }
    void clientsAreForgottenAfterATenthOfASecond() {
        m_commits.clientsWait(kPeer, kNow);
        QVERIFY(!defer(notice(kLast), kNow + 100 * base::kMillisecond - 1));
        QVERIFY(defer(notice(kLast), kNow + 100 * base::kMillisecond));
    }
    void aNoticeThatGoesAtOnceDropsTheOneThatWaited() {
        QVERIFY(defer(notice(10)));
        m_commits.clientsWait(kPeer, kNow);
        QVERIFY(!defer(notice(kLast)));
        QVERIFY(m_commits.empty());
    }

private:
    bool defer(raft::Message message, base::Nanoseconds now = kNow) { return m_commits.defer(message, kLast, now); }
    std::vector<raft::Index> due(base::Nanoseconds now, bool all = false) {
        std::vector<raft::Index> out;
        m_commits.takeDue(now, all, [&out](raft::Message&& message) { out.push_back(message.commit); });
        return out;
    }
    DeferredCommits m_commits;
};

RAFTARIUM_TEST_CLASS(TestDeferredCommits)
#include "test_deferred_commits.moc"
