// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The URLs of flags and members: http://HOST:PORT and unix://PATH, as gRPC addresses, and whether one can listen there.
#pragma once

#include "cluster/base/result.h"

#include <string>

namespace raftarium::rpc {

struct ListenUrl {
    std::string scheme;  // http, https, unix, unixs
    std::string host;    // for unix: the path
    int port = 0;        // 0 for unix
    // For gRPC: "127.0.0.1:2379", "[::1]:2379", "unix:/path".
    std::string address() const;
};

// Errors name the URL and what is wrong: scheme, missing or bad port, a path after it.
base::Result<ListenUrl> parseListenUrl(const std::string& url);

// Tries to bind and lets go again: gRPC itself does not say why it could not. The error names the flag and the URL.
base::Status checkListenable(const std::string& flag, const std::string& url);

}  // namespace raftarium::rpc
