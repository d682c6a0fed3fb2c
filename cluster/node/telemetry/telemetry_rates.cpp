// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/telemetry/telemetry_rates.h"

#include <algorithm>
#include <ctime>
#include <utility>

namespace raftarium::node {
namespace {

constexpr double kBusyShare = 0.25;  // of one core
constexpr double kCalmShare = 0.12;
constexpr base::Nanoseconds kLookEvery = 100 * base::kMillisecond;

}  // namespace

TelemetryRates::TelemetryRates(TelemetryHub& hub, std::function<base::Nanoseconds()> cpuUsed)
    : m_hub(hub), m_cpuUsed(std::move(cpuUsed)) {}

void TelemetryRates::add(const void* subscriber, std::uint32_t asked, base::Nanoseconds now) {
    m_asked[subscriber] = asked;
    look(now);
    setBudget();
}

void TelemetryRates::remove(const void* subscriber, base::Nanoseconds now) {
    m_asked.erase(subscriber);
    look(now);
    setBudget();
}

void TelemetryRates::update(base::Nanoseconds now) {
    if (look(now)) setBudget();
}

bool TelemetryRates::look(base::Nanoseconds now) {
    if (now - m_lookedAt < kLookEvery) return false;
    const base::Nanoseconds cpu = m_cpuUsed();
    const double share = static_cast<double>(cpu - m_cpuThen) / static_cast<double>(now - m_lookedAt);
    // Nobody looked while nobody listened: what was used in that time says nothing about now.
    if (m_lookedAt != 0 && now - m_lookedAt < base::kSecond) m_busy = share > (m_busy ? kCalmShare : kBusyShare);
    m_lookedAt = now;
    m_cpuThen = cpu;
    return true;
}

void TelemetryRates::setBudget() {
    std::uint64_t most = 0;
    for (const auto& [subscriber, asked] : m_asked) {
        const std::uint32_t unnamed = m_busy ? kBusyRate : kDefaultRate;
        most = std::max<std::uint64_t>(most, asked != 0 ? asked : unnamed);
    }
    m_gathered = m_busy && most == kBusyRate;
    m_hub.setBudget(most == 0 ? TelemetryHub::kEverything : most);
}

base::Nanoseconds processCpuNs() {
    timespec used{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return used.tv_sec * base::kSecond + used.tv_nsec;
}

}  // namespace raftarium::node
