// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/control/supervisor/supervisor_protocol.h"

#include "cluster/base/coding.h"
#include "cluster/control/spec/spec_file.h"
#include "cluster/telemetry/codec.h"
#include "proto/raftarium/trace.pb.h"

#include <google/protobuf/util/json_util.h>
#include <nlohmann/json.hpp>

#include <array>
#include <memory>
#include <mutex>
#include <set>
#include <utility>

namespace raftarium::control {
namespace {

using base::Errc;
using nlohmann::json;
using observe::ProcessState;

constexpr std::size_t kTemplatesMax = 2000;

constexpr std::array<std::pair<Errc, const char*>, 12> kCodes{{{Errc::invalidArgument, "invalidArgument"},
                                                               {Errc::notFound, "notFound"},
                                                               {Errc::exists, "exists"},
                                                               {Errc::outOfRange, "outOfRange"},
                                                               {Errc::unavailable, "unavailable"},
                                                               {Errc::timeout, "timeout"},
                                                               {Errc::ioError, "ioError"},
                                                               {Errc::corruption, "corruption"},
                                                               {Errc::noSpace, "noSpace"},
                                                               {Errc::aborted, "aborted"},
                                                               {Errc::unimplemented, "unimplemented"},
                                                               {Errc::internal, "internal"}}};

constexpr std::array<std::pair<ProcessState, const char*>, 4> kStates{{{ProcessState::stopped, "stopped"},
                                                                       {ProcessState::starting, "starting"},
                                                                       {ProcessState::running, "running"},
                                                                       {ProcessState::paused, "paused"}}};

json textToJson(const base::Text& text) {
    json values = json::array();
    for (const base::TextValue& value : text.values)
        values.push_back(value.text ? textToJson(*value.text) : json(value.plain));
    return {{"context", text.pattern.context}, {"source", text.pattern.source}, {"values", values}};
}

// A template's strings live as long as the program. Those of the other side are kept once each; a supervisor that sent
// more of them than there are sentences would be none of ours, and is answered in English.
const char* keptForever(const std::string& text) {
    static std::mutex mutex;
    static std::set<std::string> kept;
    const std::lock_guard lock(mutex);
    if (kept.size() >= kTemplatesMax && !kept.contains(text)) return nullptr;
    return kept.insert(text).first->c_str();
}

std::optional<base::Text> textFromJson(const json& object) {
    const char* const context = keptForever(object.at("context").get<std::string>());
    const char* const source = keptForever(object.at("source").get<std::string>());
    if (context == nullptr || source == nullptr) return std::nullopt;
    base::Text text{{context, source}, {}};
    for (const json& value : object.at("values")) {
        if (value.is_string()) {
            text.values.emplace_back(value.get<std::string>());
            continue;
        }
        auto inner = textFromJson(value);
        if (!inner) return std::nullopt;
        text.values.emplace_back(std::move(*inner));
    }
    return text;
}

std::string errorLine(const base::Error& error) {
    const char* name = "internal";
    for (const auto& [code, text] : kCodes) {
        if (code == error.code) name = text;
    }
    json object = {{"code", name}, {"text", error.text}};
    if (error.said) object["said"] = textToJson(*error.said);
    return toLine({{"error", std::move(object)}});
}

ProcessState stateOf(const std::string& name) {
    for (const auto& [state, text] : kStates) {
        if (name == text) return state;
    }
    return ProcessState::stopped;
}

json linkToJson(const observe::LinkFaults& link) {
    return {
        {"from", base::hexId(link.from)}, {"to", base::hexId(link.to)},  {"cut", link.cut},  {"delayNs", link.delayNs},
        {"jitterNs", link.jitterNs},      {"dropShare", link.dropShare}, {"hold", link.hold}};
}

observe::LinkFaults linkFromJson(const json& object) {
    observe::LinkFaults link;
    link.from = base::parseHexId(object.at("from").get<std::string>()).value_or(0);
    link.to = base::parseHexId(object.at("to").get<std::string>()).value_or(0);
    link.cut = object.at("cut").get<bool>();
    link.delayNs = object.at("delayNs").get<std::int64_t>();
    link.jitterNs = object.at("jitterNs").get<std::int64_t>();
    link.dropShare = object.at("dropShare").get<double>();
    link.hold = object.value("hold", false);
    return link;
}

observe::MessageKey keyFromJson(const json& object) {
    return {base::parseHexId(object.at("sender").get<std::string>()).value_or(0),
            object.at("incarnation").get<std::uint64_t>(), object.at("counter").get<std::uint64_t>()};
}

json messageToJson(const observe::Message& message) {
    return {{"key", keyToJson(message.key)},
            {"kind", static_cast<int>(message.kind)},
            {"type", message.type},
            {"from", base::hexId(message.from)},
            {"to", base::hexId(message.to)},
            {"term", message.term},
            {"logTerm", message.logTerm},
            {"index", message.index},
            {"commit", message.commit},
            {"entries", message.entryCount},
            {"firstEntry", message.firstEntry},
            {"bytes", message.bytes}};
}

observe::Message messageFromJson(const json& object) {
    observe::Message message;
    message.key = keyFromJson(object.at("key"));
    message.kind = static_cast<observe::MessageKind>(object.at("kind").get<int>());
    message.type = object.at("type").get<std::uint8_t>();
    message.from = base::parseHexId(object.at("from").get<std::string>()).value_or(0);
    message.to = base::parseHexId(object.at("to").get<std::string>()).value_or(0);
    message.term = object.at("term").get<std::uint64_t>();
    message.logTerm = object.at("logTerm").get<std::uint64_t>();
    message.index = object.at("index").get<std::uint64_t>();
    message.commit = object.at("commit").get<std::uint64_t>();
    message.entryCount = object.at("entries").get<std::uint32_t>();
    message.firstEntry = object.at("firstEntry").get<std::uint64_t>();
    message.bytes = object.at("bytes").get<std::uint32_t>();
    return message;
}

}  // namespace

const char* processStateName(ProcessState state) {
    for (const auto& [known, text] : kStates) {
        if (known == state) return text;
    }
    return "stopped";
}

std::string toLine(const json& object) { return object.dump(-1, ' ', false, json::error_handler_t::replace) + "\n"; }

json keyToJson(const observe::MessageKey& key) {
    return {{"sender", base::hexId(key.sender)}, {"incarnation", key.incarnation}, {"counter", key.counter}};
}

json messagesToJson(const std::vector<observe::Message>& messages) {
    json out = json::array();
    for (const observe::Message& message : messages) out.push_back(messageToJson(message));
    return out;
}

base::Result<std::vector<observe::Message>> messagesFromJson(const json& array) {
    try {
        std::vector<observe::Message> out;
        for (const json& object : array) out.push_back(messageFromJson(object));
        return out;
    } catch (const json::exception& error) {
        return base::sayError(
            Errc::internal, {RAFTARIUM_TEXT("Control", "the supervisor's answer cannot be read: {0}"), {error.what()}});
    }
}

json outcomeToJson(const ActionOutcome& outcome) {
    return {{"node", outcome.node}, {"revision", outcome.revision}, {"keyDeleted", outcome.keyDeleted}};
}

base::Result<ActionOutcome> outcomeFromJson(const json& object) {
    try {
        return ActionOutcome{object.at("node").get<std::string>(), object.at("revision").get<std::int64_t>(),
                             object.at("keyDeleted").get<bool>()};
    } catch (const json::exception& error) {
        return base::sayError(
            Errc::internal, {RAFTARIUM_TEXT("Control", "the supervisor's answer cannot be read: {0}"), {error.what()}});
    }
}

json statusToJson(const ClusterStatus& status) {
    json nodes = json::array();
    for (const NodeStatus& node : status.nodes) {
        nodes.push_back({{"name", node.spec.name},
                         {"id", base::hexId(node.spec.id)},
                         {"state", processStateName(node.process)},
                         {"pid", node.pid},
                         {"text", node.text},
                         {"clientUrl", node.spec.clientUrl()},
                         {"peerUrl", node.spec.peerUrl()},
                         {"adminSocket", node.spec.adminSocket},
                         {"dataDir", node.spec.dataDir},
                         {"logFile", node.logFile}});
    }
    json faults = json::array();
    for (const observe::LinkFaults& link : status.faults) faults.push_back(linkToJson(link));
    return {{"name", status.spec.name},
            {"directory", status.spec.directory},
            {"running", status.running},
            {"problem", status.problem},
            {"diskBytes", status.diskBytes},
            {"spec", status.spec.nodes.empty() ? json(nullptr) : json::parse(encodeSpec(status.spec))},
            {"nodes", nodes},
            {"faults", faults}};
}

base::Result<ClusterStatus> statusFromJson(const json& object) {
    try {
        ClusterStatus status;
        auto spec = decodeSpec(object.at("spec").dump(), object.at("directory").get<std::string>());
        if (!spec) return spec.error();
        status.spec = std::move(*spec);
        status.running = object.at("running").get<bool>();
        status.problem = object.at("problem").get<std::string>();
        status.diskBytes = object.at("diskBytes").get<std::uint64_t>();
        const json& nodes = object.at("nodes");
        if (nodes.size() != status.spec.nodes.size())
            return base::sayError(Errc::internal,
                                  {RAFTARIUM_TEXT("Control", "the supervisor's answer is inconsistent"), {}});
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            status.spec.nodes[i].adminSocket = nodes[i].at("adminSocket").get<std::string>();
            status.nodes.push_back({status.spec.nodes[i], stateOf(nodes[i].at("state").get<std::string>()),
                                    nodes[i].at("pid").get<int>(), nodes[i].at("text").get<std::string>(),
                                    nodes[i].at("logFile").get<std::string>()});
        }
        for (const json& link : object.at("faults")) status.faults.push_back(linkFromJson(link));
        return status;
    } catch (const json::exception& error) {
        return base::sayError(
            Errc::internal, {RAFTARIUM_TEXT("Control", "the supervisor's answer cannot be read: {0}"), {error.what()}});
    }
}

