// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The supervisor's socket: answers requests of other processes of the same user, and sends subscribers every event.
#pragma once

#include "cluster/base/result.h"
#include "cluster/control/fd.h"

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace raftarium::control {

class SupervisorSocket {
public:
    // `answer` gets a request line and gives the answer line; it is called on a thread per connection.
    static base::Result<std::shared_ptr<SupervisorSocket>> listen(
        const std::string& path, const std::string& cluster, std::function<std::string(const std::string&)> answer);
    ~SupervisorSocket();  // waits for answers under way; not from one of them

    void broadcast(const std::string& line);  // does not wait: a subscriber that does not read is dropped
    // No new requests, subscribers are let go, the path is removed. Answers under way are still sent.
    void close();

private:
    struct Connection {
        Fd socket;
        std::thread thread;
        bool subscribed = false;
        bool ended = false;
    };

    SupervisorSocket(Fd listener, std::string path, std::string cluster,
                     std::function<std::string(const std::string&)> answer);
    void accept();
    void serve(Connection& connection);
    void forgetEnded(std::unique_lock<std::mutex>& lock);

    const Fd m_listener;
    const std::string m_path, m_cluster;
    const std::function<std::string(const std::string&)> m_answer;
    std::mutex m_mutex;
    std::list<Connection> m_connections;
    bool m_closed = false;
    std::thread m_thread;
};

}  // namespace raftarium::control
