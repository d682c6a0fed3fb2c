// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/coding.h"
#include "cluster/storage/wal/wal_format.h"
#include "cluster/wire/field_reader.h"

#include <array>
#include <utility>

namespace raftarium::storage {

namespace {

using wire::FieldReader;

// Varint fields 1..N, all present, in this order; `rest` is what follows them.
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

// Nothing, or exactly one length-delimited field of this number.
bool trailingBytes(std::string_view rest, std::uint32_t number, std::optional<std::string_view>& value) {
    if (rest.empty()) return true;
    FieldReader fields(rest);
    if (!fields.next() || !fields.isBytes() || fields.number() != number || fields.end() != rest.size()) return false;
    value = fields.bytes();
    return true;
}

void putIds(std::string& out, std::uint32_t number, const std::vector<raft::NodeId>& ids) {
    for (const raft::NodeId id : ids) {
        base::putVarint(out, number << 3);
        base::putVarint(out, id);
    }
}

bool readIds(const FieldReader& fields, std::vector<raft::NodeId>& ids) {
    if (fields.isVarint()) {
        ids.push_back(fields.integer());
        return true;
    }
    std::string_view packed = fields.bytes();
    while (fields.isBytes() && !packed.empty()) {
        const auto id = base::readVarint(packed);
        if (!id) return false;
        ids.push_back(*id);
    }
    return fields.isBytes();
}

}  // namespace

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
        auto decoded = decodeConfState(*confState);
        if (!decoded) return std::nullopt;
        mark.confState = std::move(*decoded);
    }
    return mark;
}

void encodeConfState(const raft::ConfState& state, std::string& out) {
    putIds(out, 1, state.voters);
    putIds(out, 2, state.learners);
    putIds(out, 3, state.votersOutgoing);
    putIds(out, 4, state.learnersNext);
    base::putVarint(out, 5U << 3);
    base::putVarint(out, state.autoLeave ? 1 : 0);
}

std::optional<raft::ConfState> decodeConfState(std::string_view data) {
    raft::ConfState state;
    FieldReader fields(data);
    while (fields.next()) {
        bool ok = true;
        switch (fields.number()) {
            case 1:
                ok = readIds(fields, state.voters);
                break;
            case 2:
                ok = readIds(fields, state.learners);
                break;
            case 3:
                ok = readIds(fields, state.votersOutgoing);
                break;
            case 4:
                ok = readIds(fields, state.learnersNext);
                break;
            case 5:
                state.autoLeave = fields.integer() != 0;
                break;
            default:
                break;
        }
        if (!ok) return std::nullopt;
    }
    if (!fields.ok()) return std::nullopt;
    return state;
}

}  // namespace raftarium::storage
