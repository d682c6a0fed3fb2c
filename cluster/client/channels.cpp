// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/client/channels_internal.h"
#include "proto/etcd/rpc.grpc.pb.h"

#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <string_view>
#include <utility>

namespace raftarium::client {

namespace {

using Clock = std::chrono::system_clock;  // the clock of gRPC's deadlines
constexpr std::chrono::milliseconds kSlice{50};
// Servers close a connection that sends pings more often than every five seconds.
constexpr int kProbeEveryMs = 6000, kProbeAnswerMs = 5000;

base::Errc codeOf(grpc::StatusCode code) {
    switch (code) {
        case grpc::StatusCode::INVALID_ARGUMENT:
            return base::Errc::invalidArgument;
        case grpc::StatusCode::NOT_FOUND:
            return base::Errc::notFound;
        case grpc::StatusCode::ALREADY_EXISTS:
            return base::Errc::exists;
        case grpc::StatusCode::OUT_OF_RANGE:
            return base::Errc::outOfRange;
        case grpc::StatusCode::UNAVAILABLE:
            return base::Errc::unavailable;
        case grpc::StatusCode::DEADLINE_EXCEEDED:
            return base::Errc::timeout;
        case grpc::StatusCode::RESOURCE_EXHAUSTED:
            return base::Errc::noSpace;
        case grpc::StatusCode::DATA_LOSS:
            return base::Errc::corruption;
        case grpc::StatusCode::UNIMPLEMENTED:
            return base::Errc::unimplemented;
        case grpc::StatusCode::ABORTED:
        case grpc::StatusCode::CANCELLED:
        case grpc::StatusCode::FAILED_PRECONDITION:
            return base::Errc::aborted;
        default:
            return base::Errc::internal;
    }
}

}  // namespace

bool awaitConnected(grpc::Channel& channel, Clock::time_point deadline, const std::atomic<bool>* stop) {
    for (;;) {
        const grpc_connectivity_state state = channel.GetState(true);
        if (state == GRPC_CHANNEL_READY) return true;
        if (state == GRPC_CHANNEL_TRANSIENT_FAILURE || state == GRPC_CHANNEL_SHUTDOWN) return false;
        if (stop && stop->load()) return false;
        const auto until = std::min(deadline, Clock::now() + kSlice);
        if (!channel.WaitForStateChange(state, until) && Clock::now() >= deadline) return false;
    }
}

// Only a call returns the reason.
std::string whyUnreachable(const Endpoint& endpoint) {
    grpc::ClientContext context;
    context.set_deadline(Clock::now() + kSlice);
    etcdserverpb::StatusResponse answer;
    const auto stub = etcdserverpb::Maintenance::NewStub(endpoint.channel);
    const grpc::Status status = stub->Status(&context, etcdserverpb::StatusRequest(), &answer);
    if (status.error_code() != grpc::StatusCode::UNAVAILABLE) return "it does not answer";
    constexpr std::string_view kWhy = "Failed to connect to remote host: ";
    std::string text = status.error_message();
    if (const std::size_t at = text.rfind(kWhy); at != std::string::npos) text = text.substr(at + kWhy.size());
    if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])) != 0)
        text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
    return text;
}

std::string targetOf(const std::string& address) {
    return address.rfind("http://", 0) == 0 ? address.substr(7) : address;
}

std::shared_ptr<grpc::Channel> openChannel(const std::string& target, Probe probe) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
    arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 250);
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    // Channels with the same arguments would share one connection.
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetMaxReceiveMessageSize(-1);
    if (probe == Probe::yes) {
        arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kProbeEveryMs);
        arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kProbeAnswerMs);
        arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);  // a watch sends no data while it waits
    }
    return grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments);
}

base::Error errorOf(const grpc::Status& status, const std::string& where) {
    base::Error error{codeOf(status.error_code()), status.error_message()};
    if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) error.text = "no answer in time";
    if (error.text.empty()) error.text = "gRPC status " + std::to_string(status.error_code()) + " without a text";
    // Errors of etcd's API are complete; errors of the connection need the endpoint.
    if (error.text.rfind("etcdserver:", 0) != 0) error.text = where + ": " + error.text;
    return error;
}

Endpoints::Endpoints(const std::vector<std::string>& addresses, Probe probe) {
    for (const std::string& address : addresses) {
        if (address.rfind("https://", 0) == 0)
            m_bad = "endpoint " + address + ": TLS is not implemented in this client yet; use an http endpoint";
        const std::string target = targetOf(address);
        if (target.empty() || target == "unix:") m_bad = "an endpoint is empty";
        m_endpoints.push_back({target, nullptr});
    }
    if (addresses.empty()) m_bad = "no endpoint is given";
    if (!m_bad.empty()) return;
    for (Endpoint& endpoint : m_endpoints) endpoint.channel = openChannel(endpoint.target, probe);
}

base::Result<const Endpoint*> Endpoints::choose(std::int64_t timeoutMs, const std::atomic<bool>* stop) {
    if (!m_bad.empty()) return base::Error{base::Errc::invalidArgument, m_bad};
    const auto deadline = Clock::now() + std::chrono::milliseconds(std::max<std::int64_t>(timeoutMs, 1));
    const std::size_t first = m_preferred.load();
    for (bool again = true; again;) {
        again = Clock::now() < deadline && !(stop && stop->load());
        for (std::size_t i = 0; i < m_endpoints.size(); ++i) {
            const std::size_t at = (first + i) % m_endpoints.size();
            // An endpoint that neither answers nor refuses must not use the time of the others.
            const auto share = m_endpoints.size() > 1 ? std::min(deadline, Clock::now() + 4 * kSlice) : deadline;
            if (!awaitConnected(*m_endpoints[at].channel, share, stop)) continue;
            m_preferred = at;
            return &m_endpoints[at];
        }
        // All refused. Wait until the first of them is tried again.
        if (again) {
            auto& channel = *m_endpoints[first % m_endpoints.size()].channel;
            channel.WaitForStateChange(channel.GetState(true), std::min(deadline, Clock::now() + kSlice));
        }
    }
    if (stop && stop->load()) return base::Error{base::Errc::unavailable, "stopped"};
    return nobody();
}

base::Error Endpoints::nobody() const {
    if (m_endpoints.size() == 1) {
        const Endpoint& only = m_endpoints.front();
        return {base::Errc::unavailable, "cannot connect to " + only.target + ": " + whyUnreachable(only)};
    }
    std::string all;
    for (const Endpoint& endpoint : m_endpoints)
        all += (all.empty() ? "" : "; ") + endpoint.target + ": " + whyUnreachable(endpoint);
    return {base::Errc::unavailable, "no endpoint can be reached (" + all + "): is the cluster running?"};
}

void Endpoints::avoid(const Endpoint* endpoint) {
    std::size_t at = static_cast<std::size_t>(endpoint - m_endpoints.data());
    m_preferred.compare_exchange_strong(at, (at + 1) % m_endpoints.size());
}

}  // namespace raftarium::client
