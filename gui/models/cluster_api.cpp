// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/models/cluster_api.h"

#include <QCoreApplication>
#include <QThreadPool>

namespace raftarium::gui {

namespace {
constexpr int kReadTimeoutMs = 4000;
}

void ClusterApi::setEndpoints(const QStringList& endpoints) {
    if (endpoints == m_endpoints) return;
    m_endpoints = endpoints;
    client::ClientOptions options;
    options.requestTimeoutMs = kReadTimeoutMs;
    for (const QString& endpoint : endpoints) options.endpoints.push_back(endpoint.toStdString());
    m_shared = endpoints.isEmpty() ? nullptr : std::make_shared<Shared>(std::move(options));
    emit endpointsChanged();
}

client::EtcdClient& ClusterApi::Shared::client() {
    const std::lock_guard lock(m_mutex);
    if (!m_client) m_client = client::EtcdClient::create(m_options);
    return *m_client;
}

std::unique_ptr<client::WatchHandle> ClusterApi::watch(const std::string& key, const client::WatchOptions& options,
                                                       std::function<void(client::WatchUpdate)> onUpdate,
                                                       std::function<void(base::Error)> onEnd) {
    class Kept final : public client::WatchHandle {
    public:
        Kept(std::shared_ptr<Shared> shared, std::unique_ptr<client::WatchHandle> handle)
            : m_shared(std::move(shared)), m_handle(std::move(handle)) {}

    private:
        std::shared_ptr<Shared> m_shared;
        std::unique_ptr<client::WatchHandle> m_handle;  // goes before its client
    };
    if (!m_shared) return nullptr;
    auto handle = m_shared->client().watch(key, options, std::move(onUpdate), std::move(onEnd));
    return std::make_unique<Kept>(m_shared, std::move(handle));
}

void ClusterApi::start(std::function<void()> job) { QThreadPool::globalInstance()->start(std::move(job)); }

void ClusterApi::post(std::function<void()> call) {
    QMetaObject::invokeMethod(QCoreApplication::instance(), std::move(call), Qt::QueuedConnection);
}

bool ApiQuestion::ask(ClusterApi* api) {
    if (!api || !api->reachable()) return false;
    if (m_asking) {
        m_again = true;
        return false;
    }
    m_asking = true;
    m_put(*api);
    return true;
}

void ApiQuestion::answered(ClusterApi* api, bool stale) {
    m_asking = false;
    const bool again = std::exchange(m_again, false) || stale;
    if (again) ask(api);
}

}  // namespace raftarium::gui
