// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Watch responses as bytes. Events that go to many watchers are encoded once. Small ones are copied into each response,
// large ones are shared.
#pragma once

#include "cluster/mvcc/watch/watch.h"
#include "cluster/rpc/edge/response_encoding.h"

#include <grpcpp/support/byte_buffer.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace raftarium::rpc {

// Completion thread only.
class WatchEncoder {
public:
    // The WatchResponses for a batch, in order: one, or several with `fragment` if the events reach `fragmentBytes` (0
    // = never split).
    void encodeBatch(const HeaderValues& header, const mvcc::WatchBatch& batch, std::size_t fragmentBytes,
                     std::vector<grpc::ByteBuffer>& out);

private:
    struct Cached {
        std::vector<mvcc::EventPtr> events;
        bool prevKv = false;
        std::string bytes;
        grpc::Slice slice;  // of large ones
    };
    const Cached& encoded(const mvcc::WatchBatch& batch);
    void encodePieces(const mvcc::WatchBatch& batch, std::size_t pieceBytes, std::vector<grpc::ByteBuffer>& out);

    std::array<Cached, 64> m_recent;
    Cached m_large;
    std::string m_head;
    std::string m_event;
};

struct WatchControl {
    mvcc::WatchId watch = -1;
    bool created = false;
    bool canceled = false;
    std::string cancelReason;
};
// A response without events.
grpc::ByteBuffer encodeWatchControl(const HeaderValues& header, const WatchControl& control);

}  // namespace raftarium::rpc
