// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/config/process_log.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

namespace raftarium::node {
namespace {

spdlog::level::level_enum levelOf(const std::string& name) {
    if (name == "debug") return spdlog::level::debug;
    if (name == "warn") return spdlog::level::warn;
    if (name == "error") return spdlog::level::err;
    if (name == "panic" || name == "fatal") return spdlog::level::critical;
    return spdlog::level::info;
}

}  // namespace

base::Result<std::shared_ptr<spdlog::logger>> makeLogger(const Config& config) {
    std::vector<spdlog::sink_ptr> sinks;
    for (const std::string& output : config.logOutputs) {
        if (output == "stdout") {
            sinks.push_back(std::make_shared<spdlog::sinks::stdout_sink_mt>());
        } else if (output == "default" || output == "stderr") {
            sinks.push_back(std::make_shared<spdlog::sinks::stderr_sink_mt>());
        } else {
            try {
                sinks.push_back(std::make_shared<spdlog::sinks::basic_file_sink_mt>(output));
            } catch (const spdlog::spdlog_ex& error) {
                return base::Error{base::Errc::ioError, "--log-outputs: " + output + ": " + error.what()};
            }
        }
    }
    auto logger = std::make_shared<spdlog::logger>(config.name, sinks.begin(), sinks.end());
    logger->set_pattern("%Y-%m-%d %H:%M:%S.%f %L | %v");
    logger->set_level(levelOf(config.logLevel));
    logger->flush_on(spdlog::level::info);
    return logger;
}

}  // namespace raftarium::node
