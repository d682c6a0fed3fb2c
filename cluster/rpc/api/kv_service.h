// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// etcdserverpb.KV: ranges read under the reader gate (after ReadIndex unless serializable), writes proposed with the
// client's own bytes as payload.
#pragma once

#include "cluster/rpc/api/api_context.h"
#include "cluster/rpc/edge/response_encoding.h"
#include "cluster/rpc/edge/work_thread.h"

namespace raftarium::rpc {

class KvService {
public:
    explicit KvService(const ApiContext& context) : m_context(context) {}
    void registerMethods(RpcService& service);
    void stop() { m_largeReads.stop(); }  // waits for a read that has begun

private:
    void range(UnaryCall& call);
    void put(UnaryCall& call);
    void deleteRange(UnaryCall& call);
    void txn(UnaryCall& call);
    void compact(UnaryCall& call);

    void readRange(UnaryCall& call);
    void readLargeRange(UnaryCall& call);
    void replyRange(UnaryCall& call, RangeResponseWriter& writer, const mvcc::RangeResult& found);
    void readTxn(UnaryCall& call);
    // Calls `next` on the loop's thread when reads are linearizable; at once for a serializable read.
    void whenReadable(UnaryCall& call, bool serializable, void (KvService::*next)(UnaryCall&));
    // etcd's admission check. False: the call has ended; a full backend has also raised its alarm.
    bool fitsQuota(UnaryCall& call, const mvcc::Request& request, std::int64_t cost);

    const ApiContext& m_context;
    // What may still be written before the backend's size is asked for again: far below the quota, that is often
    // enough.
    std::int64_t m_uncheckedBytes = 0;
    WorkThread m_largeReads;
};

}  // namespace raftarium::rpc
