// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The process log: lines for people, to the outputs that --log-outputs names.
#pragma once

#include "cluster/base/result.h"
#include "cluster/node/config/config.h"

#include <spdlog/logger.h>

#include <memory>

namespace raftarium::node {

// Errc::ioError: an output file cannot be opened.
base::Result<std::shared_ptr<spdlog::logger>> makeLogger(const Config& config);

}  // namespace raftarium::node
