// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/mvcc/backend/memory_backend.h"
#include "cluster/node/leadership/lease_keeper.h"
#include "tests/node/fake_host.h"
#include "tests/runner/test_class.h"

#include <QTest>

using namespace raftarium;
using namespace raftarium::node;
using mvcc::ApiError;

namespace {

constexpr std::uint64_t kSelf = 1;
constexpr std::uint64_t kOther = 0x2a;
constexpr base::Nanoseconds kRound = 500 * base::kMillisecond;

// A leader with a real store in memory; what it proposes is applied when the test says so.
struct Fixture {
    explicit Fixture(bool checkpoints = false) : keeper(host, store, gate, checkpoints) {
        RAFTARIUM_CHECK(store.open().ok());
    }
    void grant(std::int64_t id, std::int64_t ttlSeconds) {
        RAFTARIUM_CHECK(store.apply(++index, 1, mvcc::LeaseGrantOp{id, ttlSeconds}).ok());
    }
    void lead() {
        host.leads(kSelf);
        keeper.promote();
    }
    void step() { keeper.step(host.now()); }
    // One look at the leases, whose leadership is confirmed.
    void round() {
        step();
        if (!host.reads.empty()) host.answerRead({});
    }
    const wire::DecodedRequest& proposed(std::size_t i) { return decoder.decode(host.proposals.at(i).payload); }
    void applyProposal() {
        const auto& request = proposed(0);
        auto response = store.apply(++index, 1, request.store);
        if (response)
            host.answerProposal(Applied{std::move(*response), index, 1});
        else
            host.answerProposal(response.error());
    }

    testing::FakeHost host;
    mvcc::MemoryBackend backend;
    mvcc::Store store{backend, {}};
    ReaderGate gate;
    LeaseKeeper keeper;
    wire::RequestDecoder decoder;
    std::uint64_t index = 0;
    testing::Kept kept;
    std::optional<base::Result<std::int64_t>> renewed;
    RenewDone renewDone() {
        return [this](base::Result<std::int64_t> ttl) { renewed.emplace(std::move(ttl)); };
    }
};

std::int64_t revoked(const wire::DecodedRequest& request) { return std::get<mvcc::LeaseRevokeOp>(request.store).id; }

}  // namespace

class TestLeaseKeeper : public QObject {
    Q_OBJECT
private slots:
    void onlyACountingLeaderConfirms() {
        Fixture f;
        f.host.follows(kOther);
        f.keeper.confirmLeadership(f.kept.done());
        QCOMPARE(f.kept.status->error().code, base::Errc::unavailable);
        QCOMPARE(f.kept.status->error().text, std::string("2a"));
        f.host.leads(kSelf);  // elected, but its first entry is not applied yet
        f.keeper.confirmLeadership(f.kept.done());
        QCOMPARE(f.kept.status->error().text, std::string("0"));
        QVERIFY(f.host.reads.empty());
    }
    void leadershipIsConfirmedByARead() {
        Fixture f;
        f.lead();
        f.keeper.confirmLeadership(f.kept.done());
        QVERIFY(!f.kept.status);
        f.host.answerRead({});
        QVERIFY(f.kept.status->ok());
    }
    void aLaterTermConfirmsNothing() {
        Fixture f;
        f.lead();
        f.keeper.confirmLeadership(f.kept.done());
        ++f.host.currentTerm;
        f.host.answerRead({});
        QCOMPARE(f.kept.status->error().code, base::Errc::unavailable);
    }
    void aLeaderThatWasReplacedNamesTheNewOne() {
        Fixture f;
        f.lead();
        f.keeper.confirmLeadership(f.kept.done());
        f.host.follows(kOther);
        f.keeper.demote();
        f.host.answerRead(mvcc::makeError(ApiError::leaderChanged));
        QCOMPARE(f.kept.status->error().text, std::string("2a"));
    }

