// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// One line of text for the request in an entry, for the app, `wal dump` and the process log:
//   put x = 5 | delete a..b | range a..b | txn 2 ops | compact 7 | lease grant 60 s | lease revoke 1a2b | noop
//   add n4 http://127.0.0.1:2380 | remove 8e9e05c52164694d | publish n1 | cluster version 3.4.0 | user add alice
// At most kRequestTextMax bytes of valid UTF-8. Keys and values are shown as base/byte_text.h does, of long keys both
// ends. Passwords and tokens are never shown. Fast enough for every entry that a node appends.
#pragma once

#include "cluster/raft/types.h"

#include <string>
#include <string_view>

namespace raftarium::wire {

inline constexpr std::size_t kRequestTextMax = 120;

// `request` is an etcdserverpb.InternalRaftRequest, or the older etcdserverpb.Request of etcd 3.4.
std::string describeRequest(std::string_view request);
std::string describeEntry(const raft::Entry& entry);
std::string describeEntry(raft::EntryType type, std::string_view data);

}  // namespace raftarium::wire
