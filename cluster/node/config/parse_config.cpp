// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/node/config/parse_config.h"

#include "cluster/base/version.h"
#include "cluster/node/config/config_flags.h"
#include "cluster/node/config/flag_values.h"
#include "cluster/node/config/unsupported_flags.h"
#include "cluster/node/upkeep/auto_compaction.h"

#include <algorithm>
#include <map>
#include <set>

namespace raftarium::node {
namespace {

constexpr std::int64_t kMaxElectionMs = 50'000;
constexpr std::int64_t kQuotaWarningBytes = std::int64_t{8} << 30;
constexpr std::uint64_t kRequestWarningBytes = 10 << 20;

base::Error invalid(std::string text) { return {base::Errc::invalidArgument, std::move(text)}; }

const Flag* findFlag(std::string_view name) {
    const auto& flags = supportedFlags();
    const auto it = std::find_if(flags.begin(), flags.end(), [&](const Flag& flag) { return name == flag.name; });
    return it == flags.end() ? nullptr : &*it;
}

const UnsupportedFlag* findUnsupported(std::string_view name) {
    const auto& flags = unsupportedFlags();
    const auto it =
        std::find_if(flags.begin(), flags.end(), [&](const UnsupportedFlag& flag) { return name == flag.name; });
    return it == flags.end() ? nullptr : &*it;
}

bool isBoolean(std::string_view name) {
    if (const Flag* flag = findFlag(name)) return flag->boolean;
    const UnsupportedFlag* other = findUnsupported(name);
    return other && other->boolean;
}

// `shown` is the flag or variable as its user wrote it.
base::Status applyValue(Config& config, const std::string& name, const std::string& shown, const std::string& value) {
    if (const Flag* flag = findFlag(name)) {
        const auto status = flag->set(config, value);
        if (status) return {};
        return invalid(shown + "=" + value + ": " + status.error().text);
    }
    const UnsupportedFlag* other = findUnsupported(name);
    if (!other) return invalid(shown + ": no such flag; see --help");
    std::string compared = value;
    if (other->boolean) {
        auto parsed = parseBoolean(value);
        if (!parsed) return invalid(shown + "=" + value + ": " + parsed.error().text);
        compared = *parsed ? "true" : "false";
    }
    if (std::find(other->accepted.begin(), other->accepted.end(), compared) != other->accepted.end()) return {};
    return invalid(shown + "=" + value + ": not supported yet; only " +
                   (other->accepted[0].empty() ? "leaving it out" : "\"" + std::string(other->accepted[0]) + "\"") +
                   " is possible");
}

std::string helpText() {
    std::string out =
        "Usage: raftarium-node [flags]\n\nOne member of a cluster; the flags are etcd's, also as ETCD_* "
        "environment variables.\n";
    std::string group;
    for (const Flag& flag : supportedFlags()) {
        if (group != flag.group) {
            group = flag.group;
            out += "\n" + group + ":\n";
        }
        std::string line = std::string("  --") + flag.name;
        line.resize(std::max<std::size_t>(line.size() + 2, 36), ' ');
        out += line + flag.meaning + "\n";
    }
    return out +
           "\n  --version                         print the version\n  --help                            this text\n";
}

base::Status readArguments(const std::vector<std::string>& arguments, ParsedConfig& out, std::set<std::string>& given) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& argument = arguments[i];
        const std::size_t dashes = argument.starts_with("--") ? 2 : argument.starts_with("-") ? 1 : 0;
        if (dashes == 0 || argument.size() == dashes)
            return invalid("\"" + argument + "\" is not a flag; flags begin with -- (see --help)");
        const std::size_t equals = argument.find('=');
        const std::string name = argument.substr(dashes, equals == std::string::npos ? equals : equals - dashes);
        if (name == "help" || name == "h") {
            out.textAndExit = helpText();
            return {};
        }
        if (name == "version") {
            out.textAndExit = "raftarium-node\netcd API level: " + std::string(base::kEtcdApiVersion) + "\n";
            return {};
        }
        if (!findFlag(name) && !findUnsupported(name)) return invalid("--" + name + ": no such flag; see --help");
        std::string value = "true";
        if (equals != std::string::npos) {
            value = argument.substr(equals + 1);
        } else if (!isBoolean(name)) {
            if (i + 1 == arguments.size()) return invalid("--" + name + ": needs a value");
            value = arguments[++i];
        }
        if (auto status = applyValue(out.config, name, "--" + name, value); !status) return status;
        given.insert(name);
    }
    return {};
}

