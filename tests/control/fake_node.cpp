// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Takes a node's flags, writes them to DATA-DIR/arguments, listens where a node would, and ends on SIGTERM.
// A file "behaviour" beside the data directories changes that: "exit TEXT" prints the text and exits with 3,
// "ignore-term" does not heed SIGTERM.
#include <arpa/inet.h>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace {

int listenTcp(const std::string& url) {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1))));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 && ::listen(fd, 8) == 0) return fd;
    std::cerr << "cannot listen on " << url << std::endl;
    std::exit(1);
}

void listenUnix(const std::string& path) {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 && ::listen(fd, 8) == 0) return;
    std::cerr << "cannot listen on " << path << std::endl;
    std::exit(1);
}

}  // namespace

int main(int argc, char** argv) {
    std::map<std::string, std::string> flags;
    for (int i = 1; i < argc; ++i) {
        const std::string argument(argv[i]);
        const std::size_t equals = argument.find('=');
        flags[argument.substr(2, equals - 2)] = argument.substr(equals + 1);
    }
    const std::string directory = flags["data-dir"];
    std::string behaviour;
    std::ifstream file(directory.substr(0, directory.rfind('/')) + "/behaviour");
    std::getline(file, behaviour);
    if (behaviour.rfind("exit ", 0) == 0) {
        std::cout << behaviour.substr(5) << "\n" << std::endl;
        return 3;
    }
    ::mkdir(directory.c_str(), 0700);
    ::mkdir((directory + "/member").c_str(), 0700);
    std::ofstream out(directory + "/arguments");
    for (int i = 1; i < argc; ++i) out << argv[i] << "\n";
    for (char** entry = environ; *entry != nullptr; ++entry) {
        if (std::strncmp(*entry, "ETCD", 4) == 0) out << "environment " << *entry << "\n";
    }
    out.close();
    std::cout << "fake node " << flags["name"] << std::endl;

    sigset_t signals;
    ::sigemptyset(&signals);
    ::sigaddset(&signals, SIGTERM);
    ::sigprocmask(SIG_BLOCK, &signals, nullptr);
    listenTcp(flags["listen-client-urls"]);
    listenTcp(flags["listen-peer-urls"]);
    listenUnix(flags["admin-socket"]);
    int number = 0;
    do {
        ::sigwait(&signals, &number);
    } while (behaviour == "ignore-term");
    return 0;
}
