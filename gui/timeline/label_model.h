// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The texts on the tape. Their places change with every frame, the texts themselves seldom, so rows are kept and
// changed in place.
#pragma once

#include <QAbstractListModel>
#include <QtQml/qqmlregistration.h>

#include <vector>

namespace raftarium::gui {

class LabelModel : public QAbstractListModel {
    Q_OBJECT
    QML_ANONYMOUS

public:
    enum Roles { PlaceRole = Qt::UserRole, RoomRole, TextRole, TermRole };
    struct Label {
        qreal place = 0;  // left edge, pixels
        qreal room = 0;   // width it may take, 0 = as it needs
        QString text;     // of a term: the leader's name, if it has one
        double term = 0;
        friend bool operator==(const Label&, const Label&) = default;
    };

    using QAbstractListModel::QAbstractListModel;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    void set(std::vector<Label> labels);
    const std::vector<Label>& labels() const { return m_labels; }

private:
    std::vector<Label> m_labels;
};

}  // namespace raftarium::gui
