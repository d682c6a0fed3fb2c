// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/observe/trace/trace_file.h"
#include "tests/runner/test_class.h"
#include "tests/sim/history.h"
#include "tests/sim/simulation.h"

#include <QTemporaryDir>
#include <QTest>

using namespace raftarium;
using namespace raftarium::sim;

namespace {

// An acknowledged operation; times in ms.
Op op(OpKind kind, const char* value, base::Nanoseconds start, base::Nanoseconds end, std::int64_t revision) {
    static int ids = 0;
    Op op;
    op.id = ++ids;
    op.kind = kind;
    op.key = "k";
    op.start = start * base::kMillisecond;
    op.end = end * base::kMillisecond;
    op.outcome = Outcome::ok;
    op.revision = revision;
    if (kind == OpKind::put)
        op.value = value;
    else
        op.seen = value;
    return op;
}
Op seenAt(Op op, std::int64_t mod) {
    op.seenMod = mod;
    return op;
}
Op unknown(Op op) {
    op.outcome = Outcome::unknown;
    op.end = std::numeric_limits<base::Nanoseconds>::max();
    op.revision = 0;
    return op;
}
Op compareAndSet(const char* expected, const char* value, bool succeeded, const char* seen, base::Nanoseconds start,
                 base::Nanoseconds end, std::int64_t revision) {
    Op one = op(OpKind::compareAndSet, seen, start, end, revision);
    one.expected = expected;
    one.value = value;
    one.succeeded = succeeded;
    return one;
}

}  // namespace

Q_DECLARE_METATYPE(std::vector<Op>)

class TestSim : public QObject {
    Q_OBJECT
private slots:
    void sameSeedSameRun_data() {
        QTest::addColumn<quint64>("seed");
        for (const quint64 seed : {2, 3, 5, 8, 13, 14, 53}) QTest::addRow("seed %llu", seed) << seed;
    }
    void sameSeedSameRun() {
        QFETCH(quint64, seed);
        const Result first = simulate(optionsOfSeed(seed));
        QVERIFY2(!first.fault, first.fault ? first.fault->text.c_str() : "");
        // In between, memory is laid out anew.
        const Result other = simulate(optionsOfSeed(seed + 1000));
        const Result again = simulate(optionsOfSeed(seed));
        QCOMPARE(first.hash, again.hash);
        QCOMPARE(first.acknowledged, again.acknowledged);
        QVERIFY(first.hash != other.hash);
    }
    // Being watched changes nothing, and what is recorded can be read.
    void recordedRunIsTheSame() {
        const QTemporaryDir directory;
        RunOptions run;
        run.trace = directory.filePath("run.trace").toStdString();
        const Result silent = simulate(optionsOfSeed(5));
        const Result recorded = simulate(optionsOfSeed(5), run);
        QVERIFY2(!recorded.fault, recorded.fault ? recorded.fault->text.c_str() : "");
        QCOMPARE(recorded.hash, silent.hash);
        const auto content = observe::readTrace(run.trace);
        QVERIFY2(content.ok(), content.ok() ? "" : content.error().text.c_str());
        QVERIFY(!content->cut);
        QVERIFY(content->events.size() > 1000);
        QVERIFY(!content->marks.empty());
    }
    void stormsAreStorms() {
        std::size_t elections = 0, acknowledged = 0;
        for (std::uint64_t seed = 100; seed < 130; ++seed) {
            const Result result = simulate(optionsOfSeed(seed));
            QVERIFY2(!result.fault, result.fault ? (std::to_string(seed) + result.fault->text).c_str() : "");
            elections += result.elections;
            acknowledged += result.acknowledged;
        }
        QVERIFY(elections > 90);
        QVERIFY(acknowledged > 2000);
    }

    void histories_data() {
        QTest::addColumn<std::vector<Op>>("ops");
        QTest::addColumn<bool>("byRevision");  // fine by this check
        QTest::addColumn<bool>("bySearch");
        const auto put = [](const char* value, int start, int end, int revision) {
            return op(OpKind::put, value, start, end, revision);
        };
        const auto read = [](const char* value, int start, int end, int revision, int mod) {
            return seenAt(op(OpKind::read, value, start, end, revision), mod);
        };
        QTest::newRow("write, read") << std::vector<Op>{put("a", 0, 1, 2), read("a", 2, 3, 2, 2)} << true << true;
        QTest::newRow("stale read") << std::vector<Op>{put("a", 0, 1, 2), put("b", 2, 3, 3), read("a", 4, 5, 2, 2)}
                                    << false << false;
        QTest::newRow("a read beside a write may be of before")
            << std::vector<Op>{put("a", 0, 1, 2), put("b", 2, 9, 3), read("a", 4, 5, 2, 2)} << true << true;
        QTest::newRow("reads that go back")
            << std::vector<Op>{put("a", 0, 1, 2), put("b", 2, 9, 3), read("b", 3, 4, 3, 3), read("a", 5, 6, 2, 2)}
            << false << false;
        QTest::newRow("lost write") << std::vector<Op>{put("a", 0, 1, 2), read("", 2, 3, 2, 0)} << false << false;
        QTest::newRow("an unknown write may have happened")
            << std::vector<Op>{put("a", 0, 1, 2), unknown(put("b", 2, 3, 0)), read("b", 90, 91, 3, 3)} << true << true;
        QTest::newRow("an unknown write may never happen")
            << std::vector<Op>{put("a", 0, 1, 2), unknown(put("b", 2, 3, 0)), read("a", 90, 91, 2, 2)} << true << true;
        QTest::newRow("an unknown write may come late")
            << std::vector<Op>{put("a", 0, 1, 2), unknown(put("b", 2, 3, 0)), read("a", 5, 6, 2, 2),
                               read("b", 90, 91, 3, 3)}
            << true << true;
        QTest::newRow("a write cannot happen before it began")
            << std::vector<Op>{put("a", 0, 1, 2), read("b", 2, 3, 3, 3), put("b", 4, 5, 3)} << false << false;
        QTest::newRow("one revision twice") << std::vector<Op>{put("a", 0, 5, 2), put("b", 0, 5, 2)} << false << true;
        QTest::newRow("compare-and-set twice from one value")
            << std::vector<Op>{put("a", 0, 1, 2), compareAndSet("a", "b", true, "", 2, 9, 3),
                               compareAndSet("a", "c", true, "", 2, 9, 4)}
            << true << false;
        QTest::newRow("compare-and-set, one loses")
            << std::vector<Op>{put("a", 0, 1, 2), compareAndSet("a", "b", true, "", 2, 9, 3),
                               seenAt(compareAndSet("a", "c", false, "b", 2, 9, 3), 3)}
            << true << true;
    }
    void histories() {
        QFETCH(std::vector<Op>, ops);
        QFETCH(bool, byRevision);
        QFETCH(bool, bySearch);
        const auto revision = revisionFault(ops);
        const SearchResult search = searchFault(ops);
        QCOMPARE(!revision.has_value(), byRevision);
        QCOMPARE(!search.fault.has_value(), bySearch);
        QCOMPARE(search.undecided, std::size_t{0});
    }
};

RAFTARIUM_TEST_CLASS(TestSim)
#include "test_sim.moc"
