// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Invariants that stay on in release builds: a broken one prints itself and ends the process.
#pragma once

#include <string_view>

namespace raftarium::base {

[[noreturn]] void checkFailed(const char* file, int line, const char* expression, std::string_view detail);

}  // namespace raftarium::base

#define RAFTARIUM_CHECK(condition) \
    ((condition) ? void(0) : ::raftarium::base::checkFailed(__FILE__, __LINE__, #condition, {}))
// With a text that holds the values involved; it is evaluated only on failure.
#define RAFTARIUM_CHECK_MSG(condition, text) \
    ((condition) ? void(0) : ::raftarium::base::checkFailed(__FILE__, __LINE__, #condition, (text)))
