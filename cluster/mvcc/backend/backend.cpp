// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/mvcc/backend/backend.h"

#include <array>

namespace raftarium::mvcc {

std::string_view bucketName(Bucket bucket) {
    static constexpr std::array<std::string_view, static_cast<std::size_t>(Bucket::count_)> kNames = {
        "key",     "meta", "lease",     "alarm",     "members",  "members_removed",
        "cluster", "auth", "authUsers", "authRoles", "keyBounds"};
    const auto index = static_cast<std::size_t>(bucket);
    RAFTARIUM_CHECK(index < kNames.size());
    return kNames[index];
}

}  // namespace raftarium::mvcc
