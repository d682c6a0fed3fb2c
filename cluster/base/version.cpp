// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/version.h"

namespace raftarium::base {

std::string_view raftariumVersion() { return RAFTARIUM_VERSION; }

}  // namespace raftarium::base
