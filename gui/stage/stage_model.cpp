// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/stage/stage_model.h"

#include "gui/models/role_text.h"
#include "gui/models/time_text.h"

#include <QCoreApplication>

#include <algorithm>

namespace raftarium::gui {

namespace {

using observe::NodeState;
using observe::ProcessState;
using observe::Role;

QString lineOf(const NodeState& node, bool full) {
    if (node.process == ProcessState::stopped) return QCoreApplication::translate("StageModel", "Stopped");
    if (node.process == ProcessState::starting) return QCoreApplication::translate("StageModel", "Starting");
    if (node.process == ProcessState::paused) return QCoreApplication::translate("StageModel", "Paused");
    if (!node.known) return QCoreApplication::translate("StageModel", "No report");
    const QString role = roleTitle(node.role);
    const bool asking = node.role == Role::candidate || node.role == Role::preCandidate;
    if (full && asking && node.tally) {
        const auto needed = static_cast<int>(node.tally->needed);  // lupdate does not read past a cast
        return QCoreApplication::translate("StageModel", "%1 · %2 of %n votes", nullptr, needed)
            .arg(role)
            .arg(node.tally->granted.size());
    }
    if (full && node.deadline.timeoutNs > 0 && node.deadline.deadlineNs > 0)
        return QCoreApplication::translate("StageModel", "%1 · timeout %2")
            .arg(role, durationText(node.deadline.timeoutNs));
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

void fillClient(StageModel::Row& row, const ShownCall& shown) {
    const observe::ClientCall& call = *shown.call;
    row.clientText = QString::fromStdString(call.text);
    if (row.clientText.size() > 24) row.clientText = row.clientText.left(23) + QStringLiteral("…");
    if (!call.error.empty()) {
        row.clientState = QStringLiteral("failed");
    } else if (call.answeredNs > 0) {
        row.clientState = QStringLiteral("done");
        if (call.revision > 0)
            row.clientText = QCoreApplication::translate("StageModel", "%1 → rev %2")
                                 .arg(row.clientText, QString::number(call.revision));
    } else {
        row.clientState = QStringLiteral("waiting");
    }
    if (shown.others > 0)
        row.clientText =
            QCoreApplication::translate("StageModel", "%1  +%2").arg(row.clientText, QString::number(shown.others));
}

// What a view must read again. Under load a row changes with every frame, but seldom in all of its parts.
QList<int> changedRoles(const StageModel::Row& a, const StageModel::Row& b) {
    QList<int> roles;
    const auto add = [&roles](bool differs, int role) {
        if (differs) roles.append(role);
    };
    using Model = StageModel;
    add(a.name != b.name, Model::NameRole);
    add(a.centre != b.centre, Model::CentreRole);
    add(a.caption != b.caption, Model::CaptionRole);
    add(a.client != b.client, Model::ClientRole);
    add(a.strip != b.strip, Model::StripRole);
    add(a.termText != b.termText, Model::TermTextRole);
    add(a.line != b.line, Model::LineRole);
    add(a.ink != b.ink, Model::InkRole);
    add(a.dim != b.dim, Model::DimRole);
    add(a.cells != b.cells, Model::CellsRole);
    add(a.filled != b.filled, Model::FilledRole);
    add(a.process != b.process, Model::ProcessRole);
    add(a.role != b.role, Model::RoleRole);
    add(a.clientText != b.clientText, Model::ClientTextRole);
    add(a.clientState != b.clientState, Model::ClientStateRole);
    add(a.name != b.name || a.line != b.line || a.termText != b.termText, Model::DescriptionRole);
    return roles;
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
        case CaptionRole:
            return row.caption;
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
            {CaptionRole, "caption"},
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

QVariant StageModel::named(const QString& name) const {
    for (const Row& row : m_rows)
        if (row.name == name)
            return QVariantMap{{QStringLiteral("process"), row.process},
                               {QStringLiteral("role"), row.role},
                               {QStringLiteral("line"), row.line}};
    return QVariantMap();
}

void StageModel::refresh(const Session& session, const StageLayout& layout, const Palette& palette,
                         const ShownCalls& calls) {
    const observe::ClusterState& state = session.view();
    const LogWindow window = logWindow(state, layout.columns);
    const std::size_t count = std::min(session.roster()->nodes().size(), layout.places.size());
    if (count != m_rows.size()) {
        beginResetModel();
        m_rows.assign(count, {});
        endResetModel();
    }
    for (std::size_t i = 0; i < count; ++i) {
        const Roster::Node& ref = session.roster()->nodes()[i];
        const NodePlace& place = layout.places[i];
        Row row;
        row.name = ref.name;
        row.centre = place.centre;
        row.caption = place.caption;
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
            row.line = lineOf(node, layout.detail == NodeDetail::full);
            row.process = processWord(node.process);
            row.role = roleWord(node.role);
            fillCells(row, node, window, layout.columns);
            if (const auto call = calls.find(ref.id); call != calls.end()) fillClient(row, call->second);
        }
        const QList<int> roles = changedRoles(m_rows[i], row);
        if (roles.isEmpty()) continue;
        m_rows[i] = std::move(row);
        const QModelIndex changed = index(static_cast<int>(i));
        emit dataChanged(changed, changed, roles);
    }
}

}  // namespace raftarium::gui
