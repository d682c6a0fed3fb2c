// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Every text that a person reads can be translated: the whole window is shown in a made-up language (text_walk.h), and
// no text of it may be in English.
#include "cluster/base/clock.h"
#include "gui/app/cluster_link.h"
#include "gui/app/options.h"
#include "gui/app/window.h"
#include "gui/models/language.h"
#include "gui/models/say.h"
#include "gui/models/settings.h"
#include "gui/stage/stage_item.h"
#include "gui/timeline/timeline_item.h"
#include "tests/gui/fake_cluster.h"
#include "tests/gui/text_walk.h"
#include "tests/observe/synthetic_cluster.h"
#include "tests/runner/test_class.h"

#include <QFileInfo>
#include <QQmlComponent>
#include <QSettings>
#include <QSignalSpy>
#include <QTest>
#include <QTimer>
#include <QXmlStreamReader>

using namespace raftarium;
using namespace raftarium::gui;
using observe::TimeNs;

namespace {

constexpr TimeNs kSecond = 1'000'000'000;
constexpr int kPatienceMs = 60'000;

// Words between the marks that are data: node names, the cluster's name, ids, addresses, what clients ask for and
// write, what an entry of the log holds ("noop", "cluster version 3.4.0"), what a person typed.
const QRegularExpression kData(
    QStringLiteral("^(n\\d+|walk|put|get|noop|publish|cluster|version|add|http|x[0-9a-f]{2,8}|[0-9a-f]{8,16}|k\\d+|key-"
                   "?\\d*|value-?\\d*|"
                   "greeting|hello|again|course|room|students|H-104|x|explode|a|q|raftariumctl|start|ETCDCTL_API|"
                   "etcdctl|endpoints)$"));

template <typename Item>
Item* findItem(QQuickItem* from) {
    if (auto* item = qobject_cast<Item*>(from)) return item;
    for (QQuickItem* child : from->childItems())
        if (auto* found = findItem<Item>(child)) return found;
    return nullptr;
}

struct Message {
    QString context, source;
    bool numerus = false, finished = true;
};
std::vector<Message> messagesOf(const QString& file) {
    std::vector<Message> messages;
    QFile in(file);
    if (!in.open(QIODevice::ReadOnly)) return messages;
    QXmlStreamReader reader(&in);
    QString context;
    while (!reader.atEnd()) {
        if (!reader.readNextStartElement()) continue;
        if (reader.name() == u"name") context = reader.readElementText();
        if (reader.name() == u"message")
            messages.push_back({context, {}, reader.attributes().value(QLatin1String("numerus")) == u"yes", true});
        if (reader.name() == u"source") messages.back().source = reader.readElementText();
        if (reader.name() == u"translation")
            messages.back().finished = reader.attributes().value(QLatin1String("type")) != u"unfinished";
    }
    return messages;
}
QStringList keysOf(const std::vector<Message>& messages, bool numerusOnly = false) {
    QStringList keys;
    for (const Message& message : messages)
        if (message.numerus || !numerusOnly) keys.append(message.context + QStringLiteral(": ") + message.source);
    keys.sort();
    return keys;
}

}  // namespace

class TestTranslation : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void init();
    void cleanup();
    void filesHoldAllTexts();
    void walkFindsABadText_data();
    void walkFindsABadText();
    void textsWithValues();
    void languagesChangeWhileRunning();
    void everyStateOfTheWindow();
    void everyMenuAndDialog();
    void whatThePointerShows();
    void everyPanelOfARealNode();
    void commandLine();

private:
    void show(double seconds);
    QStringList bad() const { return testing::untranslatedTexts(m_window->window(), kData); }
    // What was asked for so far is on screen.
    void awaitFrame() const {
        QSignalSpy swapped(m_window->window(), &QQuickWindow::frameSwapped);
        m_window->window()->update();
        QVERIFY(swapped.wait(kPatienceMs));
    }
    void verifyTranslated(const char* state) const {
        const QStringList findings = bad();
        QVERIFY2(findings.isEmpty(),
                 qPrintable(QString::fromUtf8(state) + QStringLiteral(": ") + findings.join(QLatin1Char('\n'))));
    }

    QTemporaryDir m_folder;
    testing::PseudoLanguage m_pseudo;
    testing::SyntheticOptions m_model;
    TimeNs m_now = 0;
    std::unique_ptr<Language> m_language;
    std::shared_ptr<testing::FakeCluster> m_cluster;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<ClusterOpener> m_opener;
    std::unique_ptr<MainWindow> m_window;
};

