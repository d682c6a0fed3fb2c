// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/app/cluster_link.h"

#include "cluster/base/clock.h"
#include "cluster/client/etcd_client.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace raftarium::gui {

namespace {

constexpr int kGreetTries = 60;
constexpr int kGreetPauseMs = 700;

// A first few writes, so that a newcomer sees entries travel before touching anything.
class Greeting {
public:
    explicit Greeting(const control::ClusterStatus& status) {
        client::ClientOptions options;
        options.requestTimeoutMs = 8000;
        for (const control::NodeStatus& node : status.nodes) options.endpoints.push_back(node.spec.clientUrl());
        m_client = client::EtcdClient::create(options);
    }
    // One request; false when there is nothing left to do.
    bool goOn() {
        static constexpr std::pair<const char*, const char*> kKeys[] = {
            {"greeting", "hello"}, {"course/room", "H-104"}, {"course/students", "40"}, {"greeting", "hello again"}};
        if (++m_tries > kGreetTries) return false;
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
    m_streams.clear();
    if (m_cluster) {
        m_cluster->onProcessChange({});
        m_cluster->onDutyEnded({});
    }
    m_cluster.reset();
    const std::lock_guard lock(m_recordingLock);
    m_recording.reset();  // writes what is left
}

std::shared_ptr<Recording> ClusterLink::recording() {
    const std::lock_guard lock(m_recordingLock);
    return m_recording;
}

void ClusterLink::open(const OpenRequest& request) {
    close();
    m_request = request;
    m_ending = m_membersMoved = false;
    m_session->opening(QString::fromStdString(request.name), tr("Looking for its files"));
    m_thread = std::thread([this, request] { run(request); });
}

void ClusterLink::say(const std::string& name, const QString& text) {
    onGuiThread(m_session,
                [session = m_session, name = QString::fromStdString(name), text] { session->opening(name, text); });
}

ClusterLink::Woken ClusterLink::await(int milliseconds) {
    std::unique_lock lock(m_mutex);
    const auto woken = [this] { return m_ending || m_membersMoved; };
    if (milliseconds == 0)
        m_wake.wait(lock, woken);
    else
        m_wake.wait_for(lock, std::chrono::milliseconds(milliseconds), woken);
    if (m_ending) return Woken::end;
    return std::exchange(m_membersMoved, false) ? Woken::members : Woken::time;
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

base::Status ClusterLink::record(const OpenRequest& request) {
    if (request.recordFile.isEmpty()) return {};
    auto trace = observe::TraceWriter::create(request.recordFile.toStdString(), request.name);
    if (!trace.ok()) return trace.error();
    auto recording = std::make_shared<Recording>(std::move(*trace), [this](const base::Error& error) {
        const QString text = tr("The recording ended: %1").arg(QString::fromStdString(error.text));
        onGuiThread(m_session, [session = m_session, text] { session->actions()->say(text, {}, true); });
    });
    const std::lock_guard lock(m_recordingLock);
    m_recording = std::move(recording);
    return {};
}

void ClusterLink::takeProcess(observe::Event event) {
    if (const auto* process = std::get_if<observe::ProcessChanged>(&event.kind))
        if (const auto kept = recording()) kept->add(event.atNs, event.node, *process);
    // Who joins or leaves is told by its process starting or ending.
    if (const auto* process = std::get_if<observe::ProcessChanged>(&event.kind);
        process && process->state != observe::ProcessState::running) {
        {
            const std::lock_guard lock(m_mutex);
            m_membersMoved = true;
        }
        m_wake.notify_all();
    }
    m_session->post({std::move(event)});
}

void ClusterLink::listen(const control::ClusterStatus& status) {
    client::TelemetryStream::Callbacks callbacks;
    callbacks.onEvents = [session = m_session](std::uint64_t, std::vector<observe::Event> events) {
        session->post(std::move(events));
    };
    callbacks.onBatch = [this](std::uint64_t node, const telemetry::v1::EventBatch& batch) {
        if (const auto kept = recording()) kept->add(node, batch);
    };
    std::erase_if(m_streams, [&](const auto& stream) {
        return std::none_of(status.nodes.begin(), status.nodes.end(),
                            [&](const control::NodeStatus& node) { return node.spec.id == stream.first; });
    });
    for (const control::NodeStatus& node : status.nodes) {
        auto& stream = m_streams[node.spec.id];
        if (!stream) stream = client::TelemetryStream::open("unix:" + node.spec.adminSocket, node.spec.id, callbacks);
    }
}

void ClusterLink::attend(bool greet, const control::ClusterStatus& status) {
    std::optional<Greeting> greeting;
    if (greet) greeting.emplace(status);
    for (;;) {
        const Woken woken = await(greeting ? kGreetPauseMs : 0);
        if (woken == Woken::end) return;
        if (woken == Woken::time && !greeting->goOn()) greeting.reset();
        if (woken != Woken::members) continue;
        const control::ClusterStatus now = m_cluster->status();
        if (!now.problem.empty()) continue;  // its supervisor is gone: nobody joins or leaves
        listen(now);
        onGuiThread(m_session, [session = m_session, name = QString::fromStdString(now.spec.name), now] {
            if (session->clusterName() == name) session->setEndpoints(Roster::endpointsOf(now));
        });
    }
}

void ClusterLink::run(OpenRequest request) {
    const auto give = [this](const base::Error& error) {
        const QString text = QString::fromStdString(error.text);
        onGuiThread(m_session, [this, text] {
            m_session->fail(text);
            emit failed(text);
        });
    };
    auto cluster = start(request);
    if (!cluster.ok()) return give(cluster.error());
    m_cluster = *cluster;
    if (const base::Status recorded = record(request); !recorded.ok()) return give(recorded.error());
    m_cluster->onProcessChange([this](observe::Event event) { takeProcess(std::move(event)); });
    m_cluster->onDutyEnded([session = m_session] {
        onGuiThread(session, [session] {
            session->actions()->say(tr("The cluster was stopped from outside. Starting a node takes it up again."), {},
                                    true);
        });
    });
    const control::ClusterStatus status = m_cluster->status();
    const base::SystemClock clock;
    for (const control::NodeStatus& node : status.nodes)
        takeProcess({clock.monotonicNow(), node.spec.id, 0,
                     observe::ProcessChanged{node.process, node.spec.name, 0, 0, node.text}});
    listen(status);
    onGuiThread(m_session, [this, cluster = m_cluster, name = QString::fromStdString(request.name)] {
        m_session->startLive(name, cluster);
        emit opened();
    });
    if (const auto started = m_cluster->apply(control::StartAll{}); !started.ok()) {
        onGuiThread(m_session, [session = m_session, text = QString::fromStdString(started.error().text)] {
            session->actions()->say(text, {}, true);
        });
    }
    attend(request.greet, status);
}

}  // namespace raftarium::gui
