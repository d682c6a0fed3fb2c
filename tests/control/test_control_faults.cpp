// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/control/supervisor/fault_table.h"
#include "tests/runner/test_class.h"

#include <QTest>

#include <limits>

using namespace raftarium;
using namespace raftarium::control;

namespace {

constexpr std::int64_t kMs = 1'000'000;

std::vector<NodeSpec> fiveNodes() {
    std::vector<NodeSpec> nodes(5);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        nodes[i].name = "n" + std::to_string(i + 1);
        nodes[i].id = i + 1;
    }
    return nodes;
}

// "12" = a cut link from n1 to n2.
QString cuts(const FaultTable& table) {
    QStringList out;
    for (const auto& link : table.set()) {
        if (link.cut) out << QString("%1%2").arg(link.from).arg(link.to);
    }
    return out.join(' ');
}

observe::LinkFaults linkAt(const FaultTable& table, std::uint64_t node, std::uint64_t from, std::uint64_t to,
                           std::int64_t linkDelayMs = 0) {
    for (const auto& link : table.forNode(node, linkDelayMs)) {
        if (link.from == from && link.to == to) return link;
    }
    return {};
}

}  // namespace

class TestControlFaults : public QObject {
    Q_OBJECT
private slots:
    void cutsAndHeals() {
        FaultTable table(fiveNodes());
        QVERIFY(table.cut("n1", "n2", true).ok());
        QCOMPARE(cuts(table), QString("12 21"));
        QVERIFY(table.cut("n3", "n1", false).ok());
        QCOMPARE(cuts(table), QString("12 21 31"));
        QVERIFY(table.heal("n1", "n2", false).ok());
        QCOMPARE(cuts(table), QString("21 31"));
        QVERIFY(table.cut("n5", "*", true).ok());
        QCOMPARE(cuts(table), QString("15 21 25 31 35 45 51 52 53 54"));
        table.healAll();
        QCOMPARE(cuts(table), QString());
        QVERIFY(table.set().empty());
    }

    void partitions_data() {
        QTest::addColumn<QString>("groups");
        QTest::addColumn<QString>("cut");
        QTest::newRow("two and three") << "n1,n2 n3,n4,n5"
                                       << "13 14 15 23 24 25 31 32 41 42 51 52";
        QTest::newRow("the rest is one group") << "n1"
                                               << "12 13 14 15 21 31 41 51";
        QTest::newRow("three groups") << "n1,n2 n3,n4"
                                      << "13 14 15 23 24 25 31 32 35 41 42 45 51 52 53 54";
        QTest::newRow("all in one") << "n1,n2,n3,n4,n5"
                                    << "";
    }
    void partitions() {
        QFETCH(QString, groups);
        QFETCH(QString, cut);
        FaultTable table(fiveNodes());
        QVERIFY(table.cut("n1", "n2", true).ok());  // a partition takes the place of earlier cuts
        std::vector<std::vector<std::string>> named;
        for (const QString& group : groups.split(' ')) {
            named.emplace_back();
            for (const QString& name : group.split(',')) named.back().push_back(name.toStdString());
        }
        QVERIFY(table.partition(named).ok());
        QCOMPARE(cuts(table), cut);
    }

    void cutsAtBothEndsTheRestAtTheSender() {
        FaultTable table(fiveNodes());
        QVERIFY(table.cut("n1", "n2", false).ok());
        QVERIFY(table.delay("n1", "n2", 200, 50).ok());
        QVERIFY(table.drop("n1", "n2", 0.3).ok());
        const auto sender = linkAt(table, 1, 1, 2);
        QVERIFY(sender.cut);
        QCOMPARE(sender.delayNs, 200 * kMs);
        QCOMPARE(sender.jitterNs, 50 * kMs);
        QCOMPARE(sender.dropShare, 0.3);
        const auto receiver = linkAt(table, 2, 1, 2);
        QVERIFY(receiver.cut);
        QCOMPARE(receiver.delayNs, 0);
        QCOMPARE(receiver.dropShare, 0.0);
        QCOMPARE(table.forNode(3, 0).size(),
                 std::size_t{8});  // all links that begin or end at it, with their faults or none
    }

    void thePacesDelayAndTheLinksOwn() {
        FaultTable table(fiveNodes());
        QVERIFY(table.delay("n1", "n2", 0, 0).ok());
        QCOMPARE(linkAt(table, 1, 1, 3, 600).delayNs, 600 * kMs);
        QCOMPARE(linkAt(table, 1, 1, 2, 600).delayNs, 0);
        QCOMPARE(linkAt(table, 1, 3, 1, 600).delayNs, 0);  // n3's to add
        QVERIFY(table.heal("n1", "n2", false).ok());
        QCOMPARE(linkAt(table, 1, 1, 2, 600).delayNs, 600 * kMs);
        QVERIFY(table.set().empty());
    }

    void allLinks() {
        FaultTable table(fiveNodes());
        QVERIFY(table.drop("*", "*", 0.5).ok());
        QCOMPARE(table.set().size(), std::size_t{20});
        QVERIFY(table.drop("*", "*", 0).ok());
        QVERIFY(table.set().empty());
    }

    void refusals_data() {
        QTest::addColumn<int>("which");
        QTest::addColumn<QString>("says");
        QTest::newRow("unknown node") << 0 << "there is no node \"n9\"; the nodes are n1, n2, n3, n4, n5";
        QTest::newRow("same node") << 1 << "are the same node";
        QTest::newRow("negative delay") << 2 << "0 to 60 s";
        QTest::newRow("endless delay") << 3 << "0 to 60 s";
        QTest::newRow("share above one") << 4 << "0 to 1";
        QTest::newRow("share is no number") << 5 << "0 to 1";
        QTest::newRow("in two groups") << 6 << "n1 is in two groups";
        QTest::newRow("unknown in a group") << 7 << "there is no node \"n9\"";
        QTest::newRow("negative jitter") << 8 << "0 to 60 s";
    }
    void refusals() {
        QFETCH(int, which);
        QFETCH(QString, says);
        FaultTable table(fiveNodes());
        QVERIFY(table.cut("n4", "n5", false).ok());
        const auto refused = [&]() -> base::Status {
            switch (which) {
                case 0:
                    return table.cut("n1", "n9", true);
                case 1:
                    return table.heal("n1", "n1", true);
                case 2:
                    return table.delay("n1", "n2", -1, 0);
                case 3:
                    return table.delay("n1", "n2", 60'001, 0);
                case 4:
                    return table.drop("n1", "n2", 1.01);
                case 5:
                    return table.drop("n1", "n2", std::numeric_limits<double>::quiet_NaN());
                case 6:
                    return table.partition({{"n1", "n2"}, {"n1"}});
                case 7:
                    return table.partition({{"n1", "n9"}});
                default:
                    return table.delay("n1", "n2", 0, -5);
            }
        }();
        QVERIFY(!refused.ok());
        QVERIFY2(QString::fromStdString(refused.error().text).contains(says), refused.error().text.c_str());
        QCOMPARE(cuts(table), QString("45"));  // nothing changed
        QCOMPARE(table.set().size(), std::size_t{1});
    }
};

RAFTARIUM_TEST_CLASS(TestControlFaults)
#include "test_control_faults.moc"
