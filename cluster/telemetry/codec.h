// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Telemetry values <-> the messages of telemetry.proto and trace.proto: the one codec, for the node, the control
// service, clients and recordings. Unknown kinds are skipped and counted, numbers outside their enumeration become its
// "unknown"; bad values never crash.
#pragma once

#include "cluster/telemetry/event.h"

#include <cstdint>
#include <string>
#include <vector>

namespace raftarium::telemetry::v1 {
class EventBatch;
class LinkFaults;
class MessageId;
class MessageInfo;
class Pace;
}  // namespace raftarium::telemetry::v1
namespace raftarium::trace::v1 {
class TraceRecord;
}

namespace raftarium::telemetry {

inline constexpr std::uint32_t kSchemaVersion = 2;
inline constexpr std::size_t kKeyPreviewBytes = 256;
inline constexpr std::size_t kValuePreviewBytes = 128;

// What only the node can do: read its own entries and requests. Called on the thread that encodes.
struct Describer {
    std::string (*entryText)(const LogEntry& entry);         // "put x = 5", at most 120 bytes, never secrets
    std::uint64_t (*entryRequestId)(const LogEntry& entry);  // 0 if it has none
    std::string (*requestText)(const base::Bytes& payload);  // as entryText
};

// Appends to batch.events. `events` are of one node, and of no kind that the supervisor alone reports.
void encodeEvents(const std::vector<Event>& events, const Describer& describer, v1::EventBatch& batch);
// `full` holds a FullState: the first batch of a stream.
void encodeFullState(const Event& full, const Describer& describer, v1::EventBatch& batch);
// Appends to `out`; `node` is the id of the stream's node (0: as the batch says). Returns how many events were of an
// unknown kind.
std::size_t decodeBatch(const v1::EventBatch& batch, NodeId node, std::vector<Event>& out);

// What the supervisor reports; false if `event` is of another kind, or the record holds something else.
bool encodeSupervisorEvent(const Event& event, trace::v1::TraceRecord& out);
bool decodeSupervisorEvent(const trace::v1::TraceRecord& in, Event& out);

// Parts that the control service shares.
void toProto(const MessageKey& key, v1::MessageId& out);
void toProto(const Message& message, v1::MessageInfo& out);
void toProto(const LinkFaults& faults, v1::LinkFaults& out);
void toProto(const Pace& pace, v1::Pace& out);
MessageKey fromProto(const v1::MessageId& in);
Message fromProto(const v1::MessageInfo& in);
LinkFaults fromProto(const v1::LinkFaults& in);
Pace fromProto(const v1::Pace& in);

}  // namespace raftarium::telemetry
