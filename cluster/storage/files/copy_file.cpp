// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/storage/files/copy_file.h"

namespace raftarium::storage {

namespace {
constexpr std::size_t kCopyBytes = 1 << 20;
}  // namespace

base::Status copyFile(base::FileSystem& fs, const base::File& from, const std::string& path) {
    const auto size = from.size();
    if (!size) return size.error();
    auto to = fs.open(path, base::OpenMode::createOrTruncate);
    if (!to) return to.error();
    for (std::uint64_t offset = 0; offset < *size; offset += kCopyBytes) {
        const auto part = from.readAt(offset, kCopyBytes);
        if (!part) return part.error();
        if (part->find_first_not_of('\0') == std::string::npos) continue;
        if (const auto status = (*to)->writeAt(offset, *part); !status) return status;
    }
    if (const auto status = (*to)->truncate(*size); !status) return status;
    return (*to)->sync();
}

}  // namespace raftarium::storage
