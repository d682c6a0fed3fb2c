// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/load/load_watchers_internal.h"
#include "cluster/load/watch_count.h"
#include "proto/etcd/rpc.pb.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/support/sync_stream.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>

namespace raftarium::load {

namespace {

using Bytes = grpc::ByteBuffer;
using Call = grpc::ClientReaderWriter<Bytes, Bytes>;

WatchCount countIn(const Bytes& response) {
    grpc::Slice slice;
    if (!response.TrySingleSlice(&slice).ok() && !response.DumpToSingleSlice(&slice).ok()) return {};
    return countWatchEvents({reinterpret_cast<const char*>(slice.begin()), slice.size()});
}

// Creates `count` watchers of all keys; false if the stream ended before that.
bool makeWatchers(Call& call, int count) {
    for (int i = 0; i < count; ++i) {
        etcdserverpb::WatchRequest request;
        request.mutable_create_request()->set_key(std::string(1, '\0'));
        request.mutable_create_request()->set_range_end(std::string(1, '\0'));
        const grpc::Slice bytes(request.SerializeAsString());
        if (!call.Write(Bytes(&bytes, 1))) return false;
    }
    for (int created = 0; created < count;) {
        Bytes response;
        if (!call.Read(&response)) return false;
        if (countIn(response).created) ++created;
    }
    return true;
}

}  // namespace

struct WatchCounter::Stream {
    grpc::ClientContext context;
    std::unique_ptr<Call> call;
    std::thread reader;
};

WatchCounter::WatchCounter() = default;

WatchCounter::~WatchCounter() {
    for (auto& stream : m_streams) {
        stream->context.TryCancel();
        if (stream->reader.joinable()) stream->reader.join();
    }
}

base::Status WatchCounter::open(const LoadConnections& connections, const LoadSpec& spec) {
    const int streams = std::min(spec.connections, spec.watchers);
    for (int i = 0; i < streams; ++i) {
        auto& stream = *m_streams.emplace_back(std::make_unique<Stream>());
        using Method = grpc::internal::RpcMethod;
        stream.call.reset(grpc::internal::ClientReaderWriterFactory<Bytes, Bytes>::Create(
            connections.channel(static_cast<std::size_t>(i)).get(),
            Method("/etcdserverpb.Watch/Watch", Method::BIDI_STREAMING), &stream.context));
        const int count = spec.watchers / streams + (i < spec.watchers % streams ? 1 : 0);
        if (!makeWatchers(*stream.call, count))
            return base::Error{base::Errc::unavailable, "the watch stream ended while opening"};
        stream.reader = std::thread([&stream, this] {
            for (Bytes response; stream.call->Read(&response); response.Clear()) m_events += countIn(response).events;
        });
    }
    return {};
}

std::uint64_t WatchCounter::drain(std::uint64_t expected) {
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

}  // namespace raftarium::load
