// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Bytes (keys and values) as people read them: in the panels, the feed, the WAL tab, `wal dump` and `cluster feed`.
// Keys are bytes; the text is only a picture of them. Two different byte strings never have the same picture, and
// reading a picture back gives exactly its bytes.
//   * Printable UTF-8 is shown as it is, except where two spellings look alike: of characters that are equivalent in
//     Unicode (é, and e with a combining accent) only the composed one is shown as it is.
//   * A backslash is doubled. Newline, tab and carriage return are \n, \t and \r.
//   * Everything else is \xNN for each byte: invalid UTF-8, blanks at both ends, other kinds of blanks, controls (also
//     those that change the direction of writing), invisible characters, unassigned characters.
//   * Around letters that are written from right to left there is U+200E, so that the parts keep their order on screen.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace raftarium::base {

std::string byteText(std::string_view bytes);

// The bytes of a picture, or of a text that a person typed by the same rules (\x41 is A). Nullopt if a backslash is not
// the beginning of \\ \n \t \r or \xNN, or if there is a U+200E where byteText() puts none.
std::optional<std::string> bytesOfText(std::string_view text);

// A shortened picture of at most `bytesMax` bytes (at least 8). The first form has an ellipsis at its end. The second
// is for keys, which often begin alike: its ellipsis is inside, and it shows more of the end than of the beginning. A
// shortened picture cannot be read back.
std::string byteTextBegin(std::string_view bytes, std::size_t bytesMax);
std::string byteTextEnds(std::string_view bytes, std::size_t bytesMax);

}  // namespace raftarium::base
