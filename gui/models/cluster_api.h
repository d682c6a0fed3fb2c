// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The cluster's client API for the whole app. No call blocks the GUI thread: work runs on a pool thread, its result
// comes back on the GUI thread.
#pragma once

#include "cluster/client/etcd_client.h"

#include <QObject>
#include <QPointer>
#include <QStringList>
#include <QtQml/qqmlregistration.h>

#include <functional>
#include <memory>
#include <mutex>

namespace raftarium::gui {

class ClusterApi : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("belongs to the session")
    Q_PROPERTY(bool reachable READ reachable NOTIFY endpointsChanged)

public:
    // A read goes to the next member soon; a write is sent once, and takes seconds at a classroom's pace.
    enum class Call { read, write };

    using QObject::QObject;

    // Of the running members, host:port, the leader first: what it has is the newest. Work that is under way goes on at
    // the old ones.
    void setEndpoints(const QStringList& endpoints);
    const QStringList& endpoints() const { return m_endpoints; }
    bool reachable() const { return m_clients != nullptr; }

    // GUI thread. Runs `work` on a pool thread and then `done` on the GUI thread, unless `receiver` is gone by then.
    // Neither is called if no member is reachable.
    template <typename Result>
    void run(Call call, QObject* receiver, std::function<Result(client::EtcdClient&)> work,
             std::function<void(Result)> done) {
        if (!m_clients) return;
        start([clients = m_clients, call, work = std::move(work), done = std::move(done),
               guard = QPointer<QObject>(receiver)] {
            auto result = std::make_shared<Result>(work(clients->of(call)));
            post([guard, done, result] {
                if (guard) done(std::move(*result));
            });
        });
    }
    // The same call without a thread of its own, for work that runs on one already. Null if no member is reachable.
    std::function<client::EtcdClient&()> caller(Call call) const;

    // A watch through the same client, which it keeps alive; null if no member is reachable. The callbacks run on a
    // thread of the client, see EtcdClient::watch().
    std::unique_ptr<client::WatchHandle> watch(const std::string& key, const client::WatchOptions& options,
                                               std::function<void(client::WatchUpdate)> onUpdate,
                                               std::function<void(base::Error)> onEnd);

signals:
    void endpointsChanged();

private:
    // Made when they are first needed; used from pool threads.
    class Clients {
    public:
        explicit Clients(std::vector<std::string> endpoints) : m_endpoints(std::move(endpoints)) {}
        client::EtcdClient& of(Call call);

    private:
        const std::vector<std::string> m_endpoints;
        std::mutex m_mutex;
        std::unique_ptr<client::EtcdClient> m_reader, m_writer;
    };

    static void start(std::function<void()> job);
    static void post(std::function<void()> call);

    QStringList m_endpoints;
    std::shared_ptr<Clients> m_clients;
};

// A question that is asked again whenever the store may have changed. However often that is, one request is out: a call
// of ask() meanwhile asks once more after the answer.
class ApiQuestion {
public:
    // `put` sends the request; the model calls answered() when the answer is there and taken in.
    explicit ApiQuestion(std::function<void(ClusterApi&)> put) : m_put(std::move(put)) {}

    bool ask(ClusterApi* api);  // false if it is not sent now
    bool asking() const { return m_asking; }
    // `stale`: this was the answer to an older question, so it is asked again.
    void answered(ClusterApi* api, bool stale = false);

private:
    const std::function<void(ClusterApi&)> m_put;
    bool m_asking = false;
    bool m_again = false;
};

}  // namespace raftarium::gui
