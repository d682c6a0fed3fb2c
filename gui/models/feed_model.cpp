// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/models/feed_model.h"

#include "gui/models/time_text.h"

#include <QCoreApplication>

#include <algorithm>

namespace raftarium::gui {

namespace {
constexpr observe::TimeNs kSameMomentNs = 1'000'000'000;
}

int FeedModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : count(); }

QString FeedModel::translated(const observe::FeedLine& line) {
    QString text = QCoreApplication::translate("Feed", line.text);
    for (std::size_t i = 0; i < line.values.size(); ++i)
        text.replace(QStringLiteral("{%1}").arg(i), QString::fromStdString(line.values[i]));
    return text;
}

QVariant FeedModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    switch (role) {
        case Qt::DisplayRole:
        case TextRole:
            return textOf(index.row());
        case TimeRole:
            return QVariant::fromValue<qint64>(row.line.atNs);
        case TimeTextRole:
            return timeText(row.line.atNs - m_origin, 1);
        case NodeRole:
            return QVariant::fromValue<qulonglong>(row.line.node);
        case SeverityRole:
            return row.line.severity;
        case RepeatsRole:
            return row.repeats;
        default:
            return {};
    }
}

QHash<int, QByteArray> FeedModel::roleNames() const {
    return {{TextRole, "line"}, {TimeRole, "time"},         {TimeTextRole, "timeText"},
            {NodeRole, "node"}, {SeverityRole, "severity"}, {RepeatsRole, "repeats"}};
}

void FeedModel::append(std::vector<observe::FeedLine> lines) {
    std::vector<Row> fresh;
    for (observe::FeedLine& line : lines) {
        Row* last = !fresh.empty() ? &fresh.back() : !m_rows.empty() ? &m_rows.back() : nullptr;
        if (last && last->line.text == line.text && last->line.node == line.node && last->line.values == line.values &&
            line.atNs - last->line.atNs < kSameMomentNs) {
            ++last->repeats;
            if (fresh.empty()) {
                const QModelIndex row = index(count() - 1);
                emit dataChanged(row, row, {RepeatsRole});
            }
            continue;
        }
        fresh.push_back({std::move(line), 1});
    }
    if (fresh.empty()) return;
    if (fresh.size() > kRowsMax) fresh.erase(fresh.begin(), fresh.end() - static_cast<std::ptrdiff_t>(kRowsMax));
    const std::size_t total = m_rows.size() + fresh.size();
    if (total > kRowsMax) {
        const std::size_t surplus = std::min(total - kRowsMax, m_rows.size());
        beginRemoveRows({}, 0, static_cast<int>(surplus) - 1);
        m_rows.erase(m_rows.begin(), m_rows.begin() + static_cast<std::ptrdiff_t>(surplus));
        endRemoveRows();
    }
    beginInsertRows({}, count(), count() + static_cast<int>(fresh.size()) - 1);
    std::move(fresh.begin(), fresh.end(), std::back_inserter(m_rows));
    endInsertRows();
    emit countChanged();
}

void FeedModel::clear() {
    beginResetModel();
    m_rows.clear();
    endResetModel();
    emit countChanged();
}

int FeedModel::rowAt(qint64 time, int severityMin) const {
    auto after = std::upper_bound(m_rows.begin(), m_rows.end(), time,
                                  [](qint64 value, const Row& row) { return value < row.line.atNs; });
    while (after != m_rows.begin()) {
        --after;
        if (after->line.severity >= severityMin) return static_cast<int>(after - m_rows.begin());
    }
    return -1;
}

QString FeedModel::textOf(int row) const {
    if (row < 0 || row >= count()) return {};
    return translated(m_rows[static_cast<std::size_t>(row)].line);
}

observe::TimeNs FeedModel::timeOf(int row) const {
    return row < 0 || row >= count() ? 0 : m_rows[static_cast<std::size_t>(row)].line.atNs;
}

}  // namespace raftarium::gui
