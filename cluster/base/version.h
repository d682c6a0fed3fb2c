// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The versions that members, tools and the app report.
#pragma once

#include <string_view>

namespace raftarium::base {

// The version of etcd whose API, peer metadata and log a member implements.
inline constexpr std::string_view kEtcdApiVersion = "3.4.23";
// The cluster version that such members agree on: its major and minor number.
inline constexpr std::string_view kEtcdClusterVersion = "3.4.0";

// The version of this program: that of the project in CMakeLists.txt.
std::string_view raftariumVersion();

}  // namespace raftarium::base
