// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The directory of the telemetry and control socket. Only its owner can enter it, because gRPC makes the socket
// accessible to everyone.
#pragma once

#include "cluster/base/result.h"

#include <string>

namespace raftarium::rpc {

// The longest path of a unix socket in gRPC.
inline constexpr std::size_t kSocketPathBytesMax = 107;

// Makes the directory (0700), or checks its owner and mode if it exists, and removes the socket of a process that no
// longer runs. Errors say what is wrong and what to do. The process should run with umask 077.
base::Status prepareAdminSocket(const std::string& path);

}  // namespace raftarium::rpc
