// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/panels/history_model.h"

namespace raftarium::gui {

HistoryModel::HistoryModel(QObject* parent) : QAbstractListModel(parent) {}

int HistoryModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant HistoryModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const auto row = static_cast<std::size_t>(index.row());
    const auto& kv = m_rows[row];
    switch (role) {
        case RevisionRole:
            return static_cast<qint64>(kv.modRevision);
        case Qt::DisplayRole:
        case ValueRole:
            return EtcdAccess::display(kv.value);
        case VersionRole:
            return static_cast<qint64>(kv.version);
        case CreateRole:
            return static_cast<qint64>(kv.createRevision);
        case DeletedRole:
            return kv.version == 0;
        case LeaseRole:
            return kv.lease == 0 ? QString() : QString::number(kv.lease, 16);
        // Which life this revision belongs to, the newest being 1: a delete ends the life of the rows below it.
        case LifeRole: {
            int life = 1;
            for (std::size_t i = 0; i < row; ++i) {
                if (m_rows[i].version == 1) ++life;
            }
            return life;
        }
        default:
            return {};
    }
}

QHash<int, QByteArray> HistoryModel::roleNames() const {
    return {{RevisionRole, "revision"}, {ValueRole, "value"}, {VersionRole, "version"}, {CreateRole, "createRevision"},
            {DeletedRole, "deleted"},   {LifeRole, "life"},   {LeaseRole, "lease"}};
}

void HistoryModel::setEndpoints(const QStringList& endpoints) {
    if (endpoints == m_endpoints) return;
    m_endpoints = endpoints;
    m_access.setEndpoints(endpoints);
    emit endpointsChanged();
    refresh();
}

void HistoryModel::setKey(const QString& key) {
    if (key == m_key) return;
    m_key = key;
    m_error.clear();
    setRevisions({});
    emit keyChanged();
    refresh();
}

void HistoryModel::refresh() {
    if (!m_access.hasEndpoints() || m_key.isEmpty()) return;
    if (m_running) {
        m_again = true;
        return;
    }
    m_running = true;
    emit stateChanged();
    m_access.run<base::Result<std::vector<client::KeyValue>>>(
        this, [k = EtcdAccess::bytesOf(m_key)](client::EtcdClient& client) { return client.history(k, kRevisionsMax); },
        [this, asked = m_key](auto result) {
            m_running = false;
            if (asked == m_key) {
                m_error = result ? QString() : QString::fromStdString(result.error().text);
                if (result) setRevisions(std::move(*result));
            } else {
                m_again = true;
            }
            emit stateChanged();
            if (m_again) {
                m_again = false;
                refresh();
            }
        });
}

void HistoryModel::setRevisions(std::vector<client::KeyValue> revisions) {
    m_lives = static_cast<int>(
        std::count_if(revisions.begin(), revisions.end(), [](const auto& kv) { return kv.version == 1; }));
    // New revisions come on top of the old ones; anything else is another history.
    const bool grows = !m_rows.empty() && revisions.size() >= m_rows.size() &&
                       std::equal(m_rows.rbegin(), m_rows.rend(), revisions.rbegin(), [](const auto& a, const auto& b) {
                           return a.modRevision == b.modRevision && a.version == b.version;
                       });
    if (grows) {
        const auto added = static_cast<int>(revisions.size() - m_rows.size());
        if (added > 0) {
            beginInsertRows({}, 0, added - 1);
            m_rows = std::move(revisions);
            endInsertRows();
        }
    } else {
        beginResetModel();
        m_rows = std::move(revisions);
        endResetModel();
    }
    emit stateChanged();
}

}  // namespace raftarium::gui
