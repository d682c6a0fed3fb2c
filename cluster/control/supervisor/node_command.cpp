// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/control/supervisor/node_command.h"

#include "cluster/control/spec/paths.h"

#include <absl/strings/str_split.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

namespace raftarium::control {
namespace {

constexpr int kKeptLogs = 3;

std::string directoryOfProgram() {
    char path[4096];
    const ssize_t length = ::readlink("/proc/self/exe", path, sizeof path);
    if (length <= 0) return {};
    const std::string text(path, static_cast<std::size_t>(length));
    return text.substr(0, text.rfind('/'));
}

bool isProgram(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

base::Result<std::string> findNodeProgram(const std::string& given) {
    if (!given.empty()) {
        if (isProgram(given)) return given;
        return base::sayError(base::Errc::notFound,
                              {RAFTARIUM_TEXT("Control", "node program {0} is not an executable file"), {given}});
    }
    std::string sought;
    const char* directory = std::getenv("RAFTARIUM_BIN");
    for (const std::string& candidate : {directoryOfProgram(), std::string(directory != nullptr ? directory : "")}) {
        if (candidate.empty()) continue;
        std::string path = candidate + "/raftarium-node";
        if (isProgram(path)) return path;
        sought += (sought.empty() ? "" : " or ") + path;
    }
    return base::sayError(base::Errc::notFound,
                          {RAFTARIUM_TEXT("Control",
                                          "raftarium-node not found: no executable {0}; it must stand beside this "
                                          "program (set RAFTARIUM_BIN to its directory)"),
                           {sought}});
}

std::vector<std::string> nodeEnvironment() {
    std::vector<std::string> out;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        if (std::strncmp(*entry, "ETCD_", 5) != 0) out.emplace_back(*entry);
    }
    return out;
}

base::Result<std::string> findProgram(const char* name) {
    const char* path = std::getenv("PATH");
    for (const auto directory : absl::StrSplit(path != nullptr ? path : "", ':')) {
        std::string candidate = std::string(directory) + "/" + name;
        if (!directory.empty() && isProgram(candidate)) return candidate;
    }
    return base::sayError(base::Errc::notFound,
                          {RAFTARIUM_TEXT("Control", "there is no program {0} on the path: install it"), {name}});
}

base::Status rotateLog(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0 || status.st_size == 0) return {};
    for (int number = kKeptLogs; number > 0; --number) {
        const std::string from = number == 1 ? path : path + "." + std::to_string(number - 1);
        if (std::rename(from.c_str(), (path + "." + std::to_string(number)).c_str()) != 0 && errno != ENOENT) {
            return ioError("cannot rename " + from, errno);
        }
    }
    return {};
}

std::string readTail(const std::string& path, std::size_t bytes) {
    std::ifstream in(path, std::ios::binary | std::ios::ate);
    if (!in) return {};
    const auto size = static_cast<std::size_t>(in.tellg());
    const std::size_t count = std::min(size, bytes);
    in.seekg(static_cast<std::streamoff>(size - count));
    std::string text(count, '\0');
    in.read(text.data(), static_cast<std::streamsize>(count));
    text.resize(static_cast<std::size_t>(in.gcount()));
    return text;
}

std::string lastLine(const std::string& path) {
    constexpr const char* kBlank = " \t\r\n";
    constexpr std::size_t kLineMax = 200;
    const std::string tail = readTail(path, 8192);
    const std::size_t end = tail.find_last_not_of(kBlank);
    if (end == std::string::npos) return {};
    const std::size_t before = tail.rfind('\n', end);
    const std::size_t begin = before == std::string::npos ? 0 : before + 1;
    return tail.substr(begin, std::min(end + 1 - begin, kLineMax));
}

std::string exitText(int exitCode, int signal, const std::string& logFile) {
    if (signal != 0) {
        const char* name = ::sigabbrev_np(signal);
        return "killed (" + (name != nullptr ? std::string("SIG") + name : "signal " + std::to_string(signal)) + ")";
    }
    const std::string line = lastLine(logFile);
    if (exitCode == 0) {
        // What ended by itself says why (removed from the cluster); after SIGTERM the last word is the log's.
        constexpr std::string_view kSays = "raftarium-node: ";
        return "stopped" + (line.starts_with(kSays) ? ": " + line.substr(kSays.size()) : std::string());
    }
    return "exited with " + std::to_string(exitCode) + (line.empty() ? "" : ": " + line);
}

}  // namespace raftarium::control
