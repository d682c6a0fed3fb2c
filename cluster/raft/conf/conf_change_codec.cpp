// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// As gogoproto writes raftpb: fields without a presence bit are always written, in ascending order.
#include "cluster/raft/conf/conf_change_codec.h"

#include "cluster/base/protobuf_fields.h"

#include <string>

namespace raftarium::raft {

namespace {

using base::FieldReader;

// False if the field is not a number, or not one of the enum's values.
template <typename Enum>
bool readEnum(FieldReader& fields, Enum last, Enum& out) {
    const std::uint64_t value = fields.expectInteger();
    if (!fields.ok() || value > static_cast<std::uint64_t>(last)) return false;
    out = static_cast<Enum>(value);
    return true;
}

std::optional<ConfChangeSingle> decodeSingle(std::string_view data) {
    ConfChangeSingle single;
    FieldReader fields(data);
    while (fields.next()) {
        if (fields.number() == 1 && !readEnum(fields, ConfChangeType::addLearnerNode, single.type)) return std::nullopt;
        if (fields.number() == 2) single.nodeId = fields.expectInteger();
    }
    if (!fields.ok()) return std::nullopt;
    return single;
}

}  // namespace

base::Bytes encodeConfChange(const ConfChange& change) {
    std::string out;
    base::putVarintField(out, 1, change.id);
    base::putVarintField(out, 2, static_cast<std::uint64_t>(change.type));
    base::putVarintField(out, 3, change.nodeId);
    if (!change.context.isNull()) base::putBytesField(out, 4, change.context.view());
    return base::Bytes(std::move(out));
}

base::Bytes encodeConfChangeV2(const ConfChangeV2& change) {
    std::string out;
    base::putVarintField(out, 1, static_cast<std::uint64_t>(change.transition));
    for (const ConfChangeSingle& single : change.changes) {
        std::string inner;
        base::putVarintField(inner, 1, static_cast<std::uint64_t>(single.type));
        base::putVarintField(inner, 2, single.nodeId);
        base::putBytesField(out, 2, inner);
    }
    if (!change.context.isNull()) base::putBytesField(out, 3, change.context.view());
    return base::Bytes(std::move(out));
}

std::optional<ConfChange> decodeConfChange(std::string_view data) {
    ConfChange change;
    FieldReader fields(data);
    while (fields.next()) {
        switch (fields.number()) {
            case 1:
                change.id = fields.expectInteger();
                break;
            case 2:
                if (!readEnum(fields, ConfChangeType::addLearnerNode, change.type)) return std::nullopt;
                break;
            case 3:
                change.nodeId = fields.expectInteger();
                break;
            case 4:
                change.context = base::Bytes::copyOf(fields.expectBytes());
                break;
            default:
                break;
        }
    }
    if (!fields.ok()) return std::nullopt;
    return change;
}

std::optional<ConfChangeV2> decodeConfChangeV2(std::string_view data) {
    ConfChangeV2 change;
    FieldReader fields(data);
    while (fields.next()) {
        if (fields.number() == 1) {
            if (!readEnum(fields, ConfChangeTransition::jointExplicit, change.transition)) return std::nullopt;
        } else if (fields.number() == 2) {
            const auto single = decodeSingle(fields.expectBytes());
            if (!single) return std::nullopt;
            change.changes.push_back(*single);
        } else if (fields.number() == 3) {
            change.context = base::Bytes::copyOf(fields.expectBytes());
        }
    }
    if (!fields.ok()) return std::nullopt;
    return change;
}

ConfChangeV2 asV2(const ConfChange& change) {
    return {ConfChangeTransition::automatic, {{change.type, change.nodeId}}, change.context};
}

}  // namespace raftarium::raft