std::string encodeEvent(const observe::Event& event) {
    trace::v1::TraceRecord record;
    std::string text;
    RAFTARIUM_CHECK(telemetry::encodeSupervisorEvent(event, record));
    if (!google::protobuf::util::MessageToJsonString(record, &text).ok()) return {};
    return "{\"event\":" + text + "}\n";
}

std::optional<observe::Event> decodeEvent(const std::string& line) {
    const json object = json::parse(line, nullptr, false);
    if (!object.is_object() || !object.contains("event")) return std::nullopt;
    trace::v1::TraceRecord record;
    google::protobuf::util::JsonParseOptions options;
    options.ignore_unknown_fields = true;
    const std::string text = object["event"].dump(-1, ' ', false, json::error_handler_t::replace);
    observe::Event event;
    if (!google::protobuf::util::JsonStringToMessage(text, &record, options).ok() ||
        !telemetry::decodeSupervisorEvent(record, event))
        return std::nullopt;
    return event;
}

std::string greeting(const std::string& cluster) {
    return toLine({{"supervisor", kSupervisorProtocol}, {"cluster", cluster}});
}

base::Status checkGreeting(const std::string& line, const std::string& cluster) {
    const json object = json::parse(line, nullptr, false);
    if (!object.is_object() || !object.contains("supervisor") || object.value("cluster", json("")) != cluster) {
        return base::sayError(
            Errc::unavailable,
            {RAFTARIUM_TEXT("Control", "what listens on the socket of cluster {0} is not its supervisor"), {cluster}});
    }
    if (object["supervisor"] == kSupervisorProtocol) return {};
    return base::sayError(
        Errc::unimplemented,
        {RAFTARIUM_TEXT("Control",
                        "cluster {0} is supervised by a Raftarium of another version: stop the cluster with "
                        "that one, then open it again"),
         {cluster}});
}

