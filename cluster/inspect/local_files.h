// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The files of this machine, for the app, which may not use the storage layer.
#pragma once

#include "cluster/base/file_system.h"

namespace raftarium::inspect {

base::FileSystem& localFiles();

}  // namespace raftarium::inspect
