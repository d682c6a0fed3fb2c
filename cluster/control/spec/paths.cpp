// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/control/spec/paths.h"

#include "cluster/base/coding.h"

#include <openssl/sha.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace raftarium::control {
namespace {

namespace fs = std::filesystem;

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

base::Status makePrivateDirectory(const std::string& path) {
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return ioError("cannot make directory " + path, errno);
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) return ioError("cannot look at " + path, errno);
    if (!S_ISDIR(status.st_mode) || status.st_uid != ::geteuid()) {
        return base::sayError(
            base::Errc::ioError,
            {RAFTARIUM_TEXT("Control",
                            "{0} is not a directory of this user: the sockets of the nodes would not be safe there; "
                            "remove it, or set XDG_RUNTIME_DIR to a directory of yours"),
             {path}});
    }
    if ((status.st_mode & 077) != 0 && ::chmod(path.c_str(), 0700) != 0) {
        return ioError("cannot make " + path + " private", errno);
    }
    return {};
}

std::string shortHash(const std::string& text) {
    unsigned char digest[SHA_DIGEST_LENGTH];
    SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
    std::uint64_t head = 0;
    for (int i = 0; i < 6; ++i) head = head << 8 | digest[i];
    return base::hexId(head);
}

}  // namespace

std::string clustersDirectory() {
    std::string data = environment("XDG_DATA_HOME");
    if (data.empty() || data.front() != '/') data = environment("HOME") + "/.local/share";
    return data + "/raftarium/clusters";
}

base::Status checkClusterName(const std::string& name) {
    const bool characters = name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
    if (!name.empty() && name.size() <= 40 && characters && name.front() != '-') return {};
    return base::sayError(
        base::Errc::invalidArgument,
        {RAFTARIUM_TEXT("Control", "cluster name \"{0}\": use 1 to 40 of a-z, 0-9 and '-', not beginning with '-'"),
         {name.substr(0, 60)}});
}

std::string clusterDirectory(const std::string& name) { return clustersDirectory() + "/" + name; }
std::string specFile(const std::string& clusterDirectory) { return clusterDirectory + "/cluster.json"; }
std::string lockFile(const std::string& clusterDirectory) { return clusterDirectory + "/lock"; }
std::string logFile(const std::string& clusterDirectory, const std::string& node) {
    return clusterDirectory + "/logs/" + node + ".log";
}

base::Result<std::string> socketDirectory(const std::string& clusterDirectory) {
    const std::string hash = shortHash(clusterDirectory);
    constexpr std::size_t kNameMax = 11;  // "/supervisor"
    std::string base = environment("XDG_RUNTIME_DIR");
    std::error_code error;
    if (base.empty() || base.front() != '/' || !fs::is_directory(base, error) ||
        base.size() + std::strlen("/raftarium/") + hash.size() + kNameMax > kSocketPathMax) {
        base = "/tmp/raftarium-" + std::to_string(::geteuid());
    } else {
        base += "/raftarium";
    }
    if (auto made = makePrivateDirectory(base); !made) return made.error();
    const std::string directory = base + "/" + hash;
    if (auto made = makePrivateDirectory(directory); !made) return made.error();
    return directory;
}

base::Status makeDirectory(const std::string& path) {
    std::error_code error;
    const fs::path parent = fs::path(path).parent_path();
    if (!parent.empty() && !fs::exists(parent, error)) {
        if (auto made = makeDirectory(parent.string()); !made) return made;
    }
    if (::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return {};
    return ioError("cannot make directory " + path, errno);
}

base::Error ioError(const std::string& what, int errorNumber) {
    const auto code = errorNumber == ENOSPC || errorNumber == EDQUOT ? base::Errc::noSpace : base::Errc::ioError;
    return {code, what + ": " + std::generic_category().message(errorNumber)};
}

std::uint64_t diskUse(const std::string& directory) {
    std::uint64_t bytes = 0;
    std::error_code error;
    for (fs::recursive_directory_iterator it(directory, fs::directory_options::skip_permission_denied, error), end;
         !error && it != end; it.increment(error)) {
        struct stat status {};
        // Files come and go while a cluster runs; one that is gone uses nothing.
        if (::lstat(it->path().c_str(), &status) == 0) bytes += static_cast<std::uint64_t>(status.st_blocks) * 512;
    }
    return bytes;
}

}  // namespace raftarium::control
