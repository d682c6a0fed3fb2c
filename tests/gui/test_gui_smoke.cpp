// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The app itself on a cluster of real processes: it says of itself that it shows five nodes and a leader, and its
// picture is not blank. Under Xvfb where there is one, else with the offscreen platform.
#include "tests/runner/test_class.h"

#include <QFileInfo>
#include <QImage>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRegularExpression>
#include <QSet>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <unistd.h>

namespace {

struct Ended {
    int code = -1;
    QByteArray out, err;
};

// The app opens the cluster "smoke", and ends when it has written its window and its state.
Ended takePicture(const QString& picture, int seconds, QProcessEnvironment environment) {
    QString program = qEnvironmentVariable("RAFTARIUM_BIN") + QStringLiteral("/raftarium");
    QStringList arguments{QStringLiteral("--open"),  QStringLiteral("smoke"),        QStringLiteral("--pace"),
                          QStringLiteral("etcd"),    QStringLiteral("--screenshot"), picture,
                          QStringLiteral("--at"),    QString::number(seconds),       QStringLiteral("--size"),
                          QStringLiteral("1200x800")};
    const QString xvfb = QStandardPaths::findExecutable(QStringLiteral("xvfb-run"));
    if (!xvfb.isEmpty() && !QStandardPaths::findExecutable(QStringLiteral("xauth")).isEmpty()) {
        environment.remove(QStringLiteral("QT_QPA_PLATFORM"));
        arguments =
            QStringList{QStringLiteral("-a"), QStringLiteral("-s"), QStringLiteral("-screen 0 1280x900x24"), program} +
            arguments;
        program = xvfb;
    }
    QProcess app;
    app.setProcessEnvironment(environment);
    app.setChildProcessModifier([] { ::setpgid(0, 0); });
    app.start(program, arguments);
    const bool ended = app.waitForStarted() && app.waitForFinished((seconds + 120) * 1000);
    if (!ended) {
        // The display and the app under it, too.
        if (app.processId() > 0) ::kill(-static_cast<pid_t>(app.processId()), SIGKILL);
        app.waitForFinished();
    }
    const bool normal = ended && app.exitStatus() == QProcess::NormalExit;
    return {normal ? app.exitCode() : -1, app.readAllStandardOutput(), app.readAllStandardError()};
}

Ended run(const char* name, const QStringList& arguments, const QProcessEnvironment& environment) {
    QProcess program;
    program.setProcessEnvironment(environment);
    program.start(qEnvironmentVariable("RAFTARIUM_BIN") + QLatin1Char('/') + QString::fromLatin1(name), arguments);
    const bool ended = program.waitForFinished(120'000) && program.exitStatus() == QProcess::NormalExit;
    return {ended ? program.exitCode() : -1, program.readAllStandardOutput(), program.readAllStandardError()};
}
Ended runApp(const QStringList& arguments, const QProcessEnvironment& environment) {
    return run("raftarium", arguments, environment);
}

// Clusters, settings and sockets of this test alone.
QProcessEnvironment environmentIn(const QTemporaryDir& directory) {
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
    environment.insert(QStringLiteral("XDG_DATA_HOME"), directory.filePath(QStringLiteral("data")));
    environment.insert(QStringLiteral("XDG_CONFIG_HOME"), directory.filePath(QStringLiteral("config")));
    environment.insert(QStringLiteral("XDG_RUNTIME_DIR"), directory.path());
    return environment;
}

bool showsLeader(const QJsonObject& state) {
    return state[QStringLiteral("phase")].toString() == QStringLiteral("live") &&
           !state[QStringLiteral("leader")].toString().isEmpty();
}

}  // namespace

class TestSmoke : public QObject {
    Q_OBJECT

private slots:
    void showsALivingCluster();
    void saysWhatToDoWithoutADisplay();
    void noPictureOfABadRecording_data();
    void noPictureOfABadRecording();
    void aSignalEndsItAsAClosedWindow();
    void aKilledAppLeavesItsRecording_data();
    void aKilledAppLeavesItsRecording();
};

void TestSmoke::showsALivingCluster() {
    const QString bin = qEnvironmentVariable("RAFTARIUM_BIN");
    if (!QFileInfo::exists(bin + QStringLiteral("/raftarium-node"))) QSKIP("raftarium-node is not built");
    QTemporaryDir directory;
    QVERIFY(directory.isValid());
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("XDG_DATA_HOME"), directory.filePath(QStringLiteral("data")));
    environment.insert(QStringLiteral("XDG_CONFIG_HOME"), directory.filePath(QStringLiteral("config")));
    environment.insert(QStringLiteral("XDG_RUNTIME_DIR"), directory.path());
    const QString picture = directory.filePath(QStringLiteral("window.png"));
    // A busy machine may need longer until there is a leader to show.
    QByteArray complained;
    QJsonObject state;
    for (const int seconds : {12, 40, 120}) {
        Ended app = takePicture(picture, seconds, environment);
        QVERIFY2(app.code == 0, (app.out + app.err).constData());
        state = QJsonDocument::fromJson(app.out.trimmed().split('\n').last()).object();
        complained = app.err;
        if (showsLeader(state)) break;
    }
    QCOMPARE(state[QStringLiteral("phase")].toString(), QStringLiteral("live"));
    const QJsonArray nodes = state[QStringLiteral("nodes")].toArray();
    QCOMPARE(nodes.size(), 5);
    for (const QJsonValue& node : nodes)
        QCOMPARE(node.toObject()[QStringLiteral("process")].toString(), QStringLiteral("running"));
    QVERIFY2(showsLeader(state), QJsonDocument(state).toJson().constData());
    QVERIFY(state[QStringLiteral("term")].toInt() >= 1);

