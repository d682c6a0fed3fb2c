// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/control/spec/pace.h"

#include <string>
#include <utility>

namespace raftarium::control {
namespace {

constexpr std::int64_t kElectionMaxMs = 50'000;  // etcd's limit for --election-timeout

}  // namespace

PaceSpec paceOf(PacePreset preset) {
    switch (preset) {
        case PacePreset::classroom:
            return {1000, 3000, 600};
        case PacePreset::paper:
            return {50, 150, 0};
        case PacePreset::etcd:
            break;
    }
    return {100, 1000, 0};
}

const char* paceName(PacePreset preset) {
    switch (preset) {
        case PacePreset::classroom:
            return "classroom";
        case PacePreset::paper:
            return "paper";
        case PacePreset::etcd:
            break;
    }
    return "etcd";
}

std::optional<PacePreset> pacePreset(std::string_view name) {
    for (const PacePreset preset : kPacePresets) {
        if (name == paceName(preset)) return preset;
    }
    return std::nullopt;
}

std::optional<PacePreset> presetOf(const PaceSpec& pace) {
    for (const PacePreset preset : kPacePresets) {
        if (paceOf(preset) == pace) return preset;
    }
    return std::nullopt;
}

base::Status checkPace(const PaceSpec& pace) {
    const auto refuse = [](base::Text text) -> base::Status {
        return base::sayError(base::Errc::invalidArgument, std::move(text));
    };
    if (pace.heartbeatMs < 10 || pace.heartbeatMs > 60'000)
        return refuse({RAFTARIUM_TEXT("Control", "heartbeat {0} ms: must be 10 ms to 60 s"), {pace.heartbeatMs}});
    if (pace.electionMs < 2 * pace.heartbeatMs || pace.electionMs > 1000 * pace.heartbeatMs ||
        pace.electionMs > kElectionMaxMs) {
        return refuse({RAFTARIUM_TEXT("Control",
                                      "election timeout {0} ms: must be 2 to 1000 times the heartbeat "
                                      "({1} ms) and at most 50 s"),
                       {pace.electionMs, pace.heartbeatMs}});
    }
    if (pace.linkDelayMs < 0 || pace.linkDelayMs > 60'000)
        return refuse({RAFTARIUM_TEXT("Control", "link delay {0} ms: must be 0 to 60 s"), {pace.linkDelayMs}});
    return {};
}

}  // namespace raftarium::control
