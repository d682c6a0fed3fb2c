// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Sentences as data.
#include "cluster/base/result.h"
#include "cluster/base/text.h"
#include "tests/runner/test_class.h"

#include <QTest>

using namespace raftarium::base;

class TestText : public QObject {
    Q_OBJECT
private slots:
    void placesAreFilled() {
        QCOMPARE(expand("{0} follows {1} in term {2}", {"n1", "n2", "7"}), std::string("n1 follows n2 in term 7"));
        QCOMPARE(expand("{1} before {0}, {1}", {"a", "b"}), std::string("b before a, b"));
        QCOMPARE(expand("", {"a"}), std::string());
    }
    // A key may be called "{1}".
    void valuesAreNotLookedInto() { QCOMPARE(expand("{0} and {1}", {"{1}", "x"}), std::string("{1} and x")); }
    void whatIsNoPlaceStays() {
        QCOMPARE(expand("{2} {} {x} {0", {"a", "b"}), std::string("{2} {} {x} {0"));
        QCOMPARE(expand("{99999999999999999999}", {"a"}), std::string("{99999999999999999999}"));
        QCOMPARE(expand("{{0}}", {"a"}), std::string("{a}"));
    }
    void sentencesStandInSentences() {
        const Text cause{RAFTARIUM_TEXT("Test", "no sign of a leader for {0} ms"), {150}};
        const Text text{RAFTARIUM_TEXT("Test", "{0} starts an election: {1}"), {"n1", cause}};
        QCOMPARE(text.english(), std::string("n1 starts an election: no sign of a leader for 150 ms"));
        QVERIFY(text == (Text{RAFTARIUM_TEXT("Test", "{0} starts an election: {1}"), {"n1", cause}}));
        QVERIFY(!(text == cause));
    }
    void errorsCarryTheirSentence() {
        const Error error = sayError(Errc::notFound, {RAFTARIUM_TEXT("Test", "there is no node {0}"), {"n9"}});
        QCOMPARE(error.text, std::string("there is no node n9"));
        QCOMPARE(error.said->values.size(), std::size_t(1));
    }
};

RAFTARIUM_TEST_CLASS(TestText)
#include "test_text.moc"
