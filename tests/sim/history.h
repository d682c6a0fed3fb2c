// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What clients asked and were told, and whether one store could have answered so.
//
// Two checks. By revision: etcd numbers its writes, so acknowledged operations must be in the order of real time, and
// each read must show the newest write at or below its revision. By search (Wing and Gong 1993, with Lowe's memory of
// visited states): for each key alone there must be an order of its operations that a register could have had. An
// operation whose outcome is unknown may have taken effect at any time after it began, or never.
#pragma once

#include "cluster/base/clock.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace raftarium::sim {

enum class OpKind : std::uint8_t {
    put,
    remove,
    read,              // linearizable
    serializableRead,  // may be of the past
    compareAndSet,     // if the key has `expected` (empty: is absent), put `value`; else read it
    putTwo,            // a transaction that puts `value` on two keys
};

enum class Outcome : std::uint8_t { unknown, ok, failed };  // failed: surely without effect

struct Op {
    int id = 0;
    int client = 0;
    OpKind kind = OpKind::put;
    std::string key;
    std::string secondKey;  // putTwo
    std::string value;      // written; unique in the history
    std::string expected;
    std::int64_t lease = 0;

    base::Nanoseconds start = 0;
    base::Nanoseconds end = std::numeric_limits<base::Nanoseconds>::max();
    Outcome outcome = Outcome::unknown;
    bool succeeded = false;     // compareAndSet
    std::int64_t revision = 0;  // of the answer's header
    std::string seen;           // what was read; empty: absent
    std::int64_t seenMod = 0;   // its mod revision; 0: absent
    std::int64_t deleted = 0;   // remove
    std::string member;         // who answered
};

std::string describe(const Op& op);

// nullopt: fine.
std::optional<std::string> revisionFault(const std::vector<Op>& ops);

struct SearchResult {
    std::optional<std::string> fault;
    std::size_t undecided = 0;  // keys whose search was given up
};
SearchResult searchFault(const std::vector<Op>& ops, std::size_t maxSteps = 200'000);

}  // namespace raftarium::sim
