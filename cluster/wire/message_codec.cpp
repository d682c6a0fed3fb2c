// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/wire/message_codec.h"

#include "cluster/base/coding.h"
#include "cluster/base/protobuf_fields.h"

namespace raftarium::wire {
namespace {

using base::FieldKind;
using base::FieldReader;
using base::putBytesField;
using base::putTag;
using base::putVarintField;

std::size_t numberSize(std::uint64_t value) { return 1 + base::varintSize(value); }
std::size_t bytesSize(std::size_t size) { return 1 + base::varintSize(size) + size; }

base::Error damaged(const char* message, const char* what) {
    return {base::Errc::corruption, std::string("raftpb.") + message + ": " + what};
}

base::Status readNumber(raft::Message& message, const FieldReader& reader) {
    const std::uint64_t value = reader.integer();
    switch (reader.number()) {
        case 1:
            if (value > static_cast<std::uint64_t>(raft::MessageType::forgetLeader))
                return damaged("Message", "unknown message type");
            message.type = static_cast<raft::MessageType>(value);
            break;
        case 2:
            message.to = value;
            break;
        case 3:
            message.from = value;
            break;
        case 4:
            message.term = value;
            break;
        case 5:
            message.logTerm = value;
            break;
        case 6:
            message.index = value;
            break;
        case 8:
            message.commit = value;
            break;
        case 10:
            message.reject = value != 0;
            break;
        case 11:
            message.rejectHint = value;
            break;
        case 13:
            message.vote = value;
            break;
        default:
            break;
    }
    return {};
}

}  // namespace

void encodeEntry(const raft::Entry& entry, std::string& out) {
    putVarintField(out, 1, static_cast<std::uint64_t>(entry.type));
    putVarintField(out, 2, entry.term);
    putVarintField(out, 3, entry.index);
    if (!entry.data.isNull()) putBytesField(out, 4, entry.data.view());
}

void encodeHardState(const raft::HardState& state, std::string& out) {
    putVarintField(out, 1, state.term);
    putVarintField(out, 2, state.vote);
    putVarintField(out, 3, state.commit);
}

void encodeConfState(const raft::ConfState& state, std::string& out) {
    for (const raft::NodeId id : state.voters) putVarintField(out, 1, id);
    for (const raft::NodeId id : state.learners) putVarintField(out, 2, id);
    for (const raft::NodeId id : state.votersOutgoing) putVarintField(out, 3, id);
    for (const raft::NodeId id : state.learnersNext) putVarintField(out, 4, id);
    putVarintField(out, 5, state.autoLeave ? 1 : 0);
}

void encodeSnapshot(const raft::Snapshot& snapshot, std::string& out) {
    if (!snapshot.data.isNull()) putBytesField(out, 1, snapshot.data.view());
    std::string conf;
    encodeConfState(snapshot.metadata.confState, conf);
    std::string metadata;
    putBytesField(metadata, 1, conf);
    putVarintField(metadata, 2, snapshot.metadata.index);
    putVarintField(metadata, 3, snapshot.metadata.term);
    putBytesField(out, 2, metadata);
}

void encodeMessage(const raft::Message& message, std::string& out) {
    putVarintField(out, 1, static_cast<std::uint64_t>(message.type));
    putVarintField(out, 2, message.to);
    putVarintField(out, 3, message.from);
    putVarintField(out, 4, message.term);
    putVarintField(out, 5, message.logTerm);
    putVarintField(out, 6, message.index);
    for (const raft::Entry& entry : message.entries) {
        putTag(out, 7, FieldKind::bytes);
        base::putVarint(out, raft::encodedSize(entry));
        encodeEntry(entry, out);
    }
    putVarintField(out, 8, message.commit);
    std::string snapshot;
    encodeSnapshot(message.snapshot ? *message.snapshot : raft::Snapshot{}, snapshot);
    putBytesField(out, 9, snapshot);
    putVarintField(out, 10, message.reject ? 1 : 0);
    putVarintField(out, 11, message.rejectHint);
    if (!message.context.isNull()) putBytesField(out, 12, message.context.view());
}

std::size_t encodedMessageSize(const raft::Message& message) {
    constexpr std::size_t kEmptySnapshotField = 12;
    std::size_t size = numberSize(static_cast<std::uint64_t>(message.type)) + numberSize(message.to) +
                       numberSize(message.from) + numberSize(message.term) + numberSize(message.logTerm) +
                       numberSize(message.index) + numberSize(message.commit) + 2 + numberSize(message.rejectHint);
    for (const raft::Entry& entry : message.entries) size += bytesSize(raft::encodedSize(entry));
    if (message.snapshot) {
        std::string snapshot;
        encodeSnapshot(*message.snapshot, snapshot);
        size += bytesSize(snapshot.size());
    } else {
        size += kEmptySnapshotField;
    }
    if (!message.context.isNull()) size += bytesSize(message.context.size());
    return size;
}

base::Result<raft::Entry> decodeEntry(std::string_view data) {
    raft::Entry entry;
    FieldReader reader(data);
    while (reader.next()) {
        if (reader.number() == 4 && reader.isBytes()) {
            entry.data = base::Bytes::copyOf(reader.bytes());
        } else if (reader.isVarint()) {
            switch (reader.number()) {
                case 1:
                    if (reader.integer() > static_cast<std::uint64_t>(raft::EntryType::confChangeV2))
                        return damaged("Entry", "unknown entry type");
                    entry.type = static_cast<raft::EntryType>(reader.integer());
                    break;
                case 2:
                    entry.term = reader.integer();
                    break;
                case 3:
                    entry.index = reader.integer();
                    break;
                default:
                    break;
            }
        }
    }
    if (!reader.ok()) return damaged("Entry", "malformed field");
    return entry;
}

base::Result<raft::HardState> decodeHardState(std::string_view data) {
    raft::HardState state;
    FieldReader reader(data);
    while (reader.next()) {
        if (!reader.isVarint()) continue;
        switch (reader.number()) {
            case 1:
                state.term = reader.integer();
                break;
            case 2:
                state.vote = reader.integer();
                break;
            case 3:
                state.commit = reader.integer();
                break;
            default:
                break;
        }
    }
    if (!reader.ok()) return damaged("HardState", "malformed field");
    return state;
}

base::Result<raft::ConfState> decodeConfState(std::string_view data) {
    raft::ConfState state;
    FieldReader reader(data);
    bool good = true;
    while (good && reader.next()) {
        switch (reader.number()) {
            case 1:
                good = reader.appendIntegers(state.voters);
                break;
            case 2:
                good = reader.appendIntegers(state.learners);
                break;
            case 3:
                good = reader.appendIntegers(state.votersOutgoing);
                break;
            case 4:
                good = reader.appendIntegers(state.learnersNext);
                break;
            case 5:
                state.autoLeave = reader.isVarint() && reader.integer() != 0;
                break;
            default:
                break;
        }
    }
    if (!good || !reader.ok()) return damaged("ConfState", "malformed field");
    return state;
}

namespace {

base::Status decodeMetadata(std::string_view data, raft::SnapshotMetadata& metadata) {
    FieldReader reader(data);
    while (reader.next()) {
        if (reader.number() == 1 && reader.isBytes()) {
            auto conf = decodeConfState(reader.bytes());
            if (!conf) return conf.error();
            metadata.confState = std::move(*conf);
        } else if (reader.number() == 2 && reader.isVarint()) {
            metadata.index = reader.integer();
        } else if (reader.number() == 3 && reader.isVarint()) {
            metadata.term = reader.integer();
        }
    }
    if (!reader.ok()) return damaged("SnapshotMetadata", "malformed field");
    return {};
}

}  // namespace

base::Result<raft::Snapshot> decodeSnapshot(std::string_view data) {
    raft::Snapshot snapshot;
    FieldReader reader(data);
    while (reader.next()) {
        if (!reader.isBytes()) continue;
        if (reader.number() == 1) {
            snapshot.data = base::Bytes::copyOf(reader.bytes());
        } else if (reader.number() == 2) {
            if (auto status = decodeMetadata(reader.bytes(), snapshot.metadata); !status) return status.error();
        }
    }
    if (!reader.ok()) return damaged("Snapshot", "malformed field");
    return snapshot;
}

base::Result<raft::Message> decodeMessage(std::string_view data) {
    raft::Message message;
    FieldReader reader(data);
    while (reader.next()) {
        if (reader.isVarint()) {
            if (auto status = readNumber(message, reader); !status) return status.error();
            continue;
        }
        if (!reader.isBytes()) continue;
        switch (reader.number()) {
            case 7: {
                auto entry = decodeEntry(reader.bytes());
                if (!entry) return entry.error();
                message.entries.push_back(std::move(*entry));
                break;
            }
            case 9: {
                auto snapshot = decodeSnapshot(reader.bytes());
                if (!snapshot) return snapshot.error();
                if (!snapshot->empty()) message.snapshot = std::make_shared<const raft::Snapshot>(std::move(*snapshot));
                break;
            }
            case 12:
                message.context = base::Bytes::copyOf(reader.bytes());
                break;
            default:
                break;
        }
    }
    if (!reader.ok()) return damaged("Message", "malformed field");
    return message;
}

}  // namespace raftarium::wire
