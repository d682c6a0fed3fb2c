// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/observe/history.h"
#include "cluster/observe/trace/trace_file.h"
#include "cluster/telemetry/codec.h"
#include "tests/observe/random_telemetry.h"
#include "tests/runner/test_class.h"

#include <QTemporaryDir>
#include <QtTest>

#include <map>

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
    void readsTheExampleOfTheFormat();
    void actionsAreRecorded();
    void readsARecordingOfVersion1();

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

// The bytes in the head of proto/raftarium/trace.proto.
void TestTraceFile::readsTheExampleOfTheFormat() {
    store(m_path, QByteArray::fromHex("5241465452414345"
                                      "15000000d50de3e80a130802120464656d6f2a0972616674617269756d"
                                      "0b000000809348d3220908e807120468657265"));
    const auto read = readTrace(m_path);
    QVERIFY2(read.ok(), read.ok() ? "" : read.error().text.c_str());
    QCOMPARE(read->cluster, std::string("demo"));
    QCOMPARE(read->marks.size(), 1U);
    QCOMPARE(read->marks[0].first, 1000);
    QCOMPARE(read->marks[0].second, std::string("here"));
}

void TestTraceFile::actionsAreRecorded() {
    const Event action{7, 3, 0, ActionTaken{"cluster kill n3", R"({"kill":"n3"})", "app", ActionOutcome::failed, "no"}};
    {
        auto writer = TraceWriter::create(m_path, "demo");
        QVERIFY(writer.ok());
        QVERIFY((*writer)->add(action).ok());
        // What nodes report is recorded as it came from them.
        QCOMPARE((*writer)->add({8, 3, 1, TermChanged{}}).error().code, base::Errc::invalidArgument);
    }
    const auto read = readTrace(m_path);
    QVERIFY2(read.ok(), read.ok() ? "" : read.error().text.c_str());
    QVERIFY(read->events == std::vector<Event>{action});
}

// Made by Raftarium 0.1.0, whose nodes gave reasons as English sentences: an election, a put, a watcher, a lease, n2
// killed while it leads, an election without it, n1 cut off from the others, and n2 back.
void TestTraceFile::readsARecordingOfVersion1() {
    const auto read = readTrace(RAFTARIUM_SOURCE_DIR "/tests/observe/testdata/version1.raftrace");
    QVERIFY2(read.ok(), read.ok() ? "" : read.error().text.c_str());
    QCOMPARE(read->events.size(), 835U);
    QVERIFY(!read->cut);
    std::map<RoleCause, int> causes;
    std::map<std::size_t, int> kinds;
    int cuts = 0;
    History history;
    for (const Event& event : read->events) {
        ++kinds[event.kind.index()];
        if (const auto* role = std::get_if<RoleChanged>(&event.kind)) ++causes[role->cause];
        if (const auto* faults = std::get_if<FaultsChanged>(&event.kind))
            cuts += !faults->links.empty() && faults->links[0].cut;
        if (const auto* process = std::get_if<ProcessChanged>(&event.kind); process && process->signal == 9)
            QCOMPARE(process->name, std::string("n2"));
        if (const auto* moved = std::get_if<WatcherMoved>(&event.kind)) {
            QVERIFY(moved->cause == WatcherCause::created);
            QVERIFY(moved->watcher.group == WatcherGroup::synced);
        }
        if (const auto* step = std::get_if<Lifecycle>(&event.kind)) QVERIFY(step->phase == LifecyclePhase::ready);
        if (const auto* synced = std::get_if<WalSynced>(&event.kind)) QCOMPARE(synced->syncs, 1U);
    }
    const auto count = [&kinds](const EventKind& kind) { return kinds[kind.index()]; };
    QCOMPARE(count(Boxed<FullState>()), 4);
    QCOMPARE(count(MessageSent{}), 186);
    QCOMPARE(count(MessageReceived{}), 156);
    QCOMPARE(count(VoteTally{}), 16);
    QCOMPARE(count(ClientRequest{}), 15);
    QCOMPARE(count(KeyChanged{}), 7);
    QCOMPARE(count(LeaseChanged{}), 3);
    QCOMPARE(count(StreamEnded{}), 1);
    QCOMPARE(cuts, 2);
    const std::map<RoleCause, int> expected{{RoleCause::electionTimeout, 5}, {RoleCause::preVoteWon, 3},
                                            {RoleCause::voteWon, 2},         {RoleCause::voteLost, 1},
                                            {RoleCause::higherTerm, 3},      {RoleCause::leaderSeen, 3}};
    QVERIFY(causes == expected);
    history.append(read->events);
    const ClusterState& end = history.live();
    QCOMPARE(end.nameOf(end.leader), std::string("n3"));
    QCOMPARE(end.term, 3U);
    QCOMPARE(end.commitIndex, 13U);
    QCOMPARE(end.revision, 4);
}

RAFTARIUM_TEST_CLASS(TestTraceFile)
#include "test_trace_file.moc"
