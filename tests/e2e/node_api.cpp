// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/e2e/node_api.h"

#include "tests/e2e/node_cluster.h"

#include <grpcpp/grpcpp.h>

#include <chrono>

namespace raftarium::e2e {
namespace {

namespace pb = etcdserverpb;

void setTimeout(grpc::ClientContext& context, int milliseconds) {
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(milliseconds));
}

// gRPC's connections progress while somebody waits on them: calls that fail at once because there is none yet would
// leave it to a look every five seconds.
void awaitConnection(grpc::Channel& channel) {
    channel.WaitForConnected(std::chrono::system_clock::now() + std::chrono::milliseconds(100));
}

}  // namespace

std::shared_ptr<grpc::Channel> openChannel(const QString& address) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
    arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5'000);  // the limit of one attempt
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 200);
    arguments.SetMaxReceiveMessageSize(-1);
    const std::string target = (address.startsWith("unix:") ? address : "ipv4:" + address).toStdString();
    return grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments);
}

std::optional<pb::StatusResponse> memberStatus(const QString& endpoint) {
    grpc::ClientContext context;
    setTimeout(context, 5'000);
    pb::StatusResponse response;
    if (!pb::Maintenance::NewStub(openChannel(endpoint))->Status(&context, {}, &response).ok()) return std::nullopt;
    return response;
}

int leaderOf(const std::vector<QString>& endpoints) {
    int leader = -1;
    std::uint64_t agreed = 0;
    for (std::size_t i = 0; i < endpoints.size(); ++i) {
        const auto status = memberStatus(endpoints[i]);
        if (!status) continue;
        if (status->leader() == 0 || (agreed != 0 && agreed != status->leader())) return -1;
        agreed = status->leader();
        if (status->header().member_id() == agreed) leader = static_cast<int>(i);
    }
    return leader;
}

bool putKey(const std::shared_ptr<grpc::Channel>& channel, const std::string& key, const std::string& value,
            int timeoutMs) {
    awaitConnection(*channel);
    grpc::ClientContext context;
    setTimeout(context, timeoutMs);
    pb::PutRequest request;
    request.set_key(key);
    request.set_value(value);
    pb::PutResponse response;
    return pb::KV::NewStub(channel)->Put(&context, request, &response).ok();
}

bool putEventually(const std::shared_ptr<grpc::Channel>& channel, const std::string& key, const std::string& value) {
    return waitUntil([&] { return putKey(channel, key, value); });
}

std::optional<std::set<std::string>> readOnce(const std::shared_ptr<grpc::Channel>& channel, const std::string& key,
                                              const std::string& end) {
    awaitConnection(*channel);
    grpc::ClientContext context;
    setTimeout(context, 10'000);
    pb::RangeRequest request;
    request.set_key(key);
    request.set_range_end(end);
    request.set_keys_only(true);
    pb::RangeResponse response;
    if (!pb::KV::NewStub(channel)->Range(&context, request, &response).ok()) return std::nullopt;
    std::set<std::string> keys;
    for (const auto& kv : response.kvs()) keys.insert(kv.key());
    return keys;
}

std::optional<std::set<std::string>> keysWithPrefix(const std::shared_ptr<grpc::Channel>& channel,
                                                    const std::string& prefix) {
    std::string end = prefix;
    ++end.back();
    std::optional<std::set<std::string>> keys;
    waitUntil([&] { return (keys = readOnce(channel, prefix, end)).has_value(); });
    return keys;
}

std::optional<pb::HashKVResponse> hashKv(const QString& endpoint) {
    grpc::ClientContext context;
    setTimeout(context, 10'000);
    pb::HashKVResponse response;
    if (!pb::Maintenance::NewStub(openChannel(endpoint))->HashKV(&context, {}, &response).ok()) return std::nullopt;
    return response;
}

bool sameStore(const std::vector<QString>& endpoints) {
    std::set<std::pair<std::int64_t, std::uint32_t>> found;
    for (const QString& endpoint : endpoints) {
        const auto hash = hashKv(endpoint);
        if (!hash) return false;
        found.emplace(hash->header().revision(), hash->hash());
    }
    return found.size() == 1;
}

Writer::Writer(const QString& endpoint, std::string prefix, int threads)
    : m_channel(openChannel(endpoint)), m_prefix(std::move(prefix)) {
    for (int i = 0; i < threads; ++i) {
        m_threads.emplace_back([this] {
            while (!m_stopping) {
                const std::string key = m_prefix + std::to_string(m_next.fetch_add(1));
                // Not long: what a change of leaders lost is not answered any more.
                if (!putKey(m_channel, key, "value of " + key, 3'000)) continue;
                ++m_count;
                const std::lock_guard lock(m_mutex);
                m_acknowledged.insert(key);
            }
        });
    }
}

void Writer::stop() {
    m_stopping = true;
    for (std::thread& thread : m_threads) {
        if (thread.joinable()) thread.join();
    }
}

std::set<std::string> Writer::acknowledged() const {
    const std::lock_guard lock(m_mutex);
    return m_acknowledged;
}

Subscriber::Subscriber(const QString& adminSocket) {
    m_thread = std::thread([this, adminSocket] {
        const auto stub =
            raftarium::telemetry::v1::Telemetry::NewStub(openChannel(QStringLiteral("unix:") + adminSocket));
        raftarium::telemetry::v1::SubscribeRequest request;
        request.set_max_events_per_second(1'000'000);
        const auto stream = stub->Subscribe(&m_context, request);
        raftarium::telemetry::v1::EventBatch batch;
        while (stream->Read(&batch)) {
            const std::lock_guard lock(m_mutex);
            if (batch.has_full_state()) m_state = batch.full_state();
            m_events.insert(m_events.end(), batch.events().begin(), batch.events().end());
        }
        stream->Finish();
    });
}

void Subscriber::stop() {
    m_context.TryCancel();
    if (m_thread.joinable()) m_thread.join();
}

std::vector<raftarium::telemetry::v1::Event> Subscriber::events() const {
    const std::lock_guard lock(m_mutex);
    return m_events;
}

std::optional<raftarium::telemetry::v1::FullState> Subscriber::state() const {
    const std::lock_guard lock(m_mutex);
    return m_state;
}

}  // namespace raftarium::e2e
