// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/bench/server_process.h"

#include "proto/etcd/rpc.grpc.pb.h"
#include "tests/ports/free_ports.h"

#include <grpcpp/grpcpp.h>

#include <arpa/inet.h>
#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <signal.h>
#include <sstream>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace raftarium::bench {

namespace {

bool accepts(const std::string& endpoint) {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(endpoint.substr(endpoint.rfind(':') + 1))));
    const bool connected = connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    close(fd);
    return connected;
}

bool answers(const std::string& endpoint) {
    auto stub = etcdserverpb::KV::NewStub(grpc::CreateChannel(endpoint, grpc::InsecureChannelCredentials()));
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(1));
    context.set_wait_for_ready(true);
    etcdserverpb::RangeRequest request;
    request.set_key("ready");
    etcdserverpb::RangeResponse response;
    return stub->Range(&context, request, &response).ok();
}

pid_t launch(const std::vector<std::string>& arguments, const std::string& logFile) {
    std::vector<char*> argv;
    for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    const pid_t pid = fork();
    if (pid != 0) return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int log = open(logFile.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(log, 1);
    dup2(log, 2);
    setenv("ETCD_UNSUPPORTED_ARCH", "", 0);
    execv(argv[0], argv.data());
    _exit(127);
}

}  // namespace

std::string ServerGroup::start(const std::string& program, int members, const std::string& directory,
                               const std::vector<std::string>& extraFlags, ServerGroup& out, bool admin) {
    out.m_directory = directory;
    std::filesystem::create_directories(directory);
    if (admin) {
        std::filesystem::create_directories(directory + "/admin");
        std::filesystem::permissions(directory + "/admin", std::filesystem::perms::owner_all);
    }
    std::vector<std::string> peers, clients;
    std::string initial;
    const std::vector<int> ports = test::freePorts(2 * members);
    for (int i = 0; i < members; ++i) {
        peers.push_back("http://127.0.0.1:" + std::to_string(ports[static_cast<std::size_t>(2 * i)]));
        clients.push_back("127.0.0.1:" + std::to_string(ports[static_cast<std::size_t>(2 * i + 1)]));
        initial += (i > 0 ? ",n" : "n") + std::to_string(i + 1) + "=" + peers.back();
    }
    for (std::size_t i = 0; i < peers.size(); ++i) {
        const std::string name = "n" + std::to_string(i + 1);
        std::vector<std::string> arguments = {program,
                                              "--name",
                                              name,
                                              "--data-dir",
                                              directory + "/" + name,
                                              "--listen-peer-urls",
                                              peers[i],
                                              "--initial-advertise-peer-urls",
                                              peers[i],
                                              "--listen-client-urls",
                                              "http://" + clients[i],
                                              "--advertise-client-urls",
                                              "http://" + clients[i],
                                              "--initial-cluster",
                                              initial,
                                              "--initial-cluster-token",
                                              "bench"};
        arguments.insert(arguments.end(), extraFlags.begin(), extraFlags.end());
        if (admin) {
            const std::string socket = std::filesystem::absolute(directory).string() + "/admin/" + name;
            arguments.insert(arguments.end(), {"--admin-socket", socket});
            out.m_adminAddresses.push_back("unix:" + socket);
        }
        out.m_members.push_back({std::move(arguments), directory + "/" + name + ".log"});
        out.m_endpoints.push_back(clients[i]);
    }
    for (const Member& member : out.m_members) out.m_pids.push_back(launch(member.arguments, member.logFile));
    return out.waitForAnswers();
}

std::string ServerGroup::waitForAnswers() {
    for (std::size_t i = 0; i < m_endpoints.size(); ++i) {
        const std::string& program = m_members[i].arguments.front();
        const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        while (!accepts(m_endpoints[i]) || !answers(m_endpoints[i])) {
            if (std::chrono::steady_clock::now() > limit) return program + " does not answer on " + m_endpoints[i];
            if (waitpid(m_pids[i], nullptr, WNOHANG) != 0) return program + " ended; see " + m_members[i].logFile;
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
    }
    return {};
}

std::string ServerGroup::restart(double& seconds) {
    for (const pid_t pid : m_pids) kill(pid, SIGTERM);
    for (const pid_t pid : m_pids) waitpid(pid, nullptr, 0);
    m_pids.clear();
    const auto start = std::chrono::steady_clock::now();
    for (const Member& member : m_members) m_pids.push_back(launch(member.arguments, member.logFile));
    std::string error = waitForAnswers();
    seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return error;
}

ServerGroup::~ServerGroup() {
    for (const pid_t pid : m_pids) kill(pid, SIGKILL);
    for (const pid_t pid : m_pids) waitpid(pid, nullptr, 0);
    std::error_code ignored;
    if (!m_directory.empty()) std::filesystem::remove_all(m_directory, ignored);
}

Usage ServerGroup::usage() const {
    Usage usage;
    for (const pid_t pid : m_pids) {
        const std::string proc = "/proc/" + std::to_string(pid);
        std::string stat;
        std::getline(std::ifstream(proc + "/stat"), stat);
        // After the command in parentheses: state is field 3, utime and stime are 14 and 15, rss 24.
        std::istringstream fields(stat.substr(stat.rfind(')') + 2));
        std::string word;
        for (int field = 3; fields >> word; ++field) {
            if (field == 14 || field == 15)
                usage.cpuSeconds += std::stod(word) / static_cast<double>(sysconf(_SC_CLK_TCK));
            if (field == 24)
                usage.residentBytes += std::stoull(word) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
        }
        std::ifstream io(proc + "/io");
        for (std::string key; io >> key >> word;) {
            if (key == "write_bytes:") usage.writtenBytes += std::stoull(word);
        }
    }
    return usage;
}

}  // namespace raftarium::bench
