// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Where a cluster's files and sockets are.
//
//   $XDG_DATA_HOME/raftarium/clusters/NAME/   (0700)
//       cluster.json   the spec             lock          held by the supervisor; says where its socket is
//       n1/ n2/ ...    data directories     logs/n1.log   a node's own output; n1.log.1 ... of earlier starts
//   $XDG_RUNTIME_DIR/raftarium/HASH/          (0700; HASH of the cluster's directory, since socket paths must be short)
//       supervisor     n1 n2 ...            unix sockets
#pragma once

#include "cluster/base/result.h"

#include <string>

namespace raftarium::control {

// sockaddr_un holds 108 bytes with the final zero; gRPC refuses longer ones.
inline constexpr std::size_t kSocketPathMax = 106;

// [a-z0-9-]{1,40}, no '-' first.
base::Status checkClusterName(const std::string& name);
std::string clusterDirectory(const std::string& name);
std::string specFile(const std::string& clusterDirectory);
std::string lockFile(const std::string& clusterDirectory);
std::string logFile(const std::string& clusterDirectory, const std::string& node);

// Made if missing. Refused if it is not ours alone (a symbolic link, another owner): others could take the nodes over.
// Falls back to /tmp/raftarium-UID where XDG_RUNTIME_DIR is not set, does not exist or is too long.
base::Result<std::string> socketDirectory(const std::string& clusterDirectory);

base::Status makeDirectory(const std::string& path);  // with parents, 0700
base::Text textOf(const base::Error& error);          // as data where it is said so, else as it stands
base::Error ioError(const std::string& what, int errorNumber);

// Allocated bytes of everything below.
std::uint64_t diskUse(const std::string& directory);

}  // namespace raftarium::control
