// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// etcdserverpb.Watch. Each gRPC stream is one watch stream of the store, with a bounded queue between the raft loop and
// the network. If a client does not read, its queue fills, and the store makes its watchers victims.
#pragma once

#include "cluster/rpc/api/api_context.h"
#include "cluster/rpc/api/watch_encoder.h"

#include <set>

namespace raftarium::rpc {

class WatchStream;

class WatchService {
public:
    explicit WatchService(const ApiContext& context) : m_context(context) {}
    void registerMethods(RpcService& service);
    // Ends every stream as etcd does when it stops. Completion thread.
    void finishAll();

private:
    friend class WatchStream;

    const ApiContext& m_context;
    WatchEncoder m_encoder;
    std::set<WatchStream*> m_streams;
    bool m_stopping = false;
};

}  // namespace raftarium::rpc
