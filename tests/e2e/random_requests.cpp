// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/e2e/random_requests.h"

#include <algorithm>

namespace raftarium::e2e {
namespace {

namespace pb = etcdserverpb;

// No more than 12: so few are sorted stably by etcd, so that ties have an order.
const std::string kKeys[] = {"a", "a1", "a2", "ab", "b", "b1", "b\xff", "c", "c0", std::string(1, '\0'), "\xff"};
const std::string kEnd(1, '\0');

}  // namespace

std::string RandomRequests::key() { return chance(0.01) ? std::string() : kKeys[below(std::size(kKeys))]; }

// Now and then out of bounds, on both sides.
std::int64_t RandomRequests::someRevision() {
    if (chance(0.1)) return static_cast<std::int64_t>(below(5)) - 2;
    const std::int64_t low = std::max<std::int64_t>(m_compacted - 3, 0);
    return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(m_revision - low + 3)));
}

template <typename Message>
void RandomRequests::range(Message& out) {
    out.set_key(key());
    switch (below(6)) {
        case 0:
            out.set_range_end(kEnd);
            break;
        case 1:
            out.set_range_end(key());
            break;
        case 2:
            out.set_key(kEnd);
            out.set_range_end(kEnd);
            break;
        default:
            break;
    }
}

pb::PutRequest RandomRequests::put() {
    pb::PutRequest out;
    out.set_key(key());
    if (chance(0.9)) out.set_value(value());
    if (chance(0.2)) out.set_lease(lease());
    out.set_prev_kv(chance(0.2));
    if (chance(0.1)) {
        out.set_ignore_value(true);
        if (chance(0.8)) out.clear_value();
    }
    if (chance(0.1)) {
        out.set_ignore_lease(true);
        if (chance(0.8)) out.clear_lease();
    }
    return out;
}

pb::DeleteRangeRequest RandomRequests::erase() {
    pb::DeleteRangeRequest out;
    range(out);
    out.set_prev_kv(chance(0.3));
    return out;
}

pb::RangeRequest RandomRequests::get() {
    pb::RangeRequest out;
    range(out);
    if (chance(0.3)) out.set_limit(static_cast<std::int64_t>(below(6)) - 1);
    if (chance(0.4)) out.set_revision(someRevision());
    if (chance(0.5)) {
        out.set_sort_order(static_cast<pb::RangeRequest::SortOrder>(below(3)));
        out.set_sort_target(static_cast<pb::RangeRequest::SortTarget>(below(5)));
    }
    out.set_keys_only(chance(0.1));
    out.set_count_only(chance(0.1));
    out.set_serializable(chance(0.2));
    if (chance(0.1)) out.set_min_mod_revision(someRevision());
    if (chance(0.1)) out.set_max_mod_revision(someRevision());
    if (chance(0.1)) out.set_min_create_revision(someRevision());
    if (chance(0.1)) out.set_max_create_revision(someRevision());
    return out;
}

pb::Compare RandomRequests::compare() {
    pb::Compare out;
    out.set_key(key());
    if (chance(0.3)) out.set_range_end(chance(0.5) ? kEnd : key());
    out.set_result(static_cast<pb::Compare::CompareResult>(below(4)));
    out.set_target(static_cast<pb::Compare::CompareTarget>(below(5)));
    if (chance(0.1)) return out;
    switch (out.target()) {
        case pb::Compare::VERSION:
            out.set_version(static_cast<std::int64_t>(below(4)));
            break;
        case pb::Compare::CREATE:
            out.set_create_revision(chance(0.3) ? 0 : someRevision());
            break;
        case pb::Compare::MOD:
            out.set_mod_revision(chance(0.3) ? 0 : someRevision());
            break;
        case pb::Compare::VALUE:
            out.set_value(value());
            break;
        default:
            out.set_lease(chance(0.3) ? 0 : lease());
            break;
    }
    return out;
}

void RandomRequests::operation(pb::RequestOp& out, int depth) {
    const std::uint64_t kind = below(40);
    if (kind == 0) return;  // nothing set
    if (kind < 16) {
        *out.mutable_request_put() = put();
    } else if (kind < 24) {
        *out.mutable_request_delete_range() = erase();
        // A put with an ignore flag after a delete to the end of the key space in the same txn ends etcd 3.4.23.
        if (out.request_delete_range().range_end() == kEnd) out.mutable_request_delete_range()->clear_range_end();
    } else if (kind < 36 || depth == 2) {
        *out.mutable_request_range() = get();
    } else {
        *out.mutable_request_txn() = txn(depth + 1);
    }
}

pb::TxnRequest RandomRequests::txn(int depth) {
    pb::TxnRequest out;
    const std::uint64_t compares = chance(0.005) ? 129 : below(3);
    for (std::uint64_t i = 0; i < compares; ++i) *out.add_compare() = compare();
    for (std::uint64_t i = below(4); i > 0; --i) operation(*out.add_success(), depth);
    for (std::uint64_t i = below(4); i > 0; --i) operation(*out.add_failure(), depth);
    return out;
}

Request RandomRequests::next() {
    const std::uint64_t kind = below(100);
    if (kind < 30) return put();
    if (kind < 38) return erase();
    if (kind < 58) return get();
    if (kind < 88) return txn(0);
    if (kind < 90) {
        pb::CompactionRequest out;
        out.set_revision(someRevision());
        out.set_physical(chance(0.7));
        return out;
    }
    if (kind < 94) {
        pb::LeaseGrantRequest out;
        out.set_id(lease());
        // None that ends while the test runs.
        out.set_ttl(chance(0.1) ? 9'000'000'001 : static_cast<std::int64_t>(7200 + below(1000)));
        return out;
    }
    if (kind < 97) {
        pb::LeaseRevokeRequest out;
        out.set_id(lease());
        return out;
    }
    pb::LeaseTimeToLiveRequest out;
    out.set_id(lease());
    out.set_keys(chance(0.8));
    return out;
}

pb::WatchCreateRequest RandomRequests::watch() {
    pb::WatchCreateRequest out;
    range(out);
    if (chance(0.5)) out.set_start_revision(std::max<std::int64_t>(someRevision(), 0));
    out.set_prev_kv(chance(0.5));
    out.set_fragment(chance(0.2));
    if (chance(0.2)) out.add_filters(chance(0.5) ? pb::WatchCreateRequest::NOPUT : pb::WatchCreateRequest::NODELETE);
    return out;
}

}  // namespace raftarium::e2e
