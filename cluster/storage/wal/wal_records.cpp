// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Records: encoding and decoding the data of each type, and the frame around it.
#include "cluster/base/coding.h"
#include "cluster/base/protobuf_fields.h"
#include "cluster/storage/wal/wal_format.h"
#include "cluster/wire/message_codec.h"

#include <array>
#include <utility>

namespace raftarium::storage {

namespace {

using base::FieldReader;

// The varint fields before a payload, on the stack: at most three of 11 bytes, and a length.
class FieldBuffer {
public:
    void add(std::uint32_t number, std::uint64_t value) {
        addVarint(number << 3);
        addVarint(value);
    }
    void addLength(std::uint32_t number, std::uint64_t size) {
        addVarint(number << 3 | 2);
        addVarint(size);
    }
    std::string_view view() const { return {m_bytes.data(), m_size}; }

private:
    void addVarint(std::uint64_t value) {
        for (; value >= 0x80; value >>= 7) m_bytes[m_size++] = static_cast<char>(value | 0x80);
        m_bytes[m_size++] = static_cast<char>(value);
    }
    std::array<char, 48> m_bytes;
    std::size_t m_size = 0;
};

// The varint fields 1 to N, all present and in this order; `rest` is what follows them.
template <std::size_t N>
std::optional<std::array<std::uint64_t, N>> leadingFields(std::string_view data, std::string_view& rest) {
    std::array<std::uint64_t, N> values{};
    FieldReader fields(data);
    for (std::size_t i = 0; i < N; ++i) {
        if (!fields.next() || !fields.isVarint() || fields.number() != i + 1) return std::nullopt;
        values[i] = fields.integer();
    }
    rest = data.substr(fields.end());
    return values;
}

// True for nothing at all, or for exactly one length-delimited field of this number.
bool trailingBytes(std::string_view rest, std::uint32_t number, std::optional<std::string_view>& value) {
    if (rest.empty()) return true;
    FieldReader fields(rest);
    if (!fields.next() || !fields.isBytes() || fields.number() != number || fields.end() != rest.size()) return false;
    value = fields.bytes();
    return true;
}

}  // namespace

void WalEncoder::addFrame(WalRecordType type, std::string_view head, std::string_view payload) {
    const bool hasData = type != WalRecordType::crc;
    m_crc = base::crc32c(base::crc32c(m_crc, head), payload);
    const std::size_t dataBytes = head.size() + payload.size();
    std::size_t recordBytes = 2 + 1 + base::varintSize(m_crc);
    if (hasData) recordBytes += 1 + base::varintSize(dataBytes) + dataBytes;
    const std::size_t padding = (8 - recordBytes % 8) % 8;
    std::uint64_t word = recordBytes;
    if (padding != 0) word |= kWalPaddingFlag | (static_cast<std::uint64_t>(padding) << 56);
    base::putFixed64Le(m_buffer, word);
    m_buffer.push_back('\x08');
    m_buffer.push_back(static_cast<char>(type));
    m_buffer.push_back('\x10');
    base::putVarint(m_buffer, m_crc);
    if (hasData) {
        m_buffer.push_back('\x1a');
        base::putVarint(m_buffer, dataBytes);
        m_buffer.append(head).append(payload);
    }
    m_buffer.append(padding, '\0');
}

void WalEncoder::addCrc() { addFrame(WalRecordType::crc, {}, {}); }

void WalEncoder::addMetadata(const WalMetadata& metadata) {
    FieldBuffer data;
    data.add(1, metadata.nodeId);
    data.add(2, metadata.clusterId);
    addFrame(WalRecordType::metadata, data.view(), {});
}

void WalEncoder::addEntry(const raft::Entry& entry) {
    FieldBuffer head;
    head.add(1, static_cast<std::uint64_t>(entry.type));
    head.add(2, entry.term);
    head.add(3, entry.index);
    if (!entry.data.isNull()) head.addLength(4, entry.data.size());
    addFrame(WalRecordType::entry, head.view(), entry.data.view());
}

void WalEncoder::addState(const raft::HardState& state) {
    FieldBuffer data;
    data.add(1, state.term);
    data.add(2, state.vote);
    data.add(3, state.commit);
    addFrame(WalRecordType::state, data.view(), {});
}

void WalEncoder::addSnapshotMark(const WalSnapshotMark& mark) {
    FieldBuffer head;
    head.add(1, mark.index);
    head.add(2, mark.term);
    std::string confState;
    if (mark.index > 0) {
        wire::encodeConfState(mark.confState, confState);
        head.addLength(3, confState.size());
    }
    addFrame(WalRecordType::snapshot, head.view(), confState);
}

std::optional<WalMetadata> decodeWalMetadata(std::string_view data) {
    std::string_view rest;
    const auto values = leadingFields<2>(data, rest);
    if (!values || !rest.empty()) return std::nullopt;
    return WalMetadata{(*values)[0], (*values)[1]};
}

std::optional<raft::Entry> decodeWalEntry(std::string_view data) {
    std::string_view rest;
    const auto values = leadingFields<3>(data, rest);
    std::optional<std::string_view> payload;
    if (!values || (*values)[0] > 2 || !trailingBytes(rest, 4, payload)) return std::nullopt;
    raft::Entry entry;
    entry.type = static_cast<raft::EntryType>((*values)[0]);
    entry.term = (*values)[1];
    entry.index = (*values)[2];
    if (payload) entry.data = base::Bytes::copyOf(*payload);
    return entry;
}

std::optional<raft::HardState> decodeWalState(std::string_view data) {
    std::string_view rest;
    const auto values = leadingFields<3>(data, rest);
    if (!values || !rest.empty()) return std::nullopt;
    return raft::HardState{(*values)[0], (*values)[1], (*values)[2]};
}

std::optional<WalSnapshotMark> decodeWalSnapshotMark(std::string_view data) {
    std::string_view rest;
    const auto values = leadingFields<2>(data, rest);
    std::optional<std::string_view> confState;
    if (!values || !trailingBytes(rest, 3, confState)) return std::nullopt;
    WalSnapshotMark mark{(*values)[0], (*values)[1], {}};
    if (confState) {
        auto decoded = wire::decodeConfState(*confState);
        if (!decoded) return std::nullopt;
        mark.confState = std::move(*decoded);
    }
    return mark;
}

}  // namespace raftarium::storage
