// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/stage/partition_shape.h"

#include "gui/theme/shape_list.h"

#include <QPolygonF>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace raftarium::gui {

bool isCut(const observe::ClusterState& state, observe::NodeId from, observe::NodeId to) {
    const auto cutIn = [](const std::map<observe::NodeId, observe::LinkFaults>& faults, observe::NodeId peer) {
        const auto found = faults.find(peer);
        return found != faults.end() && found->second.cut;
    };
    const auto sender = state.nodes.find(from);
    if (sender != state.nodes.end() && cutIn(sender->second.faults, to)) return true;
    const auto receiver = state.nodes.find(to);
    return receiver != state.nodes.end() && cutIn(receiver->second.inboundFaults, from);
}

std::vector<std::vector<std::size_t>> groupsOf(const observe::ClusterState& state,
                                               std::span<const observe::NodeId> ids) {
    std::vector<std::size_t> group(ids.size());
    std::iota(group.begin(), group.end(), std::size_t{0});
    for (std::size_t a = 0; a < ids.size(); ++a)
        for (std::size_t b = a + 1; b < ids.size(); ++b) {
            if (isCut(state, ids[a], ids[b]) && isCut(state, ids[b], ids[a])) continue;
            const std::size_t from = group[b];
            const std::size_t to = group[a];
            std::replace(group.begin(), group.end(), from, to);
        }
    std::map<std::size_t, std::vector<std::size_t>> byName;
    for (std::size_t i = 0; i < ids.size(); ++i) byName[group[i]].push_back(i);
    std::vector<std::vector<std::size_t>> groups;
    for (auto& [name, members] : byName) groups.push_back(std::move(members));
    return groups;
}

std::vector<std::vector<QPointF>> wallsFor(const std::vector<std::vector<std::size_t>>& groups,
                                           const StageLayout& layout) {
    std::vector<std::vector<QPointF>> walls;
    const std::size_t count = layout.places.size();
    if (groups.size() < 2 || count < 2) return walls;
    std::vector<std::size_t> group(count, 0);
    for (std::size_t g = 0; g < groups.size(); ++g)
        for (const std::size_t place : groups[g])
            if (place < count) group[place] = g;
    std::vector<std::size_t> borders;  // a border stands before place i
    for (std::size_t i = 0; i < count; ++i)
        if (group[i] != group[(i + count - 1) % count]) borders.push_back(i);
    if (borders.size() < 2) return walls;
    const auto outside = [&](std::size_t border) {
        const QPointF a = layout.places[(border + count - 1) % count].centre;
        const QPointF b = layout.places[border].centre;
        const QPointF towards = (a + b) / 2 - layout.middle;
        const qreal length = std::max(1.0, std::hypot(towards.x(), towards.y()));
        const QPointF between = count == 2 ? QPointF(0, border == 0 ? -length : length) : towards / length;
        return (a + b) / 2 + (count == 2 ? between : between * (layout.ringRadius * 2.4));
    };
    // A wall around each run but those of one group: the one in the most pieces, or else the largest.
    const auto runsOf = [&](std::size_t g) {
        return std::count_if(borders.begin(), borders.end(), [&](std::size_t border) { return group[border] == g; });
    };
    std::size_t open = 0;
    for (std::size_t g = 1; g < groups.size(); ++g)
        if (std::pair(runsOf(g), groups[g].size()) > std::pair(runsOf(open), groups[open].size())) open = g;
    for (std::size_t i = 0; i < borders.size(); ++i) {
        if (group[borders[i]] == open) continue;
        const QPointF from = outside(borders[i]);
        const QPointF to = outside(borders[(i + 1) % borders.size()]);
        QPointF bend = layout.middle;
        if (borders.size() > 2) {  // stay on this group's side of the middle
            const std::size_t members = (borders[(i + 1) % borders.size()] + count - borders[i]) % count;
            QPointF own;
            for (std::size_t k = 0; k < members; ++k) own += layout.places[(borders[i] + k) % count].centre;
            bend += (own / static_cast<qreal>(members) - bend) * 0.12;
        }
        std::vector<QPointF> wall;
        constexpr int steps = 32;
        for (int k = 0; k <= steps; ++k) {
            const qreal t = static_cast<qreal>(k) / steps;
            wall.push_back(from * ((1 - t) * (1 - t)) + bend * (2 * t * (1 - t)) + to * (t * t));
        }
        walls.push_back(std::move(wall));
    }
    return walls;
}

std::vector<std::vector<std::size_t>> split(std::span<const QPointF> stroke, const StageLayout& layout,
                                            const QSizeF& size) {
    if (stroke.size() < 2) return {};
    const QPointF first = stroke.front();
    const QPointF last = stroke.back();
    const qreal length = std::hypot(last.x() - first.x(), last.y() - first.y());
    if (length < 20) return {};
    // Both ends go on in the direction of the whole stroke: a trembling hand at its end must not turn the wall around.
    const QPointF unit = (last - first) / length;
    const qreal far = 4 * (size.width() + size.height());
    const QPointF aside(-unit.y() * far, unit.x() * far);
    QPolygonF half;
    half << first - unit * far;
    for (const QPointF& point : stroke) half << point;
    half << last + unit * far << last + unit * far + aside << first - unit * far + aside;
    std::vector<std::size_t> inside, outside;
    for (std::size_t i = 0; i < layout.places.size(); ++i)
        (half.containsPoint(layout.places[i].centre, Qt::OddEvenFill) ? inside : outside).push_back(i);
    if (inside.empty() || outside.empty()) return {};
    return {inside, outside};
}

std::vector<std::vector<std::size_t>> refine(const std::vector<std::vector<std::size_t>>& first,
                                             const std::vector<std::vector<std::size_t>>& second) {
    std::vector<std::vector<std::size_t>> refined;
    for (const auto& group : first)
        for (const auto& other : second) {
            std::vector<std::size_t> both;
            std::copy_if(group.begin(), group.end(), std::back_inserter(both),
                         [&](std::size_t i) { return std::find(other.begin(), other.end(), i) != other.end(); });
            if (!both.empty()) refined.push_back(std::move(both));
        }
    return refined;
}

qreal crossing(std::span<const QPointF> path, const std::vector<std::vector<QPointF>>& walls, qreal none) {
    qreal nearest = 2;
    const auto cross = [](QPointF a, QPointF b) { return a.x() * b.y() - a.y() * b.x(); };
    for (std::size_t i = 0; i + 1 < path.size(); ++i)
        for (const auto& wall : walls)
            for (std::size_t k = 0; k + 1 < wall.size(); ++k) {
                const QPointF d = path[i + 1] - path[i];
                const QPointF e = wall[k + 1] - wall[k];
                const qreal base = cross(d, e);
                if (std::abs(base) < 1e-9) continue;
                const qreal t = cross(wall[k] - path[i], e) / base;
                const qreal s = cross(wall[k] - path[i], d) / base;
                if (t >= 0 && t <= 1 && s >= 0 && s <= 1)
                    nearest = std::min(nearest, (static_cast<qreal>(i) + t) / static_cast<qreal>(path.size() - 1));
            }
    return nearest > 1 ? none : nearest;
}

}  // namespace raftarium::gui
