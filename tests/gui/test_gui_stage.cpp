// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The stage's geometry: layout, partitions, flights, shapes, labels; the timeline's scale; contrast of the themes.
#include "gui/stage/flight_path.h"
#include "gui/stage/partition_shape.h"
#include "gui/stage/stage_model.h"
#include "gui/theme/palette.h"
#include "gui/theme/shape_list.h"
#include "gui/timeline/time_scale.h"
#include "tests/observe/synthetic_cluster.h"
#include "tests/runner/test_class.h"

#include <QAbstractItemModelTester>
#include <QTest>

#include <cmath>

using namespace raftarium;
using namespace raftarium::gui;
using observe::TimeNs;

namespace {

constexpr TimeNs kSecond = 1'000'000'000;

qreal luminance(const QColor& color) {
    const auto linear = [](qreal c) { return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}
qreal contrast(const QColor& a, const QColor& b) {
    const qreal x = luminance(a), y = luminance(b);
    return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

observe::ClusterState cutBetween(const std::vector<observe::NodeId>& a, const std::vector<observe::NodeId>& b) {
    observe::ClusterState state;
    const auto cut = [&](observe::NodeId from, observe::NodeId to) {
        state.nodes[from].faults[to] = {.from = from, .to = to, .cut = true};
    };
    for (const auto x : a)
        for (const auto y : b) {
            cut(x, y);
            cut(y, x);
        }
    return state;
}

}  // namespace

class TestStage : public QObject {
    Q_OBJECT

private slots:
    void nodesDoNotOverlap_data();
    void nodesDoNotOverlap();
    void detailGivesWayToRoom();
    void strokeSplitsTheRing();
    void groupsFollowTheCuts();
    void wallsStandBetweenGroups();
    void flightsAreWhereTheirTimesSay();
    void meshesAreWhole();
    void labelsFollowTheCluster();
    void timelineZoomsAroundThePointer();
    void playheadIsNeverLost();
    void textIsLegible_data();
    void textIsLegible();
};

void TestStage::nodesDoNotOverlap_data() {
    QTest::addColumn<int>("nodes");
    QTest::addColumn<QSizeF>("size");
    for (int nodes = 1; nodes <= 9; ++nodes)
        for (const QSizeF size : {QSizeF(520, 430), QSizeF(890, 720), QSizeF(1200, 820)})
            QTest::addRow("%d in %.0f", nodes, size.width()) << nodes << size;
}

void TestStage::nodesDoNotOverlap() {
    QFETCH(int, nodes);
    QFETCH(QSizeF, size);
    const StageLayout layout = layOut(size, nodes, {});
    QCOMPARE(layout.places.size(), static_cast<std::size_t>(nodes));
    const QRectF stage(QPointF(), size);
    for (std::size_t a = 0; a < layout.places.size(); ++a) {
        const NodePlace& place = layout.places[a];
        const qreal r = layout.ringRadius;
        QVERIFY(stage.contains(QRectF(place.centre.x() - r, place.centre.y() - r, 2 * r, 2 * r)));
        QVERIFY(stage.contains(place.strip));
        for (std::size_t b = a + 1; b < layout.places.size(); ++b) {
            const QPointF apart = layout.places[b].centre - place.centre;
            QVERIFY(std::hypot(apart.x(), apart.y()) >= 2 * layout.discRadius);
        }
    }
}

void TestStage::detailGivesWayToRoom() {
    QVERIFY(layOut({900, 700}, 5, {}).detail == NodeDetail::full);
    QVERIFY(layOut({1700, 1200}, 9, {}).columns == 5);
    const StageLayout tight = layOut({450, 370}, 9, {});
    QVERIFY(tight.detail >= NodeDetail::noLog);
    QCOMPARE(tight.columns, 0);
    NodeDetail before = NodeDetail::full;
    for (qreal width = 1800; width > 300; width -= 50) {
        const NodeDetail detail = layOut({width, width * 0.75}, 7, {}).detail;
        QVERIFY(detail >= before);
        before = detail;
    }
    QVERIFY(before == NodeDetail::discOnly || before == NodeDetail::noLog);
}

void TestStage::strokeSplitsTheRing() {
    const StageLayout layout = layOut({900, 700}, 5, {});
    // Down the middle, a little to the right of the first node: 1, 4, 5 | 2, 3.
    const QPointF down[] = {{490, 40}, {489, 300}, {490, 650}};
    const auto halves = split(down, layout, {900, 700});
    QCOMPARE(halves.size(), std::size_t{2});
    const std::vector<std::size_t> right{1, 2};
    QVERIFY(halves[0] == right || halves[1] == right);
    const QPointF aside[] = {{2, 10}, {3, 690}};
    QVERIFY(split(aside, layout, {900, 700}).empty());
    const QPointF dot[] = {{450, 300}, {452, 301}};
    QVERIFY(split(dot, layout, {900, 700}).empty());
    const std::vector<std::vector<std::size_t>> all{{0, 1, 2, 3, 4}}, three{{0, 4}, {3}, {1, 2}};
    QCOMPARE(refine(all, halves).size(), std::size_t{2});
    QCOMPARE(refine(three, halves).size(), std::size_t{3});
}

void TestStage::groupsFollowTheCuts() {
    const std::vector<observe::NodeId> ids{10, 20, 30, 40, 50};
    QCOMPARE(groupsOf({}, ids).size(), std::size_t{1});
    const auto state = cutBetween({10, 20}, {30, 40, 50});
    const std::vector<std::vector<std::size_t>> expected{{0, 1}, {2, 3, 4}};
    QCOMPARE(groupsOf(state, ids), expected);
    observe::ClusterState oneWay;
    oneWay.nodes[10].faults[20] = {.from = 10, .to = 20, .cut = true};
    QVERIFY(isCut(oneWay, 10, 20));
    QVERIFY(!isCut(oneWay, 20, 10));
    QCOMPARE(groupsOf(oneWay, ids).size(), std::size_t{1});
}

void TestStage::wallsStandBetweenGroups() {
    const StageLayout layout = layOut({900, 700}, 5, {});
    QVERIFY(wallsFor({{0, 1, 2, 3, 4}}, layout).empty());
    for (const auto& groups :
         {std::vector<std::vector<std::size_t>>{{0, 1}, {2, 3, 4}}, {{0}, {1, 2, 3, 4}}, {{0, 3}, {1, 2, 4}}}) {
        const auto walls = wallsFor(groups, layout);
        QVERIFY(!walls.empty());
        for (const std::size_t a : groups[0])
            for (const std::size_t b : groups[1]) {
                const FlightPath path =
                    FlightPath::between(layout.places[a].centre, layout.places[b].centre, layout.ringRadius);
                std::vector<QPointF> points;
                for (int i = 0; i <= 40; ++i) points.push_back(path.at(i / 40.0));
                const qreal share = crossing(points, walls, -1);
                QVERIFY2(share >= 0, qPrintable(QStringLiteral("%1 to %2").arg(a).arg(b)));
            }
    }
}

void TestStage::flightsAreWhereTheirTimesSay() {
    observe::Flight flight;
    flight.sentNs = 10 * kSecond;
    flight.endNs = 11 * kSecond;
    flight.end = observe::FlightEnd::received;
    const FlightTiming timing{kSecond, 0.5};
    QVERIFY(!instantOf(flight, 9 * kSecond, timing, 0.5));
    QCOMPARE(instantOf(flight, 10 * kSecond + kSecond / 4, timing, 0.5)->share, 0.25);
    QVERIFY(!instantOf(flight, 11 * kSecond, timing, 0.5));

    flight.end = observe::FlightEnd::flying;
    flight.endNs = 0;
    QCOMPARE(instantOf(flight, 10 * kSecond + kSecond / 2, timing, 0.5)->share, 0.5);
    const auto late = instantOf(flight, 15 * kSecond, timing, 0.5);
    QVERIFY(late->waiting && late->share < 1);

    flight.end = observe::FlightEnd::dropped;
    flight.endNs = flight.sentNs;
    const auto half = instantOf(flight, 10 * kSecond + kSecond / 4, timing, 0.5);
    QVERIFY(half->lost && half->ending < 0);
    QCOMPARE(half->share, 0.25);
    QVERIFY(instantOf(flight, 10 * kSecond + kSecond * 3 / 5, timing, 0.5)->ending >= 0);
    QVERIFY(!instantOf(flight, 12 * kSecond, timing, 0.5));

    flight.end = observe::FlightEnd::unknown;
    const auto gone = instantOf(flight, 10 * kSecond + kSecond / 2, timing, 0.5);
    QVERIFY(gone->unknown && !gone->lost);
}

void TestStage::meshesAreWhole() {
    ShapeList shapes;
    shapes.disc({50, 50}, 20, Qt::red);
    shapes.arc({50, 50}, 30, 4, 10, 200, Qt::blue);
    shapes.dashedLine({0, 0}, {100, 40}, 2, 5, 3, Qt::green);
    shapes.roundFrame({10, 10, 40, 20}, 4, 2, Qt::black);
    shapes.hatchedDisc({50, 50}, 20, 1, 6, Qt::black);
    shapes.rect({0, 0, 10, 10}, Qt::white);
    const QPointF still[] = {{5, 5}, {5, 5}, {9, 9}};
    shapes.trail(still, 3, Qt::red);
    Mesh mesh;
    shapes.tessellate(mesh, 1);
    QVERIFY(!mesh.indices.empty());
    QCOMPARE(mesh.indices.size() % 3, std::size_t{0});
    for (const std::uint32_t index : mesh.indices) QVERIFY(index < mesh.vertices.size());
    for (const MeshVertex& vertex : mesh.vertices) {
        QVERIFY(std::isfinite(vertex.x) && std::isfinite(vertex.y));
        QVERIFY(vertex.r <= vertex.a && vertex.g <= vertex.a && vertex.b <= vertex.a);
    }
}

void TestStage::labelsFollowTheCluster() {
    Session session([] { return TimeNs{0}; });
    const testing::SyntheticOptions options;
    session.startReplay(QStringLiteral("model"), testing::synthesize(options));
    StageModel labels;
    const QAbstractItemModelTester tester(&labels, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const StageLayout layout = layOut({900, 700}, 5, {});
    session.player()->seek(options.startNs + 5 * kSecond);
    labels.refresh(session, layout, Palette::night(), callsShown(session.view(), session.player()->atNs()));
    QCOMPARE(labels.rowCount(), 5);
    int leaders = 0;
    for (const StageModel::Row& row : labels.rows()) {
        if (row.role == QLatin1String("leader")) ++leaders;
        QCOMPARE(row.filled.size(), layout.columns);
        QVERIFY(!row.line.isEmpty());
    }
    QCOMPARE(leaders, 1);
    session.player()->seek(options.startNs + options.killLeaderNs + kSecond / 2);
    labels.refresh(session, layout, Palette::night(), callsShown(session.view(), session.player()->atNs()));
    QVERIFY(std::any_of(labels.rows().begin(), labels.rows().end(),
                        [](const auto& row) { return row.process == QLatin1String("stopped"); }));
}

void TestStage::timelineZoomsAroundThePointer() {
    TimeScale scale;
    scale.setWidth(1000);
    scale.setRange(0, 100 * kSecond);
    QVERIFY(scale.pinned());
    QVERIFY(scale.to() >= 100 * kSecond);
    scale.pan(-40 * kSecond);
    QVERIFY(!scale.pinned());
    const TimeNs held = scale.at(300);
    scale.zoom(0.5, 300);
    QVERIFY(std::abs(scale.at(300) - held) < 5'000'000);
    scale.zoom(1e9, 300);
    QVERIFY(scale.from() >= 0);
    scale.zoom(1e-12, 300);
    QCOMPARE(scale.span(), TimeScale::kSpanLeastNs);
    scale.reveal(90 * kSecond);
    QVERIFY(scale.from() <= 90 * kSecond && scale.to() >= 90 * kSecond);
    scale.showAll();
    QVERIFY(std::abs(scale.from()) < 10'000'000);
}

// One frame of a timeline that is 1000 wide and shows 40 s, or what there is.
void TestStage::playheadIsNeverLost() {
    using Moves = TimeScale::Moves;
    TimeNs edge = 100 * kSecond;
    TimeScale scale;
    scale.setWidth(1000);
    const auto frame = [&](TimeNs playhead, Moves moves, bool jumped = false) {
        scale.setRange(0, edge);
        scale.keep(playhead, moves, jumped);
    };
    frame(edge, Moves::withEdge);
    QVERIFY(scale.pinned());

    // Dragged back; much later L: the axis comes back at once, also while the playhead is still on its way.
    scale.unpin();
    frame(80 * kSecond, Moves::no, true);
    QCOMPARE(scale.side(80 * kSecond), 0);
    edge += 50 * kSecond;
    frame(80 * kSecond, Moves::withEdge, true);
    QVERIFY(scale.pinned());
    QCOMPARE(scale.side(edge), 0);
    frame(edge, Moves::withEdge);
    QCOMPARE(scale.side(edge), 0);

    // Paused, and the edge goes on: the view goes along only as far as the playhead stays in it.
    const TimeNs paused = edge;
    for (int i = 0; i < 100; ++i) {
        edge += kSecond;
        frame(paused, Moves::no);
        QCOMPARE(scale.side(paused), 0);
    }
    // Playing behind the edge, up to following again without anybody's jump.
    TimeNs playhead = paused;
    while (playhead < edge) {
        playhead += kSecond / 2;
        frame(playhead, Moves::itself);
        QCOMPARE(scale.side(playhead), 0);
    }
    frame(edge, Moves::withEdge);
    QVERIFY(scale.pinned());

    // A hand takes the view away: it stays there, and the side is said.
    scale.pan(-90 * kSecond);
    const TimeNs from = scale.from();
    for (int i = 0; i < 10; ++i) {
        edge += kSecond;
        frame(edge, Moves::withEdge);
    }
    QCOMPARE(scale.from(), from);
    QCOMPARE(scale.side(edge), 1);
    frame(edge, Moves::withEdge, true);
    QCOMPARE(scale.side(edge), 0);
    // So too in a recording that plays; to play again brings it back.
    frame(30 * kSecond, Moves::itself, true);
    scale.pan(100 * kSecond);
    frame(31 * kSecond, Moves::itself);
    QCOMPARE(scale.side(31 * kSecond), -1);
    frame(31 * kSecond, Moves::no);
    QCOMPARE(scale.side(31 * kSecond), -1);
    frame(31 * kSecond, Moves::itself);
    QCOMPARE(scale.side(31 * kSecond), 0);
    // Zoomed in elsewhere; a step brings it back.
    frame(31 * kSecond, Moves::no);
    scale.zoom(0.01, scale.x(31 * kSecond) > 500 ? 10 : 990);
    frame(31 * kSecond, Moves::no);
    QVERIFY(scale.side(31 * kSecond) != 0);
    frame(31 * kSecond + 1, Moves::no, true);
    QCOMPARE(scale.side(31 * kSecond + 1), 0);
}

void TestStage::textIsLegible_data() {
    QTest::addColumn<QColor>("ink");
    QTest::addColumn<QColor>("ground");
    QTest::addColumn<qreal>("least");
    for (const bool night : {true, false}) {
        const Palette& p = night ? Palette::night() : Palette::projector();
        const char* theme = night ? "night" : "projector";
        for (const QColor& ground : {p.panel, p.stage, p.sunken, p.hover}) {
            QTest::addRow("%s text on %s", theme, qPrintable(ground.name())) << p.text << ground << 4.5;
            QTest::addRow("%s dim on %s", theme, qPrintable(ground.name())) << p.dim << ground << 4.5;
            QTest::addRow("%s danger on %s", theme, qPrintable(ground.name())) << p.danger << ground << 4.5;
            QTest::addRow("%s accent on %s", theme, qPrintable(ground.name())) << p.accent << ground << 4.5;
        }
        QTest::addRow("%s on accent", theme) << p.onAccent << p.accent << 4.5;
        QTest::addRow("%s text on selection", theme) << p.text << p.selection << 4.5;
        for (std::uint64_t term = 1; term <= 7; ++term) {
            QTest::addRow("%s term %d", theme, int(term)) << p.termText(term) << p.termFill(term) << 4.5;
            QTest::addRow("%s edge of term %d", theme, int(term)) << p.termEdge(term) << p.stage << 3.0;
        }
        for (const QColor& body : {p.vote, p.grant, p.append, p.ack, p.danger}) {
            QTest::addRow("%s message %s", theme, qPrintable(body.name())) << body << p.stage << 4.5;
        }
    }
}

void TestStage::textIsLegible() {
    QFETCH(QColor, ink);
    QFETCH(QColor, ground);
    QFETCH(qreal, least);
    const qreal found = contrast(ink, ground);
    QVERIFY2(found >= least, qPrintable(QStringLiteral("%1 on %2 is %3:1").arg(ink.name(), ground.name()).arg(found)));
}

RAFTARIUM_TEST_CLASS(TestStage)
#include "test_gui_stage.moc"
