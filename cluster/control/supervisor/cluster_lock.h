// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Who supervises a cluster: an exclusive lock on a file in its directory, which the kernel lets go when its holder
// ends, however it ends. The file says where the holder listens.
#pragma once

#include "cluster/base/result.h"
#include "cluster/control/fd.h"

#include <memory>
#include <string>
#include <sys/types.h>

namespace raftarium::control {

struct LockHolder {
    bool held = false;
    pid_t pid = 0;       // of the holder
    std::string socket;  // its path; empty while the holder is still starting
};

class ClusterLock {
public:
    // Errc::unavailable if another process (or another lock of this one) has it.
    static base::Result<ClusterLock> acquire(const std::string& clusterDirectory);
    // Looks without touching the lock.
    static LockHolder holder(const std::string& clusterDirectory);

    base::Status publish(const std::string& socket);

private:
    ClusterLock(Fd file, std::string path) : m_file(std::move(file)), m_path(std::move(path)) {}

    Fd m_file;
    std::string m_path;
};

}  // namespace raftarium::control
