// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The place of the telemetry and control socket: a directory that its owner alone can enter, because gRPC leaves the
// socket itself open to all.
#pragma once

#include "cluster/base/result.h"

#include <string>

namespace raftarium::rpc {

// gRPC's limit for the path of a unix socket.
inline constexpr std::size_t kSocketPathBytesMax = 107;

// Makes the directory (0700) if it is missing, checks owner and mode if it is there, and removes a socket that a dead
// process left behind. Errors say what is wrong and what to do. The process should run with umask 077.
base::Status prepareAdminSocket(const std::string& path);

}  // namespace raftarium::rpc
