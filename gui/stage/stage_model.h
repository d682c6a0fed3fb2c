// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The texts on the stage, a row per node: StageItem draws the shapes, QML shows these texts. Refreshed once a frame;
// only rows that changed are announced.
#pragma once

#include "gui/models/session.h"
#include "gui/stage/shown_calls.h"
#include "gui/stage/stage_layout.h"
#include "gui/theme/palette.h"

#include <QAbstractListModel>
#include <QColor>
#include <QStringList>
#include <QtQml/qqmlregistration.h>

#include <vector>

namespace raftarium::gui {

// The log cells that are visible: the same indexes under every node.
struct LogWindow {
    std::uint64_t first = 1;
    std::uint64_t highest = 0;  // any node's last index
};
LogWindow logWindow(const observe::ClusterState& state, int columns);

class StageModel : public QAbstractListModel {
    Q_OBJECT
    QML_ANONYMOUS

public:
    enum Roles {
        NameRole = Qt::UserRole,
        CentreRole,
        CaptionRole,
        StripRole,
        TermTextRole,
        InkRole,
        LineRole,
        DimRole,
        CellsRole,
        FilledRole,
        ProcessRole,
        RoleRole,
        ClientRole,
        ClientTextRole,
        ClientStateRole,
        DescriptionRole,
    };
    struct Row {
        QString name;
        QPointF centre, caption, client;
        QRectF strip;
        QString termText, line;
        QColor ink;
        bool dim = false;
        QStringList cells;  // term numbers
        QString filled;     // a letter per cell: f = drawn filled (dark text), o = outlined, - = no entry
        QString process, role;
        QString clientText, clientState;  // state: "", waiting, done, failed
        friend bool operator==(const Row&, const Row&) = default;
    };

    explicit StageModel(QObject* parent = nullptr) : QAbstractListModel(parent) {}
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    void refresh(const Session& session, const StageLayout& layout, const Palette& palette, const ShownCalls& calls);
    // {process, role, line} of a node, by name.
    Q_INVOKABLE QVariant named(const QString& name) const;
    const std::vector<Row>& rows() const { return m_rows; }

private:
    std::vector<Row> m_rows;
};

}  // namespace raftarium::gui
