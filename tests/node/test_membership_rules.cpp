// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/mvcc/txn/api_error.h"
#include "cluster/node/members/membership_rules.h"
#include "tests/runner/test_class.h"

#include <QTest>

#include <map>

using namespace raftarium;
using namespace raftarium::node;
using mvcc::ApiError;

namespace {

constexpr std::uint64_t kSelf = 1;
constexpr base::Nanoseconds kNow = 100 * base::kSecond;
constexpr std::int64_t kLong = kNow - 5 * base::kSecond;  // connected for just long enough
constexpr std::int64_t kJustNow = kLong + 1;

std::string urlOf(std::uint64_t id) { return "http://127.0.0.1:" + std::to_string(20000 + id); }

Member memberOf(std::uint64_t id) {
    Member member;
    member.id = id;
    member.peerUrls = {urlOf(id)};
    return member;
}

// A cluster of started voters 1..n, all of them connected to member 1 for long.
struct Fixture {
    explicit Fixture(std::uint64_t voters) {
        for (std::uint64_t id = 1; id <= voters; ++id) {
            Member& member = membership.members[id] = memberOf(id);
            member.name = "n" + std::to_string(id);
            connected[id] = kLong;
        }
    }
    Member& add(std::uint64_t id) { return membership.members[id] = memberOf(id); }
    Member& addLearner(std::uint64_t id) {
        Member& member = add(id);
        member.learner = true;
        return member;
    }

    ApiError change(raft::ConfChangeType type, std::uint64_t id, const ConfChangeContext& context = {}) const {
        raft::ConfChange change;
        change.type = type;
        change.nodeId = id;
        return errorOf(checkChange(membership, change, context));
    }
    ApiError adding(const Member& member) const {
        return change(member.learner ? raft::ConfChangeType::addLearnerNode : raft::ConfChangeType::addNode, member.id,
                      {member, false});
    }
    ApiError promoting(std::uint64_t id) const { return change(raft::ConfChangeType::addNode, id, {{}, true}); }
    ApiError removing(std::uint64_t id) const { return change(raft::ConfChangeType::removeNode, id); }
    ApiError updating(std::uint64_t id, const std::string& url) const {
        Member member = memberOf(id);
        member.peerUrls = {url};
        return change(raft::ConfChangeType::updateNode, id, {member, false});
    }

    Surroundings seen() const {
        return {membership, kSelf, kNow, [this](std::uint64_t id) {
                    const auto it = connected.find(id);
                    return it == connected.end() ? 0 : it->second;
                }};
    }
    ApiError strictAdd(bool learner = false) const { return errorOf(checkStrictAdd(seen(), learner)); }
    ApiError strictRemove(std::uint64_t id) const { return errorOf(checkStrictRemove(seen(), id)); }
    ApiError strictPromote() const { return errorOf(checkStrictPromote(membership)); }

    static ApiError errorOf(const base::Status& status) {
        return status ? ApiError::none : mvcc::apiErrorOf(status.error());
    }

    Membership membership;
    std::map<std::uint64_t, std::int64_t> connected;
};

}  // namespace

class TestMembershipRules : public QObject {
    Q_OBJECT
private slots:
    // --- What every member checks at apply ---------------------------------------------------------------------------

    void aMemberIsAddedOnce() {
        const Fixture f(3);
        QCOMPARE(f.adding(memberOf(4)), ApiError::none);
        QCOMPARE(f.adding(memberOf(3)), ApiError::memberExists);
    }
    void aRemovedIdNeverComesBack() {
        Fixture f(3);
        f.membership.removed.insert(4);
        QCOMPARE(f.adding(memberOf(4)), ApiError::memberNotFound);
        QCOMPARE(f.removing(4), ApiError::memberNotFound);
        QCOMPARE(f.promoting(4), ApiError::memberNotFound);
        QCOMPARE(f.updating(4, "http://a:1"), ApiError::memberNotFound);
    }
    void peerUrlsBelongToOneMember() {
        const Fixture f(3);
        Member taken = memberOf(4);
        taken.peerUrls = {"http://a:1", urlOf(2)};
        QCOMPARE(f.adding(taken), ApiError::peerUrlExists);
        QCOMPARE(f.updating(3, urlOf(2)), ApiError::peerUrlExists);
        QCOMPARE(f.updating(3, urlOf(3)), ApiError::none);  // its own
        QCOMPARE(f.updating(3, "http://a:1"), ApiError::none);
    }
    void thereIsAtMostOneLearner() {
        Fixture f(3);
        Member learner = memberOf(5);
        learner.learner = true;
        QCOMPARE(f.adding(learner), ApiError::none);
        f.addLearner(4);
        QCOMPARE(f.adding(learner), ApiError::tooManyLearners);
        QCOMPARE(f.adding(memberOf(5)), ApiError::none);  // a voter may still come
    }
    void onlyALearnerIsPromoted() {
        Fixture f(3);
        f.addLearner(4);
        QCOMPARE(f.promoting(4), ApiError::none);
        QCOMPARE(f.promoting(3), ApiError::memberNotLearner);
        QCOMPARE(f.promoting(5), ApiError::memberNotFound);
    }
    void onlyMembersAreRemovedOrUpdated() {
        const Fixture f(3);
        QCOMPARE(f.removing(3), ApiError::none);
        QCOMPARE(f.removing(5), ApiError::memberNotFound);
        QCOMPARE(f.updating(5, "http://a:1"), ApiError::memberNotFound);
    }
    void theLastVoterStays() {
        Fixture f(1);
        f.addLearner(2);
        QCOMPARE(f.removing(1), ApiError::memberNotEnoughStarted);
        QCOMPARE(f.removing(2), ApiError::none);
    }
    // The codes are etcd's, with its texts.
    void errorsAreEtcds() {
        raft::ConfChange change;
        change.type = raft::ConfChangeType::removeNode;
        change.nodeId = 9;
        const auto status = checkChange(Fixture(3).membership, change, {});
        QVERIFY(!status);
        QCOMPARE(status.error().text, std::string("etcdserver: member not found"));
    }

