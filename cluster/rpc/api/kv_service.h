// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// etcdserverpb.KV. Ranges are read under the reader gate, after ReadIndex unless they are serializable. Writes are
// proposed with the bytes that the client sent.
#pragma once

#include "cluster/node/requests/write_admission.h"
#include "cluster/rpc/api/api_context.h"
#include "cluster/rpc/edge/response_encoding.h"
#include "cluster/rpc/edge/work_thread.h"

namespace raftarium::rpc {

class KvService {
public:
    explicit KvService(const ApiContext& context)
        : m_context(context), m_admission(context.node(), context.config().quotaBackendBytes) {}
    void registerMethods(RpcService& service);
    void stop() { m_largeReads.stop(); }  // waits for reads that have begun

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
    // Calls `next` on the completion thread when a linearizable read may be answered; at once for a serializable read.
    void whenReadable(UnaryCall& call, bool serializable, void (KvService::*next)(UnaryCall&));

    const ApiContext& m_context;
    node::WriteAdmission m_admission;
    WorkThread m_largeReads;
};

}  // namespace raftarium::rpc
