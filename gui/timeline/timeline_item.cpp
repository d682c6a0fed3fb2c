// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/timeline/timeline_item.h"

#include "gui/models/summary.h"
#include "gui/models/time_text.h"
#include "gui/theme/theme.h"

#include <algorithm>
#include <cmath>

namespace raftarium::gui {

namespace {

using observe::ProcessState;
using observe::RoleSpan;
using observe::TermSpan;
using observe::Tick;
using observe::TickKind;
using observe::TimeNs;

constexpr qreal kFaultLane = 5;

QColor faded(QColor color, float alpha) {
    color.setAlphaF(color.alphaF() * alpha);
    return color;
}

// First span that may reach into what is shown: spans are in the order of time.
template <typename Span>
auto firstVisible(const std::vector<Span>& spans, TimeNs from) {
    auto found = std::upper_bound(spans.begin(), spans.end(), from,
                                  [](TimeNs time, const Span& span) { return time < span.fromNs; });
    return found == spans.begin() ? found : found - 1;
}

TimeScale::Moves movesOf(const Session& session) {
    switch (session.mode()) {
        case Session::Following:
            return TimeScale::Moves::withEdge;
        case Session::Playing:
            return TimeScale::Moves::itself;
        case Session::Paused:
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
    if (m_session) m_session->disconnect(this);
    m_session = session;
    if (m_session) {
        connect(m_session, &Session::frameAdvanced, this, &TimelineItem::frame);
        connect(m_session, &Session::nodesChanged, this, &TimelineItem::layoutChanged);
    }
    emit sessionChanged();
}

qreal TimelineItem::lanesTop() const { return m_tapeHeight + kFaultLane + 7 * Theme::instance()->u(); }
qreal TimelineItem::mapTop() const { return height() - 9 * Theme::instance()->u(); }

qreal TimelineItem::laneHeight() const {
    const std::size_t lanes = m_session ? std::max<std::size_t>(1, m_session->lanes().size()) : 1;
    const qreal room = mapTop() - lanesTop() - Theme::instance()->smallSize() * 1.35;
    return std::clamp(std::floor(room / static_cast<qreal>(lanes)), 6.0, 22.0 * Theme::instance()->u());
}

qreal TimelineItem::playheadX() const { return m_session ? m_scale.x(m_session->playheadNs()) : 0; }

void TimelineItem::frame() {
    if (!m_session || width() <= 0) return;
    m_scale.setWidth(width());
    m_scale.setRange(m_session->beginNs(), m_session->edgeNs());
    const bool jumped = m_scrubs != m_session->scrubCount();
    m_scrubs = m_session->scrubCount();
    m_scale.keep(m_session->playheadNs(), movesOf(*m_session), jumped);
    if (const int side = m_scale.side(m_session->playheadNs()); side != m_side) {
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
        const qreal right = std::min(width(), m_scale.x(span->toNs > 0 ? span->toNs : m_session->edgeNs()));
        if (right - left < 18) continue;
        labels.push_back({left, right - left, span->leader ? m_session->nodeName(span->leader) : QString(),
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
    const TimeNs begin = m_session->beginNs();
    TimeNs at = begin + (m_scale.from() - begin) / step * step;
    for (; at < m_scale.to() && labels.size() < 60; at += step)
        if (at >= begin && m_scale.x(at) >= 0) labels.push_back({m_scale.x(at), 0, timeText(at - begin, decimals), 0});
    m_timeLabels.set(std::move(labels));
}

void TimelineItem::draw(ShapeList& shapes) {
    if (!m_session) return;
    const Palette& p = Theme::instance()->color();
    drawTape(shapes);
    const qreal lane = laneHeight();
    qreal y = lanesTop();
    const qreal bar = std::round(std::clamp(lane * 0.5, 4.0, 12.0));
    for (const Session::Lane& member : m_session->lanes()) {
        const qreal top = std::round(y + (lane - bar) / 2);
        for (const observe::NodeId id : member.ids) {
            drawLane(shapes, id, top, bar);
            drawTicks(shapes, id, top, bar);
        }
        y += lane;
    }
    for (const LabelModel::Label& label : m_timeLabels.labels())
        shapes.rect({std::round(label.place), y, 1, 4}, p.strongLine);
    drawMap(shapes);
    drawPlayhead(shapes);
}

void TimelineItem::drawTape(ShapeList& shapes) const {
    const Palette& p = Theme::instance()->color();
    const std::vector<TermSpan>& terms = m_session->timeline().terms();
    for (auto span = firstVisible(terms, m_scale.from()); span != terms.end() && span->fromNs < m_scale.to(); ++span) {
        const qreal left = std::max(-8.0, m_scale.x(span->fromNs));
        const qreal right = std::min(width() + 8, m_scale.x(span->toNs > 0 ? span->toNs : m_session->edgeNs()));
        const QRectF band(left + 0.5, 0, std::max(1.0, right - left - 1), m_tapeHeight);
        if (right - left < 5) {
            shapes.rect({std::floor(left), 0, std::max(1.0, std::floor(right - left)), m_tapeHeight},
                        p.termFill(span->term));
            continue;
        }
        shapes.roundRect(band, 3, p.termFill(span->term));
        if (!Theme::instance()->dark()) shapes.roundFrame(band, 3, 1, p.termEdge(span->term));
    }
    for (const TermSpan& span : m_session->timeline().faults()) {
        const qreal left = std::max(-2.0, m_scale.x(span.fromNs));
        const qreal right = std::min(width() + 2, m_scale.x(span.toNs > 0 ? span.toNs : m_session->edgeNs()));
        if (right < 0 || left > width()) continue;
        shapes.rect({left, m_tapeHeight + 4, std::max(2.0, right - left), 3}, p.danger);
    }
}

void TimelineItem::drawLane(ShapeList& shapes, observe::NodeId id, qreal y, qreal height) const {
    const Palette& p = Theme::instance()->color();
    const auto lane = m_session->timeline().lanes().find(id);
    if (lane == m_session->timeline().lanes().end()) return;
    const std::vector<RoleSpan>& spans = lane->second;
    for (auto span = firstVisible(spans, m_scale.from()); span != spans.end() && span->fromNs < m_scale.to(); ++span) {
        const qreal left = std::max(-4.0, m_scale.x(span->fromNs));
        const qreal right = std::min(width() + 4, m_scale.x(span->toNs > 0 ? span->toNs : m_session->edgeNs()));
        if (right <= left) continue;
        const QRectF bar(left, y, std::max(1.0, right - left - 0.5), height);
        if (span->process == ProcessState::stopped) {
            shapes.rect({bar.left(), std::round(y + height / 2), bar.width(), 1}, p.strongLine);
            continue;
        }
        // The role is in the height of the bar: a leader's is whole and strong, a follower's thin.
        const QColor fill = p.termFill(span->term);
        const float strength = !span->known || span->process == ProcessState::paused ? 0.25F : 1.0F;
        if (span->role == observe::Role::leader) {
            shapes.rect(bar, faded(fill, strength));
            if (!Theme::instance()->dark()) {
                shapes.rect({bar.left(), bar.top(), bar.width(), 1}, p.termEdge(span->term));
                shapes.rect({bar.left(), bar.bottom() - 1, bar.width(), 1}, p.termEdge(span->term));
            }
        } else if (span->role == observe::Role::candidate || span->role == observe::Role::preCandidate) {
            for (qreal x = bar.left(); x < bar.right(); x += 5)
                shapes.rect({x, bar.top(), std::min(3.0, bar.right() - x), height}, faded(p.vote, strength));
        } else {
            const qreal thin = std::max(2.0, std::round(height * 0.45));
            shapes.rect({bar.left(), std::round(y + (height - thin) / 2), bar.width(), thin},
                        faded(fill, strength * 0.62F));
        }
    }
}

void TimelineItem::drawTicks(ShapeList& shapes, observe::NodeId id, qreal y, qreal height) const {
    const Palette& p = Theme::instance()->color();
    const auto found = m_session->timeline().ticks().find(id);
    if (found == m_session->timeline().ticks().end()) return;
    const std::vector<Tick>& ticks = found->second;
    auto tick = std::lower_bound(ticks.begin(), ticks.end(), m_scale.from(),
                                 [](const Tick& one, TimeNs time) { return one.atNs < time; });
    qreal lastSync = -10;
    while (tick != ticks.end() && tick->atNs <= m_scale.to()) {
        const qreal x = std::round(m_scale.x(tick->atNs));
        switch (tick->kind) {
            case TickKind::fsync:
                if (x - lastSync >= 3) {
                    shapes.rect({x, y - 1, 1, height + 2}, faded(p.text, 0.55F));
                    lastSync = x;
                }
                break;
            case TickKind::crash: {
                const qreal r = 4;
                const qreal middle = y + height / 2;
                shapes.line({x - r, middle - r}, {x + r, middle + r}, 2, p.danger);
                shapes.line({x - r, middle + r}, {x + r, middle - r}, 2, p.danger);
                break;
            }
            case TickKind::start: {
                const QPointF sign[] = {{x, y - 1}, {x + 6, y + height / 2}, {x, y + height + 1}};
                shapes.convex(sign, p.accent);
                break;
            }
            case TickKind::lost:
                shapes.rect({x, y - 2, 2, height + 4}, p.warning);
                break;
            case TickKind::election:
                shapes.rect({x, y - 2, 2, height + 4}, p.vote);
                break;
            case TickKind::commit:
            case TickKind::fault:
                break;
        }
        if (tick->kind == TickKind::fsync && x - lastSync < 3) {
            // Thousands to a pixel: go on with the first one that would be drawn apart.
            const TimeNs next = m_scale.at(lastSync + 3);
            auto after = std::lower_bound(tick + 1, ticks.end(), next,
                                          [](const Tick& one, TimeNs time) { return one.atNs < time; });
            const auto special = std::find_if(tick + 1, after, [](const Tick& one) {
                return one.kind != TickKind::fsync && one.kind != TickKind::commit;
            });
            tick = special;
            continue;
        }
        ++tick;
    }
}

void TimelineItem::drawMap(ShapeList& shapes) const {
    const Palette& p = Theme::instance()->color();
    const TimeNs begin = m_session->beginNs();
    const auto whole = static_cast<double>(std::max<TimeNs>(1, m_session->edgeNs() - begin));
    const qreal top = mapTop();
    const qreal tall = height() - top - 2;
    const auto place = [&](TimeNs time) {
        return std::clamp(static_cast<double>(time - begin) / whole, 0.0, 1.0) * width();
    };
    shapes.rect({0, top, width(), tall}, p.sunken);
    for (const TermSpan& span : m_session->timeline().terms()) {
        const qreal left = place(span.fromNs);
        const qreal right = place(span.toNs > 0 ? span.toNs : m_session->edgeNs());
        shapes.rect({left, top + 1, std::max(1.0, right - left - 1), tall - 2}, faded(p.termFill(span.term), 0.55F));
    }
    const qreal left = place(m_scale.from());
    const qreal right = place(std::min(m_scale.to(), m_session->edgeNs()));
    shapes.roundFrame({left, top - 1, std::max(6.0, right - left), tall + 2}, 2, 1.4, p.text);
    const qreal head = place(m_session->playheadNs());
    shapes.rect({std::round(head) - 1, top - 1, 2, tall + 2}, p.text);
}

void TimelineItem::drawPlayhead(ShapeList& shapes) const {
    const Palette& p = Theme::instance()->color();
    const qreal head = m_scale.x(m_session->playheadNs());
    const qreal edge = m_scale.x(m_session->edgeNs());
    const qreal bottom = mapTop() - Theme::instance()->smallSize() * 1.2;
    if (edge - head > 3) {
        const QRectF gap(std::max(0.0, head), 0, std::min(edge, width()) - std::max(0.0, head), bottom);
        shapes.rect(gap, faded(p.danger, 0.10F));
        if (edge <= width()) shapes.dashedLine({edge, 0}, {edge, bottom}, 1.5, 4, 4, p.danger);
    }
    if (head < -2 || head > width() + 2) return;
    const qreal x = std::round(head);
    shapes.rect({x - 1, 0, 2, bottom}, p.text);
    const QPointF knob[] = {{x - 7, 0}, {x + 7, 0}, {x, 9}};
    shapes.convex(knob, p.text);
}

void TimelineItem::scrubTo(qreal x) {
    if (!m_session) return;
    const TimeNs time = std::clamp(m_scale.at(x), m_session->beginNs(), m_session->edgeNs());
    m_scale.unpin();
    m_session->seek(time);
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
    const TimeNs whole = m_session->edgeNs() - m_session->beginNs();
    const TimeNs time =
        m_session->beginNs() + static_cast<TimeNs>(x / std::max(1.0, width()) * static_cast<double>(whole));
    m_scale.pan(time - (m_scale.from() + m_scale.span() / 2));
    frame();
}

void TimelineItem::showAll() {
    m_scale.showAll();
    frame();
}

void TimelineItem::showPlayhead() {
    if (!m_session) return;
    m_scale.keep(m_session->playheadNs(), movesOf(*m_session), true);
    frame();
}

bool TimelineItem::inMap(qreal y) const { return y >= mapTop() - 3; }

QString TimelineItem::textAt(qreal x, qreal y) const {
    if (!m_session) return {};
    const TimeNs time = m_scale.at(x);
    if (m_session->beginNs() == 0 || time < m_session->beginNs() || time > m_session->edgeNs()) return {};
    const QString clock = timeText(time - m_session->beginNs(), 3);
    const auto number = static_cast<std::size_t>(std::max(0.0, (y - lanesTop()) / laneHeight()));
    if (y > lanesTop() && number < m_session->lanes().size()) {
        const Session::Lane& member = m_session->lanes()[number];
        const RoleSpan* shown = nullptr;  // of the latest of them that was there
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
    return clock;
}

}  // namespace raftarium::gui
