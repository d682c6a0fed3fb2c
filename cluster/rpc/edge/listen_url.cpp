// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/edge/listen_url.h"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace raftarium::rpc {
namespace {

base::Error invalid(const std::string& url, const std::string& why) {
    return {base::Errc::invalidArgument, "bad URL \"" + url + "\": " + why};
}

base::Status tryBind(const addrinfo& address) {
    const int fd = socket(address.ai_family, address.ai_socktype | SOCK_CLOEXEC, address.ai_protocol);
    if (fd < 0) return base::Error{base::Errc::unavailable, std::strerror(errno)};
    const int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address.ai_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    base::Status result;
    if (bind(fd, address.ai_addr, address.ai_addrlen) != 0 || listen(fd, 1) != 0) {
        result = base::Error{base::Errc::unavailable, std::strerror(errno)};
    }
    close(fd);
    return result;
}

}  // namespace

std::string ListenUrl::address() const {
    if (scheme == "unix" || scheme == "unixs") return "unix:" + host;
    const std::string bracketed = host.find(':') == std::string::npos ? host : "[" + host + "]";
    return bracketed + ":" + std::to_string(port);
}

base::Result<ListenUrl> parseListenUrl(const std::string& url) {
    const std::size_t mark = url.find("://");
    if (mark == std::string::npos) return invalid(url, "it must begin with http:// or unix://");
    ListenUrl out;
    out.scheme = url.substr(0, mark);
    const std::string rest = url.substr(mark + 3);
    if (out.scheme == "unix" || out.scheme == "unixs") {
        if (rest.empty()) return invalid(url, "the path of the socket is missing");
        out.host = rest;
        return out;
    }
    if (out.scheme != "http" && out.scheme != "https") return invalid(url, "unknown scheme \"" + out.scheme + "\"");
    const std::size_t colon = rest.rfind(':');
    const std::size_t bracket = rest.rfind(']');
    if (colon == std::string::npos || (bracket != std::string::npos && colon < bracket)) {
        return invalid(url, "the port is missing (host:port)");
    }
    std::string portText = rest.substr(colon + 1);
    if (!portText.empty() && portText.back() == '/') portText.pop_back();
    const char* end = portText.data() + portText.size();
    const auto parsed = std::from_chars(portText.data(), end, out.port);
    if (parsed.ec != std::errc() || parsed.ptr != end || out.port < 1 || out.port > 65535) {
        return invalid(url, "\"" + portText + "\" is not a port (1 to 65535)");
    }
    out.host = rest.substr(0, colon);
    if (out.host.size() >= 2 && out.host.front() == '[' && out.host.back() == ']') {
        out.host = out.host.substr(1, out.host.size() - 2);
    }
    if (out.host.empty()) return invalid(url, "the host is missing");
    return out;
}

base::Status checkListenable(const std::string& flag, const std::string& url) {
    const base::Result<ListenUrl> parsed = parseListenUrl(url);
    if (!parsed) return base::Error{base::Errc::invalidArgument, flag + ": " + parsed.error().text};
    if (parsed->scheme == "https" || parsed->scheme == "unixs") {
        return base::Error{base::Errc::invalidArgument,
                           flag + " " + url + ": TLS is not supported yet; use an http:// URL"};
    }
    if (parsed->port == 0) return {};
    addrinfo hints = {};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE;
    addrinfo* found = nullptr;
    const std::string port = std::to_string(parsed->port);
    if (const int code = getaddrinfo(parsed->host.c_str(), port.c_str(), &hints, &found); code != 0) {
        return base::Error{base::Errc::invalidArgument,
                           flag + " " + url + ": cannot resolve host \"" + parsed->host + "\": " + gai_strerror(code)};
    }
    base::Status last = base::Error{base::Errc::unavailable, "no address"};
    for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
        last = tryBind(*each);
        if (last) break;
    }
    freeaddrinfo(found);
    if (last) return {};
    return base::Error{base::Errc::unavailable, flag + " " + url + ": cannot listen: " + last.error().text +
                                                    " (does another process use this address?)"};
}

}  // namespace raftarium::rpc
