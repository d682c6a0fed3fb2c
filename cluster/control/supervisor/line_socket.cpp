// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/control/supervisor/line_socket.h"

#include "cluster/control/spec/paths.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

namespace raftarium::control {
namespace {

base::Result<sockaddr_un> addressOf(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() > kSocketPathMax) {
        return base::sayError(
            base::Errc::invalidArgument,
            {RAFTARIUM_TEXT("Control", "socket path {0} is longer than {1} bytes"), {path, kSocketPathMax}});
    }
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return address;
}

}  // namespace

base::Result<Fd> connectUnix(const std::string& path) {
    const auto address = addressOf(path);
    if (!address) return address.error();
    Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket) return ioError("cannot make a socket", errno);
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof(sockaddr_un)) != 0) {
        base::Error error = ioError("cannot connect to " + path, errno);
        error.code = base::Errc::unavailable;
        return error;
    }
    return socket;
}

base::Result<Fd> listenUnix(const std::string& path) {
    const auto address = addressOf(path);
    if (!address) return address.error();
    ::unlink(path.c_str());
    Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket) return ioError("cannot make a socket", errno);
    // The directory is closed to others already; the mode of the socket itself is a second lock.
    if (::fchmod(socket.get(), 0600) != 0 ||
        ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof(sockaddr_un)) != 0 ||
        ::chmod(path.c_str(), 0600) != 0 || ::listen(socket.get(), 64) != 0) {
        return ioError("cannot listen on " + path, errno);
    }
    return socket;
}

bool sendAll(int fd, const std::string& text) {
    for (std::size_t done = 0; done < text.size();) {
        const ssize_t count = ::send(fd, text.data() + done, text.size() - done, MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        done += static_cast<std::size_t>(count);
    }
    return true;
}

bool sendNow(int fd, const std::string& text) {
    return ::send(fd, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT) == static_cast<ssize_t>(text.size());
}

bool LineReader::next(std::string& line) {
    while (true) {
        const std::size_t end = m_buffer.find('\n');
        if (end != std::string::npos) {
            line = m_buffer.substr(0, end);
            m_buffer.erase(0, end + 1);
            return true;
        }
        if (m_buffer.size() > kLineMax) return false;
        std::array<char, 4096> chunk;
        const ssize_t count = ::recv(m_fd, chunk.data(), chunk.size(), 0);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        m_buffer.append(chunk.data(), static_cast<std::size_t>(count));
    }
}

}  // namespace raftarium::control
