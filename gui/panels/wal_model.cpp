// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/panels/wal_model.h"

#include "cluster/inspect/local_files.h"
#include "gui/models/say.h"

#include <QCoreApplication>
#include <QPointer>
#include <QThreadPool>

namespace raftarium::gui {

namespace {

constexpr int kPollMs = 400;

QVariantMap fact(const QString& label, const QString& value, bool bad = false) {
    return {{"label", label}, {"value", value}, {"bad", bad}, {"isData", false}};
}
QVariantMap dataFact(const QString& label, const std::string& value) {
    return {{"label", label}, {"value", QString::fromStdString(value)}, {"bad", false}, {"isData", true}};
}

QString kindText(const inspect::WalRecordInfo& record) {
    switch (record.kind) {
        case inspect::WalRecordKind::metadata:
            return WalModel::tr("metadata");
        case inspect::WalRecordKind::entry:
            return record.kindName == "normal" ? WalModel::tr("entry") : WalModel::tr("conf change");
        case inspect::WalRecordKind::state:
            return WalModel::tr("state");
        case inspect::WalRecordKind::crc:
            return WalModel::tr("crc");
        case inspect::WalRecordKind::snapshot:
            return WalModel::tr("snapshot");
        default:
            return QString::fromStdString(record.kindName);
    }
}

QString hex8(std::uint32_t value) { return QStringLiteral("0x%1").arg(value, 8, 16, QLatin1Char('0')); }

bool within(std::size_t position, const inspect::ByteSpan& span) {
    return position >= span.offset && position < span.offset + span.length;
}

}  // namespace

WalModel::WalModel(QObject* parent) : QAbstractListModel(parent) {
    m_timer.setInterval(kPollMs);
    connect(&m_timer, &QTimer::timeout, this, &WalModel::refresh);
}

WalModel::~WalModel() = default;

int WalModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_records.size());
}

QVariant WalModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const auto& record = m_records[static_cast<std::size_t>(index.row())];
    const bool entry = record.kind == inspect::WalRecordKind::entry;
    switch (role) {
        case NumberRole:
            return static_cast<double>(m_total - m_records.size() + static_cast<std::size_t>(index.row()));
        case KindRole:
            return kindText(record);
        case TermRole:
            return static_cast<double>(record.term);
        case IndexRole:
            return entry ? static_cast<double>(record.index) : 0.0;
        case Qt::DisplayRole:
        // The vote seldom changes and a row has little room: it is in the facts of the chosen record.
        case TextRole:
            return record.kind == inspect::WalRecordKind::state ? tr("commit %1").arg(record.index) : say(record.text);
        case CrcOkRole:
            return record.crcOk;
        case EntryRole:
            return entry;
        default:
            return {};
    }
}

QHash<int, QByteArray> WalModel::roleNames() const {
    return {{NumberRole, "number"}, {KindRole, "kind"},   {TermRole, "term"},  {IndexRole, "logIndex"},
            {TextRole, "text"},     {CrcOkRole, "crcOk"}, {EntryRole, "entry"}};
}

void WalModel::setDirectory(const QString& directory) {
    if (directory == m_directory) return;
    m_directory = directory;
    beginResetModel();
    m_records.clear();
    endResetModel();
    m_next = {};
    m_total = 0;
    m_known.clear();
    m_segments.clear();
    m_error.clear();
    m_damage.clear();
    setChosen(-1);
    emit directoryChanged();
    emit stateChanged();
    setActive(m_active);
    refresh();
}

void WalModel::setActive(bool active) {
    const bool runs = active && !m_directory.isEmpty();
    if (runs != m_timer.isActive()) runs ? m_timer.start() : m_timer.stop();
    if (active == m_active) return;
    m_active = active;
    emit activeChanged();
    if (active) refresh();
}

void WalModel::refresh() {
    if (m_reading || m_directory.isEmpty()) return;
    m_reading = true;
    QThreadPool::globalInstance()->start(
        [directory = m_directory, from = m_next, known = m_known, guard = QPointer<WalModel>(this)] {
            auto reading = std::make_shared<Reading>();
            auto& fs = inspect::localFiles();
            const auto found = inspect::findWalDirectory(fs, directory.toStdString());
            if (found) {
                reading->segments = inspect::listWalFiles(fs, *found, known);
                reading->read = inspect::readWalRecords(fs, *found, from, kRecordsPerRead);
            } else {
                reading->read = found.error();
            }
            QMetaObject::invokeMethod(
                QCoreApplication::instance(),
                [guard, directory, reading] {
                    if (guard) guard->take(directory, std::move(*reading));
                },
                Qt::QueuedConnection);
        });
}

