// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Watch responses as bytes. An event that many watchers receive is encoded once: its bytes are shared by reference.
#pragma once

#include "cluster/mvcc/watch.h"
#include "cluster/rpc/response_encoding.h"

#include <grpcpp/support/byte_buffer.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace raftarium::rpc {

// Used from one thread: the completion loop's.
class WatchEncoder {
public:
    // WatchResponses for a batch, in the order to be sent: one, or several with `fragment` when its events reach
    // `fragmentBytes` (0 = never split).
    void encodeBatch(const HeaderValues& header, const mvcc::WatchBatch& batch, bool prevKv, std::size_t fragmentBytes,
                     std::vector<grpc::ByteBuffer>& out);

private:
    struct Cached {
        mvcc::EventPtr event;
        bool prevKv = false;
        grpc::Slice bytes;
    };
    const grpc::Slice& encoded(const mvcc::EventPtr& event, bool prevKv);

    std::array<Cached, 64> m_recent;
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
