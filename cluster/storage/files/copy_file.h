// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#pragma once

#include "cluster/base/file_system.h"
#include "cluster/base/result.h"

#include <string>

namespace raftarium::storage {

// Writes the content of `from` to the file `path` and syncs it. Runs of zeros become holes, so that a copy takes no
// more room than what is written.
base::Status copyFile(base::FileSystem& fs, const base::File& from, const std::string& path);

}  // namespace raftarium::storage