    const QImage image(picture);
    QCOMPARE(image.size(), QSize(1200, 800));
    QSet<QRgb> colours;
    for (int x = 0; x < image.width(); x += 5)
        for (int y = 0; y < image.height(); y += 5) colours.insert(image.pixel(x, y));
    QVERIFY2(colours.size() > 40, qPrintable(QStringLiteral("%1 colours").arg(colours.size())));
    QVERIFY2(!complained.contains(".qml:"), complained.constData());
}

void TestSmoke::saysWhatToDoWithoutADisplay() {
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"})
        environment.remove(QString::fromLatin1(name));
    const auto run = [&](const QStringList& arguments) { return runApp(arguments, environment); };
    const Ended plain = run({});
    QCOMPARE(plain.code, 1);
    QVERIFY2(plain.err.contains("raftariumctl cluster start demo"), plain.err.constData());
    QCOMPARE(run({QStringLiteral("--help")}).code, 0);
    const Ended wrong = run({QStringLiteral("--theme"), QStringLiteral("pink")});
    QCOMPARE(wrong.code, 2);
    QVERIFY2(wrong.err.contains("theme"), wrong.err.constData());
}

void TestSmoke::noPictureOfABadRecording_data() {
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QByteArray>("says");
    QTest::newRow("empty") << QByteArray("") << QByteArray("not a Raftarium recording");
    QTest::newRow("text") << QByteArray("hello there\n") << QByteArray("not a Raftarium recording");
    QTest::newRow("missing") << QByteArray() << QByteArray("No such file");
}
void TestSmoke::noPictureOfABadRecording() {
    QFETCH(QByteArray, content);
    QFETCH(QByteArray, says);
    QTemporaryDir directory;
    const QString recording = directory.filePath(QStringLiteral("bad.trace"));
    const QString picture = directory.filePath(QStringLiteral("picture.png"));
    if (!content.isNull()) {
        QFile file(recording);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(content), content.size());
    }
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
    environment.insert(QStringLiteral("XDG_CONFIG_HOME"), directory.path());
    const Ended refused =
        runApp({QStringLiteral("--replay"), recording, QStringLiteral("--screenshot"), picture}, environment);
    QCOMPARE(refused.code, 2);
    QVERIFY2(refused.err.contains("bad.trace") && refused.err.contains(says), refused.err.constData());
    QVERIFY(!QFile::exists(picture));
}

