// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/watch_encoder.h"

#include "cluster/base/coding.h"
#include "cluster/rpc/rpc_service.h"

namespace raftarium::rpc {
namespace {

using base::putVarint;

void appendField(std::string& out, int field, std::uint64_t value) {
    if (value == 0) return;
    out.push_back(static_cast<char>(field << 3));
    putVarint(out, value);
}

grpc::Slice sliceOf(const std::string& bytes) { return grpc::Slice(bytes); }

// Fields 1 and 2, then what the batch says of its watcher.
std::string head(const HeaderValues& header, const mvcc::WatchBatch& batch) {
    std::string out;
    out.reserve(64);
    appendHeader(out, header);
    appendField(out, 2, static_cast<std::uint64_t>(batch.watch));
    appendField(out, 4, batch.canceled ? 1 : 0);
    appendField(out, 5, static_cast<std::uint64_t>(batch.compactRevision));
    return out;
}

}  // namespace

const grpc::Slice& WatchEncoder::encoded(const mvcc::EventPtr& event, bool prevKv) {
    const auto address = reinterpret_cast<std::uintptr_t>(event.get());
    Cached& slot = m_recent[(address >> 5) % m_recent.size()];
    if (slot.event != event || slot.prevKv != prevKv) {
        std::string bytes;
        appendWatchEvent(bytes, *event, prevKv);
        slot.event = event;
        slot.prevKv = prevKv;
        slot.bytes = sliceOf(bytes);
    }
    return slot.bytes;
}

void WatchEncoder::encodeBatch(const HeaderValues& header, const mvcc::WatchBatch& batch, bool prevKv,
                               std::size_t fragmentBytes, std::vector<grpc::ByteBuffer>& out) {
    const std::string first = head(header, batch);
    // Few events: share their bytes. Many: one copy into one buffer is cheaper than many slices.
    constexpr std::size_t kSharedEventsMax = 4;
    if (batch.events.size() <= kSharedEventsMax && fragmentBytes == 0) {
        std::array<grpc::Slice, kSharedEventsMax + 1> slices;
        std::size_t count = 0;
        slices[count++] = sliceOf(first);
        for (const mvcc::EventPtr& event : batch.events) slices[count++] = encoded(event, prevKv);
        out.emplace_back(slices.data(), count);
        return;
    }
    std::string bytes = first;
    std::size_t inPiece = 0;
    std::string event;
    for (const mvcc::EventPtr& each : batch.events) {
        event.clear();
        appendWatchEvent(event, *each, prevKv);
        if (fragmentBytes != 0 && inPiece > 0 && bytes.size() + event.size() >= fragmentBytes) {
            appendField(bytes, 7, 1);
            out.push_back(toBuffer(std::move(bytes)));
            bytes = first;
            inPiece = 0;
        }
        bytes.append(event);
        ++inPiece;
    }
    out.push_back(toBuffer(std::move(bytes)));
}

grpc::ByteBuffer encodeWatchControl(const HeaderValues& header, const WatchControl& control) {
    std::string out;
    appendHeader(out, header);
    appendField(out, 2, static_cast<std::uint64_t>(control.watch));
    appendField(out, 3, control.created ? 1 : 0);
    appendField(out, 4, control.canceled ? 1 : 0);
    if (!control.cancelReason.empty()) {
        out.push_back((6 << 3) | 2);
        putVarint(out, control.cancelReason.size());
        out.append(control.cancelReason);
    }
    return toBuffer(std::move(out));
}

}  // namespace raftarium::rpc
