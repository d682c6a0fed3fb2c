// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/ports/free_ports.h"

#include "cluster/base/check.h"
#include "cluster/control/spec/ports.h"

#include <random>

namespace raftarium::test {

std::vector<int> freePorts(int count) {
    std::random_device random;  // tests run beside each other: each looks somewhere else
    const auto ports = control::choosePorts(static_cast<std::size_t>(count), {}, random());
    RAFTARIUM_CHECK_MSG(ports.ok(), ports.error().text);
    return {ports->begin(), ports->end()};
}

}  // namespace raftarium::test
