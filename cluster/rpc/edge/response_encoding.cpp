// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/edge/response_encoding.h"

#include "cluster/base/coding.h"

namespace raftarium::rpc {
namespace {

using base::putVarint;
using base::varintSize;

constexpr char lengthTag(int field) { return static_cast<char>((field << 3) | 2); }
constexpr char varintTag(int field) { return static_cast<char>(field << 3); }

void appendNumber(std::string& out, int field, std::uint64_t value) {
    if (value == 0) return;
    out.push_back(varintTag(field));
    putVarint(out, value);
}

std::size_t numberSize(std::uint64_t value) { return value == 0 ? 0 : 1 + varintSize(value); }
std::size_t bytesSize(std::string_view value) {
    return value.empty() ? 0 : 1 + varintSize(value.size()) + value.size();
}

void appendBytes(std::string& out, int field, std::string_view value) {
    if (value.empty()) return;
    out.push_back(lengthTag(field));
    putVarint(out, value.size());
    out.append(value);
}

std::size_t keyValueSize(const mvcc::KeyValueView& kv) {
    return bytesSize(kv.key) + numberSize(static_cast<std::uint64_t>(kv.createRevision)) +
           numberSize(static_cast<std::uint64_t>(kv.modRevision)) + numberSize(static_cast<std::uint64_t>(kv.version)) +
           bytesSize(kv.value) + numberSize(static_cast<std::uint64_t>(kv.lease));
}

mvcc::KeyValueView viewOf(const mvcc::KeyValue& kv) {
    return {kv.key, kv.value, kv.createRevision, kv.modRevision, kv.version, kv.lease};
}

std::size_t fieldSize(std::size_t bodySize) { return 1 + varintSize(bodySize) + bodySize; }

}  // namespace

void appendHeader(std::string& out, const HeaderValues& header) {
    const auto revision = static_cast<std::uint64_t>(header.revision);
    out.push_back(lengthTag(1));
    putVarint(out, numberSize(header.clusterId) + numberSize(header.memberId) + numberSize(revision) +
                       numberSize(header.raftTerm));
    appendNumber(out, 1, header.clusterId);
    appendNumber(out, 2, header.memberId);
    appendNumber(out, 3, revision);
    appendNumber(out, 4, header.raftTerm);
}

void appendKeyValue(std::string& out, int field, const mvcc::KeyValueView& kv) {
    out.push_back(lengthTag(field));
    putVarint(out, keyValueSize(kv));
    appendBytes(out, 1, kv.key);
    appendNumber(out, 2, static_cast<std::uint64_t>(kv.createRevision));
    appendNumber(out, 3, static_cast<std::uint64_t>(kv.modRevision));
    appendNumber(out, 4, static_cast<std::uint64_t>(kv.version));
    appendBytes(out, 5, kv.value);
    appendNumber(out, 6, static_cast<std::uint64_t>(kv.lease));
}

void appendWatchEvent(std::string& out, const mvcc::ChangeEvent& event, bool prevKv) {
    const mvcc::KeyValueView kv =
        event.deleted ? mvcc::KeyValueView{event.kv.key, {}, 0, event.kv.modRevision, 0, 0} : viewOf(event.kv);
    const bool withPrevious = prevKv && event.prevKv != nullptr;
    std::size_t size = fieldSize(keyValueSize(kv)) + (event.deleted ? 2 : 0);
    if (withPrevious) size += fieldSize(keyValueSize(viewOf(*event.prevKv)));
    out.push_back(lengthTag(11));
    putVarint(out, size);
    appendNumber(out, 1, event.deleted ? 1 : 0);
    appendKeyValue(out, 2, kv);
    if (withPrevious) appendKeyValue(out, 3, viewOf(*event.prevKv));
}

std::string encodePutResponse(const HeaderValues& header, const mvcc::PutResult& result) {
    std::string out;
    out.reserve(48);
    appendHeader(out, header);
    if (result.prevKv) appendKeyValue(out, 2, viewOf(*result.prevKv));
    return out;
}

std::string RangeResponseWriter::finish(const HeaderValues& header, bool more, std::int64_t count) {
    std::string out;
    out.reserve(m_pairs.size() + 64);
    appendHeader(out, header);
    out.append(m_pairs);
    appendNumber(out, 3, more ? 1 : 0);
    appendNumber(out, 4, static_cast<std::uint64_t>(count));
    return out;
}

}  // namespace raftarium::rpc
