// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The distribution of latencies.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace raftarium::load {

// Buckets are log-linear, about 3 % wide; count, sum and maximum are exact.
class Histogram {
public:
    void add(std::int64_t ns);
    std::uint64_t count() const { return m_count; }
    std::int64_t maxNs() const { return m_maxNs; }
    double meanNs() const { return m_count == 0 ? 0 : m_sumNs / static_cast<double>(m_count); }
    std::int64_t percentileNs(double share) const;  // 0..1; 0 when empty
    // A bar chart for people: ten rows between the fastest and the slowest.
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

}  // namespace raftarium::load
