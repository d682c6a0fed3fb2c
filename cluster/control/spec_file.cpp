// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/control/spec_file.h"

#include "cluster/base/coding.h"
#include "cluster/control/fd.h"
#include "cluster/control/paths.h"
#include "cluster/wire/member_id.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <set>
#include <sstream>
#include <sys/stat.h>

namespace raftarium::control {
namespace {

using nlohmann::json;

constexpr const char* kFormat = "raftarium-cluster";
constexpr std::int64_t kElectionMaxMs = 50'000;  // etcd's limit for --election-timeout

base::Error bad(const std::string& directory, const std::string& what) {
    return {base::Errc::corruption,
            specFile(directory) + ": " + what + "; correct the file, or delete the cluster's directory"};
}

// Reads fields of one object; keeps the first error, so that the caller checks once.
class Fields {
public:
    Fields(const json& object, std::string where) : m_object(object), m_where(std::move(where)) {}

    std::string text(const char* name) {
        const json* field = find(name);
        if (field != nullptr && field->is_string()) return field->get<std::string>();
        fail(name, "must be a text");
        return {};
    }
    bool flag(const char* name) {
        const json* field = find(name);
        if (field != nullptr && field->is_boolean()) return field->get<bool>();
        fail(name, "must be true or false");
        return false;
    }
    std::int64_t number(const char* name, std::int64_t lowest, std::int64_t highest) {
        const json* field = find(name);
        if (field != nullptr && field->is_number_integer() &&
            !(field->is_number_unsigned() && field->get<std::uint64_t>() > INT64_MAX)) {
            const auto value = field->get<std::int64_t>();
            if (value >= lowest && value <= highest) return value;
        }
        fail(name, "must be a whole number from " + std::to_string(lowest) + " to " + std::to_string(highest));
        return lowest;
    }
    void fail(const std::string& name, const std::string& what) {
        if (error.empty()) error = "field " + m_where + name + " " + what;
    }

    std::string error;

private:
    const json* find(const char* name) const {
        const auto it = m_object.find(name);
        return it == m_object.end() ? nullptr : &*it;
    }

