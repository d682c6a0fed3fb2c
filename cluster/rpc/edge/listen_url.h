// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The URLs of flags and members, http://HOST:PORT and unix://PATH, as gRPC addresses; and whether listening there
// works.
#pragma once

#include "cluster/base/result.h"

#include <string>

namespace raftarium::rpc {

struct ListenUrl {
    std::string scheme;  // http, https, unix, unixs
    std::string host;    // the path if the scheme is unix
    int port = 0;        // 0 if the scheme is unix
    // For gRPC: "127.0.0.1:2379", "[::1]:2379", "unix:/path".
    std::string address() const;
};

// Errors name the URL and its fault: the scheme, a missing or wrong port, a path behind the port.
base::Result<ListenUrl> parseListenUrl(const std::string& url);

// Binds the address and releases it, because gRPC does not say why it cannot listen. Errors name the flag and the URL.
base::Status checkListenable(const std::string& flag, const std::string& url);

}  // namespace raftarium::rpc
