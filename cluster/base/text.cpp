// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/text.h"

#include <charconv>

namespace raftarium::base {

TextValue::TextValue(Text value) : text(std::make_shared<const Text>(std::move(value))) {}

bool operator==(const TextValue& a, const TextValue& b) {
    if (a.plain != b.plain || (a.text == nullptr) != (b.text == nullptr)) return false;
    return a.text == nullptr || *a.text == *b.text;
}

std::string Text::english() const {
    std::vector<std::string> filled;
    filled.reserve(values.size());
    for (const TextValue& value : values) filled.push_back(value.text ? value.text->english() : value.plain);
    return expand(pattern.source, filled);
}

std::string expand(std::string_view pattern, const std::vector<std::string>& values) {
    std::string out;
    while (!pattern.empty()) {
        const std::size_t open = pattern.find('{');
        out += pattern.substr(0, open);
        if (open == std::string_view::npos) break;
        pattern.remove_prefix(open);
        std::size_t place = 0;
        const char* const end = pattern.data() + pattern.size();
        const auto [after, failed] = std::from_chars(pattern.data() + 1, end, place);
        const bool known = failed == std::errc() && after != end && *after == '}' && place < values.size();
        const std::size_t taken = known ? static_cast<std::size_t>(after - pattern.data()) + 1 : 1;
        out += known ? std::string_view(values[place]) : pattern.substr(0, 1);
        pattern.remove_prefix(taken);
    }
    return out;
}

}  // namespace raftarium::base
