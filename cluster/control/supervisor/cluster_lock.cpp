// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/control/supervisor/cluster_lock.h"

#include "cluster/control/spec/paths.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sstream>

namespace raftarium::control {
namespace {

// Open-file-description locks: unlike the older fcntl locks they are not lost when another descriptor of the process is
// closed, and unlike flock they can be looked at without being taken.
struct flock wholeFile() {
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    return lock;
}

}  // namespace

base::Result<ClusterLock> ClusterLock::acquire(const std::string& clusterDirectory) {
    const std::string path = lockFile(clusterDirectory);
    Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file) return ioError("cannot open " + path, errno);
    struct flock lock = wholeFile();
    if (::fcntl(file.get(), F_OFD_SETLK, &lock) != 0) {
        if (errno == EAGAIN || errno == EACCES) {
            return base::sayError(
                base::Errc::unavailable,
                {RAFTARIUM_TEXT("Control", "another process supervises the cluster (it holds {0})"), {path}});
        }
        return ioError("cannot lock " + path, errno);
    }
    if (::ftruncate(file.get(), 0) != 0) return ioError("cannot write " + path, errno);
    return ClusterLock(std::move(file), path);
}

LockHolder ClusterLock::holder(const std::string& clusterDirectory) {
    const Fd file(::open(lockFile(clusterDirectory).c_str(), O_RDWR | O_CLOEXEC));
    if (!file) return {};
    struct flock lock = wholeFile();
    if (::fcntl(file.get(), F_OFD_GETLK, &lock) != 0 || lock.l_type == F_UNLCK) return {};
    LockHolder holder;
    holder.held = true;
    std::array<char, 512> buffer{};
    const ssize_t count = ::pread(file.get(), buffer.data(), buffer.size(), 0);
    if (count > 0) {
        std::istringstream text(std::string(buffer.data(), static_cast<std::size_t>(count)));
        text >> holder.pid;
        std::string socket;
        // Without the final line break the writer has not finished.
        if (text.get() == '\n' && std::getline(text, socket) && !text.eof()) holder.socket = socket;
    }
    return holder;
}

base::Status ClusterLock::publish(const std::string& socket) {
    const std::string text = std::to_string(::getpid()) + "\n" + socket + "\n";
    if (::pwrite(m_file.get(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
        return ioError("cannot write " + m_path, errno);
    }
    return {};
}

}  // namespace raftarium::control
