// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A server under measurement: started on free loopback ports, and what the kernel says it used.
#pragma once

#include <cstdint>
#include <string>
#include <sys/types.h>
#include <vector>

namespace raftarium::bench {

struct Usage {
    double cpuSeconds = 0;
    std::uint64_t residentBytes = 0;
    std::uint64_t writtenBytes = 0;  // handed to the block layer
};

// One to n members of the same program (both take etcd's flags). Ends with the object.
class ServerGroup {
public:
    // Empty error text = all members answer; otherwise why not. `admin`: with a socket for telemetry each (ours only).
    static std::string start(const std::string& program, int members, const std::string& directory,
                             const std::vector<std::string>& extraFlags, ServerGroup& out, bool admin = false);
    ServerGroup() = default;
    ~ServerGroup();
    ServerGroup(const ServerGroup&) = delete;
    ServerGroup& operator=(const ServerGroup&) = delete;

    const std::vector<std::string>& endpoints() const { return m_endpoints; }
    const std::vector<std::string>& adminAddresses() const { return m_adminAddresses; }
    const std::vector<pid_t>& pids() const { return m_pids; }
    Usage usage() const;  // of all members together
    // SIGTERM to all, and all anew on the same data. Empty = they answer; `seconds` from their start until then.
    std::string restart(double& seconds);

private:
    std::string waitForAnswers();
    struct Member {
        std::vector<std::string> arguments;
        std::string logFile;
    };

    std::vector<Member> m_members;
    std::vector<pid_t> m_pids;
    std::vector<std::string> m_endpoints;
    std::vector<std::string> m_adminAddresses;
    std::string m_directory;
};

}  // namespace raftarium::bench
