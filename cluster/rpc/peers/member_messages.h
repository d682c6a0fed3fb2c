// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Conversion of members to and from the protocols' messages.
#pragma once

#include "cluster/node/members/membership.h"
#include "proto/etcd/rpc.pb.h"
#include "proto/raftarium/peer.pb.h"
#include "proto/raftarium/telemetry.pb.h"

namespace raftarium::rpc {

void toProto(const node::Member& member, etcdserverpb::Member& out);
void toProto(const node::Member& member, peer::v1::PeerMember& out);
void toProto(const node::Member& member, telemetry::v1::Member& out);

}  // namespace raftarium::rpc
