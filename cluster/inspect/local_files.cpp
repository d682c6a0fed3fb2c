// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/inspect/local_files.h"

#include "cluster/storage/files/posix_file_system.h"

namespace raftarium::inspect {

base::FileSystem& localFiles() { return storage::posixFileSystem(); }

}  // namespace raftarium::inspect
