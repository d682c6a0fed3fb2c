// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/api/watch_encoder.h"

#include "cluster/base/coding.h"
#include "cluster/rpc/edge/rpc_service.h"

namespace raftarium::rpc {
namespace {

using base::putVarint;

void appendField(std::string& out, int field, std::uint64_t value) {
    if (value == 0) return;
    out.push_back(static_cast<char>(field << 3));
    putVarint(out, value);
}

constexpr std::size_t kCopiedBytesMax = 2048;
constexpr std::size_t kLargeBytes = 64 << 10;

// Fields 1 and 2, then the fields of the watcher.
void appendHead(std::string& out, const HeaderValues& header, const mvcc::WatchBatch& batch) {
    appendHeader(out, header);
    appendField(out, 2, static_cast<std::uint64_t>(batch.watch));
    appendField(out, 4, batch.canceled ? 1 : 0);
    appendField(out, 5, static_cast<std::uint64_t>(batch.compactRevision));
}

}  // namespace

const WatchEncoder::Cached& WatchEncoder::encoded(const mvcc::WatchBatch& batch) {
    const auto address = reinterpret_cast<std::uintptr_t>(batch.events.back().get());
    Cached& recent = m_recent[((address >> 5) ^ batch.events.size()) % m_recent.size()];
    for (const Cached* known : {&recent, &m_large}) {
        if (known->prevKv == batch.prevKv && known->events == batch.events) return *known;
    }
    // Encoded events keep the events in memory, so that of large ones only one is kept.
    std::size_t bytes = 0;
    for (const mvcc::EventPtr& event : batch.events) bytes += event->kv.value.size() + event->kv.key.size();
    Cached& slot = bytes > kLargeBytes ? m_large : recent;
    slot.events = batch.events;
    slot.prevKv = batch.prevKv;
    slot.bytes.clear();
    slot.slice = grpc::Slice();
    for (const mvcc::EventPtr& event : batch.events) appendWatchEvent(slot.bytes, *event, batch.prevKv);
    if (slot.bytes.size() > kCopiedBytesMax) {
        slot.slice = grpc::Slice(slot.bytes);
        slot.bytes = {};
    }
    return slot;
}

void WatchEncoder::encodeBatch(const HeaderValues& header, const mvcc::WatchBatch& batch, std::size_t fragmentBytes,
                               std::vector<grpc::ByteBuffer>& out) {
    m_head.clear();
    appendHead(m_head, header, batch);
    if (fragmentBytes != 0 && batch.events.size() > 1) {
        encodePieces(batch, fragmentBytes, out);
        return;
    }
    if (!batch.events.empty()) {
        const Cached& events = encoded(batch);
        if (events.slice.size() > 0) {
            const std::array<grpc::Slice, 2> slices{grpc::Slice(m_head), events.slice};
            out.emplace_back(slices.data(), slices.size());
            return;
        }
        m_head.append(events.bytes);
    }
    const grpc::Slice whole(m_head);
    out.emplace_back(&whole, 1);
}

void WatchEncoder::encodePieces(const mvcc::WatchBatch& batch, std::size_t pieceBytes,
                                std::vector<grpc::ByteBuffer>& out) {
    std::string bytes = m_head;
    std::size_t inPiece = 0;
    for (const mvcc::EventPtr& each : batch.events) {
        m_event.clear();
        appendWatchEvent(m_event, *each, batch.prevKv);
        if (inPiece > 0 && bytes.size() + m_event.size() >= pieceBytes) {
            appendField(bytes, 7, 1);
            out.push_back(toBuffer(std::move(bytes)));
            bytes = m_head;
            inPiece = 0;
        }
        bytes.append(m_event);
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