void TestTranslation::initTestCase() {
    QVERIFY(m_folder.isValid());
    m_pseudo = testing::makePseudoLanguage(m_folder.path());
    QVERIFY2(m_pseudo.problem.isEmpty(), qPrintable(m_pseudo.problem));
}

void TestTranslation::init() {
    m_language = std::make_unique<Language>();
    QVERIFY(m_language->useFile(m_pseudo.qmFile));
    m_session = std::make_unique<Session>([this] { return m_now; });
    m_opener = std::make_unique<ClusterOpener>();
    m_cluster = std::make_shared<testing::FakeCluster>();
    m_window = std::make_unique<MainWindow>(m_session.get(), m_opener.get(), QSize(1600, 1000));
    QVERIFY(m_window->window());
    QVERIFY(QTest::qWaitForWindowExposed(m_window->window()));
}

void TestTranslation::cleanup() {
    m_window.reset();
    m_session.reset();
    m_language.reset();
}

// The model cluster as it is that long after its start.
void TestTranslation::show(double seconds) {
    m_now = m_model.startNs + static_cast<TimeNs>(seconds * 1e9);
    m_session->opening(QStringLiteral("walk"), {});
    m_session->startLive(QStringLiteral("walk"), m_cluster);
    std::vector<observe::Event> events;
    for (observe::Event& event : testing::synthesize(m_model))
        if (event.atNs <= m_now) events.push_back(std::move(event));
    m_session->post(std::move(events));
    m_session->advance(0.016);
    awaitFrame();
}

// Whoever writes a new text runs `ninja update_translations`; else this says so.
void TestTranslation::filesHoldAllTexts() {
    const std::vector<Message> extracted = messagesOf(m_pseudo.tsFile);
    QVERIFY(extracted.size() > 200);
    const QString folder = QStringLiteral(RAFTARIUM_TRANSLATIONS "/raftarium_%1.ts");
    const std::vector<Message> english = messagesOf(folder.arg(QStringLiteral("en")));
    const QString advice = QStringLiteral("\nTexts changed: run ninja -C build/release update_translations");
    const auto differing = [](const QStringList& a, const QStringList& b) {
        QStringList only;
        for (const QString& key : a)
            if (!b.contains(key)) only.append(key);
        return only.join(QLatin1Char('\n'));
    };
    const QStringList wanted = keysOf(extracted), there = keysOf(messagesOf(folder.arg(QStringLiteral("zh_CN"))));
    QVERIFY2(wanted == there, qPrintable(differing(wanted, there) + differing(there, wanted) + advice));
    const QStringList plurals = keysOf(extracted, true), englishPlurals = keysOf(english);
    QVERIFY2(plurals == englishPlurals, qPrintable(differing(plurals, englishPlurals) + advice));
    for (const Message& message : english) QVERIFY2(message.finished, qPrintable(message.source));
}

