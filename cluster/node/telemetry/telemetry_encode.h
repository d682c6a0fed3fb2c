// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The node's telemetry values as raftarium.telemetry.v1 messages. Runs on the subscriber's thread; entry texts are made
// here. Events that have no message of their own (EntriesAppended stands for raft's logAppended, and so on) never reach
// the hub, so every event in gives one event out.
#pragma once

#include "cluster/base/result.h"
#include "cluster/node/full_state.h"
#include "cluster/node/telemetry/telemetry_event.h"
#include "proto/raftarium/telemetry.pb.h"

#include <string_view>
#include <vector>

namespace raftarium::node {

inline constexpr std::uint32_t kTelemetrySchemaVersion = 1;

// True if the core's trace event is published as it is; the others are replaced by richer values or not shown.
bool isPublished(raft::TraceKind kind);

// Appends to batch.events.
void encodeEvents(const std::vector<TelemetryEvent>& events, telemetry::v1::EventBatch& batch);
void encodeFullState(const FullState& state, telemetry::v1::FullState& out);
void encodeIdentity(const NodeStatus& status, std::string_view name, std::string_view version,
                    telemetry::v1::NodeIdentity& out);

void toProto(const MessageId& id, telemetry::v1::MessageId& out);
void toProto(const MessageInfo& info, telemetry::v1::MessageInfo& out);
void toProto(const LinkFaults& faults, telemetry::v1::LinkFaults& out);
void toProto(const Pace& pace, telemetry::v1::Pace& out);
MessageId fromProto(const telemetry::v1::MessageId& id);
LinkFaults fromProto(const telemetry::v1::LinkFaults& faults);

// May be left out under load (messages, client requests, key and watch events); all others never.
bool mayBeSampled(const TelemetryEvent& event);

}  // namespace raftarium::node
