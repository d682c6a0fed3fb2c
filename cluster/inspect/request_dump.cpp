// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/inspect/request_dump.h"

#include "cluster/base/coding.h"
#include "proto/etcd/etcdserver.pb.h"
#include "proto/etcd/raft.pb.h"
#include "proto/etcd/raft_internal.pb.h"

#include <google/protobuf/message.h>

#include <algorithm>
#include <vector>

namespace raftarium::inspect {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

void putQuoted(std::string& out, std::string_view bytes) {
    out += '"';
    for (const char c : bytes) {
        const auto byte = static_cast<std::uint8_t>(c);
        switch (c) {
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            default:
                if (byte >= 0x20 && byte < 0x7F) {
                    out += c;
                } else {
                    out += {'\\', static_cast<char>('0' + (byte >> 6)), static_cast<char>('0' + ((byte >> 3) & 7)),
                            static_cast<char>('0' + (byte & 7))};
                }
        }
    }
    out += '"';
}

bool isSecret(const FieldDescriptor& field) {
    return field.name() == "password" || field.name() == "hashedPassword" || field.name() == "simple_token";
}

void putMessage(std::string& out, const Message& message);

// `index` < 0 for a field that is not repeated.
void putValue(std::string& out, const Message& message, const FieldDescriptor& field, int index) {
    const Reflection& get = *message.GetReflection();
    const FieldDescriptor* f = &field;
    const bool many = index >= 0;
    switch (field.cpp_type()) {
        case FieldDescriptor::CPPTYPE_MESSAGE:
            out += '<';
            putMessage(out, many ? get.GetRepeatedMessage(message, f, index) : get.GetMessage(message, f));
            out += '>';
            break;
        case FieldDescriptor::CPPTYPE_STRING:
            putQuoted(out, isSecret(field) ? "***"
                           : many          ? get.GetRepeatedString(message, f, index)
                                           : get.GetString(message, f));
            break;
        case FieldDescriptor::CPPTYPE_INT64:
            out += std::to_string(many ? get.GetRepeatedInt64(message, f, index) : get.GetInt64(message, f));
            break;
        case FieldDescriptor::CPPTYPE_UINT64:
            out += std::to_string(many ? get.GetRepeatedUInt64(message, f, index) : get.GetUInt64(message, f));
            break;
        case FieldDescriptor::CPPTYPE_INT32:
            out += std::to_string(many ? get.GetRepeatedInt32(message, f, index) : get.GetInt32(message, f));
            break;
        case FieldDescriptor::CPPTYPE_UINT32:
            out += std::to_string(many ? get.GetRepeatedUInt32(message, f, index) : get.GetUInt32(message, f));
            break;
        case FieldDescriptor::CPPTYPE_BOOL:
            out += (many ? get.GetRepeatedBool(message, f, index) : get.GetBool(message, f)) ? "true" : "false";
            break;
        case FieldDescriptor::CPPTYPE_ENUM: {
            const int number = many ? get.GetRepeatedEnumValue(message, f, index) : get.GetEnumValue(message, f);
            const auto* value = field.enum_type()->FindValueByNumber(number);
            out += value ? value->name() : std::to_string(number);
            break;
        }
        default:
            out += '?';  // no request has floating-point fields
    }
}

void putMessage(std::string& out, const Message& message) {
    std::vector<const FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    // In ascending order, except the header, which etcd's tools print first.
    std::stable_partition(fields.begin(), fields.end(), [](const auto* field) { return field->name() == "header"; });
    for (const FieldDescriptor* field : fields) {
        const int size = field->is_repeated() ? message.GetReflection()->FieldSize(message, field) : 1;
        for (int i = 0; i < size; ++i) {
            out += field->name() + ':';
            putValue(out, message, *field, field->is_repeated() ? i : -1);
            out += ' ';
        }
    }
}

std::string operationOf(const etcdserverpb::InternalRaftRequest& request) {
    if (request.has_range()) return "IRRRange";
    if (request.has_put()) return "IRRPut";
    if (request.has_delete_range()) return "IRRDeleteRange";
    if (request.has_txn()) return "IRRTxn";
    if (request.has_compaction()) return "IRRCompaction";
    if (request.has_lease_grant()) return "IRRLeaseGrant";
    if (request.has_lease_revoke()) return "IRRLeaseRevoke";
    if (request.has_lease_checkpoint()) return "IRRLeaseCheckpoint";
    return {};
}

std::string legacyText(const etcdserverpb::Request& request) {
    std::string text = "method=" + request.method() + " path=";
    putQuoted(text, request.path());
    if (!request.val().empty()) {
        text += " val=";
        putQuoted(text, request.val());
    }
    return text;
}

}  // namespace

RequestDump dumpRequest(std::string_view data) {
    RequestDump dump;
    const int size = static_cast<int>(data.size());
    if (etcdserverpb::InternalRaftRequest request; request.ParseFromArray(data.data(), size)) {
        putMessage(dump.text, request);
        dump.operation = operationOf(request);
        return dump;
    }
    if (etcdserverpb::Request request; request.ParseFromArray(data.data(), size)) {
        dump.text = legacyText(request);
        dump.legacy = true;
        return dump;
    }
    dump.text = "not decodable (" + std::to_string(data.size()) + " bytes)";
    return dump;
}

std::string dumpConfChange(std::string_view data) {
    raftpb::ConfChange change;
    if (!change.ParseFromArray(data.data(), static_cast<int>(data.size()))) return "not decodable";
    return "method=" + raftpb::ConfChangeType_Name(change.type()) + " id=" + base::hexId(change.node_id());
}

}  // namespace raftarium::inspect
