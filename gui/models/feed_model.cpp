// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/models/feed_model.h"

#include "cluster/observe/feed/sentences.h"
#include "gui/models/say.h"
#include "gui/models/time_text.h"

#include <algorithm>

namespace raftarium::gui {

namespace {
constexpr observe::TimeNs kSoonNs = 4'000'000'000;
constexpr int kLookBackRows = 12;
constexpr observe::TimeNs kFloodNs = 1'000'000'000;
constexpr int kValueCharsMax = 40;  // the rest of a long request is in the panels
constexpr int kCountedRows = 100;   // the counts of this many newest rows may still change
constexpr int kFloodLeast = 3;      // so many more in a second, and the flood goes on
}  // namespace

int FeedModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : count(); }

namespace {

// Keys in requests often begin alike, so more of the end is kept.
QString shortened(const QString& value) {
    if (value.size() <= kValueCharsMax) return value;
    qsizetype head = kValueCharsMax / 3, tail = kValueCharsMax - 1 - head;
    if (value[head].isLowSurrogate()) --head;
    if (value[value.size() - tail].isLowSurrogate()) --tail;
    return value.left(head) + QChar(0x2026) + value.right(tail);
}

}  // namespace

QString FeedModel::translated(const observe::FeedLine& line) {
    // A command line is there to be read and typed again.
    for (const auto action : {observe::Say::actionTaken, observe::Say::actionFailed})
        if (line.text.pattern == observe::templateOf(action)) return say(line.text);
    return say(line.text, &shortened);
}

void FeedModel::retranslate() {
    if (count() > 0) emit dataChanged(index(0), index(count() - 1), {Qt::DisplayRole, TextRole});
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
        case AlikeRole:
            return row.alike;
        default:
            return {};
    }
}

QHash<int, QByteArray> FeedModel::roleNames() const {
    return {{TextRole, "line"},         {TimeRole, "time"},       {TimeTextRole, "timeText"}, {NodeRole, "node"},
            {SeverityRole, "severity"}, {RepeatsRole, "repeats"}, {AlikeRole, "alike"}};
}

// The row among the newest few that has the same sentence, or null.
FeedModel::Row* FeedModel::sameAs(const observe::FeedLine& line, std::vector<Row>& fresh) {
    const auto says = [&line](const Row& row) {
        return row.line.text == line.text && row.line.node == line.node && line.atNs - row.lastNs < kSoonNs;
    };
    int left = kLookBackRows;
    for (auto row = fresh.rbegin(); row != fresh.rend() && left-- > 0; ++row)
        if (says(*row)) return &*row;
    for (auto row = m_rows.rbegin(); row != m_rows.rend() && left-- > 0; ++row)
        if (says(*row)) return &*row;
    return nullptr;
}

FeedModel::Row* FeedModel::rowOf(std::int64_t number, std::vector<Row>& fresh) {
    const std::int64_t firstFresh = m_appended - static_cast<std::int64_t>(fresh.size());
    const std::int64_t first = firstFresh - static_cast<std::int64_t>(m_rows.size());
    if (number < first) return nullptr;
    return number < firstFresh ? &m_rows[static_cast<std::size_t>(number - first)]
                               : &fresh[static_cast<std::size_t>(number - firstFresh)];
}

// Returns false if the line gets a row of its own.
bool FeedModel::foldedIntoFlood(const observe::FeedLine& line, std::vector<Row>& fresh) {
    if (line.severity > 1) return false;
    Flood& flood = m_floods[line.text.pattern.source];
    Row* newest = flood.newest < 0 ? nullptr : rowOf(flood.newest, fresh);
    if (newest && line.atNs - newest->line.atNs < kFloodNs) {
        if (!flood.folding && flood.next >= flood.begunNs.size())
            flood.folding = line.atNs - flood.begunNs[flood.next % flood.begunNs.size()] < kFloodNs;
        if (flood.folding) {
            ++newest->alike;
            return true;
        }
    } else {
        flood.folding = newest && newest->alike >= kFloodLeast;
    }
    flood.begunNs[flood.next++ % flood.begunNs.size()] = line.atNs;
    flood.newest = m_appended;
    return false;
}

void FeedModel::append(std::vector<Line> lines) {
    std::vector<Row> fresh;
    bool counted = false;
    for (Line& line : lines) {
        if (Row* same = sameAs(line.line, fresh)) {
            ++same->repeats;
            same->lastNs = line.line.atNs;
            counted = true;
            continue;
        }
        if (foldedIntoFlood(line.line, fresh)) {
            counted = true;
            continue;
        }
        const observe::TimeNs at = line.line.atNs;
        fresh.push_back({std::move(line.line), line.meaningful, 1, 0, at});
        ++m_appended;
    }
    if (counted && count() > 0)
        emit dataChanged(index(std::max(0, count() - kCountedRows)), index(count() - 1), {RepeatsRole, AlikeRole});
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
    m_floods.clear();
    endResetModel();
    m_currentRow = -1;
    m_caption.clear();
    emit countChanged();
    emit currentChanged();
}

void FeedModel::showAt(observe::TimeNs time) {
    int row = rowAt(time, true);
    if (row < 0) row = rowAt(time);
    const QString text = textOf(row);
    if (row == m_currentRow && text == m_caption) return;
    m_currentRow = row;
    m_caption = text;
    emit currentChanged();
}

int FeedModel::rowAt(qint64 time, bool meaningful) const {
    auto after = std::upper_bound(m_rows.begin(), m_rows.end(), time,
                                  [](qint64 value, const Row& row) { return value < row.line.atNs; });
    while (after != m_rows.begin()) {
        --after;
        if (!meaningful || after->meaningful) return static_cast<int>(after - m_rows.begin());
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
