// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/telemetry/sampling.h"
#include "tests/runner/test_class.h"

#include <QtTest>

using namespace raftarium;
using namespace raftarium::telemetry;

class TestSampling : public QObject {
    Q_OBJECT
private slots:
    // The rule of telemetry.proto: state is never left out.
    void stateIsNeverLeftOut() {
        const EventKind state[] = {
            Boxed<FullState>(), StreamEnded{},   ProcessChanged{},       RoleChanged{},  TermChanged{},
            VoteCast{},         VoteTally{},     ElectionDeadline{},     LogAppended{},  LogTruncated{},
            LogCompacted{},     WalSynced{},     CommitAdvanced{},       Applied{},      ProgressChanged{},
            SnapshotProgress{}, WatcherMoved{},  ConfigurationChanged{}, LeaseChanged{}, Compacted{},
            AlarmChanged{},     FaultsChanged{}, PaceChanged{},          Lifecycle{},    Lost{},
            ActionTaken{}};
        const EventKind others[] = {MessageSent{},   MessageReceived{}, MessageDropped{}, MessageDelayed{},
                                    ClientRequest{}, KeyChanged{},      WatchDelivered{}, RuleFired{}};
        QCOMPARE(std::size(state) + std::size(others), std::variant_size_v<EventKind>);
        for (const EventKind& kind : state) QVERIFY2(!mayBeLeftOut(kind), QByteArray::number(int(kind.index())));
        for (const EventKind& kind : others) QVERIFY2(mayBeLeftOut(kind), QByteArray::number(int(kind.index())));
    }

    void bothEndsOfAMessageAreChosenAlike() {
        MessageSent sent;
        sent.message.key = {1, 2, 3};
        MessageReceived received;
        received.message.key = sent.message.key;
        QCOMPARE(samplingIdentity(sent, 10), samplingIdentity(received, 99));
        QCOMPARE(samplingIdentity(sent, 10), samplingIdentity(sent.message.key));
        received.message.key.counter = 4;
        QVERIFY(samplingIdentity(sent, 10) != samplingIdentity(received, 10));
    }

    void allStepsOfARequestAreChosenAlike() {
        ClientRequest asked;
        asked.requestId = 5;
        ClientRequest answered = asked;
        answered.phase = RequestPhase::answered;
        QCOMPARE(samplingIdentity(asked, 1), samplingIdentity(answered, 2));
        QCOMPARE(samplingIdentity(KeyChanged{}, 8), 8U);
    }
};

RAFTARIUM_TEST_CLASS(TestSampling)
#include "test_sampling.moc"
