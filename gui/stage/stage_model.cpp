// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/stage/stage_model.h"

#include "gui/models/summary.h"
#include "gui/models/time_text.h"

#include <algorithm>

namespace raftarium::gui {

namespace {

using observe::NodeState;
using observe::ProcessState;
using observe::Role;

QString roleName(const NodeState& node) {
    switch (node.role) {
        case Role::follower:
            return StageModel::tr("Follower");
        case Role::candidate:
            return StageModel::tr("Candidate");
        case Role::leader:
            return StageModel::tr("Leader");
        case Role::preCandidate:
            return StageModel::tr("Pre-candidate");
        case Role::learner:
            return StageModel::tr("Learner");
    }
    return {};
}

QString lineOf(const NodeState& node) {
    if (node.process == ProcessState::stopped) return StageModel::tr("Stopped");
    if (node.process == ProcessState::starting) return StageModel::tr("Starting");
    if (node.process == ProcessState::paused) return StageModel::tr("Paused");
    if (!node.known) return StageModel::tr("No news");
    const QString role = roleName(node);
    const bool asking = node.role == Role::candidate || node.role == Role::preCandidate;
    if (asking && node.tally)
        return StageModel::tr("%1 · %2 of %3 votes").arg(role).arg(node.tally->granted.size()).arg(node.tally->needed);
    if (node.deadline.timeoutNs > 0 && node.deadline.deadlineNs > 0)
        return StageModel::tr("%1 · timeout %2").arg(role, durationText(node.deadline.timeoutNs));
    return role;
}

void fillCells(StageModel::Row& row, const NodeState& node, const LogWindow& window, int columns) {
    for (int column = 0; column < columns; ++column) {
        const std::uint64_t index = window.first + static_cast<std::uint64_t>(column);
        if (index > node.log.lastIndex || index < node.log.firstIndex) {
            row.cells.append(QString());
            row.filled.append(QLatin1Char('-'));
            continue;
        }
        const observe::LogEntry* entry = node.log.find(index);
        row.cells.append(entry ? QString::number(entry->term) : QStringLiteral("·"));
        row.filled.append(QLatin1Char(index <= node.log.commitIndex ? 'f' : 'o'));
    }
}

// The request to show beside a node: the newest.
void fillClient(StageModel::Row& row, const observe::ClusterState& state, observe::NodeId id, observe::TimeNs now) {
    const observe::ClientCall* shown = nullptr;
    int others = 0;
    int looked = 0;
    for (auto call = state.calls.rbegin(); call != state.calls.rend() && looked < 3000; ++call, ++looked) {
        const observe::ClientCall& one = call->second;
        if (one.node != id || one.receivedNs > now) continue;
        if (one.answeredNs > 0 && now - one.answeredNs > 2'500'000'000) continue;
        if (shown) ++others;
        if (!shown || one.receivedNs > shown->receivedNs) shown = &one;
    }
    if (!shown) return;
    row.clientText = QString::fromStdString(shown->text);
    if (row.clientText.size() > 24) row.clientText = row.clientText.left(23) + QStringLiteral("…");
    if (!shown->error.empty()) {
        row.clientState = QStringLiteral("failed");
    } else if (shown->answeredNs > 0) {
        row.clientState = QStringLiteral("done");
        if (shown->revision > 0) row.clientText += StageModel::tr(" → rev %1").arg(shown->revision);
    } else {
        row.clientState = QStringLiteral("waiting");
    }
    if (others > 0) row.clientText += StageModel::tr("  +%1").arg(others);
}

}  // namespace

LogWindow logWindow(const observe::ClusterState& state, int columns) {
    LogWindow window;
    for (const auto& [id, node] : state.nodes)
        if (!node.left) window.highest = std::max(window.highest, node.log.lastIndex);
    const auto width = static_cast<std::uint64_t>(columns);
    window.first = window.highest > width ? window.highest - width + 1 : 1;
    return window;
}

int StageModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant StageModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    switch (role) {
        case Qt::DisplayRole:
        case NameRole:
            return row.name;
        case CentreRole:
            return row.centre;
        case WordsRole:
            return row.words;
        case StripRole:
            return row.strip;
        case TermTextRole:
            return row.termText;
        case InkRole:
            return row.ink;
        case LineRole:
            return row.line;
        case DimRole:
            return row.dim;
        case CellsRole:
            return row.cells;
        case FilledRole:
            return row.filled;
        case ProcessRole:
            return row.process;
        case RoleRole:
            return row.role;
        case ClientRole:
            return row.client;
        case ClientTextRole:
            return row.clientText;
        case ClientStateRole:
            return row.clientState;
        case DescriptionRole:
            return tr("%1, %2, %3").arg(row.name, row.line, row.termText);
        default:
            return {};
    }
}

QHash<int, QByteArray> StageModel::roleNames() const {
    return {{NameRole, "name"},
            {CentreRole, "centre"},
            {WordsRole, "words"},
            {StripRole, "strip"},
            {TermTextRole, "termText"},
            {InkRole, "ink"},
            {LineRole, "line"},
            {DimRole, "dim"},
            {CellsRole, "cells"},
            {FilledRole, "filled"},
            {ProcessRole, "process"},
            {RoleRole, "role"},
            {ClientRole, "client"},
            {ClientTextRole, "clientText"},
            {ClientStateRole, "clientState"},
            {DescriptionRole, "description"}};
}

void StageModel::refresh(const Session& session, const StageLayout& layout, const Palette& palette) {
    const observe::ClusterState& state = session.view();
    const LogWindow window = logWindow(state, layout.columns);
    const std::size_t count = std::min(session.nodes().size(), layout.places.size());
    if (count != m_rows.size()) {
        beginResetModel();
        m_rows.assign(count, {});
        endResetModel();
    }
    for (std::size_t i = 0; i < count; ++i) {
        const Session::NodeRef& ref = session.nodes()[i];
        const NodePlace& place = layout.places[i];
        Row row;
        row.name = ref.name;
        row.centre = place.centre;
        row.words = place.words;
        row.strip = place.strip;
        row.client = place.client;
        const auto found = state.nodes.find(ref.id);
        if (found == state.nodes.end()) {
            row.dim = true;
            row.ink = palette.text;
            row.line = tr("Not started");
            row.process = QStringLiteral("stopped");
        } else {
            const NodeState& node = found->second;
            row.dim = node.process == ProcessState::stopped || node.process == ProcessState::starting;
            row.ink = row.dim ? palette.text : palette.termText(node.term);
            row.termText = node.term > 0 ? tr("term %1").arg(node.term) : QString();
            row.line = lineOf(node);
            row.process = processWord(node.process);
            row.role = roleWord(node.role);
            fillCells(row, node, window, layout.columns);
            fillClient(row, state, ref.id, session.playheadNs());
        }
        if (row == m_rows[i]) continue;
        m_rows[i] = std::move(row);
        const QModelIndex changed = index(static_cast<int>(i));
        emit dataChanged(changed, changed);
    }
}

}  // namespace raftarium::gui
