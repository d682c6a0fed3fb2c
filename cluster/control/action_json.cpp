// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/byte_text.h"
#include "cluster/control/action_words.h"

#include <absl/strings/str_join.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace raftarium::control {
namespace {

using base::Text;
using nlohmann::json;

constexpr std::pair<HeldAction, const char*> kHow[] = {
    {HeldAction::deliver, "deliver"}, {HeldAction::drop, "drop"}, {HeldAction::duplicate, "duplicate"}};

struct NameOf : NoFields {
    const char* name = "";
    void command(const char* kind, const char*, const char*) { name = kind; }
};

struct Writer {
    json object;
    void command(const char* kind, const char*, const char*) { object["action"] = kind; }
    void node(const char* name, const char*, std::string& field) { object[name] = field; }
    void nodeOption(const char* name, const char*, const char*, std::string& field) { object[name] = field; }
    void flag(const char* name, const char*, const char*, bool& field, bool) { object[name] = field; }
    void time(const char* name, const char*, std::int64_t& field) { object[name] = field; }
    void timeOption(const char* name, const char*, const char*, std::int64_t& field) { object[name] = field; }
    void share(const char* name, const char*, double& field) { object[name] = field; }
    void groups(const char* name, const char*, std::vector<std::vector<std::string>>& field) { object[name] = field; }
    void held(const char* name, const char*, HeldName& field) { object[name] = heldText(field); }
    void how(const char* name, HeldAction& field) {
        for (const auto& [how, text] : kHow)
            if (how == field) object[name] = text;
    }
    void pace(const char* name, const char*, PaceSpec& field) {
        if (const auto preset = presetOf(field)) {
            object[name] = paceName(*preset);
            return;
        }
        object[name] = {
            {"heartbeatMs", field.heartbeatMs}, {"electionMs", field.electionMs}, {"linkDelayMs", field.linkDelayMs}};
    }
    void onOff(const char* name, const char*, const char*, std::optional<bool>& field) {
        if (field) object[name] = *field;
    }
    void bytes(const char* name, const char*, std::string& field) { object[name] = base::byteText(field); }
    void numberOption(const char* name, const char*, const char*, std::int64_t& field) { object[name] = field; }
};

// Takes each field out of `left`; what is left afterwards is a field the action does not have. Keeps the first problem.
struct Reader {
    json left;
    std::string kind;
    std::optional<base::Error> error;

    void fail(const char* field, Text must) {
        if (error) return;
        error = base::sayError(base::Errc::invalidArgument, {RAFTARIUM_TEXT("Control", "action {0}: field \"{1}\" {2}"),
                                                             {kind, field, std::move(must)}});
    }
    // Null where it is missing.
    std::optional<json> take(const char* field, bool needed) {
        const auto it = left.find(field);
        if (it == left.end()) {
            if (needed) fail(field, {RAFTARIUM_TEXT("Control", "is missing"), {}});
            return std::nullopt;
        }
        json value = std::move(*it);
        left.erase(it);
        return value;
    }
    void text(const char* field, std::string& into, bool needed) {
        const auto value = take(field, needed);
        if (!value) return;
        if (value->is_string())
            into = value->get<std::string>();
        else
            fail(field, {RAFTARIUM_TEXT("Control", "must be a text"), {}});
    }
    void wholeNumber(const char* field, std::int64_t& into, bool needed) {
        const auto value = take(field, needed);
        if (!value) return;
        const bool fits = value->is_number_integer() &&
                          !(value->is_number_unsigned() && value->get<std::uint64_t>() > INT64_MAX) &&
                          value->get<std::int64_t>() >= 0;
        if (fits)
            into = value->get<std::int64_t>();
        else
            fail(field, {RAFTARIUM_TEXT("Control", "must be a whole number, not negative"), {}});
    }

