// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/leadership/leadership_transfer.h"
#include "tests/node/fake_host.h"
#include "tests/runner/test_class.h"

#include <QTest>

using namespace raftarium;
using namespace raftarium::node;
using mvcc::ApiError;

namespace {

constexpr std::uint64_t kSelf = 1;

struct Fixture {
    Fixture() {
        conf.voters = {1, 2, 3};
        host.leads(kSelf);
    }
    testing::FakeHost host;
    testing::FakeTransport transport;
    raft::ConfState conf;
    spdlog::logger log{"test"};
    LeadershipTransfer transfer{host, kSelf, conf, transport, log};
    testing::Kept kept;
};

}  // namespace

class TestLeadershipTransfer : public QObject {
    Q_OBJECT
private slots:
    void onlyTheLeaderMovesIt() {
        Fixture f;
        f.host.follows(2);
        f.transfer.move(3, f.kept.done());
        QCOMPARE(f.kept.error(), ApiError::notLeader);
        QVERIFY(f.host.transfers.empty());
    }
    void onlyAVoterMayLead() {
        Fixture f;
        f.transfer.move(4, f.kept.done());
        QCOMPARE(f.kept.error(), ApiError::badLeaderTransferee);
        QVERIFY(f.host.transfers.empty());
    }
    void toItselfIsDoneAtOnce() {
        Fixture f;
        f.transfer.move(kSelf, f.kept.done());
        QVERIFY(f.kept.status->ok());
        QVERIFY(f.host.transfers.empty());
    }
    void isDoneWhenAnotherOneLeads() {
        Fixture f;
        f.transfer.move(2, f.kept.done());
        QCOMPARE(f.host.transfers, (std::vector<std::uint64_t>{2}));
        f.transfer.step(f.host.now());
        QVERIFY(!f.kept.status);
        f.host.follows(0);  // nobody yet
        f.transfer.step(f.host.now());
        QVERIFY(!f.kept.status);
        f.host.follows(3);
        f.transfer.step(f.host.now());
        QVERIFY(f.kept.status->ok());
        QCOMPARE(f.transfer.nextDueNs(), kNever);
    }
    void failsAtItsDeadline() {
        Fixture f;
        f.transfer.move(2, f.kept.done());
        const base::Nanoseconds deadline = f.host.now() + testing::FakeHost::kRequestTimeoutNs;
        QCOMPARE(f.transfer.nextDueNs(), deadline);
        f.transfer.step(deadline - 1);
        QVERIFY(!f.kept.status);
        f.transfer.step(deadline);
        QCOMPARE(f.kept.error(), ApiError::timeoutLeaderTransfer);
        QCOMPARE(f.transfer.nextDueNs(), kNever);
    }
    void theSuccessorIsTheVoterConnectedForLongest() {
        Fixture f;
        QCOMPARE(f.transfer.successor(), std::uint64_t{0});
        f.transport.connected = {{kSelf, 1}, {2, 30}, {3, 20}, {4, 10}};  // 4 is no voter
        QCOMPARE(f.transfer.successor(), std::uint64_t{3});
    }
    void aStopWaitsForItNoLongerThanItSays() {
        Fixture f;
        f.transport.connected = {{2, 30}};
        int done = 0;
        f.transfer.handOver(400, [&] { ++done; });
        QCOMPARE(f.host.transfers, (std::vector<std::uint64_t>{2}));
        f.transfer.step(f.host.now() + 399);
        QCOMPARE(done, 0);
        f.transfer.step(f.host.now() + 400);
        QCOMPARE(done, 1);
    }
    void aStopWithoutASuccessorDoesNotWait() {
        Fixture f;
        int done = 0;
        f.transfer.handOver(400, [&] { ++done; });
        QCOMPARE(done, 1);
        f.transport.connected = {{2, 30}};
        f.host.follows(2);
        f.transfer.handOver(400, [&] { ++done; });
        QCOMPARE(done, 2);
        QVERIFY(f.host.transfers.empty());
    }
    void nobodyWaitsForALoopThatHasEnded() {
        Fixture f;
        f.transfer.move(2, f.kept.done());
        f.transfer.failAll(mvcc::makeError(ApiError::stopped));
        QCOMPARE(f.kept.error(), ApiError::stopped);
    }
};

RAFTARIUM_TEST_CLASS(TestLeadershipTransfer)
#include "test_leadership_transfer.moc"
