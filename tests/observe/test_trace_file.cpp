// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/observe/history.h"
#include "cluster/observe/trace/trace_file.h"
#include "cluster/telemetry/codec.h"
#include "tests/observe/random_telemetry.h"
#include "tests/runner/test_class.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace raftarium;
using namespace raftarium::observe;

class TestTraceFile : public QObject {
    Q_OBJECT
private slots:
    void init();
    void replaysToTheLiveState();
    void truncatedAtEveryByte();
    void everyFlippedByteIsNoticed();
    void refusesOthers_data();
    void refusesOthers();
    void unwritable();

private:
    std::string write(std::uint64_t seed, int batches, std::vector<Event>& events);
    QByteArray bytes(const std::string& path);
    void store(const std::string& path, const QByteArray& content);

    QTemporaryDir m_directory;
    std::string m_path;
};

void TestTraceFile::init() { m_path = m_directory.filePath("t.raftrace").toStdString(); }

// Writes a random recording to m_path; `events` = what a live observer would have seen.
std::string TestTraceFile::write(std::uint64_t seed, int batches, std::vector<Event>& events) {
    auto created = TraceWriter::create(m_path, "demo", 1'700'000'000'000'000'000, 5);
    if (!created.ok()) return created.error().text;
    auto& writer = **created;
    base::Rng rng(seed);
    TimeNs now = 1'000'000'000;
    for (int i = 0; i < batches; ++i) {
        const NodeId node = 1 + rng.below(3);
        const auto batch = testing::randomBatch(rng, 3, now);
        now += 20'000'000;
        (void)decodeBatch(batch, node, events);
        if (!writer.add(node, batch).ok()) return "batch not written";
        if (i % 5 == 3) {
            const ProcessChanged process{ProcessState::stopped, "n1", 1, 9, "killed"};
            events.push_back({now, node, 0, process});
            if (!writer.add({now, node, 0, process}).ok()) return "process not written";
        }
        if (i % 5 == 4) {
            events.push_back({now, node, 0, StreamEnded{"gone"}});
            if (!writer.add({now, node, 0, StreamEnded{"gone"}}).ok()) return "end not written";
        }
    }
    if (!writer.addMark(now, "here").ok() || !writer.flush().ok()) return "mark not written";
    testing::sortByTime(events);
    return {};
}

QByteArray TestTraceFile::bytes(const std::string& path) {
    QFile file(QString::fromStdString(path));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void TestTraceFile::store(const std::string& path, const QByteArray& content) {
    QFile file(QString::fromStdString(path));
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
    QCOMPARE(file.write(content), content.size());
}

void TestTraceFile::replaysToTheLiveState() {
    std::vector<Event> events;
    QCOMPARE(write(1, 400, events), std::string());
    const auto read = readTrace(m_path);
    QVERIFY2(read.ok(), read.ok() ? "" : read.error().text.c_str());
    QCOMPARE(read->cluster, std::string("demo"));
    QCOMPARE(read->startedWallNs, 1'700'000'000'000'000'000);
    QCOMPARE(read->startedNs, 5);
    QVERIFY(!read->cut);
    QCOMPARE(read->marks.size(), 1U);
    QCOMPARE(read->marks[0].second, std::string("here"));
    QVERIFY(read->events == events);
    History live, replayed;
    for (const auto& event : events) live.append({event});
    replayed.append(read->events);
    QVERIFY(live.live() == replayed.live());
}

void TestTraceFile::truncatedAtEveryByte() {
    std::vector<Event> events;
    QCOMPARE(write(2, 6, events), std::string());
    const QByteArray whole = bytes(m_path);
    QVERIFY(whole.size() > 500);
    std::size_t before = 0;
    for (qsizetype size = 0; size <= whole.size(); ++size) {
        store(m_path, whole.left(size));
        const auto read = readTrace(m_path);
        if (!read.ok()) {
            QCOMPARE(read.error().code, base::Errc::corruption);
            QVERIFY2(before == 0, "a longer part must not read worse");
            continue;
        }
        QVERIFY(read->events.size() >= before && read->events.size() <= events.size());
        before = read->events.size();
        if (size == whole.size()) QVERIFY(!read->cut);
    }
    QCOMPARE(before, events.size());
}

void TestTraceFile::everyFlippedByteIsNoticed() {
    std::vector<Event> events;
    QCOMPARE(write(3, 5, events), std::string());
    const QByteArray whole = bytes(m_path);
    for (qsizetype at = 0; at < whole.size(); ++at) {
        QByteArray flipped = whole;
        flipped[at] = static_cast<char>(flipped[at] ^ 0x40);
        store(m_path, flipped);
        const auto read = readTrace(m_path);
        // A length that now points past the end looks like a torn end; all else is damage.
        if (read.ok()) {
            QVERIFY(read->cut);
            QVERIFY(read->events.size() < events.size() || read->marks.empty());
        } else {
            QVERIFY(read.error().code == base::Errc::corruption);
            QVERIFY(read.error().text.find("offset") != std::string::npos);
        }
    }
}

void TestTraceFile::refusesOthers_data() {
    QTest::addColumn<QByteArray>("content");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("text") << QByteArray("hello, this is no recording at all");
    QTest::newRow("short") << QByteArray("RAFT");
    QTest::newRow("magic only") << QByteArray("RAFTRACE");
    QTest::newRow("huge record") << QByteArray("RAFTRACE\xff\xff\xff\xff\0\0\0\0", 16);
    QTest::newRow("empty first record") << QByteArray("RAFTRACE\0\0\0\0\0\0\0\0", 16);
}

void TestTraceFile::refusesOthers() {
    QFETCH(QByteArray, content);
    store(m_path, content);
    const auto read = readTrace(m_path);
    QVERIFY(!read.ok());
    QCOMPARE(read.error().code, base::Errc::corruption);
    QVERIFY(read.error().text.find(m_path) != std::string::npos);
}

void TestTraceFile::unwritable() {
    const auto created = TraceWriter::create("/proc/nowhere/t.raftrace", "demo");
    QVERIFY(!created.ok());
    QVERIFY(created.error().text.find("/proc/nowhere/t.raftrace") != std::string::npos);
    QVERIFY(!readTrace("/proc/nowhere/t.raftrace").ok());
    // A device that is always full: the error stays.
    auto full = TraceWriter::create("/dev/full", "demo");
    QVERIFY(!full.ok());
    QCOMPARE(full.error().code, base::Errc::noSpace);
}

RAFTARIUM_TEST_CLASS(TestTraceFile)
#include "test_trace_file.moc"
