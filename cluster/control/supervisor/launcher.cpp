// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/control/supervisor/launcher.h"

#include "cluster/control/spec/paths.h"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

namespace raftarium::control {
namespace {

constexpr int kReportFd = 3;

// What the child needs, made before the fork: afterwards only async-signal-safe calls are allowed, since other threads
// may have held locks (of malloc, of the runtime) at that instant.
struct Prepared {
    const char* program = nullptr;
    char* const* arguments = nullptr;
    char* const* environment = nullptr;
    int input = -1, output = -1, report = -1;
    pid_t parent = 0;
};

[[noreturn]] void childFailed(int errorNumber) {
    [[maybe_unused]] const ssize_t written = ::write(kReportFd, &errorNumber, sizeof errorNumber);
    ::_exit(127);
}

[[noreturn]] void runChild(const Prepared& prepared) {
    // The descriptors are all above 2 here (see open calls below), so none is overwritten before it is used.
    if (::dup2(prepared.report, kReportFd) != kReportFd) ::_exit(127);
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) childFailed(errno);
    if (::getppid() != prepared.parent) ::_exit(127);  // the parent ended before the line above
    // Its own process group: Ctrl-C in the supervisor's terminal is the supervisor's business.
    if (::setpgid(0, 0) != 0) childFailed(errno);
    if (::dup2(prepared.input, 0) < 0 || ::dup2(prepared.output, 1) < 0 || ::dup2(prepared.output, 2) < 0) {
        childFailed(errno);
    }
    if (::syscall(SYS_close_range, kReportFd + 1, ~0U, 0) != 0) {
        for (int fd = kReportFd + 1; fd < 65536; ++fd) ::close(fd);
    }
    if (::fcntl(kReportFd, F_SETFD, FD_CLOEXEC) != 0) childFailed(errno);
    ::umask(077);
    struct sigaction standard {};
    standard.sa_handler = SIG_DFL;
    for (int number = 1; number < NSIG; ++number) ::sigaction(number, &standard, nullptr);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::execve(prepared.program, prepared.arguments, prepared.environment);
    childFailed(errno);
}

// A descriptor above kReportFd, so that dup2 in the child cannot destroy it.
Fd moveUp(Fd fd) {
    if (!fd || fd.get() > kReportFd) return fd;
    return Fd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, kReportFd + 1));
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    out.reserve(texts.size() + 1);
    for (std::string& text : texts) out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

// errno of the failed exec, or 0 once the report pipe was closed by a successful one.
int readReport(int fd) {
    int errorNumber = 0;
    ssize_t count = 0;
    do {
        count = ::read(fd, &errorNumber, sizeof errorNumber);
    } while (count < 0 && errno == EINTR);
    return count == sizeof errorNumber ? errorNumber : 0;
}

}  // namespace

Launcher::Launcher() : m_wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    RAFTARIUM_CHECK(static_cast<bool>(m_wake));
    m_thread = std::thread([this] { run(); });
}

Launcher::~Launcher() {
    {
        const std::lock_guard lock(m_mutex);
        m_stop = true;
        for (const auto& [pid, child] : m_children) ::kill(pid, SIGKILL);
    }
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(m_wake.get(), &one, sizeof one);
    m_thread.join();
}

base::Status Launcher::launch(Command command) {
    std::future<base::Status> done;
    {
        const std::lock_guard lock(m_mutex);
        m_requests.push_back({std::move(command), {}});
        done = m_requests.back().done.get_future();
    }
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(m_wake.get(), &one, sizeof one);
    return done.get();
}

bool Launcher::signal(pid_t pid, int number) {
    const std::lock_guard lock(m_mutex);
    return m_children.count(pid) != 0 && ::kill(pid, number) == 0;
}

bool Launcher::pause(pid_t pid) {
    if (!signal(pid, SIGSTOP)) return false;
    siginfo_t info{};
    int result = 0;
    do {
        // WNOWAIT: the end of the process, should it come instead, is left for reap().
        result = ::waitid(P_PID, static_cast<id_t>(pid), &info, WSTOPPED | WEXITED | WNOWAIT);
    } while (result != 0 && errno == EINTR);
    return result == 0 && info.si_code == CLD_STOPPED;
}

