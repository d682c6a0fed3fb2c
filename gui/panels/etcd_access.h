// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Calls to the cluster's client API from models, without blocking the GUI thread.
#pragma once

#include "cluster/client/etcd_client.h"

#include <QObject>
#include <QPointer>
#include <QStringList>

#include <functional>
#include <memory>
#include <mutex>

namespace raftarium::gui {

// One client, shared by the jobs of one model. `run` executes `work` on a pool thread and hands its result to `done` on
// the GUI thread, unless `receiver` is gone by then.
class EtcdAccess {
public:
    void setEndpoints(const QStringList& endpoints);  // GUI thread; jobs already running keep the old ones
    bool hasEndpoints() const { return m_shared != nullptr; }

    template <typename Result>
    void run(QObject* receiver, std::function<Result(client::EtcdClient&)> work, std::function<void(Result)> done) {
        if (!m_shared) return;
        start([shared = m_shared, work = std::move(work), done = std::move(done), guard = QPointer<QObject>(receiver)] {
            auto result = std::make_shared<Result>(work(shared->client()));
            post([guard, done, result] {
                if (guard) done(std::move(*result));
            });
        });
    }

    // Bytes as people read them: UTF-8 text where they are, else \xNN for what is not printable.
    static QString display(const std::string& bytes);
    // The other way round: what a person typed, with \xNN understood.
    static std::string bytesOf(const QString& typed);

private:
    class Shared {
    public:
        explicit Shared(client::ClientOptions options) : m_options(std::move(options)) {}
        client::EtcdClient& client();

    private:
        client::ClientOptions m_options;
        std::mutex m_mutex;
        std::unique_ptr<client::EtcdClient> m_client;
    };

    static void start(std::function<void()> job);
    static void post(std::function<void()> call);

    QStringList m_endpoints;
    std::shared_ptr<Shared> m_shared;
};

}  // namespace raftarium::gui