    // --- Strict checks (--strict-reconfig-check): additions ---------------------------------------------------------

    void anAdditionNeedsAQuorumOfStartedVoters() {
        Fixture f(3);
        QCOMPARE(f.strictAdd(), ApiError::none);  // 3 have started, 4 need 3
        f.connected[4] = kLong;
        f.add(4);
        QCOMPARE(f.strictAdd(), ApiError::none);  // 3 have started, 5 need 3
        f.connected[5] = kLong;
        f.add(5);
        QCOMPARE(f.strictAdd(), ApiError::memberNotEnoughStarted);  // 3 have started, 6 need 4
    }
    void aLearnerDoesNotChangeTheQuorum() {
        Fixture f(3);
        for (const std::uint64_t id : {4ULL, 5ULL}) {
            f.add(id);
            f.connected[id] = kLong;
        }
        QCOMPARE(f.strictAdd(false), ApiError::memberNotEnoughStarted);
        QCOMPARE(f.strictAdd(true), ApiError::none);
    }
    void oneVoterThatRunsMayBeJoinedByASecondOne() {
        Fixture f(1);
        QCOMPARE(f.strictAdd(), ApiError::none);
        f.membership.members[1].name.clear();
        QCOMPARE(f.strictAdd(), ApiError::memberNotEnoughStarted);
    }
    void anAdditionNeedsAllVotersConnectedForFiveSeconds() {
        Fixture f(3);
        f.connected[2] = kJustNow;
        QCOMPARE(f.strictAdd(), ApiError::unhealthy);
        QCOMPARE(f.strictAdd(true), ApiError::unhealthy);
        f.connected[2] = 0;
        QCOMPARE(f.strictAdd(), ApiError::unhealthy);
        f.connected[2] = kLong;
        f.connected[kSelf] = 0;  // it needs no connection to itself
        QCOMPARE(f.strictAdd(), ApiError::none);
        f.addLearner(4);  // not connected
        QCOMPARE(f.strictAdd(), ApiError::none);
    }

    // --- Strict checks (--strict-reconfig-check): removals ----------------------------------------------------------

    void aLearnerMayAlwaysGo() {
        Fixture f(3);
        f.addLearner(4);
        f.connected = {{4, kLong}};
        QCOMPARE(f.strictRemove(4), ApiError::none);
    }
    void aRemovalLeavesAQuorumOfStartedVoters() {
        Fixture f(3);
        QCOMPARE(f.strictRemove(2), ApiError::none);  // 2 others have started, 2 need 2
        f.membership.members[3].name.clear();
        QCOMPARE(f.strictRemove(2), ApiError::memberNotEnoughStarted);  // 1 other has started
        QCOMPARE(f.strictRemove(3), ApiError::none);                    // itself was never started
    }
    void aRemovalNeedsEnoughConnectedVoters() {
        Fixture f(5);
        QCOMPARE(f.strictRemove(5), ApiError::none);
        f.connected[4] = 0;
        QCOMPARE(f.strictRemove(5), ApiError::none);  // 4 are connected with it, the other 4 need 3
        f.connected[3] = kJustNow;
        QCOMPARE(f.strictRemove(5), ApiError::unhealthy);
    }
    void whoIsGoneMayBeRemovedFromAnUnhealthyCluster() {
        Fixture f(5);
        f.connected[3] = f.connected[4] = 0;
        QCOMPARE(f.strictRemove(5), ApiError::unhealthy);
        QCOMPARE(f.strictRemove(4), ApiError::none);
    }
    void theAskedMemberCountsItselfAsConnected() {
        Fixture f(3);
        f.connected[kSelf] = 0;
        QCOMPARE(f.strictRemove(kSelf), ApiError::none);
        f.connected[2] = 0;
        QCOMPARE(f.strictRemove(kSelf), ApiError::unhealthy);
    }

    // --- Promotions --------------------------------------------------------------------------------------------------

    void aPromotionNeedsAQuorumOfStartedVoters() {
        Fixture f(1);
        f.addLearner(9);
        QCOMPARE(f.strictPromote(), ApiError::none);  // 2 with the learner, 2 need 2
        f.add(2);
        QCOMPARE(f.strictPromote(), ApiError::none);  // 2 of 3
        f.add(3);
        QCOMPARE(f.strictPromote(), ApiError::memberNotEnoughStarted);  // 2 of 4
    }
    void aPromotedLearnerHasNineTenthsOfTheLog() {
        QCOMPARE(Fixture::errorOf(checkCaughtUp(1000, 900)), ApiError::none);
        QCOMPARE(Fixture::errorOf(checkCaughtUp(1000, 899)), ApiError::learnerNotReady);
        QCOMPARE(Fixture::errorOf(checkCaughtUp(0, 0)), ApiError::none);
    }
};

RAFTARIUM_TEST_CLASS(TestMembershipRules)
#include "test_membership_rules.moc"
