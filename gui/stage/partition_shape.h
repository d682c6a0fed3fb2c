// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Partitions as seen: which nodes can still reach each other, where a wall between groups stands, and which groups a
// stroke across the stage separates.
#pragma once

#include "cluster/observe/cluster_state.h"
#include "gui/stage/stage_layout.h"

#include <QPointF>

#include <span>
#include <vector>

namespace raftarium::gui {

// Both directions looked at by sender's and receiver's gate.
bool isCut(const observe::ClusterState& state, observe::NodeId from, observe::NodeId to);

// Groups of places (by number) joined by at least one uncut direction. One group = no partition.
std::vector<std::vector<std::size_t>> groupsOf(const observe::ClusterState& state,
                                               std::span<const observe::NodeId> ids);

// A wall around each run of neighbours on the ring that belong together, but for the runs of one group: that is
// outside.
std::vector<std::vector<QPointF>> wallsFor(const std::vector<std::vector<std::size_t>>& groups,
                                           const StageLayout& layout);

// The stroke, lengthened at both ends until it leaves the stage, splits the places in two; empty if one side is empty.
std::vector<std::vector<std::size_t>> split(std::span<const QPointF> stroke, const StageLayout& layout,
                                            const QSizeF& size);
// Each group of `first` split by `second`.
std::vector<std::vector<std::size_t>> refine(const std::vector<std::vector<std::size_t>>& first,
                                             const std::vector<std::vector<std::size_t>>& second);

// Share of the way along `path` where it meets a wall first; `none` if it does not.
qreal crossing(std::span<const QPointF> path, const std::vector<std::vector<QPointF>>& walls, qreal none);

}  // namespace raftarium::gui