// Ctrl-C in the terminal: the nodes are gone, and the recording is whole.
void TestSmoke::aSignalEndsItAsAClosedWindow() {
    const QString bin = qEnvironmentVariable("RAFTARIUM_BIN");
    if (!QFileInfo::exists(bin + QStringLiteral("/raftarium-node"))) QSKIP("raftarium-node is not built");
    QTemporaryDir directory;
    const QString recording = directory.filePath(QStringLiteral("session.trace"));
    const QProcessEnvironment environment = environmentIn(directory);
    const auto ctl = [&](const QStringList& arguments) { return run("raftariumctl", arguments, environment); };
    QProcess app;
    app.setProcessEnvironment(environment);
    app.start(bin + QStringLiteral("/raftarium"),
              {QStringLiteral("--open"), QStringLiteral("signalled"), QStringLiteral("--nodes"), QStringLiteral("1"),
               QStringLiteral("--pace"), QStringLiteral("etcd"), QStringLiteral("--record"), recording});
    QVERIFY(app.waitForStarted());
    static const QRegularExpression kLeader(QStringLiteral("n1 +running +(\\d+) +leader"));
    QRegularExpressionMatch leads;
    QTRY_VERIFY_WITH_TIMEOUT(
        (leads = kLeader.match(QString::fromUtf8(ctl({QStringLiteral("cluster"), QStringLiteral("status")}).out)))
            .hasMatch(),
        60'000);
    app.terminate();
    QVERIFY(app.waitForFinished(30'000));
    QCOMPARE(app.exitStatus(), QProcess::NormalExit);
    QVERIFY2(app.exitCode() == 0, app.readAllStandardError().constData());
    QVERIFY(::kill(static_cast<pid_t>(leads.captured(1).toInt()), 0) != 0);
    const Ended dump = ctl({QStringLiteral("trace"), QStringLiteral("dump"), recording});
    QVERIFY2(dump.code == 0 && dump.err.isEmpty(), dump.err.constData());
    QVERIFY2(dump.out.contains("n1 starts"), dump.out.left(2000).constData());
}

// What was recorded is in the file while its writer still runs: without a further event, and however it ends.
void TestSmoke::aKilledAppLeavesItsRecording_data() {
    QTest::addColumn<QString>("program");
    QTest::newRow("the app") << QStringLiteral("raftarium");
    QTest::newRow("trace record") << QStringLiteral("raftariumctl");
}
void TestSmoke::aKilledAppLeavesItsRecording() {
    QFETCH(QString, program);
    const QString bin = qEnvironmentVariable("RAFTARIUM_BIN") + QLatin1Char('/');
    if (!QFileInfo::exists(bin + QStringLiteral("raftarium-node"))) QSKIP("raftarium-node is not built");
    QTemporaryDir directory;
    const QString recording = directory.filePath(QStringLiteral("session.trace"));
    const QProcessEnvironment environment = environmentIn(directory);
    const auto ctl = [&](const QStringList& arguments) { return run("raftariumctl", arguments, environment); };
    QProcess app, recorder;
    for (QProcess* process : {&app, &recorder}) process->setProcessEnvironment(environment);
    const bool isApp = program == QLatin1String("raftarium");
    QStringList arguments{QStringLiteral("--open"), QStringLiteral("killed"), QStringLiteral("--nodes"),
                          QStringLiteral("1"),      QStringLiteral("--pace"), QStringLiteral("etcd")};
    if (isApp) arguments << QStringLiteral("--record") << recording;
    app.start(bin + QStringLiteral("raftarium"), arguments);
    QVERIFY(app.waitForStarted());
    QTRY_COMPARE_WITH_TIMEOUT(ctl({QStringLiteral("put"), QStringLiteral("first"), QStringLiteral("1")}).code, 0,
                              60'000);
    if (!isApp) {
        recorder.start(bin + QStringLiteral("raftariumctl"),
                       {QStringLiteral("trace"), QStringLiteral("record"), recording});
        QVERIFY(recorder.waitForStarted());
    }
    const auto dumped = [&] { return ctl({QStringLiteral("trace"), QStringLiteral("dump"), recording}).out; };
    QTRY_VERIFY_WITH_TIMEOUT(dumped().contains("n1 reports"), 60'000);
    QCOMPARE(ctl({QStringLiteral("put"), QStringLiteral("marker"), QStringLiteral("5")}).code, 0);
    QTRY_VERIFY_WITH_TIMEOUT(dumped().contains("put marker = 5"), 30'000);
    (isApp ? app : recorder).kill();
    QVERIFY((isApp ? app : recorder).waitForFinished(30'000));
    QVERIFY(dumped().contains("put marker = 5"));
    app.kill();
    QVERIFY(app.state() == QProcess::NotRunning || app.waitForFinished(30'000));
}

RAFTARIUM_TEST_CLASS(TestSmoke)
#include "test_gui_smoke.moc"
