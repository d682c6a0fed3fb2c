// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Invariants, checked in release builds, too. A broken one is printed and ends the process.
#pragma once

#include <string_view>

namespace raftarium::base {

[[noreturn]] void checkFailed(const char* file, int line, const char* expression, std::string_view detail);

}  // namespace raftarium::base

#define RAFTARIUM_CHECK(condition) \
    ((condition) ? void(0) : ::raftarium::base::checkFailed(__FILE__, __LINE__, #condition, {}))
// With a text that names the values. The text is made only on failure.
#define RAFTARIUM_CHECK_MSG(condition, text) \
    ((condition) ? void(0) : ::raftarium::base::checkFailed(__FILE__, __LINE__, #condition, (text)))
