// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The app itself on a cluster of real processes: it says of itself that it shows five nodes and a leader, and its
// picture is not blank. Under Xvfb where there is one, else with the offscreen platform.
#include <QFileInfo>
#include <QImage>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QSet>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

class TestSmoke : public QObject {
    Q_OBJECT

private slots:
    void showsALivingCluster();
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
    QStringList arguments{QStringLiteral("--open"),  QStringLiteral("smoke"),        QStringLiteral("--pace"),
                          QStringLiteral("etcd"),    QStringLiteral("--screenshot"), picture,
                          QStringLiteral("--at"),    QStringLiteral("12"),           QStringLiteral("--size"),
                          QStringLiteral("1200x800")};
    QString program = bin + QStringLiteral("/raftarium");
    const QString xvfb = QStandardPaths::findExecutable(QStringLiteral("xvfb-run"));
    const bool display = !xvfb.isEmpty() && !QStandardPaths::findExecutable(QStringLiteral("xauth")).isEmpty();
    if (display) {
        environment.remove(QStringLiteral("QT_QPA_PLATFORM"));
        arguments =
            QStringList{QStringLiteral("-a"), QStringLiteral("-s"), QStringLiteral("-screen 0 1280x900x24"), program} +
            arguments;
        program = xvfb;
    }
    QProcess app;
    app.setProcessEnvironment(environment);
    app.start(program, arguments);
    QVERIFY2(app.waitForFinished(100'000), qPrintable(app.errorString()));
    const QByteArray said = app.readAllStandardOutput();
    const QByteArray complained = app.readAllStandardError();
    QVERIFY2(app.exitStatus() == QProcess::NormalExit && app.exitCode() == 0, (said + complained).constData());
    const QJsonObject state = QJsonDocument::fromJson(said.trimmed().split('\n').last()).object();
    QCOMPARE(state[QStringLiteral("phase")].toString(), QStringLiteral("live"));
    const QJsonArray nodes = state[QStringLiteral("nodes")].toArray();
    QCOMPARE(nodes.size(), 5);
    for (const QJsonValue& node : nodes)
        QCOMPARE(node.toObject()[QStringLiteral("process")].toString(), QStringLiteral("running"));
    QVERIFY2(!state[QStringLiteral("leader")].toString().isEmpty(), said.constData());
    QVERIFY(state[QStringLiteral("term")].toInt() >= 1);

    const QImage image(picture);
    QCOMPARE(image.size(), QSize(1200, 800));
    QSet<QRgb> colours;
    for (int x = 0; x < image.width(); x += 5)
        for (int y = 0; y < image.height(); y += 5) colours.insert(image.pixel(x, y));
    QVERIFY2(colours.size() > 40, qPrintable(QStringLiteral("%1 colours").arg(colours.size())));
    QVERIFY2(!complained.contains(".qml:"), complained.constData());
}

QTEST_GUILESS_MAIN(TestSmoke)
#include "test_smoke.moc"
