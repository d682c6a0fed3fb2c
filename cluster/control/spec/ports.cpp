// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/control/spec/ports.h"

#include "cluster/base/rng.h"
#include "cluster/control/fd.h"

#include <algorithm>
#include <arpa/inet.h>
#include <fstream>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>

namespace raftarium::control {
namespace {

constexpr std::uint16_t kLowest = 20000;
constexpr std::uint16_t kHighest = 32000;

std::uint16_t highestUsable() {
    std::ifstream in("/proc/sys/net/ipv4/ip_local_port_range");
    unsigned first = 32768;
    in >> first;
    return static_cast<std::uint16_t>(std::clamp<unsigned>(first, kLowest + 1000U, kHighest));
}

}  // namespace

bool portIsFree(std::uint16_t port) {
    const Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket) return false;
    // As servers do: connections of an earlier one that linger do not count, a listener does.
    const int on = 1;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
           ::listen(socket.get(), 1) == 0;
}

base::Result<std::vector<std::uint16_t>> choosePorts(std::size_t count, const std::set<std::uint16_t>& taken,
                                                     std::uint64_t seed) {
    const std::uint16_t highest = highestUsable();
    const auto span = static_cast<std::uint64_t>(highest - kLowest);
    base::Rng rng(seed);
    const std::uint64_t start = rng.below(span);
    std::vector<std::uint16_t> ports;
    for (std::uint64_t step = 0; step < span && ports.size() < count; ++step) {
        const auto port = static_cast<std::uint16_t>(kLowest + (start + step) % span);
        if (port == kLowest) ports.clear();  // wrapped around
        if (taken.count(port) == 0 && portIsFree(port)) {
            ports.push_back(port);
        } else {
            ports.clear();
        }
    }
    if (ports.size() == count) return ports;
    return base::sayError(
        base::Errc::unavailable,
        {RAFTARIUM_TEXT(
             "Control",
             "no {0} consecutive free ports between {1} and {2} on 127.0.0.1: stop programs that listen there"),
         {count, kLowest, highest}});
}

}  // namespace raftarium::control
