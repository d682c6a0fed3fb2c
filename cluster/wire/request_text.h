// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// One line of text for what an entry asks the state machine to do, for the app, `wal dump` and logs:
//   put x = 5 | delete a..b | range a..b | txn 2 ops | compact 7 | lease grant 60 s | lease revoke 1a2b | noop
//   add n4 http://127.0.0.1:2380 | remove 8e9e05c52164694d | publish n1 | cluster version 3.4.0 | user add alice
// At most kRequestTextMax bytes of valid UTF-8: keys and values as base/byte_text.h has them, long keys with their
// ends. Never passwords or tokens. Decodes by hand: cheap enough for every entry a node appends.
#pragma once

#include "cluster/raft/types.h"

#include <string>
#include <string_view>

namespace raftarium::wire {

inline constexpr std::size_t kRequestTextMax = 120;

// `request`: an etcdserverpb.InternalRaftRequest, or the older etcdserverpb.Request that etcd 3.4 publishes with.
std::string describeRequest(std::string_view request);
std::string describeEntry(const raft::Entry& entry);
std::string describeEntry(raft::EntryType type, std::string_view data);

}  // namespace raftarium::wire
