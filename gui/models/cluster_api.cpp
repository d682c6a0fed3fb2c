// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/models/cluster_api.h"

#include <QCoreApplication>
#include <QThreadPool>

namespace raftarium::gui {

namespace {
constexpr int kReadTimeoutMs = 4000;
constexpr int kWriteTimeoutMs = 15'000;
}  // namespace

void ClusterApi::setEndpoints(const QStringList& endpoints) {
    if (endpoints == m_endpoints) return;
    m_endpoints = endpoints;
    std::vector<std::string> plain;
    for (const QString& endpoint : endpoints) plain.push_back(endpoint.toStdString());
    m_clients = plain.empty() ? nullptr : std::make_shared<Clients>(std::move(plain));
    emit endpointsChanged();
}

client::EtcdClient& ClusterApi::Clients::of(Call call) {
    const std::lock_guard lock(m_mutex);
    std::unique_ptr<client::EtcdClient>& client = call == Call::read ? m_reader : m_writer;
    if (!client) {
        client::ClientOptions options;
        options.endpoints = m_endpoints;
        options.requestTimeoutMs = call == Call::read ? kReadTimeoutMs : kWriteTimeoutMs;
        client = client::EtcdClient::create(options);
    }
    return *client;
}

std::function<client::EtcdClient&()> ClusterApi::caller(Call call) const {
    if (!m_clients) return nullptr;
    return [clients = m_clients, call]() -> client::EtcdClient& { return clients->of(call); };
}

std::unique_ptr<client::WatchHandle> ClusterApi::watch(const std::string& key, const client::WatchOptions& options,
                                                       std::function<void(client::WatchUpdate)> onUpdate,
                                                       std::function<void(base::Error)> onEnd) {
    class Kept final : public client::WatchHandle {
    public:
        Kept(std::shared_ptr<Clients> clients, std::unique_ptr<client::WatchHandle> handle)
            : m_clients(std::move(clients)), m_handle(std::move(handle)) {}

    private:
        std::shared_ptr<Clients> m_clients;
        std::unique_ptr<client::WatchHandle> m_handle;  // goes before its client
    };
    if (!m_clients) return nullptr;
    auto handle = m_clients->of(Call::read).watch(key, options, std::move(onUpdate), std::move(onEnd));
    return std::make_unique<Kept>(m_clients, std::move(handle));
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
