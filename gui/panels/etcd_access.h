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
//
// A model that shows what a question answers (the keys, a history) sets the question; ask() puts it unless it is under
// way already, when it is put once more after that answer: however often the store changes, one request is out.
class EtcdAccess {
public:
    // GUI thread; jobs already running keep the old ones. False if they are the same.
    bool setEndpoints(const QStringList& endpoints);
    const QStringList& endpoints() const { return m_endpoints; }
    bool hasEndpoints() const { return m_shared != nullptr; }

    void setQuestion(std::function<void()> question) { m_question = std::move(question); }
    bool ask();  // false if it is not put now
    bool asking() const { return m_asking; }
    // To be called when the answer is there and taken in. `stale`: it is one to an older question.
    void answered(bool stale = false);

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

    // A watch through the same client, which it keeps alive; null without endpoints. Callbacks as EtcdClient::watch().
    std::unique_ptr<client::WatchHandle> watch(const std::string& key, const client::WatchOptions& options,
                                               std::function<void(client::WatchUpdate)> onUpdate,
                                               std::function<void(base::Error)> onEnd);

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
    std::function<void()> m_question;
    bool m_asking = false;
    bool m_again = false;
};

}  // namespace raftarium::gui
