// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/control/action_words.h"

#include <absl/time/time.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace raftarium::control {
namespace {

template <std::size_t... I>
std::vector<Action> oneOfEach(std::index_sequence<I...>) {
    return {Action(std::in_place_index<I>)...};
}

struct NodesOf : NoFields {
    std::vector<std::string> nodes;
    void node(const char*, const char*, std::string& field) { nodes.push_back(field); }
    void nodeOption(const char*, const char*, const char*, std::string& field) { nodes.push_back(field); }
    void held(const char*, const char*, HeldName& field) { nodes.push_back(field.node); }
};

std::string shortest(double value) {
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    return std::string(text, end);
}

template <typename T>
std::optional<T> number(std::string_view text) {
    T value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

std::vector<Action> actionPrototypes() {
    std::vector<Action> all = oneOfEach(std::make_index_sequence<std::variant_size_v<Action>>());
    const auto deliver = std::find_if(all.begin(), all.end(),
                                      [](const Action& action) { return std::holds_alternative<ResolveHeld>(action); });
    all.insert(deliver + 1, {ResolveHeld{{}, HeldAction::drop}, ResolveHeld{{}, HeldAction::duplicate}});
    return all;
}

std::string actionNode(const Action& action) {
    Action copy = action;
    NodesOf visitor;
    std::visit([&](auto& one) { describe(one, visitor); }, copy);
    const bool all = std::holds_alternative<WipeNode>(action) && visitor.nodes.front() == "*";
    return visitor.nodes.size() == 1 && !all ? visitor.nodes.front() : std::string();
}

bool needsOneNode(const Action& action) {
    Action copy = action;
    NodesOf visitor;
    std::visit([&](auto& one) { describe(one, visitor); }, copy);
    if (const auto* held = std::get_if<ResolveHeld>(&action)) return !held->message.node.empty();
    if (const auto* wipe = std::get_if<WipeNode>(&action)) return wipe->node != "*";
    return visitor.nodes.size() == 1;
}

std::string timeText(std::int64_t ms) { return std::to_string(ms) + "ms"; }

std::optional<std::int64_t> parseTime(std::string_view text) {
    absl::Duration time;
    if (!absl::ParseDuration(std::string(text), &time) || time < absl::ZeroDuration()) return std::nullopt;
    const std::int64_t ms = absl::ToInt64Milliseconds(time);
    if (absl::Milliseconds(ms) != time) return std::nullopt;
    return ms;
}

std::string shareText(double share) {
    // 0.07 * 100 is not 7: the shortest number of percent that reads back as this share.
    for (int digits = 1; digits <= 17; ++digits) {
        char text[64];
        const auto end = std::to_chars(text, text + sizeof text, share * 100, std::chars_format::general, digits).ptr;
        const std::string percent = std::string(text, end) + "%";
        if (percent.find('e') == std::string::npos && parseShare(percent) == share) return percent;
    }
    return shortest(share);
}

std::optional<double> parseShare(std::string_view text) {
    const bool percent = text.ends_with('%');
    if (percent) text.remove_suffix(1);
    auto value = number<double>(text);
    if (value && percent) *value /= 100;
    if (!value || !(*value >= 0 && *value <= 1)) return std::nullopt;
    return value;
}

std::string heldText(const HeldName& message) {
    if (message.node.empty()) return "all";
    std::string out = message.node + ":" + std::to_string(message.counter);
    if (message.incarnation != 0) out += "@" + std::to_string(message.incarnation);
    return out;
}

std::optional<HeldName> parseHeld(std::string_view text) {
    if (text == "all") return HeldName{};
    HeldName message;
    const std::size_t at = text.rfind('@');
    if (at != std::string_view::npos) {
        const auto incarnation = number<std::uint64_t>(text.substr(at + 1));
        if (!incarnation || *incarnation == 0) return std::nullopt;
        message.incarnation = *incarnation;
        text = text.substr(0, at);
    }
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    const auto counter = number<std::uint64_t>(text.substr(colon + 1));
    if (!counter) return std::nullopt;
    message.counter = *counter;
    message.node = text.substr(0, colon);
    return message;
}

}  // namespace raftarium::control
