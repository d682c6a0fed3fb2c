// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/panels/etcd_access.h"

#include <QCoreApplication>
#include <QThreadPool>

namespace raftarium::gui {

namespace {
constexpr int kRequestTimeoutMs = 4000;
}

bool EtcdAccess::setEndpoints(const QStringList& endpoints) {
    if (endpoints == m_endpoints) return false;
    m_endpoints = endpoints;
    if (endpoints.isEmpty()) {
        m_shared.reset();
        return true;
    }
    client::ClientOptions options;
    options.requestTimeoutMs = kRequestTimeoutMs;
    for (const QString& endpoint : endpoints) options.endpoints.push_back(endpoint.toStdString());
    m_shared = std::make_shared<Shared>(std::move(options));
    return true;
}

bool EtcdAccess::ask() {
    if (!hasEndpoints()) return false;
    if (m_asking) {
        m_again = true;
        return false;
    }
    m_asking = true;
    m_question();
    return true;
}

void EtcdAccess::answered(bool stale) {
    m_asking = false;
    const bool again = m_again || stale;
    m_again = false;
    if (again) ask();
}

std::unique_ptr<client::WatchHandle> EtcdAccess::watch(const std::string& key, const client::WatchOptions& options,
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

client::EtcdClient& EtcdAccess::Shared::client() {
    const std::lock_guard lock(m_mutex);
    if (!m_client) m_client = client::EtcdClient::create(m_options);
    return *m_client;
}

void EtcdAccess::start(std::function<void()> job) { QThreadPool::globalInstance()->start(std::move(job)); }

void EtcdAccess::post(std::function<void()> call) {
    QMetaObject::invokeMethod(QCoreApplication::instance(), std::move(call), Qt::QueuedConnection);
}

}  // namespace raftarium::gui
