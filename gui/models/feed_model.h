// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The feed: what happened, one sentence a row, oldest first. The sentences come as templates (observe/feed.h) and are
// translated here. A sentence that comes again soon, with little between, becomes a count in its row.
#pragma once

#include "cluster/observe/feed.h"

#include <QAbstractListModel>
#include <QtQml/qqmlregistration.h>

#include <deque>

namespace raftarium::gui {

class FeedModel : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("belongs to the session")
    Q_PROPERTY(int count READ count NOTIFY countChanged)

public:
    enum Roles { TextRole = Qt::UserRole, TimeRole, TimeTextRole, NodeRole, SeverityRole, RepeatsRole };
    static constexpr std::size_t kRowsMax = 5000;

    explicit FeedModel(QObject* parent = nullptr) : QAbstractListModel(parent) {}

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    int count() const { return static_cast<int>(m_rows.size()); }
    void setOrigin(observe::TimeNs origin) { m_origin = origin; }
    struct Line {
        observe::FeedLine line;
        bool meaningful = true;  // worth a caption
    };
    void append(std::vector<Line> lines);
    void clear();
    // Last row at or before `time`, or the last of those worth a caption; -1 if none.
    Q_INVOKABLE int rowAt(qint64 time, bool meaningful = false) const;
    QString textOf(int row) const;
    observe::TimeNs timeOf(int row) const;

    static QString translated(const observe::FeedLine& line);

signals:
    void countChanged();

private:
    struct Row {
        observe::FeedLine line;
        bool meaningful = true;
        int repeats = 1;
        observe::TimeNs lastNs = 0;  // of the latest repeat
    };
    Row* sameAs(const observe::FeedLine& line, std::vector<Row>& fresh);
    std::deque<Row> m_rows;
    observe::TimeNs m_origin = 0;
};

}  // namespace raftarium::gui
