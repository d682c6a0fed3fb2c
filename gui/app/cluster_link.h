// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Between a session and a running cluster: makes or opens it, starts its nodes, and brings its live feed to
// the session (and into a recording). All that may block happens on a thread of its own.
#pragma once

#include "cluster/control/controller.h"
#include "cluster/control/live_feed.h"
#include "gui/models/session.h"

#include <QObject>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace raftarium::gui {

struct OpenRequest {
    std::string name;
    control::CreateOptions create;  // if there is no cluster of this name yet
    QString recordFile;             // empty: no recording
    bool firstWrites = true;        // write a few keys into a cluster that has none
};

// A name for a new cluster that is still free: "demo", "demo-2", ...
base::Result<std::string> freeClusterName();

class ClusterLink : public QObject {
    Q_OBJECT

public:
    explicit ClusterLink(Session* session, QObject* parent = nullptr);
    // Ends the streams, then the cluster (its nodes end with it, if it was opened here).
    ~ClusterLink() override;

    void open(const OpenRequest& request);  // closes what is open
    void close();
    const OpenRequest& request() const { return m_request; }

signals:
    void opened();
    void failed(const QString& text);

private:
    void run(OpenRequest request);
    base::Result<std::shared_ptr<control::Cluster>> start(const OpenRequest& request);
    base::Result<std::shared_ptr<control::Recording>> record(const OpenRequest& request);  // null: none is wanted
    void writeFirstKeys(
        const control::ClusterStatus& status);  // writes the first keys, until that is done or the link closes
    void say(const std::string& name, const QString& text);

    Session* const m_session;
    OpenRequest m_request;
    std::thread m_thread;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    bool m_ending = false;
    std::shared_ptr<control::Cluster> m_cluster;
    std::unique_ptr<control::LiveFeed> m_feed;  // made on m_thread, destroyed after it
};

}  // namespace raftarium::gui
