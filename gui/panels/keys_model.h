// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The keys of the cluster under a prefix, at a revision: the list of the Keys panel.
#pragma once

#include "cluster/client/etcd_client.h"
#include "gui/models/cluster_api.h"

#include <QAbstractListModel>
#include <QByteArray>
#include <QPointer>
#include <QQmlEngine>
#include <QStringList>

#include <vector>

namespace raftarium::gui {

class KeysModel : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(raftarium::gui::ClusterApi* api READ api WRITE setApi NOTIFY apiChanged)
    // As a person typed it.
    Q_PROPERTY(QString prefix READ prefix WRITE setPrefix NOTIFY prefixChanged)
    // 0 = newest; else the keys as they were at this revision (the playhead is in the past).
    Q_PROPERTY(double revision READ revision WRITE setRevision NOTIFY revisionChanged)
    Q_PROPERTY(double total READ total NOTIFY stateChanged)  // keys under the prefix, also those not listed
    Q_PROPERTY(double shownRevision READ shownRevision NOTIFY stateChanged)  // the revision the rows are of
    Q_PROPERTY(bool loading READ loading NOTIFY stateChanged)
    Q_PROPERTY(QString error READ error NOTIFY stateChanged)

public:
    // KeyRole is for reading: acting on the key needs BytesRole. SharedRole: so many characters at the beginning of the
    // text may be left out where there is little room, because the neighbouring rows begin with the same.
    enum Roles {
        KeyRole = Qt::UserRole + 1,
        BytesRole,
        SharedRole,
        ValueRole,
        VersionRole,
        CreateRole,
        ModRole,
        LeaseRole
    };
    static constexpr int kListedMax = 500;

    explicit KeysModel(QObject* parent = nullptr);
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    ClusterApi* api() const { return m_api; }
    void setApi(ClusterApi* api);
    QString prefix() const { return m_prefix; }
    void setPrefix(const QString& prefix);
    double revision() const { return static_cast<double>(m_revision); }
    void setRevision(double revision);
    double total() const { return static_cast<double>(m_total); }
    double shownRevision() const { return static_cast<double>(m_shownRevision); }
    bool loading() const { return m_question.asking(); }
    QString error() const { return m_error; }

    // Asks again; calls while one is running are merged into one more.
    Q_INVOKABLE void refresh();
    // Of a key as a person typed it; empty if it cannot be read.
    Q_INVOKABLE QByteArray bytesOf(const QString& typed) const;
    // Replaces the rows with the fewest inserts, removals and changes. `kvs` ascending by key.
    void merge(std::vector<client::KeyValue> kvs);

signals:
    void apiChanged();
    void prefixChanged();
    void revisionChanged();
    void stateChanged();

private:
    void query(ClusterApi& api);
    void finish(base::Result<client::RangeResult> result);
    void mergeRows(std::vector<client::KeyValue> kvs);
    void refreshShared();

    QPointer<ClusterApi> m_api;
    ApiQuestion m_question;
    QString m_prefix;
    qint64 m_revision = 0;
    qint64 m_total = 0;
    qint64 m_shownRevision = 0;
    QString m_error;
    std::vector<client::KeyValue> m_rows;
    std::vector<int> m_shared;  // by row, see SharedRole
};

}  // namespace raftarium::gui