void TestTranslation::walkFindsABadText_data() {
    QTest::addColumn<QByteArray>("qml");
    QTest::addColumn<bool>("isBad");
    const auto window = [](const char* inside) {
        return QByteArray(
                   "import QtQuick\nimport QtQuick.Templates as T\nimport Raftarium.Theme\nWindow { visible: true; "
                   "width: 200; height: 200; ") +
               inside + "}";
    };
    QTest::newRow("plain text") << window("Text { text: 'Hello' }") << true;
    QTest::newRow("marked") << window("Text { text: '⟦Ĥéľľó⟧' }") << false;
    QTest::newRow("number") << window("Text { text: '12 · 5 %' }") << false;
    QTest::newRow("glued") << window("Text { text: '⟦Ĥéľľó⟧ world' }") << true;
    QTest::newRow("not shown") << window("Text { text: 'Hello'; visible: false }") << false;
    QTest::newRow("value in English") << window("Text { text: '⟦Ĥéľľó Leader⟧' }") << true;
    QTest::newRow("value that is data") << window("Text { text: '⟦Ĥéľľó n1⟧' }") << false;
    QTest::newRow("data") << window("TextLabel { text: 'some/key'; isData: true }") << false;
    QTest::newRow("label") << window("TextLabel { text: 'Stop' }") << true;
    QTest::newRow("name for screen readers")
        << window("Rectangle { width: 9; height: 9; Accessible.role: Accessible.Button; Accessible.name: 'Stop' }")
        << true;
    QTest::newRow("tooltip") << window("Rectangle { width: 9; height: 9; Hint { text: 'Stop' } }") << true;
    QTest::newRow("placeholder") << window("Field { placeholderText: 'key' }") << true;
    QTest::newRow("title") << window("title: 'Hello'") << true;
}

void TestTranslation::walkFindsABadText() {
    QFETCH(QByteArray, qml);
    QFETCH(bool, isBad);
    QQmlEngine engine;
    engine.addImportPath(QStringLiteral("qrc:/qt/qml"));
    QQmlComponent component(&engine);
    component.setData(qml, {});
    const std::unique_ptr<QObject> object(component.create());
    QVERIFY2(object, qPrintable(component.errorString()));
    auto* window = qobject_cast<QQuickWindow*>(object.get());
    QVERIFY(QTest::qWaitForWindowExposed(window));
    const QStringList findings = testing::untranslatedTexts(window, kData);
    QVERIFY2(findings.isEmpty() != isBad, qPrintable(findings.join(QLatin1Char('\n'))));
}

void TestTranslation::textsWithValues() {
    const base::Text inner{RAFTARIUM_TEXT("Options", "night or projector"), {}};
    const base::Text outer{RAFTARIUM_TEXT("Options", "--{0} {1}: give {2}"), {"theme", "{2} %1", inner}};
    QCOMPARE(say(outer), QStringLiteral("⟦--theme {2} %1: ğíṽé ⟦ñíğĥť óŕ þŕóĵéçťóŕ⟧⟧"));
    QCOMPARE(say(base::sayError(base::Errc::invalidArgument, inner)), QStringLiteral("⟦ñíğĥť óŕ þŕóĵéçťóŕ⟧"));
    QCOMPARE(say(base::Error{base::Errc::internal, "etcdserver: no leader"}), QStringLiteral("etcdserver: no leader"));
    m_language->use(QStringLiteral("en"));
    QCOMPARE(say(outer), QStringLiteral("--theme {2} %1: give night or projector"));
}

void TestTranslation::languagesChangeWhileRunning() {
    show(10.5);
    verifyTranslated("made-up");
    const QString caption = m_session->feed()->caption();
    m_language->use(QStringLiteral("en"));
    awaitFrame();
    QVERIFY2(bad().size() > 30, "all of it is in English again");
    QVERIFY(m_session->feed()->caption() != caption);
    QVERIFY(m_language->useFile(m_pseudo.qmFile));
    m_session->advance(0.016);
    awaitFrame();
    verifyTranslated("made-up again");
    QCOMPARE(m_session->feed()->caption(), caption);
    QVERIFY(!m_language->useFile(QStringLiteral("/nowhere.qm")));
}

