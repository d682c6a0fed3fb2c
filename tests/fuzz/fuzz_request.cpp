// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What a log entry can ask for, and what members send each other: requests as the state machine applies them, their
// texts for people, conf changes, messages. A request that decodes and passes the checks of the API is applied to a
// store twice over, which must agree.

#include "cluster/inspect/request_dump.h"
#include "cluster/mvcc/backend/memory_backend.h"
#include "cluster/mvcc/store.h"
#include "cluster/raft/raw_node.h"
#include "cluster/wire/message_codec.h"
#include "cluster/wire/request_text.h"
#include "cluster/wire/requests.h"
#include "proto/etcd/raft.pb.h"
#include "proto/etcd/raft_internal.pb.h"
#include "tests/fuzz/fuzz_target.h"

#include <google/protobuf/stubs/logging.h>

using namespace raftarium;

namespace {

struct Member {
    mvcc::MemoryBackend backend;
    mvcc::Store store{backend, {}};
};

void put(mvcc::Store& store, std::uint64_t index, const char* key) {
    mvcc::PutOp op;
    op.key = key;
    op.value = "v";
    (void)store.apply(index, 1, op);
}

// State to work on: two keys, some history, a lease.
std::unique_ptr<Member> makeMember() {
    auto member = std::make_unique<Member>();
    if (!member->store.open()) fuzz::finding("an empty store does not open");
    put(member->store, 1, "a");
    put(member->store, 2, "b");
    put(member->store, 3, "a");
    mvcc::LeaseGrantOp grant;
    grant.id = 5;
    grant.ttlSeconds = 60;
    (void)member->store.apply(4, 1, grant);
    return member;
}

void apply(std::string_view data) {
    wire::RequestDecoder decoder;
    const wire::DecodedRequest& request = decoder.decode(data);
    if (request.kind != wire::DecodedRequest::Kind::store || !request.problem) return;
    const auto one = makeMember(), two = makeMember();
    // Entries of the log are applied without these checks, as they were made before.
    const bool valid = one->store.validate(request.store).ok();
    const auto first = one->store.apply(5, 1, request.store);
    const auto second = two->store.apply(5, 1, request.store);
    if (first.ok() != second.ok()) fuzz::finding("two stores answer differently");
    if (one->store.hashAll() != two->store.hashAll()) fuzz::finding("two stores differ");
    if (!valid) return;
    const std::uint32_t before = one->store.hashAll();
    if (!one->store.open()) fuzz::finding("the store does not open again");
    if (one->store.hashAll() != before) fuzz::finding("the store differs after it was opened again");
}

}  // namespace

std::vector<std::string> fuzz::seeds() {
    std::vector<std::string> out;
    const auto add = [&](auto fill) {
        etcdserverpb::InternalRaftRequest request;
        request.mutable_header()->set_id(77);
        fill(request);
        out.push_back(request.SerializeAsString());
    };
    add([](auto& r) {
        r.mutable_put()->set_key("foo");
        r.mutable_put()->set_value("bar");
        r.mutable_put()->set_lease(5);
        r.mutable_put()->set_prev_kv(true);
    });
    add([](auto& r) {
        r.mutable_delete_range()->set_key("a");
        r.mutable_delete_range()->set_range_end("z");
    });
    add([](auto& r) { r.mutable_compaction()->set_revision(3); });
    add([](auto& r) {
        r.mutable_lease_grant()->set_ttl(60);
        r.mutable_lease_grant()->set_id(9);
    });
    add([](auto& r) { r.mutable_lease_revoke()->set_id(5); });
    add([](auto& r) { r.mutable_range()->set_key("a"); });
    add([](auto& r) {
        auto* compare = r.mutable_txn()->add_compare();
        compare->set_key("a");
        compare->set_version(2);
        r.mutable_txn()->add_success()->mutable_request_put()->set_key("t");
        auto* nested = r.mutable_txn()->add_failure()->mutable_request_txn();
        nested->add_success()->mutable_request_delete_range()->set_key("b");
        nested->add_success()->mutable_request_range()->set_key("a");
    });
    out.push_back(wire::encodeV2Put(5, "/0/members/8e9e05c52164694d/attributes", R"({"name":"n1"})"));
    raftpb::ConfChange change;
    change.set_node_id(7);
    change.set_context(R"({"id":7,"peerURLs":["http://127.0.0.1:2380"]})");
    out.push_back(change.SerializeAsString());
    raftpb::ConfChangeV2 changes;
    changes.add_changes()->set_node_id(7);
    out.push_back(changes.SerializeAsString());
    raft::Message message;
    message.type = raft::MessageType::app;
    message.to = 2;
    message.from = 1;
    message.term = 3;
    message.entries = {{3, 8, raft::EntryType::normal, base::Bytes("x")}};
    std::string encoded;
    wire::encodeMessage(message, encoded);
    out.push_back(encoded);
    return out;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // Protobuf complains on standard error of bytes that are no UTF-8.
    [[maybe_unused]] static const bool quiet = google::protobuf::SetLogHandler(nullptr) != nullptr;
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    apply(input);
    (void)wire::requestIdOf(input);
    (void)wire::describeRequest(input);
    for (const auto type : {raft::EntryType::normal, raft::EntryType::confChange, raft::EntryType::confChangeV2}) {
        if (wire::describeEntry(type, input).size() > wire::kRequestTextMax) fuzz::finding("a text is too long");
    }
    (void)inspect::dumpRequest(input);
    (void)inspect::dumpConfChange(input);
    if (const auto change = raft::decodeConfChange(input)) {
        const auto again = raft::decodeConfChange(raft::encodeConfChange(*change).view());
        if (!again || again->nodeId != change->nodeId || again->type != change->type)
            fuzz::finding("a conf change reads differently when it was written again");
    }
    (void)raft::decodeConfChangeV2(input);
    if (const auto message = wire::decodeMessage(input)) {
        std::string encoded;
        wire::encodeMessage(*message, encoded);
        if (encoded.size() != wire::encodedMessageSize(*message)) fuzz::finding("the size of a message is wrong");
        if (!wire::decodeMessage(encoded)) fuzz::finding("a message cannot be read when it was written again");
    }
    return 0;
}
