// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What is said on the supervisor's socket: one JSON object a line.
//
//   supervisor, first   {"supervisor":2,"cluster":"demo"}
//   client              {"op":"apply","by":"raftariumctl","action":{...}}   one request a connection
//   supervisor          {"ok":true,"outcome":{...}}
//   client              {"op":"status"} {"op":"held"}         answered with "status":{...}, "messages":[...]
//                       {"error":{"code":"notFound","text":"there is no node ..."}}
//   client              {"op":"subscribe"}                    then, until the cluster is stopped:
//   supervisor          {"event":{...}}: a TraceRecord of trace.proto in protobuf's JSON form
#pragma once

#include "cluster/base/result.h"
#include "cluster/control/controller.h"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace raftarium::control {

inline constexpr int kSupervisorProtocol = 2;

const char* processStateName(observe::ProcessState state);

nlohmann::json statusToJson(const ClusterStatus& status);
base::Result<ClusterStatus> statusFromJson(const nlohmann::json& object);
nlohmann::json outcomeToJson(const ActionOutcome& outcome);
base::Result<ActionOutcome> outcomeFromJson(const nlohmann::json& object);
nlohmann::json keyToJson(const observe::MessageKey& key);
nlohmann::json messagesToJson(const std::vector<observe::Message>& messages);
base::Result<std::vector<observe::Message>> messagesFromJson(const nlohmann::json& array);

std::string encodeEvent(const observe::Event& event);  // a process change or an action taken
std::optional<observe::Event> decodeEvent(const std::string& line);

std::string greeting(const std::string& cluster);
// Errc::unimplemented: a supervisor of another version.
base::Status checkGreeting(const std::string& line, const std::string& cluster);

// Does what a request asks and gives the answer. A bad request gets an error and changes nothing.
// `apply`: does an action for the program `by`; called on the caller's thread.
using ApplyFor = std::function<base::Result<ActionOutcome>(const Action& action, const std::string& by)>;
std::string answer(Cluster& cluster, const std::string& request, const ApplyFor& apply);
bool isSubscription(const std::string& request);
// An answer, or the error in it.
base::Result<nlohmann::json> readAnswer(const std::string& line);

std::string toLine(const nlohmann::json& object);  // bytes that are not UTF-8 are replaced

}  // namespace raftarium::control
