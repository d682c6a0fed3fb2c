// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The most frequent responses, written directly from the store's values: without message objects, and values are copied
// once. Field numbers are those of etcdserverpb.ResponseHeader, RangeResponse, PutResponse; mvccpb.KeyValue, Event.
#pragma once

#include "cluster/mvcc/txn/operations.h"
#include "cluster/mvcc/watch/events.h"

#include <cstdint>
#include <string>

namespace raftarium::rpc {

struct HeaderValues {
    std::uint64_t clusterId = 0;
    std::uint64_t memberId = 0;
    std::int64_t revision = 0;
    std::uint64_t raftTerm = 0;
};

// A header as field 1 of a response.
void appendHeader(std::string& out, const HeaderValues& header);
// A pair as a length-delimited field with this number (1..15).
void appendKeyValue(std::string& out, int field, const mvcc::KeyValueView& kv);
// An event as field 11 of a WatchResponse.
void appendWatchEvent(std::string& out, const mvcc::ChangeEvent& event, bool prevKv);

std::string encodePutResponse(const HeaderValues& header, const mvcc::PutResult& result);

// Builds a RangeResponse while the store visits the range.
class RangeResponseWriter final : public mvcc::KeyValueSink {
public:
    void add(const mvcc::KeyValueView& kv) override { appendKeyValue(m_pairs, 2, kv); }
    std::string finish(const HeaderValues& header, bool more, std::int64_t count);

private:
    std::string m_pairs;
};

}  // namespace raftarium::rpc
