// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// cluster.json: one cluster as it is kept between runs. Directories are not written into it, so a cluster can be moved.
#pragma once

#include "cluster/base/result.h"
#include "cluster/control/spec/cluster_spec.h"

#include <string>

namespace raftarium::control {

inline constexpr std::uint32_t kSpecFormatVersion = 1;

// The id that a member of the first configuration gets (base/member_id.h).
std::uint64_t memberId(const std::string& peerUrl, const std::string& token);

std::string encodeSpec(const ClusterSpec& spec);
// `directory` fills what is not in the text. Every field is checked; the error names the file and the field.
base::Result<ClusterSpec> decodeSpec(const std::string& text, const std::string& directory);

base::Result<ClusterSpec> readSpec(const std::string& directory);  // Errc::notFound if there is no cluster.json
base::Status writeSpec(const ClusterSpec& spec);                   // atomically: all of it or nothing, also in a crash

}  // namespace raftarium::control
