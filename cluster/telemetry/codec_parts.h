// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Values that are parts of several messages, both ways. Internal to the codec.
#pragma once

#include "cluster/telemetry/codec.h"
#include "proto/raftarium/telemetry.pb.h"

#include <google/protobuf/repeated_field.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace raftarium::telemetry {

inline std::string preview(std::string_view text, std::size_t bytes) { return std::string(text.substr(0, bytes)); }

template <typename Repeated>
std::vector<NodeId> idsOf(const Repeated& ids) {
    return {ids.begin(), ids.end()};
}

void encode(const LogEntry& entry, const Describer& describer, v1::EntrySummary& out);
void encode(const Progress& progress, v1::PeerProgress& out);
void encode(const Configuration& configuration, v1::Configuration& out);
void encode(const ElectionDeadline& deadline, v1::ElectionDeadline& out);

std::vector<LogEntry> decode(const google::protobuf::RepeatedPtrField<v1::EntrySummary>& in);
Progress decode(const v1::PeerProgress& in);
Configuration decode(const v1::Configuration& in);
ElectionDeadline decode(const v1::ElectionDeadline& in);
FullState decode(const v1::FullState& in, const v1::NodeIdentity& identity);
AlarmType alarmTypeOf(std::uint32_t type);

}  // namespace raftarium::telemetry
