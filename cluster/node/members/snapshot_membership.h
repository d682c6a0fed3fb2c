// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The data of a .snap file: etcd's v2 store as JSON, of which the membership is all that counts.
#pragma once

#include "cluster/base/result.h"
#include "cluster/node/members/membership.h"

#include <string>
#include <string_view>

namespace raftarium::node {

std::string membershipToV2Json(const Membership& membership);
base::Result<Membership> membershipFromV2Json(std::string_view json);  // Errc::corruption

}  // namespace raftarium::node
