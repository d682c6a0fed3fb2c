// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// One watch and the events that it has delivered, the newest first.
#pragma once

#include "cluster/client/etcd_client.h"
#include "gui/models/cluster_api.h"

#include <QAbstractListModel>
#include <QPointer>
#include <QQmlEngine>
#include <QStringList>

#include <deque>
#include <memory>

namespace raftarium::gui {

class WatchModel : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(raftarium::gui::ClusterApi* api READ api WRITE setApi NOTIFY apiChanged)
    Q_PROPERTY(bool active READ active NOTIFY stateChanged)
    Q_PROPERTY(QString status READ status NOTIFY stateChanged)
    Q_PROPERTY(QString error READ error NOTIFY stateChanged)
    Q_PROPERTY(double received READ received NOTIFY stateChanged)

public:
    enum Roles { RevisionRole = Qt::UserRole + 1, KeyRole, ValueRole, DeletedRole, PreviousRole, VersionRole };
    static constexpr std::size_t kEventsMax = 500;

    explicit WatchModel(QObject* parent = nullptr);
    ~WatchModel() override;
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    ClusterApi* api() const { return m_api; }
    // A running watch goes on at the members it was made with, until none of them is left.
    void setApi(ClusterApi* api);
    bool active() const { return m_handle != nullptr; }
    QString status() const;
    QString error() const { return m_error; }
    double received() const { return static_cast<double>(m_received); }

    // `key` as a person typed it.
    Q_INVOKABLE void start(const QString& key, bool prefix, qint64 fromRevision);
    Q_INVOKABLE void stop();
    Q_INVOKABLE void clear();
    void add(const client::WatchUpdate& update);

signals:
    void apiChanged();
    void stateChanged();

private:
    void ended(const QString& text);
    void followEndpoints();

    QPointer<ClusterApi> m_api;
    QStringList m_watched;  // the endpoints of the running watch
    std::unique_ptr<client::WatchHandle> m_handle;
    quint64 m_generation = 0;
    enum class State { idle, opening, watching, stopped, ended };
    State m_state = State::idle;
    qint64 m_firstRevision = 0;  // while watching: the first one that it delivers
    QString m_error;
    qint64 m_received = 0;
    std::deque<client::WatchEvent> m_rows;
};

}  // namespace raftarium::gui
