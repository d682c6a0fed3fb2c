// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The node's own values as telemetry: the core's and the store's trace, messages, entries, members. The one place that
// knows both sides. No text is made here: entries and requests keep their shared bytes until describer() reads them on
// the subscriber's thread.
#pragma once

#include "cluster/mvcc/store.h"
#include "cluster/node/members/membership.h"
#include "cluster/node/telemetry/telemetry_event.h"
#include "cluster/raft/message.h"
#include "cluster/raft/raw_node.h"
#include "cluster/raft/trace.h"
#include "cluster/telemetry/codec.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace raftarium::node {

telemetry::Role roleOf(raft::Role role);
// Nothing for what is not reported, or reported as a richer value by the loop.
std::optional<telemetry::EventKind> valueOf(const raft::TraceEvent& event);
// Commits and progress, which come with every write.
bool isFrequent(const raft::TraceEvent& event);

// `index` and `requestId`: of the entry that was applied; 0 if none was.
telemetry::EventKind valueOf(mvcc::StoreTrace&& trace, std::uint64_t index, std::uint64_t requestId);

// `key` is the message's identity; `bytes` will be its encoded size.
telemetry::Message valueOf(const raft::Message& message, const telemetry::MessageKey& key);
telemetry::LogEntry valueOf(const raft::Entry& entry);
telemetry::Progress valueOf(const raft::ProgressView& view);
telemetry::Configuration valueOf(const raft::ConfState& conf, const Membership& membership);
telemetry::Watcher valueOf(const mvcc::WatcherView& view);
telemetry::Lease valueOf(const mvcc::LeaseView& view);
telemetry::Alarm valueOf(const mvcc::Alarm& alarm);

// Reads this node's entries and requests. Any thread.
const telemetry::Describer& describer();

}  // namespace raftarium::node
