// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Calls of etcd's API at the first endpoint that can serve them. Internal to this layer.
#pragma once

#include "cluster/base/result.h"
#include "cluster/client/channels_internal.h"
#include "cluster/client/etcd_types.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>

namespace raftarium::client {

enum class Retry : std::uint8_t { never, reads };

inline void setDeadline(grpc::ClientContext& context, std::int64_t timeoutMs) {
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(timeoutMs));
}

// True if another endpoint may be able to answer.
inline bool mayBeElsewhere(const base::Error& error) {
    return error.code == base::Errc::unavailable || error.code == base::Errc::timeout;
}

// A write is sent only once, because without an answer it is unknown whether the write was done. A read goes to the
// next endpoint if one cannot serve it.
template <typename Service, typename Request, typename Response>
base::Result<Response> callEtcd(Endpoints& endpoints, const ClientOptions& options, Retry retry,
                                grpc::Status (Service::Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                const Request& request) {
    base::Error last;
    const std::size_t tries = retry == Retry::reads ? endpoints.size() : 1;
    for (std::size_t i = 0; i < std::max<std::size_t>(tries, 1); ++i) {
        const auto endpoint = endpoints.choose(options.dialTimeoutMs);
        if (!endpoint.ok()) return i == 0 ? endpoint.error() : last;
        grpc::ClientContext context;
        setDeadline(context, options.requestTimeoutMs);
        Response response;
        const auto stub = Service::NewStub((*endpoint)->channel);
        const grpc::Status status = (*stub.*method)(&context, request, &response);
        if (status.ok()) return response;
        last = errorOf(status, (*endpoint)->target);
        // The next call begins at another endpoint: this one may be frozen although it is connected.
        if (mayBeElsewhere(last)) endpoints.avoid(*endpoint);
        if (status.error_code() != grpc::StatusCode::UNAVAILABLE) break;
    }
    return last;
}

}  // namespace raftarium::client
