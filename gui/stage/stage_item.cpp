// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/stage/stage_item.h"

#include "gui/stage/partition_shape.h"
#include "gui/theme/theme.h"

#include <algorithm>
#include <cmath>

namespace raftarium::gui {

namespace {

constexpr std::size_t kFlightsComfortable = 1500;
constexpr observe::TimeNs kLookBackMostNs = 1'500'000'000;
constexpr observe::TimeNs kLookBackLeastNs = 20'000'000;

qreal distanceToSegment(QPointF p, QPointF a, QPointF b) {
    const QPointF d = b - a;
    const qreal square = QPointF::dotProduct(d, d);
    const qreal t = square > 0 ? std::clamp(QPointF::dotProduct(p - a, d) / square, 0.0, 1.0) : 0;
    const QPointF nearest = a + d * t;
    return std::hypot(p.x() - nearest.x(), p.y() - nearest.y());
}

// How long a message takes that arrives, as a rule: the middle of those seen.
observe::TimeNs typicalFlight(const std::vector<observe::Flight>& flights, observe::TimeNs before) {
    std::vector<observe::TimeNs> times;
    for (const observe::Flight& flight : flights)
        if (flight.end == observe::FlightEnd::received) times.push_back(flight.endNs - flight.sentNs);
    if (times.size() < 3) return before;
    const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
    std::nth_element(times.begin(), middle, times.end());
    return std::max<observe::TimeNs>(*middle, 100'000);
}

}  // namespace

int StageFrame::placeOf(observe::NodeId id) const {
    const auto found = std::find(ids.begin(), ids.end(), id);
    return found == ids.end() ? -1 : static_cast<int>(found - ids.begin());
}

const observe::NodeState* StageFrame::node(std::size_t place) const {
    const auto found = state->nodes.find(ids[place]);
    return found == state->nodes.end() ? nullptr : &found->second;
}

StageItem::StageItem(QQuickItem* parent) : ShapeItem(parent), m_labels(this) {
    connect(Theme::instance(), &Theme::changed, this, [this] {
        relayout();
        frame();
    });
    connect(this, &StageItem::layoutChanged, this, [this] { m_laidOut = 0; });
}

void StageItem::setSession(Session* session) {
    if (session == m_session) return;
    if (m_session) m_session->disconnect(this);
    m_session = session;
    if (m_session) connect(m_session, &Session::frameAdvanced, this, &StageItem::frame);
    emit sessionChanged();
    frame();
}

void StageItem::geometryChange(const QRectF& now, const QRectF& before) {
    m_laidOut = 0;
    frame();
    ShapeItem::geometryChange(now, before);
}

void StageItem::relayout() {
    if (!m_session) return;
    const Theme& theme = *Theme::instance();
    StageMetrics metrics;
    metrics.unit = theme.u();
    metrics.captionHeight = theme.bodySize() * 1.35;
    metrics.bottom = m_bottomReserve;
    const std::size_t count = m_session->roster()->nodes().size();
    m_layout = layOut(size(), static_cast<int>(count), metrics);
    if (count == 0) m_layout.places.clear();
    emit layoutChanged();
    m_laidOut = count + 1;
}

void StageItem::frame() {
    if (!m_session || width() <= 0 || height() <= 0) return;
    if (m_laidOut != m_session->roster()->nodes().size() + 1) relayout();
    const Palette& palette = Theme::instance()->color();
    m_frame.state = &m_session->view();
    m_frame.now = m_session->player()->atNs();
    m_frame.calls = callsShown(*m_frame.state, m_frame.now);
    m_labels.refresh(*m_session, m_layout, palette, m_frame.calls);

    m_frame.speed = m_session->player()->speed();
    m_frame.layout = &m_layout;
    m_frame.palette = &palette;
    m_frame.reducedMotion = Theme::instance()->reducedMotion();
    m_frame.ids.clear();
    m_frame.selected = -1;
    for (const Roster::Node& node : m_session->roster()->nodes()) {
        if (node.name == m_session->roster()->selected()) m_frame.selected = static_cast<int>(m_frame.ids.size());
        m_frame.ids.push_back(node.id);
    }
    m_frame.flights = m_session->history().flights(m_frame.now - m_lookBackNs, m_frame.now);
    // Under load ends are shown for a shorter while, so that a frame's work stays bounded.
    if (m_frame.flights.size() > kFlightsComfortable)
        m_lookBackNs = std::max(kLookBackLeastNs, m_lookBackNs / 2);
    else if (m_frame.flights.size() < kFlightsComfortable / 4)
        m_lookBackNs = std::min(kLookBackMostNs, m_lookBackNs * 2);
    m_frame.typicalFlightNs = typicalFlight(m_frame.flights, m_frame.typicalFlightNs);

    const auto groups = groupsOf(*m_frame.state, m_frame.ids);
    auto walls = wallsFor(groups, m_layout);
    // The wall stands where the hand drew it, as long as that is what the cluster is divided by.
    if (!m_lastStroke.empty() && groups.size() == 2 && groups == m_lastStrokeGroups) walls = {m_lastStroke};
    if (walls != m_walls) {
        m_walls = std::move(walls);
        emit dividedChanged();
    }
    m_frame.walls = m_walls;
    redraw();
}

void StageItem::draw(ShapeList& shapes) {
    if (!m_frame.state || !m_frame.layout || m_layout.places.size() != m_frame.ids.size()) return;
    drawLinks(shapes, m_frame);
    drawWalls(shapes, m_frame);
    drawClients(shapes, m_frame);
    drawNodes(shapes, m_frame);
    drawFlights(shapes, m_frame);
    if (m_stroke.size() > 1) {
        QColor wall = m_frame.palette->danger;
        wall.setAlphaF(0.25F);
        shapes.polyline(m_stroke, 10 * m_layout.unit, wall);
        shapes.dashedPolyline(m_stroke, 2.5 * m_layout.unit, 9, 7, m_frame.palette->danger);
    }
}

QPointF StageItem::wallEnd() const {
    if (m_walls.empty()) return {};
    const auto& wall = m_walls.front();
    QPointF top = wall.front();
    for (const QPointF& point : wall) {
        const bool inside = point.x() > 0 && point.y() > 0 && point.x() < width() && point.y() < height();
        const bool better = point.y() < top.y() || top.y() < 0;
        if (inside && better) top = point;
    }
    return top;
}

QVariantMap StageItem::cellAt(QPointF point) const {
    if (m_layout.columns == 0) return {};
    const LogWindow window = logWindow(*m_frame.state, m_layout.columns);
    for (std::size_t place = 0; place < m_layout.places.size(); ++place) {
        if (!m_layout.places[place].strip.adjusted(0, -4, 0, 8).contains(point)) continue;
        const observe::NodeState* node = m_frame.node(place);
        const int column = static_cast<int>((point.x() - m_layout.places[place].strip.left()) / cellPitch());
        const std::uint64_t index = window.first + static_cast<std::uint64_t>(column);
        if (!node || index > window.highest) return {};
        QString text;
        const observe::LogEntry* entry = node->log.find(index);
        if (index > node->log.lastIndex)
            text =
                tr("index %1: %2 does not have it yet").arg(QString::number(index), QString::fromStdString(node->name));
        else if (index < node->log.firstIndex)
            text = tr("index %1: compacted away").arg(index);
        else if (!entry)
            text = tr("index %1").arg(index);
        else {
            QString stages = tr("in the log");
            const auto add = [&stages](const QString& stage) { stages = tr("%1, %2").arg(stages, stage); };
            if (index <= node->log.durableIndex) add(tr("on disk"));
            if (index <= node->log.commitIndex) add(tr("committed"));
            if (index <= node->log.appliedIndex) add(tr("applied"));
            text = tr("index %1, term %2: %3 (%4)")
                       .arg(QString::number(index), QString::number(entry->term), QString::fromStdString(entry->text),
                            stages);
        }
        return {{QStringLiteral("kind"), QStringLiteral("cell")},
                {QStringLiteral("text"), text},
                {QStringLiteral("node"), m_session->roster()->nodes()[place].name}};
    }
    return {};
}

QVariantMap StageItem::at(qreal x, qreal y) const {
    if (!m_frame.state || m_layout.places.size() != m_frame.ids.size()) return {};
    const QPointF point(x, y);
    const auto named = [this](int place) { return m_session->roster()->nodes()[static_cast<std::size_t>(place)].name; };
    for (std::size_t place = 0; place < m_layout.places.size(); ++place) {
        const QPointF away = point - m_layout.places[place].centre;
        if (std::hypot(away.x(), away.y()) <= m_layout.ringRadius + 4)
            return {{QStringLiteral("kind"), QStringLiteral("node")},
                    {QStringLiteral("name"), named(static_cast<int>(place))},
                    {QStringLiteral("place"), static_cast<int>(place)}};
    }
    if (const QVariantMap cell = cellAt(point); !cell.isEmpty()) return cell;
    // A miss would draw another wall: it is easier to take than a link.
    for (const auto& wall : m_walls)
        for (std::size_t i = 0; i + 1 < wall.size(); ++i)
            if (distanceToSegment(point, wall[i], wall[i + 1]) < 16 * m_layout.unit)
                return {{QStringLiteral("kind"), QStringLiteral("wall")}};
    qreal nearest = 8;
    std::pair<int, int> link{-1, -1};
    for (int a = 0; a < static_cast<int>(m_layout.places.size()); ++a)
        for (int b = a + 1; b < static_cast<int>(m_layout.places.size()); ++b) {
            const qreal distance = distanceToSegment(point, m_layout.places[static_cast<std::size_t>(a)].centre,
                                                     m_layout.places[static_cast<std::size_t>(b)].centre);
            if (distance >= nearest) continue;
            nearest = distance;
            link = {a, b};
        }
    if (link.first < 0) return {};
    return {{QStringLiteral("kind"), QStringLiteral("link")},
            {QStringLiteral("from"), named(link.first)},
            {QStringLiteral("to"), named(link.second)},
            {QStringLiteral("a"), link.first},
            {QStringLiteral("b"), link.second}};
}

bool StageItem::isFree(const QRectF& rect) const {
    if (!boundingRect().contains(rect)) return false;
    const qreal reach = m_layout.ringRadius + 8 * m_layout.unit;
    return std::none_of(m_layout.places.begin(), m_layout.places.end(), [&](const NodePlace& place) {
        const QRectF node(place.centre.x() - reach, place.centre.y() - reach, 2 * reach, 2 * reach);
        return node.intersects(rect) || place.strip.intersects(rect);
    });
}

void StageItem::hover(qreal x, qreal y) {
    const QVariantMap under = x < 0 ? QVariantMap() : at(x, y);
    const QString kind = under.value(QStringLiteral("kind")).toString();
    const int node = kind == QLatin1String("node") ? under.value(QStringLiteral("place")).toInt() : -1;
    std::pair<int, int> link{-1, -1};
    if (kind == QLatin1String("link"))
        link = {under.value(QStringLiteral("a")).toInt(), under.value(QStringLiteral("b")).toInt()};
    if (node == m_frame.hovered && link == m_frame.hoveredLink) return;
    m_frame.hovered = node;
    m_frame.hoveredLink = link;
    redraw();
}

void StageItem::stroke(qreal x, qreal y) {
    const QPointF point(x, y);
    if (!m_stroke.empty() && std::hypot(point.x() - m_stroke.back().x(), point.y() - m_stroke.back().y()) < 6) return;
    m_stroke.push_back(point);
    redraw();
}

QVariantList StageItem::endStroke() {
    const auto halves = split(m_stroke, m_layout, size());
    QVariantList named;
    if (!halves.empty() && m_frame.state) {
        const auto before = groupsOf(*m_frame.state, m_frame.ids);
        const auto groups = refine(before, halves);
        m_lastStroke = m_stroke;
        m_lastStrokeGroups = groups;
        std::sort(m_lastStrokeGroups.begin(), m_lastStrokeGroups.end());
        for (const auto& group : groups) {
            QStringList names;
            for (const std::size_t place : group) names.append(m_session->roster()->nodes()[place].name);
            named.append(QVariant(names));
        }
    }
    m_stroke.clear();
    redraw();
    return named;
}

QPointF StageItem::centreOf(const QString& name) const {
    for (std::size_t i = 0; i < m_layout.places.size() && i < m_session->roster()->nodes().size(); ++i)
        if (m_session->roster()->nodes()[i].name == name) return m_layout.places[i].centre;
    return m_layout.middle;
}

}  // namespace raftarium::gui
