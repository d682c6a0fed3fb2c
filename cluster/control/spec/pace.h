// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// How fast a cluster runs.
#pragma once

#include "cluster/base/result.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace raftarium::control {

enum class PacePreset : std::uint8_t { classroom, paper, etcd };
inline constexpr std::array kPacePresets{PacePreset::classroom, PacePreset::paper, PacePreset::etcd};

// Classroom: heartbeat 1 s, election 3-6 s, link delay 0.6 s. Paper: 50 ms, 150-300 ms. etcd: 100 ms, 1-2 s.
// A tick is a tenth of the heartbeat (so that random timeouts differ).
struct PaceSpec {
    std::int64_t heartbeatMs = 100;
    std::int64_t electionMs = 1000;  // timeouts are drawn from [electionMs, 2 * electionMs)
    std::int64_t linkDelayMs = 0;
    friend bool operator==(const PaceSpec&, const PaceSpec&) = default;
};

PaceSpec paceOf(PacePreset preset);
const char* paceName(PacePreset preset);  // "classroom"
std::optional<PacePreset> pacePreset(std::string_view name);
std::optional<PacePreset> presetOf(const PaceSpec& pace);  // nullopt: a pace of its own

// Heartbeat from 10 ms to 60 s, election from 2 to 1000 heartbeats and at most 50 s, link delay from 0 to 60 s.
base::Status checkPace(const PaceSpec& pace);

}  // namespace raftarium::control