    void command(const char* name, const char*, const char*) { kind = name; }
    void node(const char* name, const char*, std::string& field) { text(name, field, true); }
    void nodeOption(const char* name, const char*, const char*, std::string& field) { text(name, field, true); }
    void flag(const char* name, const char*, const char*, bool& field, bool) {
        const auto value = take(name, false);
        if (!value) return;
        if (value->is_boolean())
            field = value->get<bool>();
        else
            fail(name, {RAFTARIUM_TEXT("Control", "must be true or false"), {}});
    }
    void time(const char* name, const char*, std::int64_t& field) { wholeNumber(name, field, true); }
    void timeOption(const char* name, const char*, const char*, std::int64_t& field) {
        wholeNumber(name, field, false);
    }
    void share(const char* name, const char*, double& field) {
        const auto value = take(name, true);
        if (!value) return;
        if (value->is_number())
            field = value->get<double>();
        else
            fail(name, {RAFTARIUM_TEXT("Control", "must be a number from 0 to 1"), {}});
    }
    void groups(const char* name, const char*, std::vector<std::vector<std::string>>& field) {
        const auto value = take(name, true);
        if (!value) return;
        try {
            field = value->get<std::vector<std::vector<std::string>>>();
        } catch (const json::exception&) {
            fail(name, {RAFTARIUM_TEXT("Control", "must be a list of lists of node names"), {}});
        }
    }
    void held(const char* name, const char*, HeldName& field) {
        std::string word;
        text(name, word, true);
        if (error) return;
        if (auto message = parseHeld(word))
            field = std::move(*message);
        else
            fail(name, {RAFTARIUM_TEXT("Control", "must be a held message such as n1:42, or all"), {}});
    }
    void how(const char* name, HeldAction& field) {
        std::string word;
        text(name, word, true);
        if (error) return;
        for (const auto& [how, known] : kHow) {
            if (word != known) continue;
            field = how;
            return;
        }
        fail(name, {RAFTARIUM_TEXT("Control", "must be deliver, drop or duplicate"), {}});
    }
    void pace(const char* name, const char*, PaceSpec& field) {
        const auto value = take(name, true);
        if (!value) return;
        if (value->is_string()) {
            const auto preset = pacePreset(value->get<std::string>());
            if (preset) field = paceOf(*preset);
            if (preset) return;
        } else if (value->is_object()) {
            Reader times{*value, kind + "." + name, {}};
            times.wholeNumber("heartbeatMs", field.heartbeatMs, true);
            times.wholeNumber("electionMs", field.electionMs, true);
            times.wholeNumber("linkDelayMs", field.linkDelayMs, true);
            times.finish();
            if (times.error && !error) error = times.error;
            return;
        }
        fail(name, {RAFTARIUM_TEXT("Control", "must be classroom, paper, etcd, or an object of times"), {}});
    }
    void onOff(const char* name, const char*, const char*, std::optional<bool>& field) {
        bool on = false;
        const bool given = left.contains(name);
        flag(name, "", "", on, true);
        field = given ? std::optional<bool>(on) : std::nullopt;
    }
    void bytes(const char* name, const char*, std::string& field) {
        std::string picture;
        text(name, picture, true);
        if (error) return;
        if (auto read = base::bytesOfText(picture))
            field = std::move(*read);
        else
            fail(name, {RAFTARIUM_TEXT("Control", "has a backslash that begins none of \\\\ \\n \\t \\r \\xNN"), {}});
    }
    void numberOption(const char* name, const char*, const char*, std::int64_t& field) {
        wholeNumber(name, field, false);
    }

    void finish() {
        if (!left.empty()) fail(left.begin().key().c_str(), {RAFTARIUM_TEXT("Control", "is not one that it has"), {}});
    }
};

const char* kindOf(Action& action) {
    NameOf visitor;
    std::visit([&](auto& one) { describe(one, visitor); }, action);
    return visitor.name;
}

}  // namespace

const char* actionName(const Action& action) {
    Action copy = action;
    return kindOf(copy);
}

json actionToJson(const Action& action) {
    Action copy = action;
    Writer writer;
    std::visit([&](auto& one) { describe(one, writer); }, copy);
    return writer.object;
}

base::Result<Action> actionFromJson(const json& object) {
    const auto name = object.is_object() ? object.find("action") : object.end();
    if (!object.is_object() || name == object.end() || !name->is_string()) {
        return base::sayError(base::Errc::invalidArgument,
                              {RAFTARIUM_TEXT("Control", "an action is an object with a field \"action\", such as {0}"),
                               {"{\"action\":\"killNode\",\"node\":\"n2\"}"}});
    }
    const std::string kind = name->get<std::string>();
    std::vector<std::string> known;
    for (Action& action : actionPrototypes()) {
        const char* const each = kindOf(action);
        if (kind == each) {
            Reader reader{object, kind, {}};
            reader.left.erase("action");
            std::visit([&](auto& one) { describe(one, reader); }, action);
            reader.finish();
            if (reader.error) return *reader.error;
            return action;
        }
        if (std::find(known.begin(), known.end(), each) == known.end()) known.emplace_back(each);
    }
    return base::sayError(base::Errc::invalidArgument,
                          {RAFTARIUM_TEXT("Control", "there is no action \"{0}\"; the actions are {1}"),
                           {kind.substr(0, 60), absl::StrJoin(known, ", ")}});
}

}  // namespace raftarium::control
