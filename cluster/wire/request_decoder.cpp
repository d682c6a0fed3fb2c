// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/protobuf_fields.h"
#include "cluster/wire/requests.h"
#include "proto/etcd/etcdserver.pb.h"
#include "proto/etcd/membership.pb.h"
#include "proto/etcd/raft_internal.pb.h"

#include <google/protobuf/arena.h>

#include <array>

namespace raftarium::wire {

using base::FieldReader;

namespace {

constexpr std::uint32_t kIdField = 1;
constexpr std::uint32_t kPutField = 4;
constexpr std::uint32_t kHeaderField = 100;

bool readHeaderId(std::string_view data, std::uint64_t& id) {
    FieldReader reader(data);
    while (reader.next()) {
        if (reader.number() == kIdField && reader.isVarint()) id = reader.integer();
        // There is a user name or an auth revision: the general decoder reads it.
        else
            return false;
    }
    return reader.ok();
}

bool readPut(std::string_view data, mvcc::PutOp& put) {
    FieldReader reader(data);
    std::uint32_t last = 0;
    while (reader.next()) {
        if (reader.number() <= last) return false;  // repeated or out of order: the general decoder merges
        last = reader.number();
        switch (last) {
            case 1:
                if (!reader.isBytes()) return false;
                put.key = reader.bytes();
                break;
            case 2:
                if (!reader.isBytes()) return false;
                put.value = reader.bytes();
                break;
            case 3:
                if (!reader.isVarint()) return false;
                put.lease = static_cast<std::int64_t>(reader.integer());
                break;
            case 4:
                if (!reader.isVarint()) return false;
                put.prevKv = reader.integer() != 0;
                break;
            case 5:
                if (!reader.isVarint()) return false;
                put.ignoreValue = reader.integer() != 0;
                break;
            case 6:
                if (!reader.isVarint()) return false;
                put.ignoreLease = reader.integer() != 0;
                break;
            case 1001:
                if (!reader.isVarint()) return false;
                put.keepVersions = static_cast<std::int64_t>(reader.integer());
                break;
            default:
                return false;
        }
    }
    return reader.ok();
}

// The most frequent form, decoded without copies: {put, header {ID}} in this order and nothing else.
bool readPlainPut(std::string_view data, DecodedRequest& out) {
    FieldReader reader(data);
    if (!reader.next() || reader.number() != kPutField || !reader.isBytes()) return false;
    mvcc::PutOp put;
    if (!readPut(reader.bytes(), put)) return false;
    if (!reader.next() || reader.number() != kHeaderField || !reader.isBytes()) return false;
    if (!readHeaderId(reader.bytes(), out.requestId)) return false;
    if (reader.next() || !reader.ok()) return false;
    out.kind = DecodedRequest::Kind::store;
    out.store = put;
    return true;
}

void fillV2(const etcdserverpb::Request& request, DecodedRequest& out) {
    if (out.requestId == 0) out.requestId = request.id();
    out.kind = request.method() == "PUT" ? DecodedRequest::Kind::v2Put : DecodedRequest::Kind::v2Other;
    out.path = request.path();
    out.value = request.val();
}

const char* unsupportedName(const etcdserverpb::InternalRaftRequest& r) {
    if (r.has_auth_enable() || r.has_auth_disable() || r.has_authenticate() || r.has_auth_status()) return "auth";
    if (r.has_auth_user_add() || r.has_auth_user_delete() || r.has_auth_user_get() || r.has_auth_user_list() ||
        r.has_auth_user_change_password() || r.has_auth_user_grant_role() || r.has_auth_user_revoke_role())
        return "auth user";
    if (r.has_auth_role_add() || r.has_auth_role_delete() || r.has_auth_role_get() || r.has_auth_role_list() ||
        r.has_auth_role_grant_permission() || r.has_auth_role_revoke_permission())
        return "auth role";
    if (r.has_downgrade_info_set() || r.has_downgrade_version_test()) return "downgrade";
    return "unknown request";
}

void fillInternal(const etcdserverpb::InternalRaftRequest& r, DecodedRequest& out) {
    out.requestId = r.header().id() != 0 ? r.header().id() : r.id();
    out.kind = DecodedRequest::Kind::store;
    if (r.has_v2()) {
        fillV2(r.v2(), out);
    } else if (r.has_range()) {
        out.store = toOp(r.range());
    } else if (r.has_put()) {
        out.store = toOp(r.put());
    } else if (r.has_delete_range()) {
        out.store = toOp(r.delete_range());
    } else if (r.has_txn()) {
        if (auto txn = toOp(r.txn()))
            out.store = std::move(*txn);
        else
            out.problem = txn.error();
    } else if (r.has_compaction()) {
        out.store = toOp(r.compaction());
    } else if (r.has_lease_grant()) {
        out.store = toOp(r.lease_grant());
    } else if (r.has_lease_revoke()) {
        out.store = toOp(r.lease_revoke());
    } else if (r.has_lease_checkpoint()) {
        out.store = toOp(r.lease_checkpoint());
    } else if (r.has_alarm()) {
        out.store = toOp(r.alarm());
    } else if (r.has_cluster_version_set()) {
        out.kind = DecodedRequest::Kind::clusterVersion;
        out.clusterVersion = r.cluster_version_set().ver();
    } else if (r.has_cluster_member_attr_set()) {
        const auto& set = r.cluster_member_attr_set();
        out.kind = DecodedRequest::Kind::memberAttributes;
        out.memberId = set.member_id();
        out.memberName = set.member_attributes().name();
        for (const auto& url : set.member_attributes().client_urls()) out.clientUrls.push_back(url);
    } else {
        out.kind = DecodedRequest::Kind::unsupported;
        out.name = unsupportedName(r);
    }
}

}  // namespace

struct RequestDecoder::Impl {
    std::array<char, 16 * 1024> block;
    google::protobuf::Arena arena{block.data(), block.size()};
    DecodedRequest decoded;
};

RequestDecoder::RequestDecoder() : m_impl(std::make_unique<Impl>()) {}
RequestDecoder::~RequestDecoder() = default;

const DecodedRequest& RequestDecoder::decode(std::string_view data) {
    DecodedRequest& out = m_impl->decoded;
    out = DecodedRequest{};
    if (data.empty() || readPlainPut(data, out)) return out;
    out = DecodedRequest{};
    m_impl->arena.Reset();
    auto* request = google::protobuf::Arena::CreateMessage<etcdserverpb::InternalRaftRequest>(&m_impl->arena);
    if (request->ParseFromArray(data.data(), static_cast<int>(data.size()))) {
        fillInternal(*request, out);
        return out;
    }
    // As in etcd: other bytes must be a v2 request. (Its field 2, the method, does not parse as an
    // InternalRaftRequest.)
    auto* v2 = google::protobuf::Arena::CreateMessage<etcdserverpb::Request>(&m_impl->arena);
    if (v2->ParseFromArray(data.data(), static_cast<int>(data.size())) && v2->has_method()) {
        fillV2(*v2, out);
    } else {
        out.kind = DecodedRequest::Kind::malformed;
    }
    return out;
}

std::uint64_t requestIdOf(std::string_view data) {
    FieldReader reader(data);
    std::uint64_t plain = 0;
    while (reader.next()) {
        if (reader.number() == kIdField && reader.isVarint()) plain = reader.integer();
        if (reader.number() == kHeaderField && reader.isBytes()) {
            FieldReader header(reader.bytes());
            while (header.next())
                if (header.number() == kIdField && header.isVarint() && header.integer() != 0) return header.integer();
        }
    }
    return plain;
}

}  // namespace raftarium::wire
