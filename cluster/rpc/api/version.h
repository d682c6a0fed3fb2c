// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The two versions a node states: the etcd API level it implements, and its own.
#pragma once

namespace raftarium::rpc {

inline constexpr const char* kEtcdApiVersion = "3.4.23";
inline constexpr const char* kRaftariumVersion = "0.1.0";

}  // namespace raftarium::rpc
