// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/panels/watch_model.h"

#include "gui/models/byte_text.h"
#include "gui/models/say.h"

#include <algorithm>

namespace raftarium::gui {

WatchModel::WatchModel(QObject* parent) : QAbstractListModel(parent) {}

WatchModel::~WatchModel() { m_handle.reset(); }

int WatchModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant WatchModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const auto& event = m_rows[static_cast<std::size_t>(index.row())];
    switch (role) {
        case RevisionRole:
            return static_cast<qint64>(event.kv.modRevision);
        case Qt::DisplayRole:
        case KeyRole:
            return textOfBytes(event.kv.key);
        case ValueRole:
            return textOfBytes(event.kv.value);
        case DeletedRole:
            return event.deleted;
        case PreviousRole:
            return event.hasPrev ? textOfBytes(event.prevKv.value) : QString();
        case VersionRole:
            return static_cast<qint64>(event.kv.version);
        default:
            return {};
    }
}

QHash<int, QByteArray> WatchModel::roleNames() const {
    return {{RevisionRole, "revision"}, {KeyRole, "key"},           {ValueRole, "value"},
            {DeletedRole, "deleted"},   {PreviousRole, "previous"}, {VersionRole, "version"}};
}

void WatchModel::setApi(ClusterApi* api) {
    if (api == m_api) return;
    if (m_api) m_api->disconnect(this);
    m_api = api;
    if (m_api) connect(m_api, &ClusterApi::endpointsChanged, this, &WatchModel::followEndpoints);
    followEndpoints();
    emit apiChanged();
}

void WatchModel::followEndpoints() {
    const QStringList now = m_api ? m_api->endpoints() : QStringList();
    const bool someLeft =
        std::any_of(now.begin(), now.end(), [this](const QString& one) { return m_watched.contains(one); });
    if (!someLeft) stop();
}

QString WatchModel::status() const {
    switch (m_state) {
        case State::idle:
            return {};
        case State::opening:
            return tr("opening");
        case State::watching:
            return tr("watching from revision %1 on").arg(m_firstRevision);
        case State::stopped:
            return tr("stopped");
        case State::ended:
            return tr("ended");
    }
    return {};
}

void WatchModel::start(const QString& key, bool prefix, qint64 fromRevision) {
    stop();
    if (!m_api || !m_api->reachable()) {
        m_error = tr("There is no running cluster to watch.");
        emit stateChanged();
        return;
    }
    const auto typed = bytesOfTyped(key);
    if (!typed) {
        m_error = unreadableText(key);
        emit stateChanged();
        return;
    }
    std::string from = *typed;
    client::WatchOptions options;
    options.startRevision = fromRevision;
    options.prevKv = true;
    if (prefix) options.rangeEnd = client::prefixEnd(from);
    if (from.empty()) from = options.rangeEnd = std::string(1, '\0');
    m_error.clear();
    m_state = State::opening;
    const quint64 generation = ++m_generation;
    // Callbacks come on the client's thread; stale ones (after stop) carry an old generation.
    m_watched = m_api->endpoints();
    m_handle = m_api->watch(
        from, options,
        [this, generation](client::WatchUpdate update) {
            QMetaObject::invokeMethod(this, [this, generation, update = std::move(update)] {
                if (generation == m_generation) add(update);
            });
        },
        [this, generation](base::Error error) {
            QMetaObject::invokeMethod(this, [this, generation, text = say(error)] {
                if (generation == m_generation) ended(text);
            });
        });
    emit stateChanged();
}

void WatchModel::stop() {
    if (!m_handle) return;
    ++m_generation;
    m_handle.reset();
    m_state = State::stopped;
    emit stateChanged();
}

void WatchModel::clear() {
    beginResetModel();
    m_rows.clear();
    endResetModel();
    m_received = 0;
    emit stateChanged();
}

void WatchModel::ended(const QString& text) {
    m_handle.reset();
    m_state = State::ended;
    m_error = text;
    emit stateChanged();
}

void WatchModel::add(const client::WatchUpdate& update) {
    if (update.created) {
        m_state = State::watching;
        m_firstRevision = update.header.revision + 1;
    }
    if (!update.events.empty()) {
        const int count = static_cast<int>(update.events.size());
        beginInsertRows({}, 0, count - 1);
        for (const auto& event : update.events) m_rows.push_front(event);
        endInsertRows();
        m_received += count;
        if (m_rows.size() > kEventsMax) {
            beginRemoveRows({}, static_cast<int>(kEventsMax), static_cast<int>(m_rows.size()) - 1);
            m_rows.resize(kEventsMax);
            endRemoveRows();
        }
    }
    if (update.canceled) {
        ended(update.compactRevision > 0
                  ? tr("That revision is compacted. The oldest that can be read is %1.").arg(update.compactRevision)
                  : QString::fromStdString(update.cancelReason));
        return;
    }
    emit stateChanged();
}

}  // namespace raftarium::gui
