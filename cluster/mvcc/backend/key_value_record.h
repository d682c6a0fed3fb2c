// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Appends what encodeKeyValue() returns, so that one buffer can be used for every write.
#pragma once

#include "cluster/mvcc/txn/operations.h"

#include <string>

namespace raftarium::mvcc {

void appendKeyValue(std::string& out, const KeyValueView& kv);

}  // namespace raftarium::mvcc
