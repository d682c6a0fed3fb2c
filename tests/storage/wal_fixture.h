// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A log in a file system, and what was put into it.
#pragma once

#include "cluster/base/rng.h"
#include "cluster/storage/files/memory_file_system.h"
#include "cluster/storage/wal/wal.h"

#include <string>
#include <vector>

namespace raftarium::storage::fixture {

inline const std::string kDirectory = "/member/wal";
inline constexpr WalMetadata kMetadata{0x628ed94ad692e8a1ULL, 0xddcdf4f4fbba999bULL};

// Written as a member does: batches of entries with the state after them.
class WalWriter {
public:
    // `overwriteShare` of the batches come from a new leader, which may overwrite what is not committed.
    explicit WalWriter(std::uint64_t seed, double overwriteShare = 0.1)
        : m_rng(seed), m_overwriteShare(overwriteShare) {}

    // What must be found after everything so far, or what the last call added, is lost.
    std::vector<raft::Entry> entries;
    raft::HardState state;

    void appendBatch(Wal& wal, std::size_t payloadMax = 300) {
        std::vector<raft::Entry> batch;
        raft::Index next = state.commit + 1;
        if (m_rng.chance(m_overwriteShare)) {
            ++state.term;  // a new leader: what is not committed may be overwritten
            state.vote = m_rng.chance(0.5) ? kMetadata.nodeId : raft::kNone;
            next += m_rng.below(entries.size() - state.commit + 1);
        } else {
            next = entries.size() + 1;
        }
        for (std::uint64_t count = m_rng.below(5); count-- > 0; ++next) {
            std::string data(m_rng.below(payloadMax), '\0');
            for (char& c : data) c = static_cast<char>(1 + m_rng.below(255));
            batch.push_back({state.term, next, raft::EntryType::normal,
                             m_rng.chance(0.1) ? base::Bytes() : base::Bytes(std::move(data))});
        }
        if (!batch.empty()) entries.resize(batch.front().index - 1);
        entries.insert(entries.end(), batch.begin(), batch.end());
        state.commit += m_rng.below(entries.size() - state.commit + 1);
        wal.append(batch, state);
    }

private:
    base::Rng m_rng;
    double m_overwriteShare;

public:
    // The first term has begun.
    void begin() { state = {1, kMetadata.nodeId, 0}; }
};

inline bool isPrefix(const std::vector<raft::Entry>& shorter, const std::vector<raft::Entry>& longer) {
    return shorter.size() <= longer.size() && std::equal(shorter.begin(), shorter.end(), longer.begin());
}

}  // namespace raftarium::storage::fixture
