// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/bench/subscriber_process.h"

#include "cluster/client/admin_client.h"

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <fcntl.h>
#include <memory>
#include <mutex>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace raftarium::bench {

SubscriberProcess::SubscriberProcess(const std::vector<std::string>& addresses) {
    int in[2], out[2];
    if (pipe2(in, O_CLOEXEC) != 0) return;
    if (pipe2(out, O_CLOEXEC) != 0) {
        close(in[0]);
        close(in[1]);
        return;
    }
    std::vector<std::string> arguments = {"/proc/self/exe", "--subscribe"};
    arguments.insert(arguments.end(), addresses.begin(), addresses.end());
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    m_pid = fork();
    if (m_pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(in[0], 0);
        dup2(out[1], 1);
        execv(argv[0], argv.data());
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    m_in = in[1];
    m_out = out[0];
}

SubscriberProcess::~SubscriberProcess() { finish(); }

bool SubscriberProcess::waitOpen() {
    char begun = 0;
    return m_out >= 0 && read(m_out, &begun, 1) == 1 && begun == '+';
}

SubscriberProcess::Counts SubscriberProcess::finish() {
    Counts counts;
    if (m_in >= 0) close(std::exchange(m_in, -1));
    if (m_out >= 0) {
        FILE* said = fdopen(std::exchange(m_out, -1), "r");
        unsigned long long told = 0, leftOut = 0;
        if (said != nullptr && std::fscanf(said, "%llu %llu", &told, &leftOut) == 2) {
            counts.told = told;
            counts.leftOut = leftOut;
        }
        if (said != nullptr) std::fclose(said);
    }
    if (m_pid > 0) {
        rusage usage{};
        wait4(std::exchange(m_pid, -1), nullptr, 0, &usage);
        const auto seconds = [](const timeval& time) {
            return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
        };
        counts.cpuSeconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    }
    return counts;
}

int runSubscriber(const std::vector<std::string>& addresses) {
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t open = 0;
    std::uint64_t told = 0, leftOut = 0;
    std::vector<std::unique_ptr<client::TelemetryStream>> streams;
    for (const std::string& address : addresses) {
        client::TelemetryStream::Callbacks callbacks;
        callbacks.onEvents = [&, first = true](std::uint64_t, std::vector<observe::Event> events) mutable {
            const std::lock_guard lock(mutex);
            if (std::exchange(first, false)) ++open;
            changed.notify_one();
            for (const observe::Event& event : events) {
                if (const auto* lost = std::get_if<observe::Lost>(&event.kind))
                    leftOut += lost->count;
                else
                    ++told;
            }
        };
        streams.push_back(client::TelemetryStream::open(address, 0, std::move(callbacks)));
    }
    {
        std::unique_lock lock(mutex);
        if (!changed.wait_for(lock, std::chrono::seconds(10), [&] { return open == addresses.size(); })) {
            lock.unlock();
            streams.clear();  // their threads want the lock
            return 1;
        }
    }
    std::putchar('+');
    std::fflush(stdout);
    char byte = 0;
    while (read(0, &byte, 1) > 0) continue;
    streams.clear();
    std::printf("%llu %llu\n", static_cast<unsigned long long>(told), static_cast<unsigned long long>(leftOut));
    return 0;
}

}  // namespace raftarium::bench
