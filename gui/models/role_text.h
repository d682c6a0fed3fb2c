// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Roles and process states as texts.
#pragma once

#include "cluster/observe/cluster_state.h"

#include <QString>

namespace raftarium::gui {

QString roleTitle(observe::Role role);  // "Leader": for people, in their language

// For programs: QML's conditions, the JSON of a screenshot.
QString roleWord(observe::Role role);              // "leader"
QString processWord(observe::ProcessState state);  // "running"

}  // namespace raftarium::gui
