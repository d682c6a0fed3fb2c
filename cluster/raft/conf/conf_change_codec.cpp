// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// raftpb's bytes of configuration changes, and the encoded size of entries. Fields without a presence bit are always
// written, in ascending order; unknown fields are skipped on reading.
#include "cluster/base/coding.h"
#include "cluster/raft/raw_node.h"

namespace raftarium::raft {

namespace {

enum class WireType : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

struct Field {
    std::uint64_t number = 0;
    WireType wire = WireType::varint;
    std::uint64_t value = 0;  // varint
    std::string_view data;    // bytes
};

void putTag(std::string& out, std::uint64_t number, WireType wire) {
    base::putVarint(out, number << 3 | static_cast<std::uint64_t>(wire));
}

void putVarintField(std::string& out, std::uint64_t number, std::uint64_t value) {
    putTag(out, number, WireType::varint);
    base::putVarint(out, value);
}

void putBytesField(std::string& out, std::uint64_t number, std::string_view data) {
    putTag(out, number, WireType::bytes);
    base::putVarint(out, data.size());
    out.append(data);
}

bool skip(std::string_view& in, std::size_t count) {
    if (in.size() < count) return false;
    in.remove_prefix(count);
    return true;
}

// Moves `in` past one field; nullopt = malformed.
std::optional<Field> readField(std::string_view& in) {
    const auto tag = base::readVarint(in);
    if (!tag || *tag >> 3 == 0) return std::nullopt;
    Field field{*tag >> 3, static_cast<WireType>(*tag & 7), 0, {}};
    switch (field.wire) {
        case WireType::varint: {
            const auto value = base::readVarint(in);
            if (!value) return std::nullopt;
            field.value = *value;
            return field;
        }
        case WireType::bytes: {
            const auto length = base::readVarint(in);
            if (!length || *length > in.size()) return std::nullopt;
            field.data = in.substr(0, *length);
            in.remove_prefix(*length);
            return field;
        }
        case WireType::fixed64:
            return skip(in, 8) ? std::optional(field) : std::nullopt;
        case WireType::fixed32:
            return skip(in, 4) ? std::optional(field) : std::nullopt;
    }
    return std::nullopt;
}

bool readType(const Field& field, ConfChangeType& type) {
    if (field.wire != WireType::varint || field.value > static_cast<std::uint64_t>(ConfChangeType::addLearnerNode)) {
        return false;
    }
    type = static_cast<ConfChangeType>(field.value);
    return true;
}

std::optional<ConfChangeSingle> decodeSingle(std::string_view in) {
    ConfChangeSingle single;
    while (!in.empty()) {
        const auto field = readField(in);
        if (!field) return std::nullopt;
        if (field->number == 1 && !readType(*field, single.type)) return std::nullopt;
        if (field->number == 2) {
            if (field->wire != WireType::varint) return std::nullopt;
            single.nodeId = field->value;
        }
    }
    return single;
}

}  // namespace

std::size_t encodedSize(const Entry& entry) {
    std::size_t size = 3 + base::varintSize(static_cast<std::uint64_t>(entry.type)) + base::varintSize(entry.term) +
                       base::varintSize(entry.index);
    if (!entry.data.isNull()) size += 1 + base::varintSize(entry.data.size()) + entry.data.size();
    return size;
}

base::Bytes encodeConfChange(const ConfChange& change) {
    std::string out;
    putVarintField(out, 1, change.id);
    putVarintField(out, 2, static_cast<std::uint64_t>(change.type));
    putVarintField(out, 3, change.nodeId);
    if (!change.context.isNull()) putBytesField(out, 4, change.context.view());
    return base::Bytes(std::move(out));
}

base::Bytes encodeConfChangeV2(const ConfChangeV2& change) {
    std::string out;
    putVarintField(out, 1, static_cast<std::uint64_t>(change.transition));
    for (const ConfChangeSingle& single : change.changes) {
        std::string inner;
        putVarintField(inner, 1, static_cast<std::uint64_t>(single.type));
        putVarintField(inner, 2, single.nodeId);
        putBytesField(out, 2, inner);
    }
    if (!change.context.isNull()) putBytesField(out, 3, change.context.view());
    return base::Bytes(std::move(out));
}

std::optional<ConfChange> decodeConfChange(std::string_view data) {
    ConfChange change;
    while (!data.empty()) {
        const auto field = readField(data);
        if (!field) return std::nullopt;
        const bool isVarint = field->wire == WireType::varint;
        switch (field->number) {
            case 1:
                if (!isVarint) return std::nullopt;
                change.id = field->value;
                break;
            case 2:
                if (!readType(*field, change.type)) return std::nullopt;
                break;
            case 3:
                if (!isVarint) return std::nullopt;
                change.nodeId = field->value;
                break;
            case 4:
                if (field->wire != WireType::bytes) return std::nullopt;
                change.context = base::Bytes::copyOf(field->data);
                break;
            default:
                break;
        }
    }
    return change;
}

std::optional<ConfChangeV2> decodeConfChangeV2(std::string_view data) {
    ConfChangeV2 change;
    while (!data.empty()) {
        const auto field = readField(data);
        if (!field) return std::nullopt;
        if (field->number == 1) {
            if (field->wire != WireType::varint ||
                field->value > static_cast<std::uint64_t>(ConfChangeTransition::jointExplicit)) {
                return std::nullopt;
            }
            change.transition = static_cast<ConfChangeTransition>(field->value);
        } else if (field->number == 2) {
            if (field->wire != WireType::bytes) return std::nullopt;
            const auto single = decodeSingle(field->data);
            if (!single) return std::nullopt;
            change.changes.push_back(*single);
        } else if (field->number == 3) {
            if (field->wire != WireType::bytes) return std::nullopt;
            change.context = base::Bytes::copyOf(field->data);
        }
    }
    return change;
}

ConfChangeV2 asV2(const ConfChange& change) {
    return {ConfChangeTransition::automatic, {{change.type, change.nodeId}}, change.context};
}

}  // namespace raftarium::raft