void WalModel::takeSegments(std::vector<inspect::WalSegmentInfo> segments) {
    m_known = std::move(segments);
    m_segments.clear();
    for (const auto& segment : m_known)
        m_segments << QVariantMap{{"name", QString::fromStdString(segment.name)},
                                  {"sequence", static_cast<double>(segment.sequence)},
                                  {"used", static_cast<double>(segment.bytesUsed)},
                                  {"size", static_cast<double>(segment.bytes)}};
}

void WalModel::take(const QString& directory, Reading reading) {
    m_reading = false;
    if (directory != m_directory) {
        refresh();
        return;
    }
    m_error = reading.read ? QString() : say(reading.read.error());
    if (reading.segments) takeSegments(std::move(*reading.segments));
    if (!reading.read) {
        emit stateChanged();
        return;
    }
    m_damage.clear();
    for (const auto& problem : reading.read->problems) {
        if (problem.unfinished) continue;  // a write in progress
        m_damage = tr("%1, offset %2: %3")
                       .arg(QString::fromStdString(problem.segment))
                       .arg(problem.offset)
                       .arg(QString::fromStdString(problem.text));
    }
    auto& records = reading.read->records;
    if (!records.empty()) {
        const int first = static_cast<int>(m_records.size());
        beginInsertRows({}, first, first + static_cast<int>(records.size()) - 1);
        for (auto& record : records) m_records.push_back(std::move(record));
        m_total += records.size();
        endInsertRows();
        if (m_records.size() > kListedMax) {
            const auto excess = m_records.size() - kListedMax;
            beginRemoveRows({}, 0, static_cast<int>(excess) - 1);
            m_records.erase(m_records.begin(), m_records.begin() + static_cast<std::ptrdiff_t>(excess));
            endRemoveRows();
            if (m_chosen >= 0) setChosen(std::max(-1, m_chosen - static_cast<int>(excess)));
        }
    }
    m_next = reading.read->next;
    emit stateChanged();
    if (reading.read->more) refresh();
}

void WalModel::setChosen(int row) {
    if (row >= rowCount()) row = -1;
    if (row == m_chosen) return;
    m_chosen = row;
    emit chosenChanged();
}

QVariantList WalModel::bytes() const {
    if (m_chosen < 0) return {};
    const auto& record = m_records[static_cast<std::size_t>(m_chosen)];
    QVariantList out;
    for (std::size_t i = 0; i < record.raw.size() && i < 4096; ++i) {
        int part = 3;
        if (within(i, record.lengthWord)) part = 0;
        if (within(i, record.typeField)) part = 1;
        if (within(i, record.crcField)) part = 2;
        if (within(i, record.paddingBytes)) part = 4;
        out << QVariantMap{
            {"text", QStringLiteral("%1").arg(static_cast<unsigned char>(record.raw[i]), 2, 16, QLatin1Char('0'))},
            {"part", part}};
    }
    return out;
}

QVariantList WalModel::facts() const {
    if (m_chosen < 0) return {};
    const auto& record = m_records[static_cast<std::size_t>(m_chosen)];
    return {
        dataFact(tr("kind"), record.kindName),
        fact(tr("meaning"), say(record.text)),
        fact(tr("place"), tr("segment %1, offset %2").arg(record.sequence).arg(record.offset)),
        fact(tr("length"), tr("%1 bytes, %2 of them padding").arg(record.length).arg(record.padding)),
        fact(tr("crc"),
             record.crcOk ? tr("%1, the chain holds").arg(hex8(record.crcStored))
                          : tr("%1 stored, %2 computed: broken").arg(hex8(record.crcStored), hex8(record.crcComputed)),
             !record.crcOk),
    };
}

int WalModel::rowOfIndex(double index) const {
    for (auto row = static_cast<int>(m_records.size()) - 1; row >= 0; --row) {
        const auto& record = m_records[static_cast<std::size_t>(row)];
        if (record.kind == inspect::WalRecordKind::entry && static_cast<double>(record.index) == index) return row;
    }
    return -1;
}

}  // namespace raftarium::gui
