// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The members of the cluster: who stands on the stage at the playhead, who has a lane in the timeline, what they are
// called, where they are reached, and which one is selected. Lives on the GUI thread.
#pragma once

#include "cluster/control/controller.h"
#include "cluster/observe/cluster_state.h"

#include <QObject>
#include <QString>
#include <QStringList>
#include <QtQml/qqmlregistration.h>

#include <set>
#include <vector>

namespace raftarium::gui {

class Roster : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("belongs to the session")
    Q_PROPERTY(QStringList names READ names NOTIFY changed)
    Q_PROPERTY(QStringList laneNames READ laneNames NOTIFY changed)
    Q_PROPERTY(QString selected READ selected WRITE select NOTIFY selectionChanged)

public:
    struct Node {
        observe::NodeId id = 0;
        QString name;
        friend bool operator==(const Node&, const Node&) = default;
    };
    struct Endpoint {
        observe::NodeId id = 0;
        QString name;
        QString clientUrl;  // http://127.0.0.1:port
        QString dataDir;
        QString adminSocket;
        control::EngineKind engine = control::EngineKind::raftarium;
        QString hostPort() const;  // of clientUrl: 127.0.0.1:port
    };
    // What the timeline has a lane for. Members of one name share it: a wiped member comes back with a new id.
    struct Lane {
        QString name;
        std::vector<observe::NodeId> ids;
        friend bool operator==(const Lane&, const Lane&) = default;
    };

    using QObject::QObject;

    void clear();
    // The members the running cluster has now.
    void setEndpoints(std::vector<Endpoint> endpoints);
    control::EngineKind engineOf(const QString& name) const;  // of a member that has no endpoint: ours
    static std::vector<Endpoint> endpointsOf(const control::ClusterStatus& status);
    // Once a frame. `live` must outlive this or the next call of refresh() or clear().
    void refresh(const observe::ClusterState& live, const observe::ClusterState& view);

    const std::vector<Node>& nodes() const { return m_nodes; }  // members at the playhead, in the order of names
    const std::vector<Lane>& lanes() const { return m_lanes; }  // all that ever were, in the order of names
    const std::vector<Endpoint>& endpoints() const { return m_endpoints; }
    QString nameOf(observe::NodeId id) const;  // also of those that are gone; empty for 0
    observe::NodeId idOf(const QString& name) const;
    QStringList names() const;
    QStringList laneNames() const;

    QString selected() const { return m_selected; }
    observe::NodeId selectedId() const { return idOf(m_selected); }
    Q_INVOKABLE void select(const QString& name);

signals:
    void changed();
    void selectionChanged();

private:
    QString nameIn(const observe::ClusterState& state, observe::NodeId id) const;
    bool isShown(observe::NodeId id, const observe::ClusterState& view) const;

    const observe::ClusterState* m_live = nullptr;
    std::vector<Node> m_nodes;
    std::vector<Lane> m_lanes;
    std::vector<Endpoint> m_endpoints;
    std::set<observe::NodeId> m_firstMembers;  // of the first configuration known
    QString m_selected;
};

}  // namespace raftarium::gui
