// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace raftarium::base {

void checkFailed(const char* file, int line, const char* expression, std::string_view detail) {
    std::fprintf(stderr, "%s:%d: check failed: %s%s%.*s\n", file, line, expression, detail.empty() ? "" : ": ",
                 static_cast<int>(detail.size()), detail.data());
    std::fflush(stderr);
    std::abort();
}

}  // namespace raftarium::base
