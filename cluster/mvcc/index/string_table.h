// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Hash table keyed by byte strings that is searched with views. (Debian's Abseil has a string_view of its own, so its
// ready-made string tables cannot be searched with std::string_view.)
#pragma once

#include <absl/container/flat_hash_map.h>

#include <functional>
#include <string>
#include <string_view>

namespace raftarium::mvcc {

struct StringHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

template <typename Value>
using StringTable = absl::flat_hash_map<std::string, Value, StringHash, std::equal_to<>>;

}  // namespace raftarium::mvcc
