// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/timeline/draw_timeline.h"

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

QColor faded(QColor color, float alpha) {
    color.setAlphaF(color.alphaF() * alpha);
    return color;
}

void drawSpans(ShapeList& shapes, const TimelineFrame& frame, observe::NodeId id, qreal y, qreal height) {
    const Palette& p = frame.palette;
    const auto lane = frame.timeline.lanes().find(id);
    if (lane == frame.timeline.lanes().end()) return;
    const std::vector<RoleSpan>& spans = lane->second;
    for (auto span = firstVisible(spans, frame.scale.from()); span != spans.end() && span->fromNs < frame.scale.to();
         ++span) {
        const qreal left = std::max(-4.0, frame.scale.x(span->fromNs));
        const qreal right = std::min(frame.size.width() + 4, frame.scale.x(span->toNs > 0 ? span->toNs : frame.edgeNs));
        if (right <= left) continue;
        const QRectF bar(left, y, std::max(1.0, right - left - 0.5), height);
        if (span->process == ProcessState::stopped) {
            shapes.rect({bar.left(), std::round(y + height / 2), bar.width(), 1}, p.strongLine);
            continue;
        }
        // The height of the bar shows the role: full for a leader, thin for a follower.
        const QColor fill = p.termFill(span->term);
        const float strength = !span->known || span->process == ProcessState::paused ? 0.25F : 1.0F;
        if (span->role == observe::Role::leader) {
            shapes.rect(bar, faded(fill, strength));
            if (!frame.dark) {
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

void drawTicks(ShapeList& shapes, const TimelineFrame& frame, observe::NodeId id, qreal y, qreal height) {
    const Palette& p = frame.palette;
    const auto found = frame.timeline.ticks().find(id);
    if (found == frame.timeline.ticks().end()) return;
    const std::vector<Tick>& ticks = found->second;
    auto tick = std::lower_bound(ticks.begin(), ticks.end(), frame.scale.from(),
                                 [](const Tick& one, TimeNs time) { return one.atNs < time; });
    qreal lastSync = -10;
    while (tick != ticks.end() && tick->atNs <= frame.scale.to()) {
        const qreal x = std::round(frame.scale.x(tick->atNs));
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
            // There may be thousands in one pixel: go on with the first that is drawn in another one.
            const TimeNs next = frame.scale.at(lastSync + 3);
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

}  // namespace

void drawLane(ShapeList& shapes, const TimelineFrame& frame, observe::NodeId id, qreal y, qreal height) {
    drawSpans(shapes, frame, id, y, height);
    drawTicks(shapes, frame, id, y, height);
}

void drawTape(ShapeList& shapes, const TimelineFrame& frame) {
    const Palette& p = frame.palette;
    const std::vector<TermSpan>& terms = frame.timeline.terms();
    for (auto span = firstVisible(terms, frame.scale.from()); span != terms.end() && span->fromNs < frame.scale.to();
         ++span) {
        const qreal left = std::max(-8.0, frame.scale.x(span->fromNs));
        const qreal right = std::min(frame.size.width() + 8, frame.scale.x(span->toNs > 0 ? span->toNs : frame.edgeNs));
        const QRectF band(left + 0.5, 0, std::max(1.0, right - left - 1), frame.tapeHeight);
        if (right - left < 5) {
            shapes.rect({std::floor(left), 0, std::max(1.0, std::floor(right - left)), frame.tapeHeight},
                        p.termFill(span->term));
            continue;
        }
        shapes.roundRect(band, 3, p.termFill(span->term));
        if (!frame.dark) shapes.roundFrame(band, 3, 1, p.termEdge(span->term));
    }
    for (const TermSpan& span : frame.timeline.faults()) {
        const qreal left = std::max(-2.0, frame.scale.x(span.fromNs));
        const qreal right = std::min(frame.size.width() + 2, frame.scale.x(span.toNs > 0 ? span.toNs : frame.edgeNs));
        if (right < 0 || left > frame.size.width()) continue;
        shapes.rect({left, frame.tapeHeight + 4, std::max(2.0, right - left), 3}, p.danger);
    }
}

void drawActions(ShapeList& shapes, const TimelineFrame& frame) {
    const Palette& p = frame.palette;
    constexpr qreal kHalf = kActionHalfWidth;
    qreal last = -10;
    for (const observe::ActionMark& mark : frame.timeline.actions()) {
        const qreal x = std::round(frame.scale.x(mark.atNs));
        if (x < -kHalf || x > frame.size.width() + kHalf || x - last < 2) continue;
        last = x;
        const QPointF sign[] = {{x - kHalf, 0}, {x + kHalf, 0}, {x, kHalf * 1.6}};
        shapes.convex(sign, mark.failed ? p.danger : p.text);
    }
}

void drawMap(ShapeList& shapes, const TimelineFrame& frame) {
    const Palette& p = frame.palette;
    const TimeNs begin = frame.beginNs;
    const auto whole = static_cast<double>(std::max<TimeNs>(1, frame.edgeNs - begin));
    const qreal top = frame.mapTop;
    const qreal tall = frame.size.height() - top - 2;
    const auto place = [&](TimeNs time) {
        return std::clamp(static_cast<double>(time - begin) / whole, 0.0, 1.0) * frame.size.width();
    };
    shapes.rect({0, top, frame.size.width(), tall}, p.sunken);
    for (const TermSpan& span : frame.timeline.terms()) {
        const qreal left = place(span.fromNs);
        const qreal right = place(span.toNs > 0 ? span.toNs : frame.edgeNs);
        shapes.rect({left, top + 1, std::max(1.0, right - left - 1), tall - 2}, faded(p.termFill(span.term), 0.55F));
    }
    const qreal left = place(frame.scale.from());
    const qreal right = place(std::min(frame.scale.to(), frame.edgeNs));
    shapes.roundFrame({left, top - 1, std::max(6.0, right - left), tall + 2}, 2, 1.4, p.text);
    const qreal head = place(frame.playheadNs);
    shapes.rect({std::round(head) - 1, top - 1, 2, tall + 2}, p.text);
}

void drawPlayhead(ShapeList& shapes, const TimelineFrame& frame, qreal bottom) {
    const Palette& p = frame.palette;
    const qreal head = frame.scale.x(frame.playheadNs);
    const qreal edge = frame.scale.x(frame.edgeNs);
    if (edge - head > 3) {
        const QRectF gap(std::max(0.0, head), 0, std::min(edge, frame.size.width()) - std::max(0.0, head), bottom);
        shapes.rect(gap, faded(p.danger, 0.10F));
        if (edge <= frame.size.width()) shapes.dashedLine({edge, 0}, {edge, bottom}, 1.5, 4, 4, p.danger);
    }
    if (head < -2 || head > frame.size.width() + 2) return;
    const qreal x = std::round(head);
    shapes.rect({x - 1, 0, 2, bottom}, p.text);
    const QPointF knob[] = {{x - 7, 0}, {x + 7, 0}, {x, 9}};
    shapes.convex(knob, p.text);
}

}  // namespace raftarium::gui
