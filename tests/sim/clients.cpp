// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/sim/clients.h"

#include "cluster/wire/requests.h"
#include "tests/sim/member.h"

#include <algorithm>

namespace raftarium::sim {
namespace {

constexpr int kProbe = -1;
constexpr int kAudit = -2;

// Errors that say that the request surely has no effect.
bool surelyFailed(const base::Error& error) {
    switch (static_cast<mvcc::ApiError>(error.api)) {
        case mvcc::ApiError::proposalDropped:
        case mvcc::ApiError::leaseNotFound:
        case mvcc::ApiError::tooManyRequests:
            return true;
        default:
            return false;
    }
}

void takeRange(Op& op, const mvcc::RangeResult& range) {
    if (range.kvs.empty()) return;
    op.seen = range.kvs.front().value;
    op.seenMod = range.kvs.front().modRevision;
}

void takeResponse(Op& op, const mvcc::Response& response) {
    if (const auto* put = std::get_if<mvcc::PutResult>(&response)) op.revision = put->revision;
    if (const auto* removed = std::get_if<mvcc::DeleteResult>(&response)) {
        op.revision = removed->revision;
        op.deleted = removed->deleted;
    }
    if (const auto* txn = std::get_if<mvcc::TxnResult>(&response)) {
        op.revision = txn->revision;
        op.succeeded = txn->succeeded;
        if (!txn->succeeded)
            for (const mvcc::OperationResult& result : txn->results)
                if (const auto* range = std::get_if<mvcc::RangeResult>(&result.result)) takeRange(op, *range);
    }
}

std::string encode(const Op& op, std::uint64_t requestId) {
    switch (op.kind) {
        case OpKind::put: {
            etcdserverpb::PutRequest put;
            put.set_key(op.key);
            put.set_value(op.value);
            put.set_lease(op.lease);
            return wire::wrapRequest(wire::RequestField::put, put, requestId);
        }
        case OpKind::remove: {
            etcdserverpb::DeleteRangeRequest remove;
            remove.set_key(op.key);
            return wire::wrapRequest(wire::RequestField::deleteRange, remove, requestId);
        }
        default:
            break;
    }
    etcdserverpb::TxnRequest txn;
    if (op.kind == OpKind::compareAndSet) {
        auto& compare = *txn.add_compare();
        compare.set_key(op.key);
        if (op.expected.empty()) {
            compare.set_target(etcdserverpb::Compare::CREATE);
            compare.set_create_revision(0);
        } else {
            compare.set_target(etcdserverpb::Compare::VALUE);
            compare.set_value(op.expected);
        }
        txn.add_failure()->mutable_request_range()->set_key(op.key);
    }
    auto& put = *txn.add_success()->mutable_request_put();
    put.set_key(op.key);
    put.set_value(op.value);
    if (op.kind == OpKind::putTwo) {
        auto& second = *txn.add_success()->mutable_request_put();
        second.set_key(op.secondKey);
        second.set_value(op.value);
    }
    return wire::wrapRequest(wire::RequestField::txn, txn, requestId);
}

}  // namespace

void Clients::start() {
    m_running = true;
    for (int client = 0; client < m_world.options.clients; ++client) later(client);
}

Member* Clients::anyMember() {
    std::vector<Member*> up;
    for (const auto& member : m_world.members)
        if (member->up() && !member->dying()) up.push_back(member.get());
    return up.empty() ? nullptr : up[m_world.clientRng.below(up.size())];
}

void Clients::later(int client) {
    if (!m_running || client < 0) return;
    m_world.events.after(World::around(m_world.clientRng, m_world.options.think), [this, client] { next(client); });
}

void Clients::next(int client) {
    if (!m_running) return;
    Member* member = anyMember();
    if (!member) return later(client);
    base::Rng& rng = m_world.clientRng;
    if (rng.chance(0.04)) grantLease(client, *member);
    if (rng.chance(0.01)) compact(*member);
    Op op;
    op.client = client;
    draw(op, rng);
    issue(std::move(op), *member);
}

void Clients::draw(Op& op, base::Rng& rng) {
    const auto keys = static_cast<std::uint64_t>(m_world.options.keys);
    const auto key = [&](std::uint64_t n) { return "k" + std::to_string(n); };
    const std::uint64_t first = rng.below(keys);
    op.key = key(first);
    const std::uint64_t dice = rng.below(100);
    if (dice < 30) {
        op.kind = OpKind::put;
        op.value = freshValue();
        const auto lease = m_leases.find(op.client);
        if (lease != m_leases.end() && lease->second.granted && rng.chance(0.4)) {
            op.key = "leased" + std::to_string(op.client);
            op.lease = lease->second.id;
        }
    } else if (dice < 36) {
        op.kind = OpKind::remove;
    } else if (dice < 62) {
        op.kind = OpKind::read;
    } else if (dice < 76) {
        op.kind = OpKind::serializableRead;
    } else if (dice < 94) {
        op.kind = OpKind::compareAndSet;
        op.value = freshValue();
        // Often what was there a moment ago, so that both ways are taken.
        if (m_values > 1 && rng.chance(0.8)) {
            for (auto it = m_ops.rbegin(); it != m_ops.rend(); ++it) {
                if (it->key != op.key || it->value.empty()) continue;
                op.expected = it->value;
                break;
            }
        }
    } else {
        op.kind = OpKind::putTwo;
        op.secondKey = key((first + 1) % keys);
        op.value = freshValue();
        if (op.secondKey == op.key) op.kind = OpKind::put, op.secondKey.clear();
    }
}

void Clients::issue(Op op, Member& member) {
    op.id = static_cast<int>(m_ops.size());
    op.start = m_world.events.now();
    op.member = member.name();
    const int id = op.id;
    const int client = op.client;
    const OpKind kind = op.kind;
    m_ops.push_back(std::move(op));
    m_waiting.insert(id);
    base::Rng& rng = m_world.clientRng;
    const base::Nanoseconds patience =
        (rng.chance(0.5) ? 500 : 8000) * base::kMillisecond + static_cast<base::Nanoseconds>(rng.below(base::kSecond));
    m_world.events.after(patience, [this, id, client] {
        if (m_waiting.erase(id) == 0) return;
        tell(m_ops[static_cast<std::size_t>(id)], "no answer");
        later(client);
    });
    if (kind == OpKind::read)
        issueRead(id, member);
    else if (kind == OpKind::serializableRead) {
        // Answered from the store at once, as the RPC layer does.
        mvcc::RangeOp range;
        range.range.key = m_ops[static_cast<std::size_t>(id)].key;
        if (const auto result = member.store().range(range)) {
            Op& done = m_ops[static_cast<std::size_t>(id)];
            takeRange(done, *result);
            done.revision = result->revision;
            done.outcome = Outcome::ok;
            answered(id);
        }
    } else
        issueWrite(id, member);
}

void Clients::issueRead(int id, Member& member) {
    member.linearizableRead([this, id, &member](const base::Status& status) {
        if (!m_waiting.contains(id)) return;
        Op& op = m_ops[static_cast<std::size_t>(id)];
        op.outcome = Outcome::failed;
        if (status) {
            mvcc::RangeOp range;
            range.range.key = op.key;
            if (const auto result = member.store().range(range)) {
                takeRange(op, *result);
                op.revision = result->revision;
                op.outcome = Outcome::ok;
            }
        }
        answered(id);
    });
}

void Clients::issueWrite(int id, Member& member) {
    const std::uint64_t requestId = member.nextRequestId();
    member.propose(requestId, encode(m_ops[static_cast<std::size_t>(id)], requestId),
                   [this, id, requestId](base::Result<node::Applied> applied) {
                       if (applied) m_world.checks.acknowledged(requestId, applied->index, applied->term);
                       if (!m_waiting.contains(id)) return;
                       Op& op = m_ops[static_cast<std::size_t>(id)];
                       if (applied) {
                           op.outcome = Outcome::ok;
                           takeResponse(op, applied->response);
                       } else if (surelyFailed(applied.error())) {
                           op.outcome = Outcome::failed;
                       }
                       answered(id);
                   });
}

// Answers of one instant may come in any order (a table of waiting requests that is emptied, say); what follows from
// them must not depend on it.
void Clients::answered(int id) {
    m_answered.push_back(id);
    m_ops[static_cast<std::size_t>(id)].end = m_world.events.now();
    if (m_settling) return;
    m_settling = true;
    m_world.events.after(0, [this] { settle(); });
}

void Clients::settle() {
    m_settling = false;
    std::vector<int> ids;
    ids.swap(m_answered);
    std::sort(ids.begin(), ids.end());
    for (const int id : ids) {
        if (m_waiting.erase(id) == 0) continue;
        const Op& op = m_ops[static_cast<std::size_t>(id)];
        m_world.hash.mix(m_world.events.now(), id, op.outcome, op.revision, op.seenMod);
        tell(op, op.outcome == Outcome::ok       ? "revision " + std::to_string(op.revision)
                 : op.outcome == Outcome::failed ? "failed"
                                                 : "perhaps");
        if (op.client == kProbe && op.outcome == Outcome::ok) m_probeDone = true;
        later(op.client);
    }
}

void Clients::tell(const Op& op, const std::string& how) const {
    if (!m_world.notes) return;
    std::fprintf(m_world.notes, "%9.3f    %s: %s\n", static_cast<double>(m_world.events.now()) / 1e9,
                 describe(op).c_str(), how.c_str());
}

void Clients::grantLease(int client, Member& member) {
    etcdserverpb::LeaseGrantRequest grant;
    const std::int64_t lease = ++m_leaseIds;
    grant.set_id(lease);
    grant.set_ttl(2 + static_cast<std::int64_t>(m_world.clientRng.below(4)));
    m_leases[client] = {lease, false};
    const std::uint64_t requestId = member.nextRequestId();
    member.propose(requestId, wire::wrapRequest(wire::RequestField::leaseGrant, grant, requestId),
                   [this, client, lease](const base::Result<node::Applied>& applied) {
                       if (applied && m_leases[client].id == lease) m_leases[client].granted = true;
                   });
}

void Clients::compact(Member& member) {
    const std::int64_t revision = member.store().revision() - 20;
    if (revision <= member.store().compactRevision()) return;
    etcdserverpb::CompactionRequest request;
    request.set_revision(revision);
    const std::uint64_t requestId = member.nextRequestId();
    member.propose(requestId, wire::wrapRequest(wire::RequestField::compaction, request, requestId),
                   [](const base::Result<node::Applied>&) {});
}

void Clients::probe() {
    Member* member = anyMember();
    if (!member) return;
    Op op;
    op.client = kProbe;
    op.key = "k0";
    op.value = freshValue();
    issue(std::move(op), *member);
}

void Clients::readAll() {
    for (const auto& member : m_world.members) {
        if (!member->up()) continue;
        for (int key = 0; key < m_world.options.keys; ++key) {
            Op op;
            op.client = kAudit;
            op.kind = OpKind::read;
            op.key = "k" + std::to_string(key);
            issue(std::move(op), *member);
        }
    }
}

std::size_t Clients::acknowledged() const {
    return static_cast<std::size_t>(
        std::count_if(m_ops.begin(), m_ops.end(), [](const Op& op) { return op.outcome == Outcome::ok; }));
}

}  // namespace raftarium::sim
