// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Random numbers from a seed, the same on every machine, which the distributions of std are not.
#pragma once

#include <cstdint>

namespace raftarium::base {

// SplitMix64 (Steele, Lea, Flood 2014). Not for secrets.
class Rng {
public:
    explicit Rng(std::uint64_t seed) : m_state(seed) {}

    std::uint64_t next() {
        std::uint64_t z = (m_state += 0x9E3779B97F4A7C15ULL);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31);
    }

    // Uniform in [0, bound); bound > 0. The bias is below 2^-32 for bounds under 2^32.
    std::uint64_t below(std::uint64_t bound) {
        return static_cast<std::uint64_t>((static_cast<Wide>(next()) * bound) >> 64);
    }
    // True with this probability, 0..1.
    bool chance(double share) { return static_cast<double>(next() >> 11) * 0x1.0p-53 < share; }

private:
    __extension__ using Wide = unsigned __int128;

    std::uint64_t m_state;
};

}  // namespace raftarium::base
