// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The feed: what happened, one sentence a row, oldest first. The sentences come as templates (observe/feed.h) and are
// translated here. A sentence that comes again soon, with little between, becomes a count in its row.
#pragma once

#include "cluster/observe/feed/feed.h"

#include <QAbstractListModel>
#include <QtQml/qqmlregistration.h>

#include <array>
#include <deque>
#include <map>
#include <string_view>

namespace raftarium::gui {

// What happened, a row per line; what is said again within seconds, or pours in, is counted at the row that says it.
class FeedModel : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("belongs to the session")
    Q_PROPERTY(int count READ count NOTIFY countChanged)

public:
    enum Roles { TextRole = Qt::UserRole, TimeRole, TimeTextRole, NodeRole, SeverityRole, RepeatsRole, AlikeRole };
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

    // Filled in; long values (requests) are cut.
    static QString translated(const observe::FeedLine& line);
    static QString translated(const base::Text& text);

signals:
    void countChanged();

private:
    struct Row {
        observe::FeedLine line;
        bool meaningful = true;
        int repeats = 1;
        int alike = 0;               // others of its kind that are not told one by one
        observe::TimeNs lastNs = 0;  // of the latest repeat
    };
    // Of one kind of line (its template). More than a few in a second are a flood, and from then on one row stands for
    // a second of them: nobody could read them, and they would push all else out of sight.
    struct Flood {
        std::array<observe::TimeNs, 3> begunNs;  // of its latest rows, a ring
        std::size_t next = 0;
        std::int64_t newest = -1;  // number of its latest row, see m_appended
        bool folding = false;
    };
    Row* sameAs(const observe::FeedLine& line, std::vector<Row>& fresh);
    bool foldedIntoFlood(const observe::FeedLine& line, std::vector<Row>& fresh);
    Row* rowOf(std::int64_t number, std::vector<Row>& fresh);
    std::deque<Row> m_rows;
    std::int64_t m_appended = 0;                 // rows that ever were; they are numbered so
    std::map<std::string_view, Flood> m_floods;  // by template, which is static
    observe::TimeNs m_origin = 0;
};

}  // namespace raftarium::gui