void Launcher::run() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, nullptr);  // the application's handlers run on its own threads
    while (true) {
        std::vector<pollfd> polled{{m_wake.get(), POLLIN, 0}};
        std::deque<Request> requests;
        bool blind = false;  // a kernel before 5.3 has no pidfd: look from time to time
        {
            const std::lock_guard lock(m_mutex);
            if (m_stop && m_requests.empty() && m_children.empty()) return;
            requests.swap(m_requests);
            for (const auto& [pid, child] : m_children) {
                if (child.handle) polled.push_back({child.handle.get(), POLLIN, 0});
                blind = blind || !child.handle;
            }
        }
        for (Request& request : requests) request.done.set_value(fork(request.command));
        if (!requests.empty()) continue;  // there are new children to poll
        ::poll(polled.data(), polled.size(), blind ? 20 : -1);
        std::uint64_t count = 0;
        [[maybe_unused]] const ssize_t got = ::read(m_wake.get(), &count, sizeof count);
        reap();
    }
}

base::Status Launcher::fork(Command& command) {
    {
        const std::lock_guard lock(m_mutex);
        if (m_stop)
            return base::sayError(base::Errc::aborted, {RAFTARIUM_TEXT("Control", "the supervisor is ending"), {}});
    }
    Fd input = moveUp(Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC)));
    if (!input) return ioError("cannot open /dev/null", errno);
    Fd output = moveUp(Fd(::open(command.outputFile.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)));
    if (!output) return ioError("cannot open " + command.outputFile, errno);
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return ioError("cannot make a pipe", errno);
    const Fd reader(ends[0]);
    Fd report = moveUp(Fd(ends[1]));
    if (!report) return ioError("cannot make a pipe", errno);

    std::vector<std::string> arguments = command.arguments;
    arguments.insert(arguments.begin(), command.program);
    std::vector<char*> argumentPointers = pointers(arguments);
    std::vector<char*> environmentPointers = pointers(command.environment);
    Prepared prepared;
    prepared.program = command.program.c_str();
    prepared.arguments = argumentPointers.data();
    prepared.environment = environmentPointers.data();
    prepared.input = input.get();
    prepared.output = output.get();
    prepared.report = report.get();
    prepared.parent = ::getpid();

    const pid_t pid = ::fork();
    if (pid < 0) return ioError("cannot start another process", errno);
    if (pid == 0) runChild(prepared);
    report.reset();
    if (const int errorNumber = readReport(reader.get()); errorNumber != 0) {
        ::waitpid(pid, nullptr, 0);
        return ioError("cannot run " + command.program, errorNumber);
    }
    Child child;
    child.handle = Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    child.onExited = std::move(command.onExited);
    {
        const std::lock_guard lock(m_mutex);
        m_children.emplace(pid, std::move(child));
        if (m_stop) ::kill(pid, SIGKILL);
    }
    if (command.onStarted) command.onStarted(pid);
    return {};
}

void Launcher::reap() {
    struct Ended {
        std::function<void(int, int)> onExited;
        int status;
    };
    std::vector<Ended> ended;
    {
        const std::lock_guard lock(m_mutex);
        for (auto it = m_children.begin(); it != m_children.end();) {
            int status = 0;
            if (::waitpid(it->first, &status, WNOHANG) == it->first) {
                ended.push_back({std::move(it->second.onExited), status});
                it = m_children.erase(it);
            } else {
                ++it;
            }
        }
    }
    for (const Ended& child : ended) {
        if (!child.onExited) continue;
        if (WIFSIGNALED(child.status)) {
            child.onExited(0, WTERMSIG(child.status));
        } else {
            child.onExited(WEXITSTATUS(child.status), 0);
        }
    }
}

}  // namespace raftarium::control