bool isSubscription(const std::string& request) {
    const json object = json::parse(request, nullptr, false);
    return object.is_object() && object.value("op", json("")) == "subscribe";
}

std::string answer(Cluster& cluster, const std::string& request, const ApplyFor& apply) {
    const json object = json::parse(request, nullptr, false);
    if (!object.is_object()) return errorLine({Errc::invalidArgument, "a request must be a JSON object"});
    try {
        const auto op = object.at("op").get<std::string>();
        if (op == "status") return toLine({{"ok", true}, {"status", statusToJson(cluster.status())}});
        if (op == "apply") {
            const auto action = actionFromJson(object.at("action"));
            if (!action) return errorLine(action.error());
            const auto outcome = apply(*action, object.value("by", std::string()));
            return outcome ? toLine({{"ok", true}, {"outcome", outcomeToJson(*outcome)}}) : errorLine(outcome.error());
        }
        if (op == "held") {
            const auto messages = cluster.held();
            return messages ? toLine({{"ok", true}, {"messages", messagesToJson(*messages)}})
                            : errorLine(messages.error());
        }
        return errorLine({Errc::unimplemented, "the supervisor does not know the operation \"" + op.substr(0, 40) +
                                                   "\": it may be of an older version; stop it and start it again"});
    } catch (const json::exception& error) {
        return errorLine({Errc::invalidArgument, std::string("bad request: ") + error.what()});
    }
}

base::Result<json> readAnswer(const std::string& line) {
    json object = json::parse(line, nullptr, false);
    if (object.is_object() && object.contains("ok")) return object;
    if (!object.is_object() || !object.contains("error") || !object["error"].is_object()) {
        return base::sayError(Errc::internal,
                              {RAFTARIUM_TEXT("Control", "the supervisor's answer cannot be read"), {}});
    }
    base::Error error{Errc::internal, object["error"].value("text", std::string("error without a text"))};
    const std::string name = object["error"].value("code", std::string());
    for (const auto& [code, text] : kCodes) {
        if (name == text) error.code = code;
    }
    try {
        if (object["error"].contains("said")) {
            if (auto said = textFromJson(object["error"]["said"]))
                error.said = std::make_shared<const base::Text>(std::move(*said));
        }
    } catch (const json::exception&) {  // the English text is there
    }
    return error;
}

}  // namespace raftarium::control
