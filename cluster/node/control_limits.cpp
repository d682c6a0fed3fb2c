// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/control_limits.h"

#include "cluster/base/clock.h"
#include "cluster/base/coding.h"

namespace raftarium::node {
namespace {

constexpr base::Nanoseconds kDelayMax = 60 * base::kSecond;
constexpr std::uint32_t kElectionTicksMax = 10'000;

base::Error invalid(std::string text) { return {base::Errc::invalidArgument, std::move(text)}; }

base::Status checkDelay(const char* field, base::Nanoseconds value) {
    if (value >= 0 && value <= kDelayMax) return {};
    return invalid(std::string(field) + " is " + std::to_string(value) + "; allowed are 0 to 60,000,000,000 (60 s)");
}

base::Status checkShare(const char* field, double value) {
    if (value >= 0 && value <= 1) return {};  // false for NaN
    return invalid(std::string(field) + " is " + std::to_string(value) + "; allowed are 0 to 1");
}

}  // namespace

base::Status checkLinkFaults(const LinkFaults& faults, std::uint64_t self) {
    const std::string link = base::hexId(faults.from) + " to " + base::hexId(faults.to);
    if (faults.from == 0 || faults.to == 0) return invalid("link " + link + ": both ends must be named");
    if (faults.from == faults.to) return invalid("link " + link + ": a member has no link to itself");
    if (faults.from != self && faults.to != self) {
        return invalid("link " + link + ": one end must be this member, " + base::hexId(self));
    }
    for (const base::Status& check :
         {checkDelay("delay_ns", faults.delayNs), checkDelay("jitter_ns", faults.jitterNs),
          checkShare("drop_share", faults.dropShare), checkShare("duplicate_share", faults.duplicateShare)}) {
        if (!check) return invalid("link " + link + ": " + check.error().text);
    }
    return {};
}

base::Status checkPace(const Pace& pace) {
    if (pace.tickNs < base::kMillisecond || pace.tickNs > 60 * base::kSecond) {
        return invalid("tick_ns is " + std::to_string(pace.tickNs) +
                       "; allowed are 1,000,000 (1 ms) to 60,000,000,000 (60 s)");
    }
    if (pace.heartbeatTicks < 1 || pace.heartbeatTicks > kElectionTicksMax / 2) {
        return invalid("heartbeat_ticks is " + std::to_string(pace.heartbeatTicks) + "; allowed are 1 to 5,000");
    }
    if (pace.electionTicks < 2 * pace.heartbeatTicks || pace.electionTicks > kElectionTicksMax) {
        return invalid("election_ticks is " + std::to_string(pace.electionTicks) +
                       "; allowed are twice heartbeat_ticks (" + std::to_string(2 * pace.heartbeatTicks) +
                       ") to 10,000");
    }
    return {};
}

}  // namespace raftarium::node
