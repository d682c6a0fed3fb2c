// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/conformance/drivers.h"
#include "tests/runner/test_class.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTest>

using namespace raftarium::conformance;

class TestConformance : public QObject {
    Q_OBJECT
private slots:
    void given_data() { addRows(givenDirectory()); }
    void given() { replayRow(); }
    void own_data() { addRows(QStringLiteral(RAFTARIUM_SOURCE_DIR "/tests/raft/testdata")); }
    // With RAFTARIUM_REWRITE_TRANSCRIPTS=1 the own files are written anew instead of compared.
    void own() {
        if (qEnvironmentVariableIntValue("RAFTARIUM_REWRITE_TRANSCRIPTS") == 1) return rewriteRow();
        replayRow();
    }

    void differencesAreFound_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("differs");
        QTest::newRow("same") << QByteArray("vote cfg=(1) votes=(y)\n----\nVoteWon\n") << false;
        QTest::newRow("other") << QByteArray("vote cfg=(1) votes=(y)\n----\nVoteLost\n") << true;
        QTest::newRow("log lines do not count")
            << QByteArray("vote cfg=(1) votes=(y)\n----\n  INFO 1 said so\nVoteWon\n") << false;
        QTest::newRow("missing line") << QByteArray("vote cfg=(1) votes=(y)\n----\n") << true;
        QTest::newRow("blanks matter") << QByteArray("vote cfg=(1) votes=(y)\n----\n VoteWon\n") << true;
        QTest::newRow("second case") << QByteArray(
                                            "vote cfg=(1) votes=(y)\n----\nVoteWon\n\n# x\nvote cfg=(1) "
                                            "votes=(n)\n----\n----\nVoteWon\n----\n----\n")
                                     << true;
        QTest::newRow("mismatched input") << QByteArray("vote cfg=(1) votes=(y,n)\n----\nVoteWon\n") << true;
    }
    void differencesAreFound() {
        QFETCH(QByteArray, text);
        QFETCH(bool, differs);
        const ParsedTranscript parsed = parseTranscript(text.toStdString());
        QVERIFY2(parsed.fault.empty(), parsed.fault.c_str());
        QCOMPARE(firstDifference(parsed.cases, handleQuorum).has_value(), differs);
    }
    void brokenFilesAreRefused() {
        QVERIFY(!parseTranscript("campaign 1\nno separator\n").fault.empty());
        QVERIFY(!parseTranscript("deliver-msgs drop=(1\n----\nok\n").fault.empty());
    }

private:
    static QString givenDirectory() {
        const QString named = qEnvironmentVariable("RAFTARIUM_CONFORMANCE_DIR");
        return named.isEmpty() ? QStringLiteral(RAFTARIUM_SOURCE_DIR "/../shared/conformance") : named;
    }

    void addRows(const QString& directory) {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("path");
        int count = 0;
        for (const char* kind : {"raft", "quorum", "confchange"}) {
            const QDir folder(directory + '/' + kind);
            for (const QFileInfo& file : folder.entryInfoList({"*.txt"}, QDir::Files, QDir::Name)) {
                QTest::newRow(qPrintable(QString(kind) + '/' + file.fileName())) << QString(kind) << file.filePath();
                ++count;
            }
        }
        if (count == 0) {
            QTest::newRow(qPrintable("none in " + QDir(directory).absolutePath())) << QString() << directory;
        }
    }

    static Handler handlerOf(const QString& kind) {
        if (kind == "quorum") return handleQuorum;
        if (kind == "raft") {
            return [cluster = std::make_shared<ClusterDriver>()](const Case& one) { return cluster->handle(one); };
        }
        return [change = std::make_shared<ConfChangeDriver>()](const Case& one) { return change->handle(one); };
    }

    void rewriteRow() {
        QFETCH(QString, kind);
        QFETCH(QString, path);
        QFile file(path);
        QVERIFY2(file.open(QIODevice::ReadWrite), qPrintable(path));
        const std::string text = file.readAll().toStdString();
        const ParsedTranscript parsed = parseTranscript(text);
        QVERIFY2(parsed.fault.empty(), parsed.fault.c_str());
        const std::string fresh = rewritten(text, parsed.cases, handlerOf(kind));
        QVERIFY(file.resize(0));
        file.seek(0);
        QCOMPARE(file.write(fresh.data(), static_cast<qint64>(fresh.size())), static_cast<qint64>(fresh.size()));
    }

    void replayRow() {
        QFETCH(QString, kind);
        QFETCH(QString, path);
        if (kind.isEmpty()) QSKIP("no transcripts there; set RAFTARIUM_CONFORMANCE_DIR to a folder that has some");
        QFile file(path);
        QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(path));
        const ParsedTranscript parsed = parseTranscript(file.readAll().toStdString());
        QVERIFY2(parsed.fault.empty(), parsed.fault.c_str());
        QVERIFY(!parsed.cases.empty());
        const auto difference = firstDifference(parsed.cases, handlerOf(kind));
        QVERIFY2(!difference, (file.fileName().toStdString() + ' ' + difference.value_or("")).c_str());
    }
};

RAFTARIUM_TEST_CLASS(TestConformance)
#include "test_conformance.moc"
