// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The records of one node's write-ahead log, read from its files: live, stopped, or any directory of ours or etcd's.
#pragma once

#include "cluster/inspect/wal_files.h"

#include <QAbstractListModel>
#include <QQmlEngine>
#include <QTimer>
#include <QVariant>

#include <deque>
#include <memory>

namespace raftarium::gui {

class WalModel : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(QString directory READ directory WRITE setDirectory NOTIFY directoryChanged)
    Q_PROPERTY(bool active READ active WRITE setActive NOTIFY activeChanged)  // reads on while true
    Q_PROPERTY(QString error READ error NOTIFY stateChanged)
    Q_PROPERTY(QString damage READ damage NOTIFY stateChanged)  // what is wrong in the files, with its place
    Q_PROPERTY(bool loading READ loading NOTIFY stateChanged)
    Q_PROPERTY(double total READ total NOTIFY stateChanged)  // records read so far, also those no longer listed
    // [{name, sequence, used, size}] oldest first.
    Q_PROPERTY(QVariantList segments READ segments NOTIFY stateChanged)
    Q_PROPERTY(int chosen READ chosen WRITE setChosen NOTIFY chosenChanged)  // row, -1 = none
    // The bytes of the chosen record: [{text, part}], part: 0 length, 1 type, 2 crc, 3 data, 4 padding.
    Q_PROPERTY(QVariantList bytes READ bytes NOTIFY chosenChanged)
    // Label and value pairs of the chosen record: [{label, value, bad, isData}].
    Q_PROPERTY(QVariantList facts READ facts NOTIFY chosenChanged)

public:
    enum Roles { NumberRole = Qt::UserRole + 1, KindRole, TermRole, IndexRole, TextRole, CrcOkRole, EntryRole };
    static constexpr std::size_t kListedMax = 20'000;
    static constexpr std::size_t kRecordsPerRead = 2'000;

    explicit WalModel(QObject* parent = nullptr);
    ~WalModel() override;
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    QString directory() const { return m_directory; }
    void setDirectory(const QString& directory);
    bool active() const { return m_active; }
    void setActive(bool active);
    QString error() const { return m_error; }
    QString damage() const { return m_damage; }
    bool loading() const { return m_reading && m_records.empty(); }
    double total() const { return static_cast<double>(m_total); }
    QVariantList segments() const { return m_segments; }
    int chosen() const { return m_chosen; }
    void setChosen(int row);
    QVariantList bytes() const;
    QVariantList facts() const;

    // The row of the record that wrote this index last; -1 if it is not listed.
    Q_INVOKABLE int rowOfIndex(double index) const;
    Q_INVOKABLE void refresh();

signals:
    void directoryChanged();
    void activeChanged();
    void stateChanged();
    void chosenChanged();

private:
    struct Reading {
        base::Result<std::vector<inspect::WalSegmentInfo>> segments = base::Error{};
        base::Result<inspect::WalRead> read = base::Error{};
    };
    void take(const QString& directory, Reading reading);
    void takeSegments(std::vector<inspect::WalSegmentInfo> segments);

    QString m_directory;
    bool m_active = true;
    bool m_reading = false;
    QString m_error, m_damage;
    quint64 m_total = 0;
    int m_chosen = -1;
    std::vector<inspect::WalSegmentInfo> m_known;
    QVariantList m_segments;  // the same for QML
    std::deque<inspect::WalRecordInfo> m_records;
    inspect::WalPosition m_next;
    QTimer m_timer;
};

}  // namespace raftarium::gui
