// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/clock.h"
#include "cluster/node/control_limits.h"
#include "tests/runner/test_class.h"

#include <QTest>

#include <limits>

using namespace raftarium;
using namespace raftarium::node;

namespace {

constexpr std::uint64_t kSelf = 1;
constexpr Pace kUsual{100 * base::kMillisecond, 1, 10, true, true};

LinkFaults linkTo(std::uint64_t to) {
    LinkFaults link;
    link.from = kSelf;
    link.to = to;
    return link;
}

std::string textOf(const base::Status& status) { return status ? std::string() : status.error().text; }

}  // namespace

class TestControlLimits : public QObject {
    Q_OBJECT
private slots:
    void oneEndOfALinkIsThisMember() {
        LinkFaults link = linkTo(2);
        QVERIFY(checkLinkFaults(link, kSelf).ok());
        std::swap(link.from, link.to);
        QVERIFY(checkLinkFaults(link, kSelf).ok());
        QCOMPARE(textOf(checkLinkFaults(link, 3)), std::string("link 2 to 1: one end must be this member, 3"));
        QCOMPARE(textOf(checkLinkFaults(linkTo(kSelf), kSelf)),
                 std::string("link 1 to 1: a member has no link to itself"));
        QCOMPARE(textOf(checkLinkFaults(linkTo(0), kSelf)), std::string("link 1 to 0: both ends must be named"));
    }
    void delayAndJitterAreAtMostAMinute() {
        for (const auto field : {&LinkFaults::delayNs, &LinkFaults::jitterNs}) {
            LinkFaults link = linkTo(2);
            link.*field = 60 * base::kSecond;
            QVERIFY(checkLinkFaults(link, kSelf).ok());
            link.*field = 60 * base::kSecond + 1;
            QVERIFY(!checkLinkFaults(link, kSelf).ok());
            link.*field = -1;
            QCOMPARE(checkLinkFaults(link, kSelf).error().code, base::Errc::invalidArgument);
        }
        LinkFaults link = linkTo(2);
        link.delayNs = -5;
        QCOMPARE(textOf(checkLinkFaults(link, kSelf)),
                 std::string("link 1 to 2: delay_ns is -5; allowed are 0 to 60,000,000,000 (60 s)"));
    }
    void sharesAreWithinZeroAndOne() {
        for (const auto field : {&LinkFaults::dropShare, &LinkFaults::duplicateShare}) {
            for (const double good : {0.0, 0.5, 1.0}) {
                LinkFaults link = linkTo(2);
                link.*field = good;
                QVERIFY(checkLinkFaults(link, kSelf).ok());
            }
            for (const double bad : {-0.1, 1.1, std::numeric_limits<double>::quiet_NaN()}) {
                LinkFaults link = linkTo(2);
                link.*field = bad;
                QVERIFY(!checkLinkFaults(link, kSelf).ok());
            }
        }
    }
    void aTickIsAMillisecondToAMinute() {
        for (const auto& [tick, good] : {std::pair{base::kMillisecond, true},
                                         {base::kMillisecond - 1, false},
                                         {60 * base::kSecond, true},
                                         {60 * base::kSecond + 1, false}}) {
            Pace pace = kUsual;
            pace.tickNs = tick;
            QCOMPARE(checkPace(pace).ok(), good);
        }
    }
    void anElectionTimeoutIsTwoHeartbeatsOrMore() {
        Pace pace = kUsual;
        pace.heartbeatTicks = 6;
        pace.electionTicks = 12;
        QVERIFY(checkPace(pace).ok());
        pace.electionTicks = 11;
        QCOMPARE(textOf(checkPace(pace)),
                 std::string("election_ticks is 11; allowed are twice heartbeat_ticks (12) to 10,000"));
        pace.electionTicks = 10'001;
        QVERIFY(!checkPace(pace).ok());
        pace.electionTicks = 10'000;
        for (const std::uint32_t heartbeat : {0U, 5001U, 4'294'967'295U}) {
            pace.heartbeatTicks = heartbeat;
            QVERIFY(!checkPace(pace).ok());
        }
    }
};

RAFTARIUM_TEST_CLASS(TestControlLimits)
#include "test_control_limits.moc"
