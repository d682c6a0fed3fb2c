// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What the tests in QML stand on: a session on a model cluster whose handle only takes notes, or on one real node.
#pragma once

#include "gui/app/cluster_link.h"
#include "gui/app/cluster_opener.h"
#include "gui/models/language.h"
#include "gui/models/session.h"
#include "tests/gui/fake_cluster.h"

#include <QObject>
#include <QStringList>
#include <QTemporaryDir>

#include <memory>
#include <optional>

namespace raftarium::testing {

class Bench : public QObject {
    Q_OBJECT
    Q_PROPERTY(raftarium::gui::Session* session READ session NOTIFY sessionChanged)
    Q_PROPERTY(raftarium::gui::ClusterOpener* opener READ opener CONSTANT)

public:
    ~Bench() override;

    gui::Session* session() { return m_session.get(); }
    gui::ClusterOpener* opener() { return &m_opener; }

    // The model cluster, `seconds` after its start, with all that happened until then: it elects in the second second,
    // its leader is killed at 6 s and comes back at 9 s, it is divided from 11 s to 15 s.
    Q_INVOKABLE void model(double seconds, int nodes = 5);
    Q_INVOKABLE void recording();
    // A cluster of real nodes; false if there is no place for its files.
    Q_INVOKABLE bool real(int nodes = 1);
    Q_INVOKABLE void close();
    // The clock goes on, and the session by one frame.
    Q_INVOKABLE void pass(double seconds);
    // What the cluster was asked to do, oldest first.
    Q_INVOKABLE QStringList done() const;
    Q_INVOKABLE bool nodeProgramIsBuilt() const;

signals:
    void sessionChanged();

private:
    void reset();

    gui::Language m_language;
    observe::TimeNs m_now = 0;
    std::shared_ptr<FakeCluster> m_cluster;
    std::unique_ptr<gui::Session> m_session;
    std::unique_ptr<gui::Session> m_last;  // until nothing on the screen holds it
    std::unique_ptr<gui::ClusterLink> m_link;
    std::optional<QTemporaryDir> m_directory;
    gui::ClusterOpener m_opener;
};

}  // namespace raftarium::testing
