// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// openCluster() with the access to nodes given, for tests.
#pragma once

#include "cluster/base/result.h"
#include "cluster/control/controller.h"
#include "cluster/control/supervisor/node_access.h"

#include <memory>
#include <string>

namespace raftarium::control {

base::Result<std::unique_ptr<Cluster>> openClusterWith(const std::string& name, const std::string& nodeProgram,
                                                       NodeAccess access);

}  // namespace raftarium::control
