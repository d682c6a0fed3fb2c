// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A load generator for any etcd v3 server: `raftariumctl bench` and `./dev bench` drive ours and real etcd with it
// alike.
#pragma once

#include "cluster/base/result.h"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace raftarium::client {

enum class LoadKind : std::uint8_t { put, range, txn, lease, watch };
std::optional<LoadKind> parseLoadKind(std::string_view text);
const char* loadKindName(LoadKind kind);

struct LoadSpec {
    LoadKind kind = LoadKind::put;
    std::vector<std::string> endpoints;  // "127.0.0.1:2379"; connections go round them
    int clients = 100;                   // calls outstanding at any time
    int connections = 10;                // HTTP/2 connections, shared by the clients
    std::size_t keyBytes = 8;
    std::size_t valueBytes = 256;
    std::uint64_t total = 100'000;     // operations; watch: puts made
    double ratePerSecond = 0;          // evenly spaced; 0 = as fast as it goes
    std::uint64_t keySpace = 100'000;  // keys are drawn from so many
    bool sequentialKeys = false;       // one after the other instead; put and txn
    bool serializable = false;         // range
    int txnOps = 4;                    // puts of one txn
    int watchers = 100;                // watch: so many, all on the keys written
    std::uint64_t seed = 1;
};

// Latencies in log-linear buckets of about 3 % width; exact count, sum and maximum.
class Histogram {
public:
    void add(std::int64_t ns);
    std::uint64_t count() const { return m_count; }
    std::int64_t maxNs() const { return m_maxNs; }
    double meanNs() const { return m_count == 0 ? 0 : m_sumNs / static_cast<double>(m_count); }
    std::int64_t percentileNs(double share) const;  // 0..1; 0 when empty
    // Bars for people: ten rows between the fastest and the slowest.
    std::string text() const;

private:
    static constexpr int kSubBits = 5;
    static std::size_t bucketOf(std::int64_t ns);
    static std::int64_t upperNs(std::size_t bucket);
    std::array<std::uint64_t, (64 - kSubBits) << kSubBits> m_buckets{};
    std::uint64_t m_count = 0;
    double m_sumNs = 0;
    std::int64_t m_maxNs = 0;
};

struct LoadReport {
    Histogram latency;  // from sending to the answer
    // With a rate only: how long after its place in the schedule an operation was sent, because no client was free; and
    // from that place to the answer. A latency alone would hide what a stalled server does to the calls that wait
    // behind it (coordinated omission).
    Histogram lateness, fromSchedule;
    std::vector<std::string> unreachable;  // endpoints left out, each with the reason
    std::uint64_t operations = 0;          // answered without error
    std::uint64_t errors = 0;
    std::string firstError;
    std::uint64_t watchEvents = 0;
    double seconds = 0;
    double perSecond() const { return seconds > 0 ? static_cast<double>(operations) / seconds : 0; }
};

// Blocks until all operations are done. `progress` (may be empty) is called about ten times a second with what is done.
base::Result<LoadReport> runLoad(const LoadSpec& spec, const std::function<void(std::uint64_t done)>& progress);

}  // namespace raftarium::client
