// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What the header and the controls show of the whole cluster at the playhead. Lives on the GUI thread.
#pragma once

#include "cluster/observe/cluster_state.h"

#include <QObject>
#include <QString>
#include <QtQml/qqmlregistration.h>

namespace raftarium::gui {

class Summary : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("belongs to the session")
    Q_PROPERTY(double term READ term NOTIFY changed)
    Q_PROPERTY(QString leaderName READ leaderName NOTIFY changed)
    Q_PROPERTY(double commitIndex READ commitIndex NOTIFY changed)
    Q_PROPERTY(double revision READ revision NOTIFY changed)
    Q_PROPERTY(double newestRevision READ newestRevision NOTIFY changed)
    Q_PROPERTY(double pastRevision READ pastRevision NOTIFY changed)
    Q_PROPERTY(int pacePreset READ pacePreset NOTIFY changed)
    Q_PROPERTY(QString paceText READ paceText NOTIFY changed)
    Q_PROPERTY(bool preVote READ preVote NOTIFY changed)
    Q_PROPERTY(bool checkQuorum READ checkQuorum NOTIFY changed)
    Q_PROPERTY(int linkDelayMs READ linkDelayMs NOTIFY changed)
    Q_PROPERTY(int linkLossPercent READ linkLossPercent NOTIFY changed)
    Q_PROPERTY(int faultCount READ faultCount NOTIFY changed)

public:
    using QObject::QObject;

    void clear();
    // Once a frame. `newestRevision`: of the store now; `past`: the playhead is behind it.
    void refresh(const observe::ClusterState& view, const QString& leaderName, std::int64_t newestRevision, bool past);

    double term() const { return static_cast<double>(m_shown.term); }
    QString leaderName() const { return m_shown.leader; }  // empty: none
    double commitIndex() const { return static_cast<double>(m_shown.commit); }
    double revision() const { return static_cast<double>(m_shown.revision); }
    double newestRevision() const { return static_cast<double>(m_shown.newestRevision); }  // wherever the playhead is
    double pastRevision() const { return m_shown.past ? revision() : 0; }  // 0 while the live edge is followed
    int pacePreset() const { return m_shown.preset; }                      // control::PacePreset, -1 = none of them
    QString paceText() const { return m_shown.paceText; }                  // "heartbeat 1 s, election 3–6 s"
    bool preVote() const { return m_shown.preVote; }
    bool checkQuorum() const { return m_shown.checkQuorum; }
    int linkDelayMs() const { return m_shown.delayMs; }          // the longest on any link
    int linkLossPercent() const { return m_shown.lossPercent; }  // the largest on any link
    int faultCount() const { return m_shown.cuts; }              // links cut; one way counts as one

signals:
    void changed();

private:
    struct Shown {
        std::uint64_t term = 0, commit = 0;
        std::int64_t revision = 0, newestRevision = 0;
        bool past = false;
        QString leader;
        int preset = -1;
        QString paceText;
        bool preVote = true, checkQuorum = true;
        int delayMs = 0, lossPercent = 0, cuts = 0;
        friend bool operator==(const Shown&, const Shown&) = default;
    };
    static void addPace(Shown& shown, const observe::ClusterState& view);
    static void addFaults(Shown& shown, const observe::ClusterState& view);

    Shown m_shown;
};

}  // namespace raftarium::gui
