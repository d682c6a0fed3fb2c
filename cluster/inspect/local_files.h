// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The files of this machine, for those who inspect them without knowing the storage layer (the app).
#pragma once

#include "cluster/base/file_system.h"

namespace raftarium::inspect {

base::FileSystem& localFiles();

}  // namespace raftarium::inspect
