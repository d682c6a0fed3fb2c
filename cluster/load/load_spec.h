// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What a load generator should do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace raftarium::load {

enum class LoadKind : std::uint8_t { put, range, txn, lease, watch };
std::optional<LoadKind> parseLoadKind(std::string_view text);
const char* loadKindName(LoadKind kind);

struct LoadSpec {
    LoadKind kind = LoadKind::put;
    std::vector<std::string> endpoints;  // "127.0.0.1:2379"; connections are spread over them
    int clients = 100;                   // calls in progress at any time
    int connections = 10;                // HTTP/2 connections, shared by the clients
    std::size_t keyBytes = 8;
    std::size_t valueBytes = 256;
    std::uint64_t total = 100'000;     // operations; of kind watch: puts
    double ratePerSecond = 0;          // evenly spaced; 0 = as fast as possible
    std::uint64_t keySpace = 100'000;  // number of different keys
    bool sequentialKeys = false;       // keys in order instead of random ones; kinds put and txn
    bool serializable = false;         // kind range
    int txnOps = 4;                    // puts of one txn
    int watchers = 100;                // kind watch: watchers of the written keys
    std::uint64_t seed = 1;
};

}  // namespace raftarium::load
