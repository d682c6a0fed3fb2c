// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/panels/history_model.h"

#include "gui/models/say.h"

#include <optional>

namespace raftarium::gui {

HistoryModel::HistoryModel(QObject* parent)
    : QAbstractListModel(parent), m_question([this](ClusterApi& api) { query(api); }) {}

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
            return textOfBytes(kv.value);
        case VersionRole:
            return static_cast<qint64>(kv.version);
        case CreateRole:
            return static_cast<qint64>(kv.createRevision);
        case DeletedRole:
            return kv.version == 0;
        case LeaseRole:
            return kv.lease == 0 ? QString() : QString::number(kv.lease, 16);
        case GenerationRole:
            return m_generationOf[row];
        default:
            return {};
    }
}

QHash<int, QByteArray> HistoryModel::roleNames() const {
    return {{RevisionRole, "revision"}, {ValueRole, "value"},
            {VersionRole, "version"},   {CreateRole, "createRevision"},
            {DeletedRole, "deleted"},   {GenerationRole, "generation"},
            {LeaseRole, "lease"}};
}

void HistoryModel::setApi(ClusterApi* api) {
    if (api == m_api) return;
    if (m_api) m_api->disconnect(this);
    m_api = api;
    if (m_api) connect(m_api, &ClusterApi::endpointsChanged, this, &HistoryModel::refresh);
    emit apiChanged();
    refresh();
}

QString HistoryModel::shortText() const {
    constexpr std::size_t kDialogMax = 240;
    return QString::fromStdString(base::byteTextEnds(m_key.toStdString(), kDialogMax));
}

qint64 HistoryModel::newest() const {
    return m_rows.empty() || m_rows.front().version == 0 ? 0 : static_cast<qint64>(m_rows.front().modRevision);
}

void HistoryModel::setKey(const QByteArray& key) {
    if (key == m_key) return;
    m_key = key;
    m_error.clear();
    setRevisions({});
    emit keyChanged();
    refresh();
}

void HistoryModel::refresh() {
    if (!m_key.isEmpty() && m_question.ask(m_api)) emit stateChanged();
}

void HistoryModel::query(ClusterApi& api) {
    using History = std::optional<std::vector<client::KeyValue>>;  // none: it has not changed
    api.run<base::Result<History>>(
        this,
        [k = m_key.toStdString(), known = newest()](client::EtcdClient& client) -> base::Result<History> {
            // The history is read through a watch, which shows in the feed. So it is read only if there are new
            // revisions.
            client::RangeOptions options;
            options.serializable = true;
            const auto now = client.range(k, options);
            if (known > 0 && now && !now->kvs.empty() && now->kvs.front().modRevision == known) return History();
            auto revisions = client.history(k, kRevisionsMax);
            if (!revisions) return revisions.error();
            return History(std::move(*revisions));
        },
        [this, asked = m_key](base::Result<History> result) {
            const bool stale = asked != m_key;
            if (!stale) {
                m_error = result ? QString() : say(result.error());
                if (result && *result) setRevisions(std::move(**result));
            }
            m_question.answered(m_api, stale && !m_key.isEmpty());
            emit stateChanged();
        });
}

void HistoryModel::setRevisions(std::vector<client::KeyValue> revisions) {
    // Rows are newest first, so the rows below a creation belong to an older generation.
    std::vector<int> generationOf;
    int generation = 1;
    for (const auto& kv : revisions) {
        generationOf.push_back(generation);
        if (kv.version == 1) ++generation;
    }
    m_generations = generation - 1;
    // If the old rows are the end of the new ones, rows were added on top; else it is another history.
    const bool grows = !m_rows.empty() && revisions.size() >= m_rows.size() &&
                       std::equal(m_rows.rbegin(), m_rows.rend(), revisions.rbegin(), [](const auto& a, const auto& b) {
                           return a.modRevision == b.modRevision && a.version == b.version;
                       });
    const auto added = static_cast<int>(revisions.size()) - static_cast<int>(m_rows.size());
    if (grows && added > 0) {
        const bool renumbered = generationOf[static_cast<std::size_t>(added)] != m_generationOf.front();
        beginInsertRows({}, 0, added - 1);
        m_rows = std::move(revisions);
        m_generationOf = std::move(generationOf);
        endInsertRows();
        if (renumbered) emit dataChanged(index(added), index(rowCount() - 1), {GenerationRole});
    } else if (!grows) {
        beginResetModel();
        m_rows = std::move(revisions);
        m_generationOf = std::move(generationOf);
        endResetModel();
    }
    emit stateChanged();
}

}  // namespace raftarium::gui
