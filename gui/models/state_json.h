// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What a session shows, for programs: --screenshot prints it.
#pragma once

#include "gui/models/session.h"

#include <QByteArray>

namespace raftarium::gui {

QByteArray stateJson(const Session& session);  // one line

}  // namespace raftarium::gui
