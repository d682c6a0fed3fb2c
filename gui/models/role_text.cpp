// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/models/role_text.h"

#include <QCoreApplication>

namespace raftarium::gui {

QString roleTitle(observe::Role role) {
    switch (role) {
        case observe::Role::follower:
            return QCoreApplication::translate("Role", "Follower");
        case observe::Role::candidate:
            return QCoreApplication::translate("Role", "Candidate");
        case observe::Role::leader:
            return QCoreApplication::translate("Role", "Leader");
        case observe::Role::preCandidate:
            return QCoreApplication::translate("Role", "Pre-candidate");
        case observe::Role::learner:
            return QCoreApplication::translate("Role", "Learner");
    }
    return {};
}

QString roleWord(observe::Role role) {
    switch (role) {
        case observe::Role::follower:
            return QStringLiteral("follower");
        case observe::Role::candidate:
            return QStringLiteral("candidate");
        case observe::Role::leader:
            return QStringLiteral("leader");
        case observe::Role::preCandidate:
            return QStringLiteral("pre-candidate");
        case observe::Role::learner:
            return QStringLiteral("learner");
    }
    return QStringLiteral("unknown");
}

QString processWord(observe::ProcessState state) {
    switch (state) {
        case observe::ProcessState::stopped:
            return QStringLiteral("stopped");
        case observe::ProcessState::starting:
            return QStringLiteral("starting");
        case observe::ProcessState::running:
            return QStringLiteral("running");
        case observe::ProcessState::paused:
            return QStringLiteral("paused");
    }
    return QStringLiteral("unknown");
}

}  // namespace raftarium::gui