void TestTranslation::everyStateOfTheWindow() {
    verifyTranslated("empty");
    m_session->opening(QStringLiteral("walk"), {});
    verifyTranslated("opening");
    // The model elects, is killed, comes back and is divided: each of it is in the feed and on the stage.
    for (double seconds = 0.5; seconds < 18; seconds += 0.5) {
        show(seconds);
        verifyTranslated(qPrintable(QStringLiteral("at %1 s").arg(seconds)));
    }
    m_session->player()->seek(m_session->player()->beginNs() + 5 * kSecond);
    awaitFrame();
    verifyTranslated("the past");
    m_session->player()->setSpeed(0.25);
    m_session->player()->togglePlay();
    verifyTranslated("slow motion");
    m_session->actions()->node(QStringLiteral("explode"), QStringLiteral("n1"));
    m_session->actions()->put(QStringLiteral("a\\q"), QStringLiteral("1"));
    verifyTranslated("toasts");
    m_session->fail(say(base::sayError(base::Errc::internal, {RAFTARIUM_TEXT("Options", "night or projector"), {}})));
    verifyTranslated("failed");
    m_session->startReplay(QStringLiteral("walk"), testing::synthesize(m_model));
    m_session->advance(0.016);
    awaitFrame();
    verifyTranslated("recording");
}

void TestTranslation::everyMenuAndDialog() {
    show(10.5);
    int opened = 0;
    for (QObject* popup : m_window->window()->findChildren<QObject*>()) {
        if (!popup->inherits("QQuickPopup") || popup->inherits("QQuickToolTip")) continue;
        for (const char* name : {"node", "from", "to"})
            if (popup->property(name).isValid()) popup->setProperty(name, QStringLiteral("n2"));
        // Of a menu, all that may be in it.
        for (const char* process : {"running", "stopped", "paused"}) {
            if (popup->property("process").isValid()) popup->setProperty("process", QString::fromLatin1(process));
            for (const char* role : {"follower", "leader", "learner"}) {
                if (popup->property("role").isValid()) popup->setProperty("role", QString::fromLatin1(role));
                QVERIFY(QMetaObject::invokeMethod(popup, "open"));
                QTRY_VERIFY(popup->property("opened").toBool());
                verifyTranslated(popup->metaObject()->className());
                if (!popup->property("role").isValid()) break;
            }
            if (!popup->property("process").isValid()) break;
        }
        QVERIFY(QMetaObject::invokeMethod(popup, "close"));
        QTRY_VERIFY(!popup->property("visible").toBool());
        ++opened;
    }
    QVERIFY2(opened >= 7, qPrintable(QString::number(opened)));
}

void TestTranslation::whatThePointerShows() {
    show(10.5);
    auto* stage = findItem<StageItem>(m_window->window()->contentItem());
    auto* tape = findItem<TimelineItem>(m_window->window()->contentItem());
    QVERIFY(stage && tape);
    QSet<QString> texts;
    for (qreal x = 0; x < stage->width(); x += 7)
        for (qreal y = 0; y < stage->height(); y += 7) texts.insert(stage->at(x, y)[QStringLiteral("text")].toString());
    for (qreal x = 0; x < tape->width(); x += 25)
        for (qreal y = 0; y < tape->height(); y += 5) texts.insert(tape->textAt(x, y));
    QVERIFY2(texts.size() > 20, "cells and lanes");
    for (const QString& text : texts) {
        const QString part = testing::untranslatedPart(text, kData);
        QVERIFY2(part.isEmpty(), qPrintable(text + QStringLiteral(": ") + part));
    }
}

