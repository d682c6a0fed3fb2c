// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The real etcdctl against our nodes and against real etcd started with the same flags on the same ports: the same
// commands must print the same bytes, after terms, raft indexes, sizes and times are masked.

#include "tests/e2e/node_cluster.h"
#include "tests/runner/test_class.h"

#include <QRegularExpression>
#include <QStandardPaths>
#include <QTest>

#include <csignal>

using namespace raftarium::e2e;

namespace {

struct Step {
    QStringList arguments;
    QByteArray input;
    // A command that does not end by itself (watch): it is stopped once its output contains this.
    QByteArray until;
    // Meanwhile these are run, so that it has something to print.
    QList<QStringList> meanwhile;
};

QStringList words(const char* line) { return QString::fromLatin1(line).split(QLatin1Char(' ')); }

// Real etcd lists a lease's keys in the order of a Go map, another each time.
QString leaseKeysSorted(QString text) {
    static const QRegularExpression lists(
        QStringLiteral(R"((?<before>attached keys\(\[|"keys":\[)(?<keys>[^\]]*)(?<after>\]))"));
    QRegularExpressionMatch list;
    for (qsizetype from = 0; (list = lists.match(text, from)).hasMatch(); from = list.capturedEnd()) {
        const QString keys = list.captured(QStringLiteral("keys"));
        const QChar separator = QLatin1Char(keys.contains(QLatin1Char(',')) ? ',' : ' ');
        QStringList sorted = keys.split(separator);
        sorted.sort();
        text.replace(list.capturedStart(QStringLiteral("keys")), keys.size(), sorted.join(separator));
    }
    // In the form "fields", a line for each.
    static const QRegularExpression lines(QStringLiteral(R"((?:"Key" : .*\n){2,})"));
    for (qsizetype from = 0; (list = lines.match(text, from)).hasMatch(); from = list.capturedEnd()) {
        QStringList sorted = list.captured().split(QLatin1Char('\n'), Qt::SkipEmptyParts);
        sorted.sort();
        text.replace(list.capturedStart(), list.capturedLength(), sorted.join(QLatin1Char('\n')) + QLatin1Char('\n'));
    }
    return text;
}

QByteArray masked(const QByteArray& output) {
    QString text = leaseKeysSorted(QString::fromUtf8(output));
    const auto mask = [&text](const char* pattern, const char* with) {
        text.replace(QRegularExpression(QLatin1String(pattern), QRegularExpression::MultilineOption),
                     QLatin1String(with));
    };
    mask("\"raft_term\":\\d+", "\"raft_term\":T");
    mask("\"RaftTerm\" : \\d+", "\"RaftTerm\" : T");
    mask("\"raftTerm\":\\d+", "\"raftTerm\":T");
    mask("\"(raftIndex|raftAppliedIndex|dbSize|dbSizeInUse)\":\\d+", "\"\\1\":N");
    mask("\"(RaftIndex|RaftAppliedIndex|DBSize|DBSizeInUse)\" : \\d+", "\"\\1\" : N");
    mask("took = [0-9.]+[mµn]?s", "took = X");
    mask("remaining\\(\\d+s\\)", "remaining(R)");
    mask("\"ttl\":\\d+", "\"ttl\":R");
    mask("\"TTL\" : \\d+", "\"TTL\" : R");
    return text.toUtf8();
}

// etcdctl's own log lines of failed attempts carry times and addresses of the client.
QByteArray maskedError(const QByteArray& output) {
    QByteArrayList kept;
    for (const QByteArray& line : output.split('\n')) {
        if (!line.startsWith('{')) kept << line;
    }
    return masked(kept.join('\n'));
}

QList<Step> script() {
    const QStringList txnJson = words("txn -w json");
    QList<Step> steps;
    const auto run = [&steps](const QStringList& arguments, const QByteArray& input = {}) {
        steps.append({arguments, input, {}, {}});
    };
    const auto line = [&run](const char* text) { run(words(text)); };
    for (const char* each : {"put a 1",
                             "put a 2",
                             "put a 2 -w json",
                             "put ab 10",
                             "put abc 100 --prev-kv",
                             "put a 3 --prev-kv",
                             "put a 4 --prev-kv -w json",
                             "put b 5 -w fields",
                             "put c 6 --ignore-lease",
                             "put b --ignore-value",
                             "put none --ignore-value",
                             "get a",
                             "get a -w json",
                             "get a -w fields",
                             "get a -w json --hex",
                             "get --prefix a",
                             "get --prefix a -w json",
                             "get --prefix a --keys-only",
                             "get --prefix a --count-only -w fields",
                             "get --from-key b",
                             "get --from-key b -w json",
                             "get a c",
                             "get a c -w json",
                             "get a --rev=2",
                             "get a --rev=3 -w json",
                             "get a --rev=1",
                             "get a --rev=99999",
                             "get --prefix a --limit=2 -w json",
                             "get --prefix --limit=1 --order=DESCEND --sort-by=KEY a",
                             "get --prefix --order=ASCEND --sort-by=MODIFY a",
                             "get --prefix --order=DESCEND --sort-by=VERSION a -w json",
                             "get --prefix --order=DESCEND --sort-by=VALUE a",
                             "get --prefix --order=ASCEND --sort-by=CREATE a",
                             "get missing",
                             "get missing -w json",
                             "get a --print-value-only",
                             "get a --consistency=s",
                             "get a -w protobuf",
                             "get a -w simple --consistency=l",
                             "get z a",
                             "del missing",
                             "del missing -w json",
                             "put d1 x",
                             "put d2 y",
                             "put d3 z",
                             "del d1",
                             "del d2 --prev-kv",
                             "del --prefix d -w json",
                             "del --from-key y --prev-kv -w json",
                             "put e1 1",
                             "put e2 2",
                             "del e1 e9 --prev-kv -w fields"}) {
        line(each);
    }
    run(txnJson, "mod(\"a\") > \"0\"\n\nput a txn1\nget a\ndel b\n\nput a never\n\n");
    run(words("txn"), "ver(\"nokey\") = \"1\"\n\nput a never\n\nput f 1\nget f\n\n");
    run(words("txn"), "val(\"f\") = \"1\"\ncreate(\"f\") > \"1\"\n\nget --prefix a\nget f\n\n\n");
    run(txnJson, "val(\"f\") != \"1\"\n\n\nget a\n\n");
    run(words("txn -w fields"), "val(\"f\") = \"1\"\n\nput g 1\nput h 2\n\n\n");
    run(words("txn"), "\nput dup 1\nput dup 2\n\n\n");
    run(words("txn"), "\nput dup 1\ndel --prefix d\n\n\n");
    run(words("txn"), "\nget a --rev=9999\n\n\n");
    for (const char* each : {"lease revoke 1", "lease timetolive 1", "lease timetolive 1 -w json",
                             "lease keep-alive --once 1", "lease list", "put leased 1 --lease=1"}) {
        line(each);
    }
    steps.append({words("watch a --rev=1 --prefix --prev-kv"), {}, "watch-end", {words("put a watch-end")}});
    steps.append({words("watch a -w json --rev=2"), {}, "d2F0Y2gtZW5kMg==", {words("put a watch-end2")}});
    steps.append({words("watch f g -w fields --rev=2"), {}, "\"fend\"", {words("put f fend")}});
    steps.append({words("watch --prefix w"),
                  {},
                  "wend\n1\n",
                  {words("put w1 1"), words("put w2 2"), words("put w1 3"), words("del w1"), words("del --prefix w"),
                   words("put wend 1")}});
    for (const char* each : {"compact 5",
                             "compact 5",
                             "compact 99999",
                             "get a --rev=4",
                             "get a --rev=5",
                             "get a --rev=6 -w json",
                             "watch a --rev=2",
                             "compact 8 --physical",
                             "put a after-compact -w json",
                             "endpoint hashkv",
                             "endpoint hashkv -w json",
                             "endpoint hashkv --rev=12",
                             "endpoint hashkv --rev=99999",
                             "member list",
                             "member list -w json",
                             "member list -w table",
                             "member list -w fields",
                             "endpoint status -w json",
                             "endpoint status -w fields",
                             "endpoint health",
                             "endpoint status --cluster -w json",
                             "alarm list",
                             "member remove 1234",
                             "member update 1234 --peer-urls=http://127.0.0.1:1",
                             "member promote 1234",
                             "move-leader 1234",
                             "get --prefix  --keys-only"}) {
        line(each);
    }
    // The id is drawn; LEASE stands for it from here on, so hashes are not compared any more.
    for (const char* each : {"lease grant 1000",
                             "put l1 1 --lease=LEASE",
                             "put l2 2 --lease=LEASE",
                             "get --prefix l -w json",
                             "lease timetolive LEASE --keys",
                             "lease timetolive LEASE --keys -w json",
                             "lease timetolive LEASE -w fields",
                             "lease timetolive LEASE --keys -w fields",
                             "lease keep-alive --once LEASE",
                             "lease keep-alive --once LEASE -w json",
                             "lease list",
                             "put l2 3 --ignore-lease",
                             "put l1 4",
                             "get --prefix l -w fields",
                             "lease revoke LEASE",
                             "get --prefix l -w json",
                             "lease timetolive LEASE",
                             "lease keep-alive --once LEASE",
                             "lease list -w json",
                             "get --prefix l --rev=20"}) {
        line(each);
    }
    return steps;
}

// The id of the lease that was granted last, in the two forms in which etcdctl prints it.
struct Lease {
    QByteArray hex;
    QByteArray masked(QByteArray text) const {
        if (hex.isEmpty()) return text;
        return text.replace(hex, "LEASE").replace(QByteArray::number(hex.toLongLong(nullptr, 16)), "LEASE");
    }
};

void runStep(const NodeCluster& cluster, Step step, Lease& lease, QByteArrayList& out) {
    QByteArray record = "$ etcdctl " + step.arguments.join(QLatin1Char(' ')).toUtf8() + '\n';
    for (QString& argument : step.arguments) argument.replace(QLatin1String("LEASE"), QString::fromLatin1(lease.hex));
    if (step.until.isEmpty()) {
        const Output output = cluster.ctl(0, step.arguments, step.input);
        if (output.out.contains(" granted with TTL")) lease.hex = output.out.split(' ').value(1);
        record +=
            lease.masked(masked(output.out) + maskedError(output.err)) + "exit " + QByteArray::number(output.exitCode);
    } else {
        // What is written meanwhile comes in a response of its own: after the history, or once the watcher exists,
        // which the interactive form tells by answering a demand for progress behind the watcher's creation.
        const bool history = step.arguments.join(QLatin1Char(' ')).contains(QLatin1String("--rev"));
        const auto process = cluster.startCtl(0, history ? step.arguments : words("watch -i"));
        QVERIFY(process->waitForStarted());
        if (!history) process->write(step.arguments.join(QLatin1Char(' ')).toUtf8() + "\nprogress\n");
        QByteArray seen;
        const auto collect = [&](const QByteArray& wanted) {
            return waitUntil([&] {
                process->waitForReadyRead(10);
                seen += process->readAllStandardOutput();
                return seen.contains(wanted);
            });
        };
        QVERIFY2(collect(history ? "\n" : "progress notify: "), seen);
        for (const QStringList& other : step.meanwhile) QCOMPARE(cluster.ctl(0, other).exitCode, 0);
        QVERIFY2(collect(step.until), seen);
        process->kill();
        process->waitForFinished();
        record += masked(seen + process->readAllStandardOutput());
    }
    out << record;
}

}  // namespace

