// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Many watchers on one member, ours and real etcd in turn: events a second and the server's CPU for each. The client
// counts events in the bytes as they come, so that it is not what is measured.
#include "cluster/load/watch_count.h"
#include "proto/etcd/rpc.grpc.pb.h"
#include "tests/bench/server_process.h"

#include <CLI/CLI.hpp>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <thread>

namespace raftarium::bench {
namespace {

namespace pb = etcdserverpb;
using Steady = std::chrono::steady_clock;

struct Case {
    const char* name;
    int watchers;
    int streams;
    enum class Keys { one, different, prefix } keys;
    int puts;
    int outstanding;
};

load::WatchCount countIn(const grpc::ByteBuffer& response) {
    grpc::Slice slice;
    if (!response.TrySingleSlice(&slice).ok() && !response.DumpToSingleSlice(&slice).ok()) return {};
    return load::countWatchEvents({reinterpret_cast<const char*>(slice.begin()), slice.size()});
}

std::string keyOf(const Case& test, int watcher) {
    switch (test.keys) {
        case Case::Keys::one:
            return "watched";
        case Case::Keys::different:
            return "watched" + std::to_string(watcher);
        default:
            return "w" + std::to_string(watcher % 100) + "/";
    }
}

class Client {
public:
    explicit Client(const std::string& endpoint) {
        grpc::ChannelArguments arguments;
        arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
        arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
        for (int i = 0; i < 10; ++i) {
            m_channels.push_back(grpc::CreateCustomChannel(endpoint, grpc::InsecureChannelCredentials(), arguments));
        }
        m_kv = pb::KV::NewStub(grpc::CreateCustomChannel(endpoint, grpc::InsecureChannelCredentials(), arguments));
    }
    ~Client() {
        for (auto& stream : m_streams) stream->context.TryCancel();
        m_queue.Shutdown();
        if (m_reader.joinable()) m_reader.join();
    }

    bool open(const Case& test) {
        for (int i = 0; i < test.streams; ++i) {
            auto& stream = *m_streams.emplace_back(std::make_unique<Stream>());
            grpc::GenericStub stub(m_channels[static_cast<std::size_t>(i) % m_channels.size()]);
            stream.call = stub.PrepareCall(&stream.context, "/etcdserverpb.Watch/Watch", &m_queue);
            stream.call->StartCall(&stream);
            for (int w = i; w < test.watchers; w += test.streams) stream.keys.push_back(keyOf(test, w));
            stream.prefix = test.keys == Case::Keys::prefix;
        }
        m_reader = std::thread([this] { read(); });
        const auto until = Steady::now() + std::chrono::seconds(120);
        while (m_created < test.watchers && Steady::now() < until)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        return m_created >= test.watchers;
    }

    // Makes the puts, and waits for their events.
    bool run(const Case& test, std::uint64_t expected) {
        std::vector<std::thread> writers;
        std::atomic<int> next{0};
        std::atomic<bool> failed{false};
        for (int i = 0; i < test.outstanding; ++i) {
            writers.emplace_back([&] {
                for (int n = next++; n < test.puts && !failed; n = next++) {
                    grpc::ClientContext context;
                    pb::PutRequest request;
                    request.set_key(keyOf(test, n % test.watchers) +
                                    (test.keys == Case::Keys::prefix ? std::to_string(n) : ""));
                    request.set_value(std::string(256, 'v'));
                    pb::PutResponse response;
                    if (!m_kv->Put(&context, request, &response).ok()) failed = true;
                }
            });
        }
        for (std::thread& writer : writers) writer.join();
        std::uint64_t last = 0;
        auto quietSince = Steady::now();
        while (m_events < expected && Steady::now() - quietSince < std::chrono::seconds(20)) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
            if (std::exchange(last, m_events.load()) != m_events) quietSince = Steady::now();
        }
        return !failed && m_events == expected;
    }
    std::uint64_t events() const { return m_events; }
    std::uint64_t responses() const { return m_responses; }

private:
    struct Stream {
        grpc::ClientContext context;
        std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call;
        grpc::ByteBuffer incoming;
        std::vector<std::string> keys;
        std::size_t asked = 0;
        bool prefix = false;
    };

