// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A sentence that people read, as data: a template and the values that fill it. The app says it in the language it
// speaks; everything else says it in English.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

// The translators' tool finds the templates by this name (-tr-function-alias QT_TRANSLATE_NOOP+=RAFTARIUM_TEXT). Both
// arguments are string literals: the context says where the sentence stands, the source is the sentence in English, in
// which {0} {1} ... stand for the values.
#define RAFTARIUM_TEXT(context, source) \
    ::raftarium::base::TextTemplate { context, source }

namespace raftarium::base {

struct TextTemplate {
    const char* context = "";
    const char* source = "";
    friend bool operator==(const TextTemplate& a, const TextTemplate& b) {
        return std::string_view(a.context) == b.context && std::string_view(a.source) == b.source;
    }
};

struct Text;

// What fills a place of a template: a name or number, which is the same in every language, or another sentence.
struct TextValue {
    TextValue(std::string value) : plain(std::move(value)) {}
    TextValue(std::string_view value) : plain(value) {}
    TextValue(const char* value) : plain(value) {}
    // (Qt 6.4's moc cannot read <concepts>.)
    template <typename T, std::enable_if_t<std::is_integral_v<T>, int> = 0>
    TextValue(T value) : plain(std::to_string(value)) {}
    TextValue(Text value);
    friend bool operator==(const TextValue& a, const TextValue& b);

    std::string plain;
    std::shared_ptr<const Text> text;  // if not null, this stands in the place
};

struct Text {
    TextTemplate pattern;
    std::vector<TextValue> values;

    std::string english() const;
    friend bool operator==(const Text& a, const Text& b) = default;
};

// Puts values[n] where the pattern has {n}. Values are not looked into: one that contains "{0}" stays as it is. A place
// without a value stays as it is, too.
std::string expand(std::string_view pattern, const std::vector<std::string>& values);

}  // namespace raftarium::base
