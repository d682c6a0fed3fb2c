// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/control/socket/supervisor_socket.h"

#include "cluster/control/socket/line_socket.h"
#include "cluster/control/socket/supervisor_protocol.h"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <chrono>
#include <sys/socket.h>

namespace raftarium::control {
namespace {

constexpr std::size_t kConnectionsMax = 64;

bool isOwnUser(int fd) {
    ucred peer{};
    socklen_t size = sizeof peer;
    return ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == ::geteuid();
}

}  // namespace

base::Result<std::shared_ptr<SupervisorSocket>> SupervisorSocket::listen(
    const std::string& path, const std::string& cluster, std::function<std::string(const std::string&)> answer) {
    auto listener = listenUnix(path);
    if (!listener) return listener.error();
    return std::shared_ptr<SupervisorSocket>(
        new SupervisorSocket(std::move(*listener), path, cluster, std::move(answer)));
}

SupervisorSocket::SupervisorSocket(Fd listener, std::string path, std::string cluster,
                                   std::function<std::string(const std::string&)> answer)
    : m_listener(std::move(listener)),
      m_path(std::move(path)),
      m_cluster(std::move(cluster)),
      m_answer(std::move(answer)) {
    m_thread = std::thread([this] { accept(); });
}

SupervisorSocket::~SupervisorSocket() {
    close();
    for (Connection& connection : m_connections) ::shutdown(connection.socket.get(), SHUT_RD);
    for (Connection& connection : m_connections) connection.thread.join();
}

void SupervisorSocket::close() {
    {
        const std::lock_guard lock(m_mutex);
        if (m_closed) return;
        m_closed = true;
        ::unlink(m_path.c_str());
        ::shutdown(m_listener.get(), SHUT_RDWR);
        for (const Connection& connection : m_connections) {
            if (connection.subscribed) ::shutdown(connection.socket.get(), SHUT_RDWR);
        }
    }
    m_thread.join();
}

void SupervisorSocket::forgetEnded(std::unique_lock<std::mutex>&) {
    for (auto it = m_connections.begin(); it != m_connections.end();) {
        if (it->ended) {
            it->thread.join();
            it = m_connections.erase(it);
        } else {
            ++it;
        }
    }
}

void SupervisorSocket::accept() {
    while (true) {
        Fd socket(::accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
        std::unique_lock lock(m_mutex);
        if (m_closed) return;
        forgetEnded(lock);
        if (!socket) {
            if (errno == EINTR || errno == ECONNABORTED) continue;
            lock.unlock();
            std::this_thread::sleep_for(
                std::chrono::milliseconds(50));  // out of descriptors: wait for some to be closed
            continue;
        }
        if (!isOwnUser(socket.get()) || m_connections.size() >= kConnectionsMax) continue;
        Connection& connection = m_connections.emplace_back();
        connection.socket = std::move(socket);
        connection.thread = std::thread([this, &connection] { serve(connection); });
    }
}

void SupervisorSocket::serve(Connection& connection) {
    const int fd = connection.socket.get();
    LineReader reader(fd);
    std::string line;
    if (sendAll(fd, greeting(m_cluster)) && reader.next(line)) {
        if (isSubscription(line)) {
            {
                const std::lock_guard lock(m_mutex);
                connection.subscribed = !m_closed;
                // Under the lock, so that it comes before the first event.
                if (connection.subscribed) sendNow(fd, toLine({{"ok", true}}));
            }
            while (connection.subscribed && reader.next(line)) {
            }
        } else {
            sendAll(fd, m_answer(line));
        }
    }
    ::shutdown(fd, SHUT_RDWR);
    const std::lock_guard lock(m_mutex);
    connection.subscribed = false;
    connection.ended = true;
}

void SupervisorSocket::broadcast(const std::string& line) {
    const std::lock_guard lock(m_mutex);
    for (Connection& connection : m_connections) {
        if (connection.subscribed && !sendNow(connection.socket.get(), line)) {
            ::shutdown(connection.socket.get(), SHUT_RDWR);
        }
    }
}

}  // namespace raftarium::control
