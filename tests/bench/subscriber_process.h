// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Subscribers of telemetry in a process of their own, as the app is one: beside the load's generator they would take
// turns with it in waiting for its connections, and the generator would look like the slower server.
#pragma once

#include <cstdint>
#include <string>
#include <sys/types.h>
#include <vector>

namespace raftarium::bench {

class SubscriberProcess {
public:
    struct Counts {
        std::uint64_t told = 0, leftOut = 0;
        double cpuSeconds = 0;
    };

    // One stream an address; decodes everything, keeps nothing.
    explicit SubscriberProcess(const std::vector<std::string>& addresses);
    ~SubscriberProcess();
    SubscriberProcess(const SubscriberProcess&) = delete;
    SubscriberProcess& operator=(const SubscriberProcess&) = delete;

    bool waitOpen();  // until each stream has begun; false if one does not
    Counts finish();  // ends it

private:
    pid_t m_pid = -1;
    int m_in = -1, m_out = -1;  // its standard input, closed to end it, and output
};

// What the process itself does: follows the streams until its standard input ends, then says what it got.
int runSubscriber(const std::vector<std::string>& addresses);

}  // namespace raftarium::bench
