// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Starts programs and reaps them. Each is killed by the kernel when this process ends, however it ends, also while it
// is stopped by SIGSTOP. The kernel ties that to the *thread* that forked, hence one thread that lives as long as we
// do.
#pragma once

#include "cluster/base/result.h"
#include "cluster/control/fd.h"

#include <deque>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <string>
#include <sys/types.h>
#include <thread>
#include <vector>

namespace raftarium::control {

struct Command {
    std::string program;  // path
    std::vector<std::string> arguments;
    std::vector<std::string> environment;  // NAME=VALUE
    std::string outputFile;                // standard output and error, appended
    // On the launcher's thread, in this order; they must not call launch().
    std::function<void(pid_t)> onStarted;
    std::function<void(int exitCode, int signal)> onExited;
};

class Launcher {
public:
    Launcher();
    ~Launcher();  // kills what still runs
    Launcher(const Launcher&) = delete;
    Launcher& operator=(const Launcher&) = delete;

    // Returns when the program was executed, or why it was not.
    base::Status launch(Command command);
    // False if the process has ended. Never reaches another process that got the same number.
    bool signal(pid_t pid, int number);
    // SIGSTOP, and waits until all threads of the process stand still (or it ended).
    bool pause(pid_t pid);

private:
    struct Request {
        Command command;
        std::promise<base::Status> done;
    };
    struct Child {
        Fd handle;  // pidfd: readable when the process ended
        std::function<void(int, int)> onExited;
    };

    void run();
    base::Status fork(Command& command);
    void reap();

    Fd m_wake;
    std::mutex m_mutex;  // guards what follows; held while a child is reaped, so that signal() knows who lives
    std::deque<Request> m_requests;
    std::map<pid_t, Child> m_children;
    bool m_stop = false;
    std::thread m_thread;
};

}  // namespace raftarium::control
