// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What the commands of a transcript do. Each handler returns the output, "" for none.
#pragma once

#include "tests/conformance/transcript.h"

#include <memory>

namespace raftarium::conformance {

// raft/: a group of cores joined by a queue of messages.
class ClusterDriver {
public:
    ClusterDriver();
    ~ClusterDriver();
    std::string handle(const Case& one);

private:
    struct State;
    std::unique_ptr<State> m_state;
};

// quorum/: commit and vote arithmetic.
std::string handleQuorum(const Case& one);

// confchange/: configuration arithmetic, from an empty configuration on.
class ConfChangeDriver {
public:
    ConfChangeDriver();
    ~ConfChangeDriver();
    std::string handle(const Case& one);

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace raftarium::conformance
