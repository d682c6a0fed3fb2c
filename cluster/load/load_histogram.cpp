// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/load/load_histogram.h"

#include <algorithm>
#include <bit>
#include <cstdio>
#include <vector>

namespace raftarium::load {

// Each value below 2^5 has its own bucket; above, every power of two is divided into 32 buckets.
std::size_t Histogram::bucketOf(std::int64_t ns) {
    const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(ns, 0));
    if (value < (1U << kSubBits)) return value;
    const int exponent = static_cast<int>(std::bit_width(value)) - 1;
    const auto sub = (value >> (exponent - kSubBits)) & ((1U << kSubBits) - 1);
    return (static_cast<std::size_t>(exponent - kSubBits + 1) << kSubBits) + sub;
}

std::int64_t Histogram::upperNs(std::size_t bucket) {
    if (bucket < (1U << kSubBits)) return static_cast<std::int64_t>(bucket);
    const auto exponent = (bucket >> kSubBits) - 1;
    const auto sub = bucket & ((1U << kSubBits) - 1);
    return static_cast<std::int64_t>((((1ULL << kSubBits) + sub + 1) << exponent) - 1);
}

void Histogram::add(std::int64_t ns) {
    ++m_buckets[bucketOf(ns)];
    ++m_count;
    m_sumNs += static_cast<double>(ns);
    m_maxNs = std::max(m_maxNs, ns);
}

std::int64_t Histogram::percentileNs(double share) const {
    if (m_count == 0) return 0;
    const auto wanted = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(share * static_cast<double>(m_count)));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < m_buckets.size(); ++i) {
        seen += m_buckets[i];
        if (seen >= wanted) return std::min(upperNs(i), m_maxNs);
    }
    return m_maxNs;
}

std::string Histogram::text() const {
    if (m_count == 0) return {};
    constexpr std::size_t kRows = 10;
    const std::int64_t step = std::max<std::int64_t>(1, percentileNs(0.999) / static_cast<std::int64_t>(kRows));
    std::vector<std::uint64_t> rows(kRows, 0);
    for (std::size_t i = 0; i < m_buckets.size(); ++i) {
        if (m_buckets[i] == 0) continue;
        rows[std::min(kRows - 1, static_cast<std::size_t>(upperNs(i) / step))] += m_buckets[i];
    }
    const std::uint64_t most = *std::max_element(rows.begin(), rows.end());
    std::string out;
    for (std::size_t row = 0; row < kRows; ++row) {
        char line[96];
        std::snprintf(line, sizeof line, "  %9.3f ms [%9llu] ",
                      static_cast<double>(step) * static_cast<double>(row + 1) / 1e6,
                      static_cast<unsigned long long>(rows[row]));
        out += line;
        out.append(static_cast<std::size_t>(40 * rows[row] / most), '|');
        out += '\n';
    }
    return out;
}

}  // namespace raftarium::load
