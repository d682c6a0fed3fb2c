// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Constants of the trace file; its layout stands in proto/raftarium/trace.proto.
#pragma once

#include <cstdint>
#include <string_view>

namespace raftarium::observe {

inline constexpr std::string_view kTraceMagic = "RAFTRACE";
inline constexpr std::uint32_t kTraceVersion = 2;        // written
inline constexpr std::uint32_t kTraceVersionOldest = 1;  // still read
inline constexpr std::size_t kTraceFrameHeader = 8;      // length and CRC
inline constexpr std::size_t kTraceRecordMax = 64U << 20;

}  // namespace raftarium::observe
