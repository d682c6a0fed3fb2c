// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/peers/member_messages.h"

namespace raftarium::rpc {
namespace {

template <typename Out>
void copyUrls(const node::Member& member, Out& out) {
    for (const std::string& url : member.peerUrls) out.add_peer_urls(url);
    for (const std::string& url : member.clientUrls) out.add_client_urls(url);
    out.set_id(member.id);
    out.set_name(member.name);
    out.set_learner(member.learner);
}

}  // namespace

void toProto(const node::Member& member, etcdserverpb::Member& out) {
    out.set_id(member.id);
    out.set_name(member.name);
    for (const std::string& url : member.peerUrls) out.add_peerurls(url);
    for (const std::string& url : member.clientUrls) out.add_clienturls(url);
    out.set_islearner(member.learner);
}

void toProto(const node::Member& member, peer::v1::PeerMember& out) { copyUrls(member, out); }

void toProto(const node::Member& member, telemetry::v1::Member& out) { copyUrls(member, out); }

}  // namespace raftarium::rpc
