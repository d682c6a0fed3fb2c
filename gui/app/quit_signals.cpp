// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/app/quit_signals.h"

#include "cluster/base/check.h"

#include <QCoreApplication>
#include <QSocketNotifier>

#include <csignal>
#include <sys/socket.h>
#include <unistd.h>

namespace raftarium::gui {

namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};
// A signal's handler may do little more than write.
int g_told = -1;

extern "C" void tell(int) {
    const int before = errno;
    if (::write(g_told, "q", 1) < 0) { /* full: it is told already */
    }
    errno = before;
}

void handle(void (*handler)(int)) {
    struct sigaction action = {};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART | static_cast<int>(SA_RESETHAND);  // a second Ctrl-C ends it at once
    sigemptyset(&action.sa_mask);
    for (const int number : kSignals) ::sigaction(number, &action, nullptr);
}

}  // namespace

QuitSignals::QuitSignals(QObject* parent) : QObject(parent) {
    RAFTARIUM_CHECK(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, m_sockets) == 0);
    g_told = m_sockets[0];
    auto* notifier = new QSocketNotifier(m_sockets[1], QSocketNotifier::Read, this);
    connect(notifier, &QSocketNotifier::activated, this, [notifier] {
        notifier->setEnabled(false);
        QCoreApplication::quit();
    });
    handle(tell);
}

QuitSignals::~QuitSignals() {
    handle(SIG_DFL);
    g_told = -1;
    for (const int socket : m_sockets) ::close(socket);
}

}  // namespace raftarium::gui
