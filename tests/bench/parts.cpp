// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// ./dev bench --parts: what the pieces of a put's way cost alone (Google Benchmark; its flags apply).
#include "cluster/base/coding.h"
#include "cluster/base/rng.h"
#include "cluster/mvcc/index/key_index.h"
#include "cluster/mvcc/watch/watcher_index.h"
#include "cluster/node/telemetry/telemetry_publisher.h"
#include "cluster/node/telemetry/telemetry_values.h"
#include "cluster/observe/feed/feed.h"
#include "cluster/observe/history.h"
#include "cluster/storage/wal/wal_format.h"
#include "cluster/wire/message_codec.h"
#include "cluster/wire/requests.h"
#include "proto/etcd/rpc.pb.h"
#include "proto/raftarium/telemetry.pb.h"
#include "tests/observe/synthetic_cluster.h"

#include <benchmark/benchmark.h>
#include <cstdio>
#include <string>
#include <vector>

using namespace raftarium;

namespace {

constexpr std::size_t kValueBytes = 256;

std::string keyOf(std::uint64_t n) {
    char text[24];
    std::snprintf(text, sizeof text, "%08llu", static_cast<unsigned long long>(n));
    return text;
}

std::string putPayload(std::uint64_t n) {
    etcdserverpb::PutRequest put;
    put.set_key(keyOf(n));
    put.set_value(std::string(kValueBytes, 'v'));
    return wire::wrapRequest(wire::RequestField::put, put, n);
}

std::vector<raft::Entry> entries(std::uint64_t count) {
    std::vector<raft::Entry> out;
    for (std::uint64_t i = 1; i <= count; ++i) {
        raft::Entry entry;
        entry.term = 2;
        entry.index = i;
        entry.data = base::Bytes(putPayload(i));
        out.push_back(std::move(entry));
    }
    return out;
}

void crc32c(benchmark::State& state) {
    const std::string data(static_cast<std::size_t>(state.range(0)), 'x');
    for (auto _ : state) benchmark::DoNotOptimize(base::crc32c(0, data));
    state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(crc32c)->Arg(300)->Arg(64 << 10);

void walEncodeEntry(benchmark::State& state) {
    const auto batch = entries(50);
    storage::WalEncoder encoder;
    for (auto _ : state) {
        encoder.clearBuffer();
        for (const raft::Entry& entry : batch) encoder.addEntry(entry);
        benchmark::DoNotOptimize(encoder.buffer().data());
    }
    state.SetItemsProcessed(state.iterations() * 50);
}
BENCHMARK(walEncodeEntry);

void requestWrap(benchmark::State& state) {
    etcdserverpb::PutRequest put;
    put.set_key(keyOf(1));
    put.set_value(std::string(kValueBytes, 'v'));
    const std::string encoded = put.SerializeAsString();
    std::uint64_t id = 0;
    for (auto _ : state) benchmark::DoNotOptimize(wire::wrapRequest(wire::RequestField::put, encoded, ++id));
}
BENCHMARK(requestWrap);

void requestDecode(benchmark::State& state) {
    const std::string payload = putPayload(1);
    wire::RequestDecoder decoder;
    for (auto _ : state) benchmark::DoNotOptimize(decoder.decode(payload).requestId);
}
BENCHMARK(requestDecode);

raft::Message append(std::uint64_t count) {
    raft::Message message;
    message.type = raft::MessageType::app;
    message.from = 1;
    message.to = 2;
    message.term = 2;
    message.entries = entries(count);
    return message;
}

void messageEncode(benchmark::State& state) {
    const raft::Message message = append(50);
    std::string out;
    for (auto _ : state) {
        out.clear();
        wire::encodeMessage(message, out);
        benchmark::DoNotOptimize(out.data());
    }
    state.SetItemsProcessed(state.iterations() * 50);
}
BENCHMARK(messageEncode);

void messageDecode(benchmark::State& state) {
    std::string bytes;
    wire::encodeMessage(append(50), bytes);
    for (auto _ : state) {
        const auto message = wire::decodeMessage(bytes);
        benchmark::DoNotOptimize(message->entries.size());
    }
    state.SetItemsProcessed(state.iterations() * 50);
}
BENCHMARK(messageDecode);

void keyIndexFind(benchmark::State& state) {
    mvcc::KeyIndex index;
    const auto count = static_cast<std::uint64_t>(state.range(0));
    for (std::uint64_t i = 0; i < count; ++i) index.findOrAdd(keyOf(i));
    base::Rng rng(1);
    for (auto _ : state) benchmark::DoNotOptimize(&index.findOrAdd(keyOf(rng.below(count))));
}
BENCHMARK(keyIndexFind)->Arg(10'000)->Arg(1'000'000);

void keyIndexAdd(benchmark::State& state) {
    mvcc::KeyIndex index;
    base::Rng rng(1);
    for (auto _ : state) benchmark::DoNotOptimize(&index.findOrAdd(keyOf(rng.next() % 100'000'000)));
}
BENCHMARK(keyIndexAdd)->Iterations(500'000);

void watcherIndexFind(benchmark::State& state) {
    mvcc::WatcherIndex index;
    const auto count = static_cast<std::uint64_t>(state.range(0));
    for (std::uint64_t i = 0; i < count; ++i) {
        // Half of them on a key each, half on a range of ten.
        auto* watcher = reinterpret_cast<mvcc::Watcher*>(i + 1);
        const std::string from = keyOf(i * 10), to = keyOf(i * 10 + 10);
        index.add(i % 2 == 0 ? mvcc::KeyRange{from, {}} : mvcc::KeyRange{from, to}, watcher);
    }
    base::Rng rng(1);
    std::vector<mvcc::Watcher*> found;
    for (auto _ : state) {
        found.clear();
        index.find(keyOf(rng.below(count * 10)), found);
        benchmark::DoNotOptimize(found.data());
    }
}
BENCHMARK(watcherIndexFind)->Arg(100)->Arg(10'000);

void telemetryLeftOut(benchmark::State& state) {
    node::TelemetryBudget budget(10);
    budget.roll(base::kSecond);
    std::uint64_t id = 0;
    for (auto _ : state) benchmark::DoNotOptimize(budget.admits(++id));
}
BENCHMARK(telemetryLeftOut);

telemetry::Event messageEvent(std::uint64_t counter) {
    telemetry::MessageSent sent;
    sent.message.key = {1, 2, counter};
    sent.message.type = static_cast<std::uint8_t>(raft::MessageType::app);
    return {static_cast<base::Nanoseconds>(counter), 0, counter, sent};
}

void telemetryPublish(benchmark::State& state) {
    node::TelemetryHub hub;
    const auto cursor = hub.subscribe(0, {});
    std::vector<telemetry::Event> events, read;
    for (auto _ : state) {
        for (std::uint64_t i = 0; i < 16; ++i) events.push_back(messageEvent(i));
        hub.publish(events);
        read.clear();
        benchmark::DoNotOptimize(cursor->read(read, 512));
    }
    state.SetItemsProcessed(state.iterations() * 16);
}
BENCHMARK(telemetryPublish);

void telemetryEncode(benchmark::State& state) {
    std::vector<telemetry::Event> events;
    for (std::uint64_t i = 1; i <= 16; ++i) events.push_back(messageEvent(i));
    std::string out;
    for (auto _ : state) {
        telemetry::v1::EventBatch batch;
        telemetry::encodeEvents(events, node::describer(), batch);
        batch.SerializeToString(&out);
        benchmark::DoNotOptimize(out.data());
    }
    state.SetItemsProcessed(state.iterations() * 16);
}
BENCHMARK(telemetryEncode);

// Nine nodes under 600 puts a second, as the app gets them.
const std::vector<observe::Event>& nineNodes() {
    static const std::vector<observe::Event> events = [] {
        testing::SyntheticOptions options;
        options.nodes = 9;
        options.putsPerSecond = 600;
        options.durationNs = 6'000'000'000;
        options.killLeaderNs = options.partitionNs = 0;
        return testing::synthesize(options);
    }();
    return events;
}

void observeReduce(benchmark::State& state) {
    for (auto _ : state) {
        observe::ClusterState cluster;
        for (const observe::Event& event : nineNodes()) observe::reduce(cluster, event);
        benchmark::DoNotOptimize(cluster.term);
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(nineNodes().size()));
}
BENCHMARK(observeReduce)->Unit(benchmark::kMillisecond);

void observeDescribe(benchmark::State& state) {
    observe::ClusterState cluster;
    for (const observe::Event& event : nineNodes()) observe::reduce(cluster, event);
    for (auto _ : state)
        for (const observe::Event& event : nineNodes()) benchmark::DoNotOptimize(observe::describe(event, cluster));
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(nineNodes().size()));
}
BENCHMARK(observeDescribe)->Unit(benchmark::kMillisecond);

// A frame's worth at a time; late: each node's events come in batches of this many milliseconds.
void observeAppend(benchmark::State& state) {
    constexpr observe::TimeNs kFrame = 16'000'000;
    const observe::TimeNs batch = state.range(0) * 1'000'000;
    std::vector<std::vector<observe::Event>> frames;
    for (const observe::Event& event : nineNodes()) {
        const auto shift = static_cast<observe::TimeNs>(event.node % 97) * batch / 97;
        const observe::TimeNs sent = batch == 0 ? event.atNs : ((event.atNs + shift) / batch + 1) * batch - shift;
        const auto frame = static_cast<std::size_t>(sent / kFrame);
        if (frames.size() <= frame) frames.resize(frame + 1);
        frames[frame].push_back(event);
    }
    for (auto _ : state) {
        state.PauseTiming();
        auto copy = frames;
        auto history = std::make_unique<observe::History>();
        state.ResumeTiming();
        for (auto& frame : copy) history->append(std::move(frame));
        state.PauseTiming();
        benchmark::DoNotOptimize(history->size());
        history.reset();
        copy.clear();
        state.ResumeTiming();
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(nineNodes().size()));
}
BENCHMARK(observeAppend)->Arg(0)->Arg(20)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
