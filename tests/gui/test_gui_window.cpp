// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The whole window on a model cluster, without a display: it loads without a complaint, shows something, and its keys
// and its pointer do what they say.
#include "gui/app/window.h"
#include "gui/stage/stage_item.h"
#include "gui/theme/theme.h"
#include "gui/timeline/timeline_item.h"
#include "tests/gui/fake_cluster.h"
#include "tests/observe/synthetic_cluster.h"
#include "tests/runner/test_class.h"

#include <QGuiApplication>
#include <QImage>
#include <QSet>
#include <QSignalSpy>
#include <QTest>

using namespace raftarium;
using namespace raftarium::gui;
using observe::TimeNs;

namespace {

constexpr TimeNs kSecond = 1'000'000'000;
constexpr int kWithinMs = 60'000;
QStringList complaints;

void collect(QtMsgType type, const QMessageLogContext&, const QString& text) {
    if (type != QtDebugMsg && type != QtInfoMsg && text.contains(QLatin1String(".qml"))) complaints.append(text);
}

template <typename Item>
Item* findItem(QQuickItem* from) {
    if (auto* item = qobject_cast<Item*>(from)) return item;
    for (QQuickItem* child : from->childItems())
        if (auto* found = findItem<Item>(child)) return found;
    return nullptr;
}

}  // namespace

class TestWindow : public QObject {
    Q_OBJECT

private slots:
    void init();
    void cleanup();
    void showsTheCluster();
    void keysMoveThePlayhead();
    void keysSelectAndKill();
    void keysChangeTheLook();
    void draggingDividesTheCluster();
    void tapeScrubs();
    void bothThemesAndSizesLoad_data();
    void bothThemesAndSizesLoad();
    void saysWhyNothingOpened();

private:
    QQuickWindow* window() const { return m_window->window(); }
    testing::SyntheticOptions m_model;
    TimeNs m_now = 0;
    std::shared_ptr<testing::FakeCluster> m_cluster;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<ClusterOpener> m_opener;
    std::unique_ptr<MainWindow> m_window;
};

void TestWindow::init() {
    complaints.clear();
    qInstallMessageHandler(collect);
    m_now = m_model.startNs + 10 * kSecond;
    m_session = std::make_unique<Session>([this] { return m_now; });
    m_opener = std::make_unique<ClusterOpener>();
    m_cluster = std::make_shared<testing::FakeCluster>();
    m_session->startLive(QStringLiteral("model"), m_cluster);
    std::vector<observe::Event> events;
    for (observe::Event& event : testing::synthesize(m_model))
        if (event.atNs <= m_now) events.push_back(std::move(event));
    m_session->post(std::move(events));
    m_window = std::make_unique<MainWindow>(m_session.get(), m_opener.get(), QSize(1300, 800));
    QVERIFY(window());
    QVERIFY(QTest::qWaitForWindowExposed(window()));
    m_session->advance(0.016);
}

void TestWindow::cleanup() {
    m_window.reset();
    m_session.reset();
    qInstallMessageHandler(nullptr);
    QVERIFY2(complaints.isEmpty(), qPrintable(complaints.join(QLatin1Char('\n'))));
}

void TestWindow::showsTheCluster() {
    auto* stage = findItem<StageItem>(window()->contentItem());
    QVERIFY(stage);
    QCOMPARE(stage->labels()->rowCount(), 5);
    QVERIFY(!m_session->summary()->leaderName().isEmpty());
    QVERIFY(m_session->feed()->count() > 5);
    const QImage image = window()->grabWindow();
    QCOMPARE(image.size(), QSize(1300, 800));
    const QPoint centre = stage->mapToScene(stage->centreOf(QStringLiteral("n1"))).toPoint();
    QSet<QRgb> colours;
    for (int x = -20; x <= 20; ++x)
        for (int y = -20; y <= 20; ++y) colours.insert(image.pixel(centre + QPoint(x, y)));
    QVERIFY2(colours.size() > 3, "the node's disc with its name on it");
}

void TestWindow::keysMoveThePlayhead() {
    QVERIFY(m_session->player()->mode() == Player::Following);
    QTest::keyClick(window(), Qt::Key_Space);
    QVERIFY(m_session->player()->mode() == Player::Paused);
    const TimeNs paused = m_session->player()->atNs();
    QTest::keyClick(window(), Qt::Key_Left);
    QVERIFY(m_session->player()->atNs() < paused);
    const TimeNs earlier = m_session->player()->atNs();
    QTest::keyClick(window(), Qt::Key_Right, Qt::ShiftModifier);
    QVERIFY(m_session->player()->atNs() > earlier);
    QTest::keyClick(window(), Qt::Key_L);
    QVERIFY(m_session->player()->mode() == Player::Following);
}

