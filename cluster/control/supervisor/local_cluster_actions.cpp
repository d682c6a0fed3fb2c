// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/clock.h"
#include "cluster/control/action_words.h"
#include "cluster/control/engine.h"
#include "cluster/control/supervisor/local_cluster.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>

namespace raftarium::control {
namespace {

constexpr observe::TimeNs kLateNs = base::kSecond;
constexpr std::int64_t kWriteWithinMs = 15'000;  // in classroom pace a write takes seconds

base::Result<ActionOutcome> outcomeOf(const base::Status& status) {
    if (!status) return status.error();
    return ActionOutcome{};
}

}  // namespace

base::Result<ActionOutcome> LocalCluster::apply(const Action& action) {
    return applyBy(action, program_invocation_short_name);
}

base::Result<ActionOutcome> LocalCluster::applyBy(const Action& action, const std::string& by) {
    const base::SystemClock clock;
    const observe::TimeNs began = clock.monotonicNow();
    observe::Event event;
    observe::ActionTaken taken;
    ActionTarget target;
    {
        const MutexLock guard(m_mutex);
        target.cluster = m_name;
        for (const Node& node : m_nodes) {
            if (node.removed) continue;
            target.endpoints.push_back("127.0.0.1:" + std::to_string(node.spec.clientPort));
            if (node.spec.name == actionNode(action)) event.node = node.spec.id;
        }
    }
    taken.line = printAction(action, target);
    taken.json = actionToJson(action).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    taken.by = by;
    const auto refused = whyNot(action, statusWithoutDisk());
    const Outcome outcome =
        refused ? Outcome(*refused) : std::visit([this](const auto& one) { return perform(one); }, action);
    if (!outcome) {
        taken.outcome = telemetry::ActionOutcome::failed;
        taken.error = outcome.error().text;
    }
    // Before what came of it, but not so late that what was already shown had to be put in order again.
    event.atNs = std::max(began, clock.monotonicNow() - kLateNs);
    event.kind = std::move(taken);
    {
        const MutexLock guard(m_mutex);
        report(std::move(event));
    }
    if (std::holds_alternative<StopAll>(action)) endSupervision();
    return outcome;
}

LocalCluster::Outcome LocalCluster::perform(const StartAll&) { return outcomeOf(startAll()); }
LocalCluster::Outcome LocalCluster::perform(const StopAll&) { return outcomeOf(stopAll()); }
LocalCluster::Outcome LocalCluster::perform(const StartNode& action) { return outcomeOf(start(action.node)); }
LocalCluster::Outcome LocalCluster::perform(const StopNode& action) { return outcomeOf(stop(action.node)); }
LocalCluster::Outcome LocalCluster::perform(const KillNode& action) { return outcomeOf(kill(action.node)); }
LocalCluster::Outcome LocalCluster::perform(const PauseNode& action) { return outcomeOf(pause(action.node)); }
LocalCluster::Outcome LocalCluster::perform(const ResumeNode& action) { return outcomeOf(resume(action.node)); }
LocalCluster::Outcome LocalCluster::perform(const RestartNode& action) { return outcomeOf(restart(action.node)); }
LocalCluster::Outcome LocalCluster::perform(const WipeNode& action) { return outcomeOf(wipe(action.node)); }
LocalCluster::Outcome LocalCluster::perform(const PromoteNode& action) { return outcomeOf(promote(action.node)); }
LocalCluster::Outcome LocalCluster::perform(const RemoveNode& action) { return outcomeOf(removeNode(action.node)); }
LocalCluster::Outcome LocalCluster::perform(const Campaign& action) { return outcomeOf(campaign(action.node)); }
LocalCluster::Outcome LocalCluster::perform(const TransferLeadership& action) {
    return outcomeOf(transferLeadership(action.node));
}
LocalCluster::Outcome LocalCluster::perform(const ResolveHeld& action) {
    return outcomeOf(resolveHeld(action.message, action.action));
}
LocalCluster::Outcome LocalCluster::perform(const SetPace& action) { return outcomeOf(setPace(action.pace)); }
LocalCluster::Outcome LocalCluster::perform(const SetProtocol& action) {
    return outcomeOf(setProtocol(action.preVote, action.checkQuorum));
}

LocalCluster::Outcome LocalCluster::perform(const AddNode& action) {
    auto name = addNode(action.learner);
    if (!name) return name.error();
    ActionOutcome outcome;
    outcome.node = std::move(*name);
    return outcome;
}

LocalCluster::Outcome LocalCluster::perform(const CutLink& action) {
    return outcomeOf(
        changeFaults([&](FaultTable& faults) { return faults.cut(action.from, action.to, action.bothWays); }));
}

LocalCluster::Outcome LocalCluster::perform(const HealLink& action) {
    return outcomeOf(
        changeFaults([&](FaultTable& faults) { return faults.heal(action.from, action.to, action.bothWays); }));
}

LocalCluster::Outcome LocalCluster::perform(const Partition& action) {
    return outcomeOf(changeFaults([&](FaultTable& faults) { return faults.partition(action.groups); }));
}

LocalCluster::Outcome LocalCluster::perform(const DelayLink& action) {
    return outcomeOf(changeFaults(
        [&](FaultTable& faults) { return faults.delay(action.from, action.to, action.delayMs, action.jitterMs); }));
}

LocalCluster::Outcome LocalCluster::perform(const DropOnLink& action) {
    return outcomeOf(
        changeFaults([&](FaultTable& faults) { return faults.drop(action.from, action.to, action.share); }));
}

LocalCluster::Outcome LocalCluster::perform(const HoldLink& action) {
    return outcomeOf(changeFaults([&](FaultTable& faults) { return faults.hold(action.from, action.to); }));
}

LocalCluster::Outcome LocalCluster::perform(const HealAll&) {
    return outcomeOf(changeFaults([](FaultTable& faults) {
        faults.healAll();
        return base::Status{};
    }));
}

base::Result<std::unique_ptr<client::EtcdClient>> LocalCluster::keyClient() {
    client::ClientOptions options;
    bool allRun = false;
    options.endpoints = askableUrls("", allRun);
    options.requestTimeoutMs = kWriteWithinMs;
    if (options.endpoints.empty()) {
        return base::sayError(
            base::Errc::unavailable,
            {RAFTARIUM_TEXT("Control", "no node is running that could be asked: start one first"), {}});
    }
    return m_access.etcd(options);
}

LocalCluster::Outcome LocalCluster::perform(const Put& action) {
    auto client = keyClient();
    if (!client) return client.error();
    const auto written = (*client)->put(action.key, action.value);
    if (!written) return written.error();
    ActionOutcome outcome;
    outcome.revision = written->header.revision;
    return outcome;
}

LocalCluster::Outcome LocalCluster::perform(const DeleteKey& action) {
    auto client = keyClient();
    if (!client) return client.error();
    ActionOutcome outcome;
    if (action.modRevision == 0) {
        const auto removed = (*client)->remove(action.key);
        if (!removed) return removed.error();
        outcome.revision = removed->header.revision;
        outcome.keyDeleted = removed->deleted > 0;
        return outcome;
    }
    const auto removed = (*client)->removeIf(action.key, action.modRevision);
    if (!removed) return removed.error();
    outcome.revision = removed->header.revision;
    outcome.keyDeleted = removed->deleted;
    return outcome;
}

}  // namespace raftarium::control
