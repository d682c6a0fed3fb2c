// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The watchers of a load of kind watch. Internal to the load generator.
#pragma once

#include "cluster/client/load.h"
#include "cluster/client/load_connections_internal.h"
#include "cluster/client/watch_count.h"
#include "proto/etcd/rpc.grpc.pb.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

namespace raftarium::client {

inline WatchCount countIn(const grpc::ByteBuffer& response) {
    grpc::Slice slice;
    if (!response.TrySingleSlice(&slice).ok() && !response.DumpToSingleSlice(&slice).ok()) return {};
    return countWatchEvents({reinterpret_cast<const char*>(slice.begin()), slice.size()});
}

// Watchers on all keys the load writes, spread over one stream a connection; counts what they get.
class WatchCounter {
public:
    base::Status open(const LoadConnections& connections, const LoadSpec& spec) {
        const int streams = std::min(spec.connections, spec.watchers);
        for (int i = 0; i < streams; ++i) {
            auto& stream = *m_streams.emplace_back(std::make_unique<Stream>());
            using Method = grpc::internal::RpcMethod;
            stream.rpc.reset(grpc::internal::ClientReaderWriterFactory<grpc::ByteBuffer, grpc::ByteBuffer>::Create(
                connections.channel(static_cast<std::size_t>(i)).get(),
                Method("/etcdserverpb.Watch/Watch", Method::BIDI_STREAMING), &stream.context));
            const int count = spec.watchers / streams + (i < spec.watchers % streams ? 1 : 0);
            for (int n = 0; n < count; ++n) {
                etcdserverpb::WatchRequest request;
                request.mutable_create_request()->set_key(std::string(1, '\0'));
                request.mutable_create_request()->set_range_end(std::string(1, '\0'));
                const grpc::Slice bytes(request.SerializeAsString());
                if (!stream.rpc->Write(grpc::ByteBuffer(&bytes, 1))) return failed();
            }
            for (int created = 0; created < count;) {
                grpc::ByteBuffer response;
                if (!stream.rpc->Read(&response)) return failed();
                if (countIn(response).created) ++created;
            }
            stream.reader = std::thread([&stream, this] {
                for (grpc::ByteBuffer response; stream.rpc->Read(&response); response.Clear())
                    m_events += countIn(response).events;
            });
        }
        return {};
    }

    // Waits for `expected` events, or until none came for two seconds.
    std::uint64_t drain(std::uint64_t expected) {
        auto last = m_events.load();
        auto quietSince = std::chrono::steady_clock::now();
        while (m_events < expected && std::chrono::steady_clock::now() - quietSince < std::chrono::seconds(2)) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
            if (m_events != last) {
                last = m_events;
                quietSince = std::chrono::steady_clock::now();
            }
        }
        return m_events;
    }

    ~WatchCounter() {
        for (auto& stream : m_streams) {
            stream->context.TryCancel();
            if (stream->reader.joinable()) stream->reader.join();
        }
    }

private:
    struct Stream {
        grpc::ClientContext context;
        std::unique_ptr<grpc::ClientReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>> rpc;
        std::thread reader;
    };
    static base::Status failed() {
        return base::Error{base::Errc::unavailable, "the watch stream ended while opening"};
    }

    std::vector<std::unique_ptr<Stream>> m_streams;
    std::atomic<std::uint64_t> m_events{0};
};

}  // namespace raftarium::client
