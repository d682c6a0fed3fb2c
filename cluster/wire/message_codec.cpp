// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/wire/message_codec.h"

#include "cluster/base/coding.h"
#include "cluster/wire/field_reader.h"

namespace raftarium::wire {
namespace {

// One byte each: every field number here is below 16.
constexpr char varintTag(int field) { return static_cast<char>(field << 3); }
constexpr char bytesTag(int field) { return static_cast<char>((field << 3) | 2); }

void putNumber(std::string& out, int field, std::uint64_t value) {
    out.push_back(varintTag(field));
    base::putVarint(out, value);
}

void putBytes(std::string& out, int field, std::string_view data) {
    out.push_back(bytesTag(field));
    base::putVarint(out, data.size());
    out.append(data);
}

std::size_t numberSize(std::uint64_t value) { return 1 + base::varintSize(value); }
std::size_t bytesSize(std::size_t size) { return 1 + base::varintSize(size) + size; }

std::size_t entrySize(const raft::Entry& entry) {
    return numberSize(static_cast<std::uint64_t>(entry.type)) + numberSize(entry.term) + numberSize(entry.index) +
           (entry.data.isNull() ? 0 : bytesSize(entry.data.size()));
}

base::Error damaged(const char* message, const char* what) {
    return {base::Errc::corruption, std::string("raftpb.") + message + ": " + what};
}

bool readIds(const FieldReader& reader, std::vector<raft::NodeId>& ids) {
    if (reader.isVarint()) {
        ids.push_back(reader.integer());
        return true;
    }
    if (!reader.isBytes()) return false;
    std::string_view packed = reader.bytes();
    while (!packed.empty()) {
        const auto id = base::readVarint(packed);
        if (!id) return false;
        ids.push_back(*id);
    }
    return true;
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
    putNumber(out, 1, static_cast<std::uint64_t>(entry.type));
    putNumber(out, 2, entry.term);
    putNumber(out, 3, entry.index);
    if (!entry.data.isNull()) putBytes(out, 4, entry.data.view());
}

void encodeHardState(const raft::HardState& state, std::string& out) {
    putNumber(out, 1, state.term);
    putNumber(out, 2, state.vote);
    putNumber(out, 3, state.commit);
}

void encodeConfState(const raft::ConfState& state, std::string& out) {
    for (const raft::NodeId id : state.voters) putNumber(out, 1, id);
    for (const raft::NodeId id : state.learners) putNumber(out, 2, id);
    for (const raft::NodeId id : state.votersOutgoing) putNumber(out, 3, id);
    for (const raft::NodeId id : state.learnersNext) putNumber(out, 4, id);
    putNumber(out, 5, state.autoLeave ? 1 : 0);
}

void encodeSnapshot(const raft::Snapshot& snapshot, std::string& out) {
    if (!snapshot.data.isNull()) putBytes(out, 1, snapshot.data.view());
    std::string conf;
    encodeConfState(snapshot.metadata.confState, conf);
    std::string metadata;
    putBytes(metadata, 1, conf);
    putNumber(metadata, 2, snapshot.metadata.index);
    putNumber(metadata, 3, snapshot.metadata.term);
    putBytes(out, 2, metadata);
}

void encodeMessage(const raft::Message& message, std::string& out) {
    putNumber(out, 1, static_cast<std::uint64_t>(message.type));
    putNumber(out, 2, message.to);
    putNumber(out, 3, message.from);
    putNumber(out, 4, message.term);
    putNumber(out, 5, message.logTerm);
    putNumber(out, 6, message.index);
    for (const raft::Entry& entry : message.entries) {
        out.push_back(bytesTag(7));
        base::putVarint(out, entrySize(entry));
        encodeEntry(entry, out);
    }
    putNumber(out, 8, message.commit);
    std::string snapshot;
    encodeSnapshot(message.snapshot ? *message.snapshot : raft::Snapshot{}, snapshot);
    putBytes(out, 9, snapshot);
    putNumber(out, 10, message.reject ? 1 : 0);
    putNumber(out, 11, message.rejectHint);
    if (!message.context.isNull()) putBytes(out, 12, message.context.view());
}

std::size_t encodedMessageSize(const raft::Message& message) {
    constexpr std::size_t kEmptySnapshotField = 12;
    std::size_t size = numberSize(static_cast<std::uint64_t>(message.type)) + numberSize(message.to) +
                       numberSize(message.from) + numberSize(message.term) + numberSize(message.logTerm) +
                       numberSize(message.index) + numberSize(message.commit) + 2 + numberSize(message.rejectHint);
    for (const raft::Entry& entry : message.entries) size += bytesSize(entrySize(entry));
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
                good = readIds(reader, state.voters);
                break;
            case 2:
                good = readIds(reader, state.learners);
                break;
            case 3:
                good = readIds(reader, state.votersOutgoing);
                break;
            case 4:
                good = readIds(reader, state.learnersNext);
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
