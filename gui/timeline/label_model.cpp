// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/timeline/label_model.h"

#include <algorithm>
#include <iterator>

namespace raftarium::gui {

int LabelModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_labels.size());
}

QVariant LabelModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const Label& label = m_labels[static_cast<std::size_t>(index.row())];
    switch (role) {
        case PlaceRole:
            return label.place;
        case RoomRole:
            return label.room;
        case Qt::DisplayRole:
        case TextRole:
            return label.text;
        case TermRole:
            return label.term;
        default:
            return {};
    }
}

QHash<int, QByteArray> LabelModel::roleNames() const {
    return {{PlaceRole, "place"}, {RoomRole, "room"}, {TextRole, "label"}, {TermRole, "term"}};
}

void LabelModel::set(std::vector<Label> labels) {
    const std::size_t before = m_labels.size(), now = labels.size();
    if (now < before) {
        beginRemoveRows({}, static_cast<int>(now), static_cast<int>(before) - 1);
        m_labels.resize(now);
        endRemoveRows();
    }
    for (std::size_t row = 0; row < std::min(before, now); ++row) {
        const Label& old = m_labels[row];
        QList<int> roles;
        if (old.place != labels[row].place) roles.append(PlaceRole);
        if (old.room != labels[row].room) roles.append(RoomRole);
        if (old.text != labels[row].text) roles.append(TextRole);
        if (old.term != labels[row].term) roles.append(TermRole);
        if (roles.isEmpty()) continue;
        m_labels[row] = std::move(labels[row]);
        const QModelIndex changed = index(static_cast<int>(row));
        emit dataChanged(changed, changed, roles);
    }
    if (now > before) {
        beginInsertRows({}, static_cast<int>(before), static_cast<int>(now) - 1);
        m_labels.insert(m_labels.end(), std::make_move_iterator(labels.begin() + static_cast<std::ptrdiff_t>(before)),
                        std::make_move_iterator(labels.end()));
        endInsertRows();
    }
}

}  // namespace raftarium::gui
