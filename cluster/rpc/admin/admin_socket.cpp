// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/admin/admin_socket.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>

namespace raftarium::rpc {
namespace {

base::Error refuse(const std::string& path, const std::string& why) {
    return {base::Errc::invalidArgument, "--admin-socket " + path + ": " + why, 0};
}

bool someoneListens(const std::string& path) {
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return true;
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    const bool connected = connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    close(fd);
    return connected;
}

base::Status checkDirectory(const std::string& path, const std::string& directory) {
    std::error_code error;
    std::filesystem::create_directories(std::filesystem::path(directory).parent_path(), error);
    // Members that start together may share the directory: one of them makes it, the others find it.
    if (mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
        return refuse(path, "cannot make the directory " + directory + ": " + std::strerror(errno));
    }
    struct stat info = {};
    if (lstat(directory.c_str(), &info) != 0) return refuse(path, directory + ": " + std::strerror(errno));
    if (!S_ISDIR(info.st_mode)) return refuse(path, directory + " is not a directory");
    if (info.st_uid != geteuid()) {
        return refuse(path, directory + " belongs to another user; choose a directory of your own");
    }
    if ((info.st_mode & 077) != 0) {
        return refuse(path, directory + " can be opened by others; make it private with: chmod 700 " + directory);
    }
    return {};
}

}  // namespace

base::Status prepareAdminSocket(const std::string& path) {
    if (path.empty() || path.front() != '/') return refuse(path, "the path must be absolute");
    if (path.size() > kSocketPathBytesMax) {
        return refuse(path, "the path has " + std::to_string(path.size()) + " bytes; a socket's path can have " +
                                std::to_string(kSocketPathBytesMax) + ": choose a shorter one");
    }
    const std::string directory = std::filesystem::path(path).parent_path().string();
    if (base::Status checked = checkDirectory(path, directory); !checked) return checked;
    struct stat info = {};
    if (lstat(path.c_str(), &info) != 0) return {};
    if (!S_ISSOCK(info.st_mode)) return refuse(path, "something that is not a socket is in the way");
    if (someoneListens(path)) return refuse(path, "another process listens there");
    if (unlink(path.c_str()) != 0)
        return refuse(path, std::string("cannot remove the old socket: ") + std::strerror(errno));
    return {};
}

}  // namespace raftarium::rpc
