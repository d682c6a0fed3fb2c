// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/tools/ctl/ctl_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace raftarium::tools {
namespace {

// Length of the valid UTF-8 sequence at the beginning, 0 if there is none.
std::size_t utf8Length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xC2 && lead < 0xE0 ? 2
                               : (lead & 0xF0) == 0xE0       ? 3
                               : lead >= 0xF0 && lead < 0xF5 ? 4
                                                             : 0;
    if (length == 0 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return 0;
    }
    if (lead == 0xE0 && byte(1) < 0xA0) return 0;
    if (lead == 0xED && byte(1) >= 0xA0) return 0;
    if (lead == 0xF0 && byte(1) < 0x90) return 0;
    if (lead == 0xF4 && byte(1) >= 0x90) return 0;
    return length;
}

std::string formatted(const char* format, double value) {
    std::array<char, 64> buffer;
    std::snprintf(buffer.data(), buffer.size(), format, value);
    return buffer.data();
}

std::string withoutTrailingZeros(std::string text) {
    if (text.find('.') == std::string::npos) return text;
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text;
}

std::string padded(const std::string& text, std::size_t left, std::size_t right) {
    return std::string(left, ' ') + text + std::string(right, ' ');
}

}  // namespace

std::string base64(std::string_view bytes) {
    static constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t word = 0;
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
        for (std::size_t j = 0; j < 3; ++j) {
            word = word << 8 | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0U);
        }
        for (std::size_t j = 0; j < 4; ++j) out += j <= count ? kAlphabet[word >> (18 - 6 * j) & 63] : '=';
    }
    return out;
}

std::string goQuoted(std::string_view bytes) {
    static constexpr std::string_view kNamed = "\a\b\f\n\r\t\v\\\"";
    static constexpr std::string_view kNames = "abfnrtv\\\"";
    std::string out = "\"";
    while (!bytes.empty()) {
        const std::size_t length = utf8Length(bytes);
        const std::size_t named = kNamed.find(bytes[0]);
        const auto byte = static_cast<unsigned char>(bytes[0]);
        if (named != std::string_view::npos) {
            out += '\\';
            out += kNames[named];
        } else if (length == 0 || byte < 0x20 || byte == 0x7f) {
            out += hexBytes(bytes.substr(0, 1));
        } else {
            out += bytes.substr(0, length);
        }
        bytes.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return out + "\"";
}

std::string hexBytes(std::string_view bytes) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string out;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        out += "\\x";
        out += kDigits[byte >> 4];
        out += kDigits[byte & 15];
    }
    return out;
}

std::string humanBytes(std::uint64_t bytes) {
    static constexpr std::array<const char*, 7> kUnits{"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    if (bytes < 10) return std::to_string(bytes) + " B";
    auto value = static_cast<double>(bytes);
    const auto exponent = static_cast<std::size_t>(std::floor(std::log(value) / std::log(1000.0)));
    value = std::floor(value / std::pow(1000.0, static_cast<double>(exponent)) * 10 + 0.5) / 10;
    return formatted(value < 10 ? "%.1f " : "%.0f ", value) + kUnits[exponent];
}

std::string goDuration(std::int64_t ns) {
    if (ns == 0) return "0s";
    if (ns < 0) return "-" + goDuration(-ns);
    const auto value = static_cast<double>(ns);
    if (ns < 1'000) return std::to_string(ns) + "ns";
    if (ns < 1'000'000) return withoutTrailingZeros(formatted("%.3f", value / 1e3)) + "\u00b5s";
    if (ns < 1'000'000'000) return withoutTrailingZeros(formatted("%.6f", value / 1e6)) + "ms";
    const std::int64_t minutes = ns / 60'000'000'000;
    std::string out;
    if (minutes >= 60) out += std::to_string(minutes / 60) + "h";
    if (minutes > 0) out += std::to_string(minutes % 60) + "m";
    return out + withoutTrailingZeros(formatted("%.9f", static_cast<double>(ns % 60'000'000'000) / 1e9)) + "s";
}

std::string paddedHex(std::uint64_t id) {
    std::array<char, 20> buffer;
    std::snprintf(buffer.data(), buffer.size(), "%016llx", static_cast<unsigned long long>(id));
    return buffer.data();
}

std::optional<std::int64_t> parseDuration(std::string_view text) {
    static constexpr std::array<std::pair<std::string_view, double>, 7> kUnits{
        {{"ns", 1}, {"us", 1e3}, {"\u00b5s", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 6e10}, {"h", 3.6e12}}};
    if (text == "0") return 0;
    if (text.empty()) return std::nullopt;
    double total = 0;
    while (!text.empty()) {
        double number = 0;
        const auto [end, error] =
            std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
        if (error != std::errc() || number < 0) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        std::size_t unitLength = 0;
        while (unitLength < text.size() && text[unitLength] != '.' &&
               (text[unitLength] < '0' || text[unitLength] > '9'))
            ++unitLength;
        const auto unit = std::find_if(kUnits.begin(), kUnits.end(),
                                       [&](const auto& known) { return known.first == text.substr(0, unitLength); });
        if (unit == kUnits.end()) return std::nullopt;
        total += number * unit->second;
        text.remove_prefix(unitLength);
    }
    if (!(total < 9e18)) return std::nullopt;
    return static_cast<std::int64_t>(std::llround(total));
}

std::optional<double> parseShare(std::string_view text) {
    const bool percent = !text.empty() && text.back() == '%';
    if (percent) text.remove_suffix(1);
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    if (percent) number /= 100;
    if (!(number >= 0 && number <= 1)) return std::nullopt;
    return number;
}

std::optional<std::int64_t> parseInteger(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> out;
    while (true) {
        const std::size_t end = text.find(separator);
        out.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) return out;
        text.remove_prefix(end + 1);
    }
}

std::string table(const std::vector<std::string>& headings, const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (std::size_t column = 0; column < headings.size(); ++column) {
        widths.push_back(headings[column].size());
        for (const auto& row : rows) widths[column] = std::max(widths[column], row[column].size());
    }
    std::string line = "+";
    for (const std::size_t width : widths) line += std::string(width + 2, '-') + "+";
    line += "\n";
    std::string out = line + "|";
    for (std::size_t column = 0; column < headings.size(); ++column) {
        const std::size_t gap = widths[column] - headings[column].size();
        out += " " + padded(headings[column], gap / 2, gap - gap / 2) + " |";
    }
    out += "\n" + line;
    for (const auto& row : rows) {
        out += "|";
        for (std::size_t column = 0; column < row.size(); ++column) {
            out += " " + padded(row[column], widths[column] - row[column].size(), 0) + " |";
        }
        out += "\n";
    }
    return out + line;
}

std::string columns(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t column = 0; column < row.size(); ++column) {
            widths[column] = std::max(widths[column], row[column].size());
        }
    }
    std::string out;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t column = 0; column < row.size(); ++column) {
            line += padded(row[column], 0, widths[column] - row[column].size() + 2);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + "\n";
    }
    return out;
}

}  // namespace raftarium::tools