    void ask(Stream& stream) {
        pb::WatchRequest request;
        const std::string& key = stream.keys[stream.asked++];
        request.mutable_create_request()->set_key(key);
        if (stream.prefix) {
            std::string end = key;
            ++end.back();
            request.mutable_create_request()->set_range_end(end);
        }
        const grpc::Slice slice(request.SerializeAsString());
        stream.call->Write(grpc::ByteBuffer(&slice, 1), &stream);
    }
    // Each stream has one operation at a time: start, write, read, write, read, ... then reads.
    void read() {
        void* tag = nullptr;
        bool ok = false;
        while (m_queue.Next(&tag, &ok)) {
            auto& stream = *static_cast<Stream*>(tag);
            if (!ok) continue;
            if (stream.incoming.Valid()) {
                const load::WatchCount counted = countIn(stream.incoming);
                stream.incoming.Clear();
                m_events += counted.events;
                ++m_responses;
                if (counted.created) {
                    ++m_created;
                    if (stream.asked < stream.keys.size()) {
                        ask(stream);
                        continue;
                    }
                }
                stream.call->Read(&stream.incoming, &stream);
            } else if (stream.asked == 0) {
                ask(stream);
            } else {
                stream.call->Read(&stream.incoming, &stream);
            }
        }
    }

    std::vector<std::shared_ptr<grpc::Channel>> m_channels;
    std::unique_ptr<pb::KV::Stub> m_kv;
    grpc::CompletionQueue m_queue;
    std::vector<std::unique_ptr<Stream>> m_streams;
    std::thread m_reader;
    std::atomic<int> m_created{0};
    std::atomic<std::uint64_t> m_events{0};
    std::atomic<std::uint64_t> m_responses{0};
};

void measure(const std::string& program, const char* label, const Case& test, const std::string& directory) {
    ServerGroup server;
    const std::string problem = ServerGroup::start(program, 1, directory, {}, server);
    if (!problem.empty()) {
        std::printf("%-10s %s: %s\n", label, test.name, problem.c_str());
        return;
    }
    Client client(server.endpoints()[0]);
    if (!client.open(test)) {
        std::printf("%-10s %s: the watchers were not all created\n", label, test.name);
        return;
    }
    const std::uint64_t each = test.keys == Case::Keys::one         ? static_cast<std::uint64_t>(test.watchers)
                               : test.keys == Case::Keys::different ? 1
                                                                    : static_cast<std::uint64_t>(test.watchers / 100);
    const Usage before = server.usage();
    const auto begin = Steady::now();
    const bool whole = client.run(test, each * static_cast<std::uint64_t>(test.puts));
    const double seconds = std::chrono::duration<double>(Steady::now() - begin).count();
    const Usage after = server.usage();
    const auto events = static_cast<double>(client.events());
    std::printf("%-10s %-34s %9.0f events/s  %6.2f us CPU/event  %5.1f events/response  %4.0f MB%s\n", label, test.name,
                events / seconds, (after.cpuSeconds - before.cpuSeconds) * 1e6 / events,
                events / static_cast<double>(client.responses() - static_cast<std::uint64_t>(test.watchers)),
                static_cast<double>(after.residentBytes) / 1e6, whole ? "" : "  (EVENTS MISSING)");
    std::fflush(stdout);
}

}  // namespace
}  // namespace raftarium::bench

int main(int argc, char** argv) {
    using namespace raftarium::bench;
    CLI::App app("Measures watchers at scale, ours beside real etcd.");
    std::string node, etcd = "/usr/bin/etcd", only;
    bool oursOnly = false;
    app.add_option("--node", node, "the raftarium-node to measure")->required();
    app.add_option("--etcd", etcd, "path of etcd");
    app.add_option("--only", only, "only cases whose name has this");
    app.add_flag("--ours", oursOnly, "not etcd");
    CLI11_PARSE(app, argc, argv);
    using Keys = Case::Keys;
    const Case cases[] = {
        {"one key, 10 streams, 1 writer", 10'000, 10, Keys::one, 100, 1},
        {"one key, 10 streams, 16 writers", 10'000, 10, Keys::one, 300, 16},
        {"one key, 1 stream, 16 writers", 10'000, 1, Keys::one, 200, 16},
        {"one key, 1000 streams, 16 writers", 10'000, 1000, Keys::one, 200, 16},
        {"different keys, 10 streams", 10'000, 10, Keys::different, 20'000, 16},
        {"100 prefixes, 10 streams", 10'000, 10, Keys::prefix, 10'000, 16},
    };
    const auto directory = std::filesystem::temp_directory_path() / ("raftarium-watch-" + std::to_string(::getpid()));
    std::filesystem::create_directories(directory);
    int number = 0;
    for (const Case& test : cases) {
        if (std::string(test.name).find(only) == std::string::npos) continue;
        const std::string own = (directory / std::to_string(number++)).string();
        measure(node, "raftarium", test, own + "-a");
        if (!oursOnly) measure(etcd, "etcd", test, own + "-b");
    }
    std::filesystem::remove_all(directory);
}