    const json& m_object;
    std::string m_where;
};

bool validNodeName(const std::string& name) {
    return !name.empty() && name.size() <= 16 &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") == std::string::npos;
}

base::Result<NodeSpec> decodeNode(const json& object, std::size_t position, const std::string& directory) {
    const std::string where = "nodes[" + std::to_string(position) + "]";
    if (!object.is_object()) return bad(directory, where + " must be an object");
    Fields fields(object, where + ".");
    NodeSpec node;
    node.name = fields.text("name");
    if (!validNodeName(node.name)) fields.fail("name", "must be 1 to 16 of a-z and 0-9");
    const auto id = base::parseHexId(fields.text("id"));
    if (!id || *id == 0) fields.fail("id", "must be a member id in hex");
    node.id = id.value_or(0);
    node.clientPort = static_cast<std::uint16_t>(fields.number("clientPort", 1, 65535));
    node.peerPort = static_cast<std::uint16_t>(fields.number("peerPort", 1, 65535));
    if (!fields.error.empty()) return bad(directory, fields.error);
    node.dataDir = directory + "/" + node.name;
    return node;
}

base::Status checkDistinct(const ClusterSpec& spec) {
    std::set<std::string> names;
    std::set<std::uint64_t> ids;
    std::set<int> ports;
    for (const NodeSpec& node : spec.nodes) {
        if (!names.insert(node.name).second) return bad(spec.directory, "two nodes are called " + node.name);
        if (!ids.insert(node.id).second) return bad(spec.directory, "two nodes have the id " + base::hexId(node.id));
        for (const int port : {node.clientPort, node.peerPort}) {
            if (!ports.insert(port).second) {
                return bad(spec.directory, "port " + std::to_string(port) + " is given twice");
            }
        }
    }
    return {};
}

}  // namespace

std::string NodeSpec::clientUrl() const { return "http://127.0.0.1:" + std::to_string(clientPort); }
std::string NodeSpec::peerUrl() const { return "http://127.0.0.1:" + std::to_string(peerPort); }

std::uint64_t memberId(const std::string& peerUrl, const std::string& token) {
    return wire::memberId({peerUrl}, token);
}

std::optional<PacePreset> pacePreset(std::string_view name) {
    for (const PacePreset preset : {PacePreset::classroom, PacePreset::paper, PacePreset::etcd}) {
        if (name == paceName(preset)) return preset;
    }
    return std::nullopt;
}

base::Status checkPace(const PaceSpec& pace) {
    const auto refuse = [](const std::string& what) -> base::Status {
        return base::Error{base::Errc::invalidArgument, what};
    };
    if (pace.heartbeatMs < 10 || pace.heartbeatMs > 60'000) {
        return refuse("heartbeat " + std::to_string(pace.heartbeatMs) + " ms: must be 10 ms to 60 s");
    }
    if (pace.electionMs < 2 * pace.heartbeatMs || pace.electionMs > 1000 * pace.heartbeatMs ||
        pace.electionMs > kElectionMaxMs) {
        return refuse("election timeout " + std::to_string(pace.electionMs) +
                      " ms: must be 2 to 1000 times the heartbeat (" + std::to_string(pace.heartbeatMs) +
                      " ms) and at most 50 s");
    }
    if (pace.linkDelayMs < 0 || pace.linkDelayMs > 60'000) {
        return refuse("link delay " + std::to_string(pace.linkDelayMs) + " ms: must be 0 to 60 s");
    }
    return {};
}

std::string encodeSpec(const ClusterSpec& spec) {
    json nodes = json::array();
    for (const NodeSpec& node : spec.nodes) {
        nodes.push_back({{"name", node.name},
                         {"id", base::hexId(node.id)},
                         {"clientPort", node.clientPort},
                         {"peerPort", node.peerPort}});
    }
    json object = {{"format", kFormat},
                   {"formatVersion", spec.formatVersion},
                   {"name", spec.name},
                   {"token", spec.token},
                   {"pace", paceName(spec.pace)},
                   {"timing",
                    {{"heartbeatMs", spec.timing.heartbeatMs},
                     {"electionMs", spec.timing.electionMs},
                     {"linkDelayMs", spec.timing.linkDelayMs}}},
                   {"preVote", spec.preVote},
                   {"checkQuorum", spec.checkQuorum},
                   {"nodes", nodes}};
    if (spec.reconfigured) object["reconfigured"] = true;
    if (spec.nextNode != 0) object["nextNode"] = spec.nextNode;
    return object.dump(2) + "\n";
}

base::Result<ClusterSpec> decodeSpec(const std::string& text, const std::string& directory) {
    const json object = json::parse(text, nullptr, false);
    if (!object.is_object()) return bad(directory, "not a JSON object");
    Fields fields(object, "");
    if (fields.text("format") != kFormat) return bad(directory, "not the spec of a Raftarium cluster");
    const std::int64_t version = fields.number("formatVersion", 1, UINT32_MAX);
    if (fields.error.empty() && version > kSpecFormatVersion) {
        return base::Error{base::Errc::unimplemented, specFile(directory) + ": written by a newer Raftarium (format " +
                                                          std::to_string(version) + ", this one reads up to " +
                                                          std::to_string(kSpecFormatVersion) + "): update Raftarium"};
    }
    ClusterSpec spec;
    spec.formatVersion = kSpecFormatVersion;
    spec.directory = directory;
    spec.name = fields.text("name");
    spec.token = fields.text("token");
    if (spec.token.empty()) fields.fail("token", "must not be empty");
    const auto pace = pacePreset(fields.text("pace"));
    if (!pace) fields.fail("pace", "must be classroom, paper or etcd");
    spec.pace = pace.value_or(PacePreset::classroom);
    spec.preVote = fields.flag("preVote");
    spec.checkQuorum = fields.flag("checkQuorum");
    // Only in specs of clusters whose members have changed.
    if (object.contains("reconfigured")) spec.reconfigured = fields.flag("reconfigured");
    if (object.contains("nextNode"))
        spec.nextNode = static_cast<std::uint32_t>(fields.number("nextNode", 0, 1'000'000));
    if (!fields.error.empty()) return bad(directory, fields.error);
    if (auto named = checkClusterName(spec.name); !named) return bad(directory, named.error().text);

    const auto timing = object.find("timing");
    if (timing == object.end() || !timing->is_object()) return bad(directory, "field timing must be an object");
    Fields times(*timing, "timing.");
    spec.timing.heartbeatMs = times.number("heartbeatMs", 1, INT32_MAX);
    spec.timing.electionMs = times.number("electionMs", 1, INT32_MAX);
    spec.timing.linkDelayMs = times.number("linkDelayMs", 0, INT32_MAX);
    if (!times.error.empty()) return bad(directory, times.error);
    if (auto checked = checkPace(spec.timing); !checked) return bad(directory, checked.error().text);

    const auto nodes = object.find("nodes");
    if (nodes == object.end() || !nodes->is_array() || nodes->empty() || nodes->size() > 9) {
        return bad(directory, "field nodes must be a list of 1 to 9 nodes");
    }
    for (const json& entry : *nodes) {
        auto node = decodeNode(entry, spec.nodes.size(), directory);
        if (!node) return node.error();
        spec.nodes.push_back(std::move(*node));
    }
    if (auto distinct = checkDistinct(spec); !distinct) return distinct.error();
    return spec;
}

base::Result<ClusterSpec> readSpec(const std::string& directory) {
    std::ifstream in(specFile(directory), std::ios::binary);
    if (!in) {
        if (errno == ENOENT || errno == ENOTDIR) {
            return base::Error{base::Errc::notFound, "there is no cluster in " + directory};
        }
        return ioError("cannot read " + specFile(directory), errno);
    }
    std::ostringstream text;
    text << in.rdbuf();
    return decodeSpec(text.str(), directory);
}

base::Status writeSpec(const ClusterSpec& spec) {
    const std::string path = specFile(spec.directory);
    const std::string fresh = path + ".new";
    const std::string text = encodeSpec(spec);
    {
        const Fd file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        if (!file) return ioError("cannot write " + fresh, errno);
        for (std::size_t done = 0; done < text.size();) {
            const ssize_t count = ::write(file.get(), text.data() + done, text.size() - done);
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) return ioError("cannot write " + fresh, errno);
            done += static_cast<std::size_t>(count);
        }
        if (::fsync(file.get()) != 0) return ioError("cannot sync " + fresh, errno);
    }
    if (::rename(fresh.c_str(), path.c_str()) != 0) return ioError("cannot rename " + fresh + " to " + path, errno);
    const Fd directory(::open(spec.directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory || ::fsync(directory.get()) != 0) return ioError("cannot sync " + spec.directory, errno);
    return {};
}

}  // namespace raftarium::control
