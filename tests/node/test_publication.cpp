// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/leadership/publication.h"
#include "tests/node/fake_host.h"
#include "tests/runner/test_class.h"

#include <QTest>

using namespace raftarium;
using namespace raftarium::node;

namespace {

constexpr std::uint64_t kSelf = 0x1234;
constexpr const char* kAttributes = "{\"name\":\"n1\",\"clientURLs\":[\"http://a:1\",\"http://b:2\"]}";

struct Fixture {
    explicit Fixture(bool firstStart = false) : publication(host, config, kSelf, 77, firstStart, log) {
        config.name = "n1";
        config.advertiseClientUrls = {"http://a:1", "http://b:2"};
        host.follows(2);
    }
    void step() { publication.step(host.now()); }
    testing::FakeHost host;
    Config config;
    spdlog::logger log{"test"};
    Publication publication;
};

base::Error dropped() { return mvcc::makeError(mvcc::ApiError::proposalDropped); }

}  // namespace

class TestPublication : public QObject {
    Q_OBJECT
private slots:
    void needsALeaderAndALogOnDisk() {
        Fixture f;
        f.step();
        QVERIFY(f.host.proposals.empty());
        f.publication.logIsDurable();
        f.host.follows(0);
        QCOMPARE(f.publication.nextDueNs(), kNever);
        f.step();
        QVERIFY(f.host.proposals.empty());
        f.host.follows(2);
        QVERIFY(f.publication.nextDueNs() < kNever);
        f.step();
        QCOMPARE(f.host.proposals.size(), 1U);
    }
    void publishesNameAndClientUrlsAsEtcdDoes() {
        Fixture f;
        f.publication.logIsDurable();
        f.step();
        const std::string payload = f.host.proposals.at(0).payload;
        QVERIFY(payload.find("/0/members/1234/attributes") != std::string::npos);
        QVERIFY(payload.find(kAttributes) != std::string::npos);
        QVERIFY(!f.publication.published());
        f.host.answerProposal(Applied{});
        QVERIFY(f.publication.published());
        QCOMPARE(f.publication.nextDueNs(), kNever);
        QCOMPARE(f.host.events.size(), 1U);  // serves clients
        f.host.advance(base::kSecond);
        f.step();
        QVERIFY(f.host.proposals.empty());
    }
    void isTriedAgainHalfASecondLater() {
        Fixture f;
        f.publication.logIsDurable();
        const base::Nanoseconds first = f.host.now();
        f.step();
        f.step();
        QCOMPARE(f.host.proposals.size(), 1U);  // one at a time
        f.host.answerProposal(dropped());
        QCOMPARE(f.publication.nextDueNs(), first + 500 * base::kMillisecond);
        f.host.advance(500 * base::kMillisecond - 1);
        f.step();
        QVERIFY(f.host.proposals.empty());
        f.host.advance(1);
        f.step();
        QCOMPARE(f.host.proposals.size(), 1U);
    }
    void aRemovedMemberPublishesNothing() {
        Fixture f;
        f.publication.logIsDurable();
        f.publication.removed();
        f.step();
        QVERIFY(f.host.proposals.empty());
    }
    void aFirstStartIsOverWhenItPublishesItself() {
        Fixture f(true);
        QVERIFY(f.publication.firstStart());
        f.publication.logIsDurable();
        QVERIFY(f.publication.firstStart());
        f.step();
        QVERIFY(!f.publication.firstStart());
    }
    void theVersionIsProposedOnceATerm() {
        Fixture f;
        f.publication.proposeVersion();
        f.publication.proposeVersion();
        QCOMPARE(f.host.proposals.size(), 1U);
        QVERIFY(f.host.proposals[0].payload.find("/0/version") != std::string::npos);
        f.host.answerProposal(dropped());  // lost: again
        f.publication.proposeVersion();
        QCOMPARE(f.host.proposals.size(), 1U);
        f.publication.lostLeadership();
        f.publication.proposeVersion();
        QCOMPARE(f.host.proposals.size(), 2U);
    }
};

RAFTARIUM_TEST_CLASS(TestPublication)
#include "test_publication.moc"
