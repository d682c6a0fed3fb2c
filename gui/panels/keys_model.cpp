// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/panels/keys_model.h"

#include "gui/models/byte_text.h"
#include "gui/models/say.h"

#include <utility>

namespace raftarium::gui {

namespace {

// How much of two texts is the same, in whole characters and escapes.
int sharedLength(const QString& a, const QString& b) {
    qsizetype shared = 0;
    while (shared < a.size() && shared < b.size() && a[shared] == b[shared]) ++shared;
    qsizetype at = 0;
    for (;;) {
        qsizetype length = 1;
        if (at < a.size() && a[at] == u'\\') length = a.mid(at + 1, 1) == QLatin1String("x") ? 4 : 2;
        if (at < a.size() && a[at].isHighSurrogate()) length = 2;
        if (at + length > shared) return static_cast<int>(at);
        at += length;
    }
}

}  // namespace

KeysModel::KeysModel(QObject* parent)
    : QAbstractListModel(parent), m_question([this](ClusterApi& api) { query(api); }) {}

int KeysModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant KeysModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const auto& kv = m_rows[static_cast<std::size_t>(index.row())];
    switch (role) {
        case Qt::DisplayRole:
        case KeyRole:
            return textOfBytes(kv.key);
        case BytesRole:
            return QByteArray::fromStdString(kv.key);
        case SharedRole: {
            const auto row = static_cast<std::size_t>(index.row());
            return row < m_shared.size() ? m_shared[row] : 0;  // not yet counted for a row that is being inserted
        }
        case ValueRole:
            return textOfBytes(kv.value);
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
    return {{KeyRole, "key"},         {BytesRole, "keyBytes"},        {SharedRole, "shared"},   {ValueRole, "value"},
            {VersionRole, "version"}, {CreateRole, "createRevision"}, {ModRole, "modRevision"}, {LeaseRole, "lease"}};
}

void KeysModel::setApi(ClusterApi* api) {
    if (api == m_api) return;
    if (m_api) m_api->disconnect(this);
    m_api = api;
    if (m_api) connect(m_api, &ClusterApi::endpointsChanged, this, &KeysModel::refresh);
    emit apiChanged();
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
    if (m_question.ask(m_api)) emit stateChanged();
}

void KeysModel::query(ClusterApi& api) {
    const auto typed = bytesOfTyped(m_prefix);
    if (!typed) {
        m_error = unreadableText(m_prefix);
        m_question.answered(m_api);
        emit stateChanged();
        return;
    }
    std::string from = *typed;
    client::RangeOptions options;
    options.rangeEnd = client::prefixEnd(from);
    if (from.empty()) from = options.rangeEnd = std::string(1, '\0');
    options.limit = kListedMax;
    options.revision = m_revision;
    // Reads what one member has, and its revision. A linearizable read would take some heartbeats, seconds in classroom
    // pace.
    options.serializable = true;
    api.run<base::Result<client::RangeResult>>(
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
        m_error = say(result.error());
    }
    m_question.answered(m_api);
    emit stateChanged();
}

QByteArray KeysModel::bytesOf(const QString& typed) const {
    return QByteArray::fromStdString(bytesOfTyped(typed).value_or(std::string()));
}

void KeysModel::refreshShared() {
    constexpr int kKept = 6;  // characters left in front of the first that differs
    std::vector<int> shared(m_rows.size(), 0);
    QString before;
    for (std::size_t row = 0; row < m_rows.size(); ++row) {
        const QString text = textOfBytes(m_rows[row].key);
        if (row > 0) {
            const int same = sharedLength(before, text);
            shared[row] = same;
            shared[row - 1] = std::max(shared[row - 1], same);
        }
        before = text;
    }
    for (int& one : shared) one = std::max(0, one - kKept);
    m_shared.resize(shared.size(), 0);
    for (std::size_t row = 0; row < shared.size(); ++row) {
        if (std::exchange(m_shared[row], shared[row]) == shared[row]) continue;
        const QModelIndex changed = index(static_cast<int>(row));
        emit dataChanged(changed, changed, {SharedRole});
    }
}

void KeysModel::merge(std::vector<client::KeyValue> kvs) {
    mergeRows(std::move(kvs));
    refreshShared();
}

void KeysModel::mergeRows(std::vector<client::KeyValue> kvs) {
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
