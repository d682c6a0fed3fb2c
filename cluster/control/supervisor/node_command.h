// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The program, environment and output of one node.
#pragma once

#include "cluster/base/result.h"
#include "cluster/control/spec/cluster_spec.h"

#include <string>
#include <vector>

namespace raftarium::control {

// The given path, or raftarium-node beside the running program, or in $RAFTARIUM_BIN. The error says where it was
// sought.
base::Result<std::string> findNodeProgram(const std::string& given);

// A program of another engine, on the path.
base::Result<std::string> findProgram(const char* name);

// Ours without ETCD_*: such a variable would change what the flags leave out.
std::vector<std::string> nodeEnvironment();

// Keeps the output of the last starts: n1.log -> n1.log.1 -> n1.log.2 -> n1.log.3.
base::Status rotateLog(const std::string& path);
std::string readTail(const std::string& path, std::size_t bytes);
// The last line that is not blank, at most 200 bytes.
std::string lastLine(const std::string& path);

// "exited with 1: <last line>", "killed (SIGKILL)", "stopped" for exit code 0, with the reason if it ended by
// itself: "stopped: this member (...) has been removed from the cluster".
std::string exitText(int exitCode, int signal, const std::string& logFile);

}  // namespace raftarium::control
