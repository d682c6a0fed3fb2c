// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Stands in for the raft loop when one of its parts is tested: the test sets where the member stands, and answers what
// the part asks for.
#pragma once

#include "cluster/mvcc/txn/api_error.h"
#include "cluster/node/loop/loop_host.h"
#include "cluster/node/messages/transport.h"
#include "cluster/wire/requests.h"

#include <spdlog/logger.h>

#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace raftarium::node::testing {

class FakeHost final : public LoopHost {
public:
    struct Proposed {
        std::uint64_t id = 0;
        std::string payload;
        ProposalDone done;
    };
    static constexpr base::Nanoseconds kElectionTimeoutNs = base::kSecond;
    static constexpr base::Nanoseconds kRequestTimeoutNs = 7 * base::kSecond;

    FakeHost() {
        m_now = base::kSecond;
        m_requestTimeoutNs = kRequestTimeoutNs;
    }

    void advance(base::Nanoseconds by) { m_now += by; }
    void leads(std::uint64_t self) {
        m_role = raft::Role::leader;
        m_leader = self;
    }
    void follows(std::uint64_t leader) {
        m_role = raft::Role::follower;
        m_leader = leader;
    }
    // Answers the oldest read, or the oldest proposal.
    void answerRead(const base::Status& status) { take(reads)(status); }
    void answerProposal(base::Result<Applied> result) { take(proposals).done(std::move(result)); }

    raft::Term currentTerm = 5;
    std::vector<ReadDone> reads;
    std::vector<Proposed> proposals;
    std::vector<std::uint64_t> transfers;
    std::vector<telemetry::EventKind> events;
    int storeChanges = 0;
    std::optional<base::Error> failure;

    base::Nanoseconds electionTimeoutNs() const override { return kElectionTimeoutNs; }
    raft::Term term() const override { return currentTerm; }
    std::uint64_t nextRequestId() override { return ++m_requestId; }
    void propose(std::uint64_t id, std::string payload, ProposalDone done) override {
        proposals.push_back({id, std::move(payload), std::move(done)});
    }
    void linearizableRead(ReadDone done) override { reads.push_back(std::move(done)); }
    void transferLeader(std::uint64_t target) override { transfers.push_back(target); }
    void emit(telemetry::EventKind kind) override { events.push_back(std::move(kind)); }
    void storeChanged() override { ++storeChanges; }
    void fail(base::Error error) override { failure = std::move(error); }
    bool post(std::function<void()> work) override { return work(), true; }

private:
    template <typename T>
    static T take(std::vector<T>& list) {
        T first = std::move(list.front());
        list.erase(list.begin());
        return first;
    }
    std::uint64_t m_requestId = 100;
};

// Who is connected since when.
class FakeTransport final : public Transport {
public:
    std::map<std::uint64_t, std::int64_t> connected;
    void send(std::vector<Outgoing>&) override {}
    void setPeer(std::uint64_t, const std::vector<std::string>&) override {}
    void removePeer(std::uint64_t) override {}
    std::int64_t connectedSince(std::uint64_t id) const override {
        const auto it = connected.find(id);
        return it == connected.end() ? 0 : it->second;
    }
};

// A completion that keeps what it was given.
struct Kept {
    std::optional<base::Status> status;
    ReadDone done() {
        return [this](base::Status given) { status = std::move(given); };
    }
    mvcc::ApiError error() const { return mvcc::apiErrorOf(status->error()); }
};

}  // namespace raftarium::node::testing
