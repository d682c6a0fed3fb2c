// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/panels/keys_model.h"

namespace raftarium::gui {

KeysModel::KeysModel(QObject* parent) : QAbstractListModel(parent) {
    m_access.setQuestion([this] { query(); });
}

int KeysModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant KeysModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const auto& kv = m_rows[static_cast<std::size_t>(index.row())];
    switch (role) {
        case Qt::DisplayRole:
        case KeyRole:
            return EtcdAccess::display(kv.key);
        case ValueRole:
            return EtcdAccess::display(kv.value);
        case VersionRole:
            return static_cast<qint64>(kv.version);
        case CreateRole:
            return static_cast<qint64>(kv.createRevision);
        case ModRole:
            return static_cast<qint64>(kv.modRevision);
        case LeaseRole:
            return kv.lease == 0 ? QString() : QString::number(kv.lease, 16);
        default:
            return {};
    }
}

QHash<int, QByteArray> KeysModel::roleNames() const {
    return {{KeyRole, "key"},         {ValueRole, "value"}, {VersionRole, "version"}, {CreateRole, "createRevision"},
            {ModRole, "modRevision"}, {LeaseRole, "lease"}};
}

void KeysModel::setEndpoints(const QStringList& endpoints) {
    if (!m_access.setEndpoints(endpoints)) return;
    emit endpointsChanged();
    refresh();
}

void KeysModel::setPrefix(const QString& prefix) {
    if (prefix == m_prefix) return;
    m_prefix = prefix;
    emit prefixChanged();
    refresh();
}

void KeysModel::setRevision(double revision) {
    const auto wanted = static_cast<qint64>(revision);
    if (wanted == m_revision) return;
    m_revision = wanted;
    emit revisionChanged();
    refresh();
}

void KeysModel::refresh() {
    if (m_access.ask()) emit stateChanged();
}

void KeysModel::query() {
    std::string from = EtcdAccess::bytesOf(m_prefix);
    client::RangeOptions options;
    options.rangeEnd = client::prefixEnd(from);
    if (from.empty()) from = options.rangeEnd = std::string(1, '\0');
    options.limit = kListedMax;
    options.revision = m_revision;
    // What one member has, with the revision it stands at: asking a quorum would take heartbeats at a classroom's pace.
    options.serializable = true;
    m_access.run<base::Result<client::RangeResult>>(
        this, [from, options](client::EtcdClient& client) { return client.range(from, options); },
        [this](auto result) { finish(std::move(result)); });
}

void KeysModel::finish(base::Result<client::RangeResult> result) {
    if (result) {
        m_error.clear();
        m_total = result->count;
        m_shownRevision = m_revision > 0 ? m_revision : result->header.revision;
        merge(std::move(result->kvs));
    } else {
        m_error = QString::fromStdString(result.error().text);
    }
    m_access.answered();
    emit stateChanged();
}

void KeysModel::put(const QString& key, const QString& value) {
    const QString command = QStringLiteral("etcdctl put %1 %2").arg(key, value);
    if (key.isEmpty()) {
        emit acted(tr("A key needs a name."), command, false);
        return;
    }
    m_access.run<base::Result<client::PutResult>>(
        this,
        [k = EtcdAccess::bytesOf(key), v = EtcdAccess::bytesOf(value)](client::EtcdClient& client) {
            return client.put(k, v);
        },
        [this, key, command](auto result) {
            if (result) {
                emit acted(tr("%1 written at revision %2").arg(key).arg(result->header.revision), command, true);
            } else {
                emit acted(QString::fromStdString(result.error().text), command, false);
            }
            refresh();
        });
}

void KeysModel::remove(const QString& key) {
    const QString command = QStringLiteral("etcdctl del %1").arg(key);
    m_access.run<base::Result<client::DeleteResult>>(
        this, [k = EtcdAccess::bytesOf(key)](client::EtcdClient& client) { return client.remove(k); },
        [this, key, command](auto result) {
            if (!result) {
                emit acted(QString::fromStdString(result.error().text), command, false);
            } else if (result->deleted == 0) {
                emit acted(tr("%1 was not there").arg(key), command, true);
            } else {
                emit acted(tr("%1 deleted at revision %2").arg(key).arg(result->header.revision), command, true);
            }
            refresh();
        });
}

void KeysModel::merge(std::vector<client::KeyValue> kvs) {
    std::size_t row = 0;
    for (auto& kv : kvs) {
        while (row < m_rows.size() && m_rows[row].key < kv.key) {
            beginRemoveRows({}, static_cast<int>(row), static_cast<int>(row));
            m_rows.erase(m_rows.begin() + static_cast<std::ptrdiff_t>(row));
            endRemoveRows();
        }
        if (row < m_rows.size() && m_rows[row].key == kv.key) {
            if (m_rows[row].modRevision != kv.modRevision || m_rows[row].createRevision != kv.createRevision) {
                m_rows[row] = std::move(kv);
                emit dataChanged(index(static_cast<int>(row)), index(static_cast<int>(row)));
            }
        } else {
            beginInsertRows({}, static_cast<int>(row), static_cast<int>(row));
            m_rows.insert(m_rows.begin() + static_cast<std::ptrdiff_t>(row), std::move(kv));
            endInsertRows();
        }
        ++row;
    }
    if (row < m_rows.size()) {
        beginRemoveRows({}, static_cast<int>(row), static_cast<int>(m_rows.size()) - 1);
        m_rows.resize(row);
        endRemoveRows();
    }
}

}  // namespace raftarium::gui
