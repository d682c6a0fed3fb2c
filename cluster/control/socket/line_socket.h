// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Lines over a unix socket.
#pragma once

#include "cluster/base/result.h"
#include "cluster/control/fd.h"

#include <string>

namespace raftarium::control {

inline constexpr std::size_t kLineMax = 1 << 20;

base::Result<Fd> connectUnix(const std::string& path);
base::Result<Fd> listenUnix(const std::string& path);  // 0600; what was there is removed
bool sendAll(int fd, const std::string& text);
// Without waiting: false if the peer does not read.
bool sendNow(int fd, const std::string& text);

class LineReader {
public:
    explicit LineReader(int fd) : m_fd(fd) {}
    // Without the line break. False at the end, on an error, or when a line is longer than kLineMax.
    bool next(std::string& line);

private:
    int m_fd;
    std::string m_buffer;
};

}  // namespace raftarium::control
