// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/raft/core_simulation.h"
#include "tests/runner/test_class.h"

#include <QTest>

using namespace raftarium::raft::testing;

class TestSimulation : public QObject {
    Q_OBJECT
private slots:
    void safetyHolds_data() {
        QTest::addColumn<bool>("asyncWrites");
        QTest::addColumn<bool>("preVote");
        QTest::addColumn<bool>("checkQuorum");
        QTest::addColumn<bool>("changeMembers");
        for (int bits = 0; bits < 16; ++bits) {
            const bool async = bits & 1;
            const bool preVote = bits & 2;
            const bool checkQuorum = bits & 4;
            const bool change = bits & 8;
            QTest::addRow("writes %s, pre-vote %d, check-quorum %d, members %s", async ? "async" : "sync", preVote,
                          checkQuorum, change ? "change" : "stay")
                << async << preVote << checkQuorum << change;
        }
    }
    void safetyHolds() {
        QFETCH(bool, asyncWrites);
        QFETCH(bool, preVote);
        QFETCH(bool, checkQuorum);
        QFETCH(bool, changeMembers);
        std::size_t elections = 0;
        std::size_t reads = 0;
        for (std::uint64_t seed = 1; seed <= 25; ++seed) {
            SimulationOptions options;
            options.seed = seed;
            options.members = 3 + static_cast<int>(seed % 3);
            options.asyncWrites = asyncWrites;
            options.preVote = preVote;
            options.checkQuorum = checkQuorum;
            options.changeMembers = changeMembers;
            const SimulationResult result = Simulation(options).run();
            QVERIFY2(!result.fault, ("seed " + std::to_string(seed) + ", step " + std::to_string(result.step) + ": " +
                                     result.fault.value_or(""))
                                        .c_str());
            elections += result.elections;
            reads += result.reads;
        }
        // The storm was one: leaders changed and reads were answered.
        QVERIFY(elections > 50);
        QVERIFY(reads > 25);
    }
    void sameSeedSameRun() {
        const SimulationResult a = Simulation(optionsOfSeed(11)).run();
        const SimulationResult b = Simulation(optionsOfSeed(11)).run();
        QCOMPARE(a.committed, b.committed);
        QCOMPARE(a.elections, b.elections);
        QCOMPARE(a.reads, b.reads);
        QVERIFY(optionsOfSeed(11).seed != optionsOfSeed(12).seed);
    }
};

RAFTARIUM_TEST_CLASS(TestSimulation)
#include "test_raft_simulation.moc"