std::string variableOf(std::string_view flag) {
    std::string out = "ETCD_";
    for (const char c : flag)
        out.push_back(c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c))));
    return out;
}

base::Status readEnvironment(const std::vector<std::string>& environment, ParsedConfig& out,
                             std::set<std::string>& given) {
    std::map<std::string, std::string> flagOf;
    for (const Flag& flag : supportedFlags()) flagOf[variableOf(flag.name)] = flag.name;
    for (const UnsupportedFlag& flag : unsupportedFlags()) flagOf[variableOf(flag.name)] = flag.name;
    for (const std::string& item : environment) {
        if (!item.starts_with("ETCD_")) continue;
        const std::size_t equals = item.find('=');
        const std::string variable = item.substr(0, equals);
        const std::string value = equals == std::string::npos ? "" : item.substr(equals + 1);
        const auto flag = flagOf.find(variable);
        if (flag == flagOf.end()) {
            out.warnings.push_back("unrecognized environment variable " + variable + " is ignored");
            continue;
        }
        if (value.empty()) continue;
        if (given.contains(flag->second)) {
            out.warnings.push_back(variable + " is ignored: --" + flag->second + " is given on the command line");
            continue;
        }
        if (auto status = applyValue(out.config, flag->second, variable, value); !status) return status;
        given.insert(flag->second);
    }
    return {};
}

base::Status checkWhole(ParsedConfig& parsed, const std::set<std::string>& given) {
    Config& config = parsed.config;
    const std::string election = "--election-timeout=" + std::to_string(config.electionMs);
    if (config.electionMs < 5 * config.heartbeatMs)
        return invalid(election + ": must be at least 5 times --heartbeat-interval (" +
                       std::to_string(config.heartbeatMs) + " ms)");
    if (config.electionMs > kMaxElectionMs) return invalid(election + ": must be at most 50000 ms");
    if (given.contains("listen-client-urls") && !given.contains("advertise-client-urls"))
        return invalid("--advertise-client-urls is required when --listen-client-urls is given");
    if (auto compaction = AutoCompaction::parse(config.autoCompactionMode, config.autoCompactionRetention); !compaction)
        return compaction.error();
    if (!config.leaseCheckpoint) {
        if (config.leaseCheckpointPersist && given.contains("experimental-enable-lease-checkpoint-persist"))
            return invalid(
                "--experimental-enable-lease-checkpoint-persist=true: needs --experimental-enable-lease-checkpoint");
        config.leaseCheckpointPersist = false;
    }
    if (config.initialCluster.empty()) config.initialCluster = {{config.name, config.initialAdvertisePeerUrls}};
    if (config.dataDir.empty()) config.dataDir = config.name + ".etcd";
    if (config.quotaBackendBytes > kQuotaWarningBytes)
        parsed.warnings.push_back("--quota-backend-bytes is above the suggested maximum of 8 GiB");
    if (config.maxRequestBytes > kRequestWarningBytes)
        parsed.warnings.push_back("--max-request-bytes is above the recommended 10 MiB");
    if (config.unsafeNoFsync) parsed.warnings.push_back("--unsafe-no-fsync: a crash of the machine loses data");
    return {};
}

}  // namespace

base::Result<ParsedConfig> parseConfig(const std::vector<std::string>& arguments,
                                       const std::vector<std::string>& environment) {
    ParsedConfig parsed;
    std::set<std::string> given;
    if (auto status = readArguments(arguments, parsed, given); !status) return status.error();
    if (!parsed.textAndExit.empty()) return parsed;
    if (auto status = readEnvironment(environment, parsed, given); !status) return status.error();
    if (auto status = checkWhole(parsed, given); !status) return status.error();
    return parsed;
}

}  // namespace raftarium::node
