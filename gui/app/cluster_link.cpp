// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/app/cluster_link.h"

#include "cluster/base/clock.h"
#include "cluster/client/etcd_client.h"
#include "gui/models/say.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace raftarium::gui {

namespace {

constexpr int kFirstWriteTries = 60;
constexpr int kFirstWritePauseMs = 700;

// Some first writes into a new cluster, so that a newcomer sees entries travel before doing anything.
class FirstWrites {
public:
    explicit FirstWrites(const control::ClusterStatus& status) {
        client::ClientOptions options;
        options.requestTimeoutMs = 8000;
        for (const control::NodeStatus& node : status.nodes) options.endpoints.push_back(node.spec.clientUrl());
        m_client = client::EtcdClient::create(options);
    }
    // One request; false when there is nothing left to do.
    bool goOn() {
        static constexpr std::pair<const char*, const char*> kKeys[] = {
            {"greeting", "hello"}, {"course/room", "H-104"}, {"course/students", "40"}, {"greeting", "hello again"}};
        if (++m_tries > kFirstWriteTries) return false;
        if (!m_asked) {
            const auto there = m_client->range("greeting");
            if (!there.ok()) return true;
            if (!there->kvs.empty()) return false;
            m_asked = true;
        }
        if (m_client->put(kKeys[m_written].first, kKeys[m_written].second).ok()) ++m_written;
        return m_written < std::size(kKeys);
    }

private:
    std::unique_ptr<client::EtcdClient> m_client;
    std::size_t m_written = 0;
    int m_tries = 0;
    bool m_asked = false;
};

template <typename Work>
void onGuiThread(QObject* owner, Work work) {
    QMetaObject::invokeMethod(owner, std::move(work), Qt::QueuedConnection);
}

}  // namespace

base::Result<std::string> freeClusterName() {
    const auto clusters = control::listClusters();
    if (!clusters.ok()) return clusters.error();
    const auto taken = [&](const std::string& name) {
        return std::any_of(clusters->begin(), clusters->end(), [&](const auto& one) { return one.spec.name == name; });
    };
    std::string name = "demo";
    for (int number = 2; taken(name); ++number) name = "demo-" + std::to_string(number);
    return name;
}

ClusterLink::ClusterLink(Session* session, QObject* parent) : QObject(parent), m_session(session) {}

ClusterLink::~ClusterLink() { close(); }

void ClusterLink::close() {
    {
        const std::lock_guard lock(m_mutex);
        m_ending = true;
    }
    m_wake.notify_all();
    if (m_thread.joinable()) m_thread.join();
    m_feed.reset();  // and what is left of the recording is written
    m_cluster.reset();
}

void ClusterLink::open(const OpenRequest& request) {
    close();
    m_request = request;
    m_ending = false;
    m_session->opening(QString::fromStdString(request.name), tr("Looking for its files"));
    m_thread = std::thread([this, request] { run(request); });
}

void ClusterLink::say(const std::string& name, const QString& text) {
    onGuiThread(m_session,
                [session = m_session, name = QString::fromStdString(name), text] { session->opening(name, text); });
}

base::Result<std::shared_ptr<control::Cluster>> ClusterLink::start(const OpenRequest& request) {
    const auto clusters = control::listClusters();
    if (!clusters.ok()) return clusters.error();
    const bool known =
        std::any_of(clusters->begin(), clusters->end(), [&](const auto& one) { return one.spec.name == request.name; });
    if (!known) {
        say(request.name, tr("Making a cluster: %1 data directories and ports").arg(request.create.nodes));
        control::CreateOptions create = request.create;
        create.name = request.name;
        const auto made = control::createCluster(create);
        if (!made.ok()) return made.error();
    }
    say(request.name, tr("Starting its nodes"));
    auto opened = control::openCluster(request.name, {});
    if (!opened.ok()) return opened.error();
    return std::shared_ptr<control::Cluster>(std::move(*opened));
}

base::Result<std::shared_ptr<control::Recording>> ClusterLink::record(const OpenRequest& request) {
    if (request.recordFile.isEmpty()) return std::shared_ptr<control::Recording>();
    auto trace = observe::TraceWriter::create(request.recordFile.toStdString(), request.name);
    if (!trace.ok()) return trace.error();
    return std::make_shared<control::Recording>(std::move(*trace), [this](const base::Error& error) {
        const QString text = tr("The recording ended: %1").arg(gui::say(error));
        onGuiThread(m_session, [session = m_session, text] { session->actions()->say(text, {}, true); });
    });
}

void ClusterLink::writeFirstKeys(const control::ClusterStatus& status) {
    FirstWrites writes(status);
    std::unique_lock lock(m_mutex);
    const auto ending = [this] { return m_ending; };
    while (!m_wake.wait_for(lock, std::chrono::milliseconds(kFirstWritePauseMs), ending)) {
        lock.unlock();
        const bool more = writes.goOn();
        lock.lock();
        if (!more) return;
    }
}

void ClusterLink::run(OpenRequest request) {
    const auto give = [this](const base::Error& error) {
        const QString text = gui::say(error);
        onGuiThread(m_session, [this, text] {
            m_session->fail(text);
            emit failed(text);
        });
    };
    auto cluster = start(request);
    if (!cluster.ok()) return give(cluster.error());
    m_cluster = *cluster;
    auto recording = record(request);
    if (!recording.ok()) return give(recording.error());
    control::LiveFeed::Observer observer;
    observer.onEvents = [session = m_session](std::vector<observe::Event> events) { session->post(std::move(events)); };
    observer.onMembers = [session = m_session](const control::ClusterStatus& now) {
        onGuiThread(session, [session, name = QString::fromStdString(now.spec.name), now] {
            if (session->clusterName() == name) session->setEndpoints(Roster::endpointsOf(now));
        });
    };
    observer.onEnded = [session = m_session] {
        onGuiThread(session, [session] {
            session->actions()->say(tr("The cluster was stopped from outside. Starting a node takes it up again."), {},
                                    true);
        });
    };
    m_feed = std::make_unique<control::LiveFeed>(m_cluster, std::move(observer), std::move(*recording));
    onGuiThread(m_session, [this, cluster = m_cluster, name = QString::fromStdString(request.name)] {
        m_session->startLive(name, cluster);
        emit opened();
    });
    if (const auto started = m_cluster->apply(control::StartAll{}); !started.ok()) {
        onGuiThread(m_session, [session = m_session, text = gui::say(started.error())] {
            session->actions()->say(text, {}, true);
        });
    }
    if (request.firstWrites) writeFirstKeys(m_cluster->status());
}

}  // namespace raftarium::gui
