// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The proof of the checkers: each seeded bug of the core (cluster/raft/mutant.h) is seen by a transcript, by a
// directed scenario, or by a simulation within a bounded number of seeds, and the core without a bug by none. Prints
// which check sees which.
#include "cluster/raft/mutant.h"
#include "tests/runner/test_class.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QTest>

namespace {

constexpr int kCoreSeeds = 20'000;  // the rarest is seen near 12,000
constexpr int kClusterSeeds = 20;

// The line that tells the check, empty if none saw anything.
QString caughtBy(int mutant, const QString& kind, const QString& argument) {
    QProcess run;
    run.setProcessChannelMode(QProcess::MergedChannels);
    run.start(MUTANT_RUN, {QString::number(mutant), kind, argument});
    if (!run.waitForFinished(-1) || run.exitStatus() != QProcess::NormalExit) return "the run itself: it crashed";
    if (run.exitCode() == 0) return {};
    const QString output = QString::fromUtf8(run.readAll());
    const auto found = QRegularExpression("^caught by (.*)$", QRegularExpression::MultilineOption).match(output);
    return found.hasMatch() ? found.captured(1).left(150) : "the run itself: " + output.right(150);
}

QStringList transcriptFolders() {
    QStringList folders{RAFTARIUM_SOURCE_DIR "/tests/raft/testdata"};
    const QString named = qEnvironmentVariable("RAFTARIUM_CONFORMANCE_DIR");
    const QString given = named.isEmpty() ? QStringLiteral(RAFTARIUM_SOURCE_DIR "/../shared/conformance") : named;
    if (QDir(given + "/raft").exists()) folders << given;
    return folders;
}

QString caughtByTranscripts(int mutant) {
    for (const QString& folder : transcriptFolders()) {
        const QString found = caughtBy(mutant, "transcripts", folder);
        if (!found.isEmpty()) return found;
    }
    return {};
}

QString orNot(const QString& found) { return found.isEmpty() ? "-" : found; }

}  // namespace

class TestMutants : public QObject {
    Q_OBJECT
private slots:
    void theCoreItselfPasses() {
        QCOMPARE(caughtByTranscripts(0), QString());
        QCOMPARE(caughtBy(0, "scenarios", "all"), QString());
        QCOMPARE(caughtBy(0, "core", QString::number(kCoreSeeds)), QString());
        QCOMPARE(caughtBy(0, "cluster", QString::number(kClusterSeeds)), QString());
    }

    void eachIsSeen_data() {
        QTest::addColumn<int>("mutant");
        QFile header(RAFTARIUM_SOURCE_DIR "/cluster/raft/mutant.h");
        QVERIFY(header.open(QIODevice::ReadOnly));
        auto names = QRegularExpression("^    (\\w+) = (\\d+),", QRegularExpression::MultilineOption)
                         .globalMatch(QString::fromUtf8(header.readAll()));
        int count = 0;
        while (names.hasNext()) {
            const auto name = names.next();
            const int mutant = name.captured(2).toInt();
            if (mutant == 0) continue;
            QTest::newRow(qPrintable(name.captured(2) + ' ' + name.captured(1))) << mutant;
            ++count;
        }
        QCOMPARE(count, raftarium::raft::kMutantCount);
    }
    void eachIsSeen() {
        QFETCH(int, mutant);
        const QString transcripts = caughtByTranscripts(mutant);
        const QString scenarios = caughtBy(mutant, "scenarios", "all");
        const QString core = caughtBy(mutant, "core", QString::number(kCoreSeeds));
        const QString cluster = caughtBy(mutant, "cluster", QString::number(kClusterSeeds));
        qInfo("transcripts: %s\n    scenarios: %s\n    cores:    %s\n    clusters: %s", qPrintable(orNot(transcripts)),
              qPrintable(orNot(scenarios)), qPrintable(orNot(core)), qPrintable(orNot(cluster)));
        for (const QString& found : {transcripts, scenarios, core, cluster})
            QVERIFY(!found.startsWith("the run itself"));
        QVERIFY2(!transcripts.isEmpty() || !scenarios.isEmpty() || !core.isEmpty() || !cluster.isEmpty(),
                 "nothing saw it");
    }
};

RAFTARIUM_TEST_CLASS(TestMutants)
#include "test_mutants.moc"
