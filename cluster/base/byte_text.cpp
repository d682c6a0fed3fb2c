// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/byte_text.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <vector>

namespace raftarium::base {

namespace {

struct Range {
    std::uint32_t first, last;
};
#include "cluster/base/unicode_ranges.inc"

constexpr std::string_view kEllipsis = "…";
constexpr std::string_view kLeftToRight = "\xE2\x80\x8E";  // U+200E
// Scripts written from right to left.
constexpr Range kRightToLeft[] = {
    {0x590, 0x8FF}, {0xFB1D, 0xFDFF}, {0xFE70, 0xFEFE}, {0x10800, 0x10FFF}, {0x1E800, 0x1EFFF}};

template <std::size_t N>
bool within(const Range (&ranges)[N], std::uint32_t point) {
    const auto after = std::upper_bound(std::begin(ranges), std::end(ranges), point,
                                        [](std::uint32_t value, const Range& range) { return value < range.first; });
    return after != std::begin(ranges) && point <= std::prev(after)->last;
}

bool composes(std::uint32_t first, std::uint32_t second) {
    return std::any_of(std::begin(kComposed), std::end(kComposed),
                       [&](const Range& pair) { return pair.first == first && pair.last == second; });
}

struct Character {
    std::size_t length = 0;  // in bytes; 0 if no valid UTF-8 begins here
    std::uint32_t point = 0;
};

Character characterAt(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const std::uint8_t lead = byte(0);
    if (lead < 0x80) return {1, lead};
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {};
    std::uint32_t point = lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return {};
        point = (point << 6) | (byte(i) & 0x3FU);
    }
    const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
    if (overlong || (point >= 0xD800 && point < 0xE000) || point > 0x10FFFF) return {};
    return {length, point};
}

void putEscaped(std::string& out, std::string_view bytes) {
    static constexpr char kDigits[] = "0123456789abcdef";
    for (const char c : bytes) {
        const auto byte = static_cast<std::uint8_t>(c);
        out += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
    }
}

// Makes the picture piece by piece, so that the caller can stop early. A piece is one character or one escape.
class Painter {
public:
    explicit Painter(std::string_view bytes) : m_all(bytes) {}

    bool done() const { return m_at == m_all.size(); }

    std::string next() {
        const std::string_view rest = m_all.substr(m_at);
        const Character character = characterAt(rest);
        const std::size_t length = std::max<std::size_t>(character.length, 1);
        const bool shown = character.length > 0 && isShown(character.point, m_at + length == m_all.size());
        const bool rightToLeft = shown && within(kRightToLeft, character.point);
        std::string out;
        if (rightToLeft != m_rightToLeft) out += kLeftToRight;
        m_rightToLeft = rightToLeft;
        if (!shown)
            putUnshown(out, rest.substr(0, length));
        else if (rest[0] == '\\')
            out += "\\\\";
        else
            out += rest.substr(0, length);
        m_at += length;
        if (done() && m_rightToLeft) out += kLeftToRight;
        return out;
    }

private:
    bool isShown(std::uint32_t point, bool last) {
        if (point > ' ' && point < 0x7F) {  // most characters
            m_base = point;
            m_mark = 0;
            return true;
        }
        const bool mark = within(kReordered, point);
        const bool hidden = within(kHidden, point) || (point == ' ' && (m_at == 0 || last)) ||
                            // Two marks in the other order, and two characters that look like one.
                            (mark && m_mark >= point) || composes(m_base, point);
        m_mark = hidden || !mark ? 0 : point;
        if (hidden || !mark) m_base = hidden ? 0 : point;
        return !hidden;
    }

    static void putUnshown(std::string& out, std::string_view bytes) {
        static constexpr std::string_view kNamed = "\n\t\r", kNames = "ntr";
        const std::size_t named = kNamed.find(bytes[0]);
        if (named == std::string_view::npos)
            putEscaped(out, bytes);
        else
            out += {'\\', kNames[named]};
    }

    const std::string_view m_all;
    std::size_t m_at = 0;
    std::uint32_t m_base = 0, m_mark = 0;  // the last character that is not a mark, and the mark just before; 0 if none
    bool m_rightToLeft = false;
};

int hexDigit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// Removes one escape from the front of `text`, whose first character is a backslash.
std::optional<char> takeEscape(std::string_view& text) {
    if (text.size() < 2) return std::nullopt;
    const char kind = text[1];
    if (kind == 'x') {
        if (text.size() < 4) return std::nullopt;
        const int high = hexDigit(text[2]), low = hexDigit(text[3]);
        if (high < 0 || low < 0) return std::nullopt;
        text.remove_prefix(4);
        return static_cast<char>(high * 16 + low);
    }
    text.remove_prefix(2);
    switch (kind) {
        case '\\':
            return '\\';
        case 'n':
            return '\n';
        case 't':
            return '\t';
        case 'r':
            return '\r';
        default:
            return std::nullopt;
    }
}

}  // namespace

std::string byteText(std::string_view bytes) {
    std::string out;
    for (Painter painter(bytes); !painter.done();) out += painter.next();
    return out;
}

std::optional<std::string> bytesOfText(std::string_view text) {
    const std::string_view whole = text;
    std::string out;
    bool directed = false;
    while (!text.empty()) {
        if (text[0] == '\\') {
            const auto byte = takeEscape(text);
            if (!byte) return std::nullopt;
            out += *byte;
        } else if (text.starts_with(kLeftToRight)) {
            directed = true;
            text.remove_prefix(kLeftToRight.size());
        } else {
            out += text[0];
            text.remove_prefix(1);
        }
    }
    if (directed && byteText(out) != whole) return std::nullopt;
    return out;
}

std::string byteTextBegin(std::string_view bytes, std::size_t bytesMax) {
    std::string out;
    std::size_t fits = 0;  // bytes of `out` that leave room for the ellipsis
    for (Painter painter(bytes); !painter.done();) {
        out += painter.next();
        if (out.size() > bytesMax) {
            out.resize(fits);
            return out += kEllipsis;
        }
        if (out.size() + kEllipsis.size() <= bytesMax) fits = out.size();
    }
    return out;
}

std::string byteTextEnds(std::string_view bytes, std::size_t bytesMax) {
    // A picture is never shorter than its bytes. So only the bytes near the ends can be in it.
    if (bytes.size() <= bytesMax) {
        std::string all = byteText(bytes);
        if (all.size() <= bytesMax) return all;
    }
    const std::size_t room = bytesMax - kEllipsis.size();
    std::string head = byteTextBegin(bytes.substr(0, bytesMax + 1), room / 3 + kEllipsis.size());
    std::string_view end = bytes.substr(bytes.size() - std::min(bytes.size(), bytesMax));
    while (end.size() > 1 && (static_cast<std::uint8_t>(end[0]) & 0xC0) == 0x80) end.remove_prefix(1);
    std::vector<std::string> pieces;
    for (Painter painter(end); !painter.done();) pieces.push_back(painter.next());
    std::size_t length = head.size(), first = pieces.size();
    while (first > 0 && length + pieces[first - 1].size() <= bytesMax) length += pieces[--first].size();
    for (; first < pieces.size(); ++first) head += pieces[first];
    return head;
}

}  // namespace raftarium::base