void TestWindow::keysSelectAndKill() {
    QTest::keyClick(window(), Qt::Key_3);
    QCOMPARE(m_session->roster()->selected(), QStringLiteral("n3"));
    QSignalSpy said(m_session->actions(), &Actions::toast);
    QTest::keyClick(window(), Qt::Key_K);
    QTRY_COMPARE_WITH_TIMEOUT(said.count(), 1, kWithinMs);
    QCOMPARE(m_cluster->done(), std::vector<std::string>{"kill n3"});
}

void TestWindow::keysChangeTheLook() {
    Theme* theme = Theme::instance();
    const bool dark = theme->dark(), reduced = theme->reducedMotion();
    QTest::keyClick(window(), Qt::Key_T);
    QCOMPARE(theme->dark(), !dark);
    QTest::keyClick(window(), Qt::Key_R);
    QCOMPARE(theme->reducedMotion(), !reduced);
    QTest::keyClick(window(), Qt::Key_T);
    QTest::keyClick(window(), Qt::Key_R);
    QCOMPARE(theme->dark(), dark);
    QCOMPARE(theme->reducedMotion(), reduced);
}

void TestWindow::draggingDividesTheCluster() {
    auto* stage = findItem<StageItem>(window()->contentItem());
    QSignalSpy said(m_session->actions(), &Actions::toast);
    // Just right of the first node, from top to bottom: n2 and n3 on one side.
    const QPointF first = stage->mapToScene(stage->centreOf(QStringLiteral("n1")));
    const QPointF left = stage->mapToScene(stage->centreOf(QStringLiteral("n4")));
    const QPointF right = stage->mapToScene(stage->centreOf(QStringLiteral("n3")));
    QTest::keyClick(window(), Qt::Key_P);
    const QPoint from((first + QPointF(stage->discRadius() * 2, -stage->discRadius())).toPoint());
    const QPoint to(((left + right) / 2).toPoint());
    QTest::mousePress(window(), Qt::LeftButton, {}, from);
    for (int i = 1; i <= 10; ++i) QTest::mouseMove(window(), from + (to - from) * i / 10);
    QTest::mouseRelease(window(), Qt::LeftButton, {}, to);
    QTRY_COMPARE_WITH_TIMEOUT(said.count(), 1, kWithinMs);
    QCOMPARE(m_cluster->done().size(), std::size_t{1});
    const std::string done = m_cluster->done().front();
    QVERIFY2(done == "partition n2,n3 n1,n4,n5" || done == "partition n1,n4,n5 n2,n3", done.c_str());
}

void TestWindow::tapeScrubs() {
    auto* tape = findItem<TimelineItem>(window()->contentItem());
    QVERIFY(tape);
    const QPoint place = tape->mapToScene(QPointF(tape->width() * 0.4, tape->height() * 0.4)).toPoint();
    QTest::mouseClick(window(), Qt::LeftButton, {}, place);
    QVERIFY(m_session->player()->mode() == Player::Paused);
    QVERIFY(m_session->player()->atNs() < m_now - kSecond);
    QVERIFY(std::abs(tape->playheadX() - tape->width() * 0.4) < 3);
}

void TestWindow::bothThemesAndSizesLoad_data() {
    QTest::addColumn<bool>("night");
    QTest::addColumn<QSize>("size");
    for (const bool night : {true, false})
        for (const QSize size : {QSize(900, 600), QSize(1920, 1080)})
            QTest::addRow("%s %d", night ? "night" : "projector", size.width()) << night << size;
}

void TestWindow::bothThemesAndSizesLoad() {
    QFETCH(bool, night);
    QFETCH(QSize, size);
    Theme::instance()->setName(night ? Theme::Night : Theme::Projector);
    window()->resize(size);
    QTRY_COMPARE_WITH_TIMEOUT(window()->size(), size, kWithinMs);
    const QImage image = window()->grabWindow();
    QCOMPARE(image.pixelColor(2, size.height() - 2), Theme::instance()->color().window);
    Theme::instance()->setName(Theme::Night);
}

void TestWindow::saysWhyNothingOpened() {
    m_session->fail(QStringLiteral("port 2379 is taken"));
    QSignalSpy again(m_opener.get(), &ClusterOpener::againAsked);
    QVERIFY(m_session->phase() == Session::Failed);
    QCOMPARE(m_session->phaseText(), QStringLiteral("port 2379 is taken"));
    m_opener->openAgain();
    QCOMPARE(again.count(), 1);
    QVERIFY(!window()->grabWindow().isNull());
}

RAFTARIUM_TEST_CLASS(TestWindow)
#include "test_gui_window.moc"
