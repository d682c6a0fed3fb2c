// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// All stored revisions of one key, the newest first, generation by generation.
#pragma once

#include "cluster/client/etcd_client.h"
#include "gui/models/byte_text.h"
#include "gui/models/cluster_api.h"

#include <QAbstractListModel>
#include <QByteArray>
#include <QPointer>
#include <QQmlEngine>
#include <QStringList>

#include <vector>

namespace raftarium::gui {

class HistoryModel : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(raftarium::gui::ClusterApi* api READ api WRITE setApi NOTIFY apiChanged)
    Q_PROPERTY(QByteArray key READ key WRITE setKey NOTIFY keyChanged)  // empty: none is chosen
    Q_PROPERTY(QString keyText READ keyText NOTIFY keyChanged)
    Q_PROPERTY(QString shortText READ shortText NOTIFY keyChanged)  // for a dialog: long keys with both ends
    // The revision of the newest pair; 0 if the key is not in the store, or not known yet.
    Q_PROPERTY(qint64 newest READ newest NOTIFY stateChanged)
    Q_PROPERTY(bool loading READ loading NOTIFY stateChanged)
    Q_PROPERTY(QString error READ error NOTIFY stateChanged)
    Q_PROPERTY(int generations READ generations NOTIFY stateChanged)  // how often it was created

public:
    enum Roles {
        RevisionRole = Qt::UserRole + 1,
        ValueRole,
        VersionRole,
        CreateRole,
        DeletedRole,
        GenerationRole,
        LeaseRole
    };
    static constexpr std::size_t kRevisionsMax = 500;

    explicit HistoryModel(QObject* parent = nullptr);
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    ClusterApi* api() const { return m_api; }
    void setApi(ClusterApi* api);
    QByteArray key() const { return m_key; }
    void setKey(const QByteArray& key);
    QString keyText() const { return textOfBytes(m_key); }
    QString shortText() const;
    qint64 newest() const;
    bool loading() const { return m_question.asking(); }
    QString error() const { return m_error; }
    int generations() const { return m_generations; }

    Q_INVOKABLE void refresh();
    // Newest first; a pair with version 0 is a delete.
    void setRevisions(std::vector<client::KeyValue> revisions);

signals:
    void apiChanged();
    void keyChanged();
    void stateChanged();

private:
    void query(ClusterApi& api);

    QPointer<ClusterApi> m_api;
    ApiQuestion m_question;
    QByteArray m_key;
    QString m_error;
    int m_generations = 0;
    std::vector<client::KeyValue> m_rows;
    std::vector<int> m_generationOf;  // by row; the newest is 1
};

}  // namespace raftarium::gui
