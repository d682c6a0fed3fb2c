// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Appending form of encodeKeyValue, for a buffer that is used again for every write.
#pragma once

#include "cluster/mvcc/txn/operations.h"

#include <string>

namespace raftarium::mvcc {

void appendKeyValue(std::string& out, const KeyValueView& kv);

}  // namespace raftarium::mvcc