class TestNodeEtcdctl : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        if (!etcdIsInstalled()) QSKIP("needs etcdctl and etcd (packages etcd-client and etcd-server)");
    }

    void sameOutputAsEtcd_data() {
        QTest::addColumn<int>("members");
        QTest::newRow("one member") << 1;
        QTest::newRow("three members") << 3;
    }
    void sameOutputAsEtcd() {
        QFETCH(int, members);
        const std::vector<Ports> ports = findPorts(members);
        const QList<Step> steps = script();
        QByteArrayList transcripts[2];
        for (const Engine engine : {Engine::etcd, Engine::raftarium}) {
            NodeCluster cluster(engine, ports, {QStringLiteral("--pre-vote=true")});
            cluster.startAll();
            QVERIFY(cluster.waitHealthy());
            QByteArrayList& transcript = transcripts[engine == Engine::raftarium];
            Lease lease;
            for (const Step& step : steps) {
                // Who leads a cluster of three is chance: what shows it is left to the one-member run.
                const QString text = step.arguments.join(QLatin1Char(' '));
                if (members > 1 &&
                    (text.contains(QLatin1String("status")) || text.contains(QLatin1String("move-leader"))))
                    continue;
                runStep(cluster, step, lease, transcript);
                if (QTest::currentTestFailed()) return;
            }
        }
        QCOMPARE(transcripts[1].size(), transcripts[0].size());
        int different = 0;
        for (qsizetype i = 0; i < transcripts[0].size(); ++i) {
            if (transcripts[0][i] == transcripts[1][i]) continue;
            ++different;
            qWarning().noquote() << "\n--- etcd\n" << transcripts[0][i] << "\n--- raftarium\n" << transcripts[1][i];
        }
        QCOMPARE(different, 0);
    }

    void followersForward() {
        NodeCluster cluster(Engine::raftarium, findPorts(3));
        cluster.startAll();
        QVERIFY(cluster.waitHealthy());
        const Output granted = cluster.ctl(0, words("lease grant 600"));
        QCOMPARE(granted.exitCode, 0);
        const QString lease = QString::fromLatin1(granted.out.split(' ').value(1));
        for (int i = 0; i < cluster.size(); ++i) {
            const QString key = QStringLiteral("from-%1").arg(i);
            QCOMPARE(
                cluster.ctl(i, {QStringLiteral("put"), key, QStringLiteral("v"), QStringLiteral("--lease=") + lease})
                    .exitCode,
                0);
            // Renewal and time to live are the leader's to answer, whoever is asked.
            const Output renewed = cluster.ctl(
                i, {QStringLiteral("lease"), QStringLiteral("keep-alive"), QStringLiteral("--once"), lease});
            QVERIFY2(renewed.out.contains("keepalived with TTL(600)"), renewed.out + renewed.err);
            const Output ttl = cluster.ctl(
                i, {QStringLiteral("lease"), QStringLiteral("timetolive"), lease, QStringLiteral("--keys")});
            QVERIFY2(ttl.out.contains("granted with TTL(600s)") && ttl.out.contains(key.toUtf8()), ttl.out + ttl.err);
            for (int j = 0; j < cluster.size(); ++j) {
                QCOMPARE(cluster.ctl(j, {QStringLiteral("get"), key, QStringLiteral("--print-value-only")}).out,
                         QByteArray("v\n"));
            }
        }
        QSet<QByteArray> hashes;
        for (int i = 0; i < cluster.size(); ++i) {
            hashes.insert(cluster.ctl(i, words("endpoint hashkv")).out.split(',').value(1).trimmed());
        }
        QCOMPARE(hashes.size(), 1);
    }

    void unknownMethodsSayTheirName() {
        NodeCluster cluster(Engine::raftarium, findPorts(1));
        cluster.startAll();
        QVERIFY(cluster.waitHealthy());
        const Output output = cluster.ctl(0, words("role add r"));
        QVERIFY(output.exitCode != 0);
        QVERIFY2(output.err.contains("Unimplemented") && output.err.contains("/etcdserverpb.Auth/RoleAdd"), output.err);
    }
};

RAFTARIUM_TEST_CLASS(TestNodeEtcdctl)
#include "node_etcdctl.moc"