// Keys, their history, a watch and log records, as they come from a real member.
void TestTranslation::everyPanelOfARealNode() {
    if (!QFileInfo::exists(qEnvironmentVariable("RAFTARIUM_BIN") + QStringLiteral("/raftarium-node")))
        QSKIP("raftarium-node is not built");
    qputenv("XDG_DATA_HOME", m_folder.filePath(QStringLiteral("data")).toUtf8());
    qputenv("XDG_RUNTIME_DIR", m_folder.path().toUtf8());
    m_window.reset();
    m_session = std::make_unique<Session>([] { return base::SystemClock().monotonicNow(); });
    ClusterLink link(m_session.get());
    m_window = std::make_unique<MainWindow>(m_session.get(), m_opener.get(), QSize(1600, 1000));
    OpenRequest request;
    request.name = "walk";
    request.create.nodes = 1;
    request.create.pace = control::PacePreset::etcd;
    link.open(request);
    QTRY_VERIFY_WITH_TIMEOUT(!m_session->summary()->leaderName().isEmpty(), kPatienceMs);
    QObject* inspector = m_window->window()->findChild<QObject*>(QStringLiteral("inspector"));
    QVERIFY(inspector);
    const auto label = [this](const QString& text) {
        std::function<QQuickItem*(QQuickItem*)> find = [&](QQuickItem* from) -> QQuickItem* {
            if (!from->isVisible()) return nullptr;
            if (from->property("text").toString() == text) return from;
            for (QQuickItem* child : from->childItems())
                if (QQuickItem* found = find(child)) return found;
            return nullptr;
        };
        return find(m_window->window()->contentItem());
    };
    const auto click = [this](QQuickItem* item) {
        QTest::mouseClick(m_window->window(), Qt::LeftButton, {},
                          item->mapToScene(QPointF(item->width() / 2, item->height() / 2)).toPoint());
    };
    verifyTranslated("Node");
    inspector->setProperty("current", 1);
    QTRY_VERIFY_WITH_TIMEOUT(m_session->summary()->revision() >= 2, kPatienceMs);
    verifyTranslated("Keys");
    for (const char* value : {"value-1", "value-2"})
        m_session->actions()->put(QStringLiteral("key-1"), QString::fromLatin1(value));
    QTRY_VERIFY_WITH_TIMEOUT(label(QStringLiteral("key-1")), kPatienceMs);
    click(label(QStringLiteral("key-1")));
    QTRY_VERIFY_WITH_TIMEOUT(label(testing::pseudo(QStringLiteral("created"))), kPatienceMs);
    verifyTranslated("the history of a key");
    QTRY_VERIFY_WITH_TIMEOUT(label(testing::pseudo(QStringLiteral("Delete"))), kPatienceMs);
    click(label(testing::pseudo(QStringLiteral("Delete"))));
    QTRY_VERIFY_WITH_TIMEOUT(label(testing::pseudo(QStringLiteral("Cancel"))), kPatienceMs);
    verifyTranslated("the question before a delete");
    QTest::keyClick(m_window->window(), Qt::Key_Escape);
    inspector->setProperty("current", 2);
    QTRY_VERIFY_WITH_TIMEOUT(label(testing::pseudo(QStringLiteral("Watch"))), kPatienceMs);
    verifyTranslated("Watches");
    awaitFrame();
    click(label(testing::pseudo(QStringLiteral("Watch"))));
    QTRY_VERIFY_WITH_TIMEOUT(label(testing::pseudo(QStringLiteral("Waiting for a change"))), kPatienceMs);
    m_session->actions()->put(QStringLiteral("key-1"), QStringLiteral("value-3"));
    QTRY_VERIFY_WITH_TIMEOUT(label(testing::pseudo(QStringLiteral("put"))), kPatienceMs);
    verifyTranslated("a watch");
    inspector->setProperty("current", 3);
    QTRY_VERIFY_WITH_TIMEOUT(label(testing::pseudo(QStringLiteral("entry"))), kPatienceMs);
    verifyTranslated("WAL");
    click(label(testing::pseudo(QStringLiteral("entry"))));
    QTRY_VERIFY_WITH_TIMEOUT(label(testing::pseudo(QStringLiteral("Its bytes"))), kPatienceMs);
    verifyTranslated("a record");
    m_window.reset();
    link.close();
}

void TestTranslation::commandLine() {
    const QRegularExpression options(
        QStringLiteral("^(theme|night|projector|language|zh_CN|en|etcd|png|JSON|help|dark)$"));
    const auto wrong = parseOptions({QStringLiteral("raftarium"), QStringLiteral("--theme"), QStringLiteral("dark")});
    QVERIFY(!wrong.ok());
    QVERIFY2(testing::untranslatedPart(say(wrong.error()), options).isEmpty(), qPrintable(say(wrong.error())));
    const auto help = parseOptions({QStringLiteral("raftarium"), QStringLiteral("--help")});
    QVERIFY(help.ok());
    QVERIFY(help->textAndExit.contains(testing::pseudo(QStringLiteral("Show a recording."))));
}

RAFTARIUM_TEST_CLASS(TestTranslation)
#include "test_gui_translation.moc"
