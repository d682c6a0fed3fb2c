// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What was typed, as CLI11 takes it; and what is wrong with it, in etcdctl's words and in two or three lines.
#pragma once

#include "cluster/tools/ctl/ctl_command.h"

#include <string>
#include <vector>

namespace raftarium::tools {

struct Typed {
    std::vector<std::string> words;
    std::size_t flagsEnd = 0;  // words before "--"; what comes after it is no flag, whatever it looks like

    bool mayBeFlag(const std::string& word) const;
};
Typed typedWords(int argc, const char* const* argv);

// Parses, and prints what is wrong or was asked for. The exit code if that is all; negative if there is work to do.
int parse(Commands& commands, const Typed& typed);

}  // namespace raftarium::tools
