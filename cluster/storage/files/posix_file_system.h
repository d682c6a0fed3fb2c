// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// base::FileSystem on the operating system: the only place that opens and syncs log and snapshot files.
#pragma once

#include "cluster/base/file_system.h"

namespace raftarium::storage {

base::FileSystem& posixFileSystem();

}  // namespace raftarium::storage
