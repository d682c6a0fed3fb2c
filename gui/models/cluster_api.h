// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The cluster's client API for the whole app: reads and watches. (Writes are actions, see gui/models/actions.h.) No
// call blocks the GUI thread: work runs on a pool thread, its result comes back on the GUI thread.
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
    using QObject::QObject;

    // Of the running members, host:port, the leader first: what it has is the newest. Work that is under way goes on at
    // the old ones.
    void setEndpoints(const QStringList& endpoints);
    const QStringList& endpoints() const { return m_endpoints; }
    bool reachable() const { return m_shared != nullptr; }

    // GUI thread. Runs `work` on a pool thread and then `done` on the GUI thread, unless `receiver` is gone by then.
    // Neither is called if no member is reachable.
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

    // A watch through the same client, which it keeps alive; null if no member is reachable. The callbacks run on a
    // thread of the client, see EtcdClient::watch().
    std::unique_ptr<client::WatchHandle> watch(const std::string& key, const client::WatchOptions& options,
                                               std::function<void(client::WatchUpdate)> onUpdate,
                                               std::function<void(base::Error)> onEnd);

signals:
    void endpointsChanged();

private:
    // The client is made when it is first needed; used from pool threads.
    class Shared {
    public:
        explicit Shared(client::ClientOptions options) : m_options(std::move(options)) {}
        client::EtcdClient& client();

    private:
        const client::ClientOptions m_options;
        std::mutex m_mutex;
        std::unique_ptr<client::EtcdClient> m_client;
    };

    static void start(std::function<void()> job);
    static void post(std::function<void()> call);

    QStringList m_endpoints;
    std::shared_ptr<Shared> m_shared;
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