    void looksTwiceASecondWhileItLeads() {
        Fixture f;
        QCOMPARE(f.keeper.nextDueNs(), kNever);
        f.lead();
        f.step();
        QCOMPARE(f.keeper.nextDueNs(), f.host.now() + kRound);
        f.host.follows(kOther);
        f.keeper.demote();
        QCOMPARE(f.keeper.nextDueNs(), kNever);
    }
    void expiredLeasesAreRevokedOnceLeadershipIsConfirmed() {
        Fixture f;
        f.grant(7, 10);
        f.lead();
        f.host.advance(12 * base::kSecond);  // and the election timeout that a new leader adds
        f.step();
        QCOMPARE(f.host.reads.size(), 1U);
        QVERIFY(f.host.proposals.empty());
        f.host.answerRead({});
        QCOMPARE(f.host.proposals.size(), 1U);
        QCOMPARE(revoked(f.proposed(0)), std::int64_t{7});
    }
    void withoutConfirmationNothingIsRevoked() {
        Fixture f;
        f.grant(7, 10);
        f.lead();
        f.host.advance(12 * base::kSecond);
        f.step();
        f.host.advance(kRound);
        f.step();
        QCOMPARE(f.host.reads.size(), 1U);  // one question at a time
        f.host.answerRead(mvcc::makeError(ApiError::timeout));
        QVERIFY(f.host.proposals.empty());
        f.host.advance(3 * base::kSecond);  // the store names them again
        f.round();
        QCOMPARE(f.host.proposals.size(), 1U);
    }
    void aLeaseThatEndedMeanwhileIsNotRevoked() {
        Fixture f;
        f.grant(7, 10);
        f.lead();
        f.host.advance(12 * base::kSecond);
        f.step();
        RAFTARIUM_CHECK(f.store.apply(++f.index, 1, mvcc::LeaseRevokeOp{7}).ok());
        f.host.answerRead({});
        QVERIFY(f.host.proposals.empty());
    }
    void aRevocationThatGotLostIsTriedAgainAfterThreeSeconds() {
        Fixture f;
        f.grant(7, 10);
        f.lead();
        f.host.advance(12 * base::kSecond);
        f.round();
        QCOMPARE(f.host.proposals.size(), 1U);  // never answered
        for (int i = 0; i < 5; ++i) {
            f.host.advance(kRound);
            f.round();
            QCOMPARE(f.host.proposals.size(), 1U);
        }
        f.host.advance(kRound);
        f.round();
        QCOMPARE(f.host.proposals.size(), 2U);
        QCOMPARE(revoked(f.proposed(1)), std::int64_t{7});
    }
    void aRevocationThatFailedIsTriedAgainToo() {
        Fixture f;
        f.grant(7, 10);
        f.lead();
        f.host.advance(12 * base::kSecond);
        f.round();
        f.host.answerProposal(mvcc::makeError(ApiError::proposalDropped));
        f.host.advance(3 * base::kSecond);
        f.round();
        QCOMPARE(f.host.proposals.size(), 1U);
    }
    void aRevokedLeaseIsDone() {
        Fixture f;
        f.grant(7, 10);
        f.lead();
        f.host.advance(12 * base::kSecond);
        f.round();
        f.applyProposal();
        f.host.advance(4 * base::kSecond);
        f.round();
        QVERIFY(f.host.proposals.empty());
    }

    void renewalAnswersTheGrantedTime() {
        Fixture f;
        f.grant(7, 10);
        f.lead();
        f.keeper.renew(7, f.renewDone());
        QVERIFY(!f.renewed);
        f.host.answerRead({});
        QVERIFY(f.renewed->ok());
        QCOMPARE(**f.renewed, std::int64_t{10});
        f.keeper.renew(8, f.renewDone());
        f.host.answerRead({});
        QCOMPARE(mvcc::apiErrorOf(f.renewed->error()), ApiError::leaseNotFound);
    }
    void longLeasesAreCheckpointed() {
        Fixture f(true);
        f.grant(7, 1000);
        f.lead();
        f.host.advance(301 * base::kSecond);
        f.round();
        QCOMPARE(f.host.proposals.size(), 1U);
        const auto& op = std::get<mvcc::LeaseCheckpointOp>(f.proposed(0).store);
        QCOMPARE(op.items.size(), 1U);
        QCOMPARE(op.items[0].id, std::int64_t{7});
        QVERIFY(op.items[0].remainingTtlSeconds > 690 && op.items[0].remainingTtlSeconds <= 701);
    }
    // A later leader would continue from the checkpoint, though the client was told that its lease has its full time
    // again.
    void aRenewalTakesTheCheckpointBackFirst() {
        Fixture f(true);
        f.grant(7, 1000);
        f.lead();
        f.host.advance(301 * base::kSecond);
        f.round();
        f.applyProposal();
        f.keeper.renew(7, f.renewDone());
        f.host.answerRead({});
        QVERIFY(!f.renewed);
        QCOMPARE(f.host.proposals.size(), 1U);
        const auto& op = std::get<mvcc::LeaseCheckpointOp>(f.proposed(0).store);
        QCOMPARE(op.items.at(0).remainingTtlSeconds, std::int64_t{0});
        f.applyProposal();
        QCOMPARE(**f.renewed, std::int64_t{1000});
    }
};

RAFTARIUM_TEST_CLASS(TestLeaseKeeper)
#include "test_lease_keeper.moc"
