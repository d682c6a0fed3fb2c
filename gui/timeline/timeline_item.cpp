// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/timeline/timeline_item.h"

#include "gui/models/role_text.h"
#include "gui/models/time_text.h"
#include "gui/theme/theme.h"
#include "gui/timeline/draw_timeline.h"

#include <algorithm>
#include <cmath>

namespace raftarium::gui {

namespace {

using observe::ProcessState;
using observe::RoleSpan;
using observe::TermSpan;
using observe::TimeNs;

constexpr qreal kFaultLane = 5;

TimeScale::Moves movesOf(const Session& session) {
    switch (session.player()->mode()) {
        case Player::Following:
            return TimeScale::Moves::withEdge;
        case Player::Playing:
            return TimeScale::Moves::itself;
        case Player::Paused:
            break;
    }
    return TimeScale::Moves::no;
}

}  // namespace

TimelineItem::TimelineItem(QQuickItem* parent) : ShapeItem(parent) {
    setClip(true);
    connect(Theme::instance(), &Theme::changed, this, [this] {
        emit layoutChanged();
        frame();
    });
    connect(this, &QQuickItem::heightChanged, this, &TimelineItem::layoutChanged);
    connect(this, &QQuickItem::widthChanged, this, [this] { frame(); });
}

void TimelineItem::setSession(Session* session) {
    if (session == m_session) return;
    if (m_session) {
        m_session->disconnect(this);
        m_session->roster()->disconnect(this);
    }
    m_session = session;
    if (m_session) {
        connect(m_session, &Session::frameAdvanced, this, &TimelineItem::frame);
        connect(m_session->roster(), &Roster::changed, this, &TimelineItem::layoutChanged);
    }
    emit sessionChanged();
}

qreal TimelineItem::lanesTop() const { return m_tapeHeight + kFaultLane + 7 * Theme::instance()->u(); }
qreal TimelineItem::mapTop() const { return height() - 9 * Theme::instance()->u(); }

qreal TimelineItem::laneHeight() const {
    const std::size_t lanes = m_session ? std::max<std::size_t>(1, m_session->roster()->lanes().size()) : 1;
    const qreal room = mapTop() - lanesTop() - Theme::instance()->smallSize() * 1.35;
    return std::clamp(std::floor(room / static_cast<qreal>(lanes)), 6.0, 22.0 * Theme::instance()->u());
}

qreal TimelineItem::playheadX() const { return m_session ? m_scale.x(m_session->player()->atNs()) : 0; }

void TimelineItem::frame() {
    if (!m_session || width() <= 0) return;
    m_scale.setWidth(width());
    m_scale.setRange(m_session->player()->beginNs(), m_session->player()->edgeNs());
    const bool jumped = m_jumps != m_session->player()->jumpCount();
    m_jumps = m_session->player()->jumpCount();
    m_scale.keep(m_session->player()->atNs(), movesOf(*m_session), jumped);
    if (const int side = m_scale.side(m_session->player()->atNs()); side != m_side) {
        m_side = side;
        emit playheadSideChanged();
    }
    refreshLabels();
    redraw();
}

void TimelineItem::refreshLabels() {
    std::vector<LabelModel::Label> labels;
    const std::vector<TermSpan>& terms = m_session->timeline().terms();
    for (auto span = firstVisible(terms, m_scale.from()); span != terms.end() && span->fromNs < m_scale.to(); ++span) {
        const qreal left = std::max(0.0, m_scale.x(span->fromNs));
        const qreal right = std::min(width(), m_scale.x(span->toNs > 0 ? span->toNs : m_session->player()->edgeNs()));
        if (right - left < 18) continue;
        labels.push_back({left, right - left, span->leader ? m_session->roster()->nameOf(span->leader) : QString(),
                          static_cast<double>(span->term)});
    }
    m_termLabels.set(std::move(labels));
    labels.clear();
    static constexpr TimeNs steps[] = {10'000'000,      20'000'000,      50'000'000,       100'000'000,
                                       200'000'000,     500'000'000,     1'000'000'000,    2'000'000'000,
                                       5'000'000'000,   10'000'000'000,  30'000'000'000,   60'000'000'000,
                                       300'000'000'000, 600'000'000'000, 3'600'000'000'000};
    const qreal wanted = 110 * Theme::instance()->u();
    TimeNs step = steps[std::size(steps) - 1];
    for (const TimeNs candidate : steps)
        if (static_cast<double>(candidate) / static_cast<double>(m_scale.span()) * width() >= wanted) {
            step = candidate;
            break;
        }
    const int decimals = step >= 1'000'000'000 ? 0 : step >= 100'000'000 ? 1 : 2;
    const TimeNs begin = m_session->player()->beginNs();
    TimeNs at = begin + (m_scale.from() - begin) / step * step;
    for (; at < m_scale.to() && labels.size() < 60; at += step)
        if (at >= begin && m_scale.x(at) >= 0) labels.push_back({m_scale.x(at), 0, timeText(at - begin, decimals), 0});
    m_timeLabels.set(std::move(labels));
}

void TimelineItem::draw(ShapeList& shapes) {
    if (!m_session) return;
    const Player& player = *m_session->player();
    const TimelineFrame frame{m_session->timeline(),
                              m_scale,
                              Theme::instance()->color(),
                              Theme::instance()->dark(),
                              player.atNs(),
                              player.beginNs(),
                              player.edgeNs(),
                              size(),
                              m_tapeHeight,
                              mapTop()};
    drawTape(shapes, frame);
    drawActions(shapes, frame);
    const qreal lane = laneHeight();
    const qreal bar = std::round(std::clamp(lane * 0.5, 4.0, 12.0));
    qreal y = lanesTop();
    for (const Roster::Lane& member : m_session->roster()->lanes()) {
        for (const observe::NodeId id : member.ids) drawLane(shapes, frame, id, std::round(y + (lane - bar) / 2), bar);
        y += lane;
    }
    for (const LabelModel::Label& label : m_timeLabels.labels())
        shapes.rect({std::round(label.place), y, 1, 4}, frame.palette.strongLine);
    drawMap(shapes, frame);
    drawPlayhead(shapes, frame, mapTop() - Theme::instance()->smallSize() * 1.2);
}

void TimelineItem::scrubTo(qreal x) {
    if (!m_session) return;
    const TimeNs time = std::clamp(m_scale.at(x), m_session->player()->beginNs(), m_session->player()->edgeNs());
    m_scale.unpin();
    m_session->player()->seek(time);
}

void TimelineItem::zoomBy(qreal factor, qreal x) {
    m_scale.zoom(factor, x);
    frame();
}

void TimelineItem::panBy(qreal pixels) {
    m_scale.pan(static_cast<TimeNs>(pixels / std::max(1.0, width()) * static_cast<double>(m_scale.span())));
    frame();
}

void TimelineItem::mapTo(qreal x) {
    if (!m_session) return;
    const TimeNs whole = m_session->player()->edgeNs() - m_session->player()->beginNs();
    const TimeNs time =
        m_session->player()->beginNs() + static_cast<TimeNs>(x / std::max(1.0, width()) * static_cast<double>(whole));
    m_scale.pan(time - (m_scale.from() + m_scale.span() / 2));
    frame();
}

void TimelineItem::showAll() {
    m_scale.showAll();
    frame();
}

void TimelineItem::showPlayhead() {
    if (!m_session) return;
    m_scale.keep(m_session->player()->atNs(), movesOf(*m_session), true);
    frame();
}

bool TimelineItem::inMap(qreal y) const { return y >= mapTop() - 3; }

const observe::ActionMark* TimelineItem::actionAt(qreal x) const {
    const observe::ActionMark* nearest = nullptr;
    qreal distance = kActionHalfWidth + 2;
    for (const observe::ActionMark& mark : m_session->timeline().actions()) {
        const qreal away = std::abs(m_scale.x(mark.atNs) - x);
        if (away > distance) continue;
        distance = away;
        nearest = &mark;
    }
    return nearest;
}

QString TimelineItem::textAt(qreal x, qreal y) const {
    if (!m_session) return {};
    const TimeNs time = m_scale.at(x);
    if (m_session->player()->beginNs() == 0 || time < m_session->player()->beginNs() ||
        time > m_session->player()->edgeNs())
        return {};
    const QString clock = timeText(time - m_session->player()->beginNs(), 3);
    const auto number = static_cast<std::size_t>(std::max(0.0, (y - lanesTop()) / laneHeight()));
    if (y > lanesTop() && number < m_session->roster()->lanes().size()) {
        const Roster::Lane& member = m_session->roster()->lanes()[number];
        const RoleSpan* shown = nullptr;  // of the latest of the members that share the lane
        for (const observe::NodeId id : member.ids) {
            const auto lane = m_session->timeline().lanes().find(id);
            if (lane == m_session->timeline().lanes().end() || lane->second.empty()) continue;
            const auto span = firstVisible(lane->second, time);
            if (span->fromNs <= time && (!shown || span->fromNs > shown->fromNs)) shown = &*span;
        }
        if (shown && shown->process == ProcessState::stopped) return tr("%1  %2 stopped").arg(clock, member.name);
        if (shown)
            return tr("%1  %2: %3, term %4")
                .arg(clock, member.name, roleTitle(shown->role), QString::number(shown->term));
    }
    if (y <= m_tapeHeight)
        if (const observe::ActionMark* mark = actionAt(x))
            return tr("%1  %2").arg(clock, QString::fromStdString(mark->line));
    return clock;
}

}  // namespace raftarium::gui
