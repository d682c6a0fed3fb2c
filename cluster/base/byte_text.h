// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Bytes (keys, values) as people read them: in the panels, the feed, the WAL tab, `wal dump` and `cluster feed`. Keys
// are bytes; the text is only a picture of them. Two different byte strings never have the same picture, and a picture
// read back gives exactly its bytes.
//   * Printable UTF-8 stands for itself, but not where two spellings look alike: of characters that Unicode holds to be
//     equivalent (é, and e with a combining accent) only the composed one is shown as it is.
//   * A backslash is doubled. Newline, tab and carriage return are \n, \t and \r.
//   * All else is \xNN, byte by byte: broken UTF-8, blanks at either end, other blanks, controls (also those that turn
//     the direction of writing), characters without ink, unassigned characters.
//   * Where letters are written from right to left, U+200E stands around them, so that parts keep their order on
//   screen.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace raftarium::base {

std::string byteText(std::string_view bytes);

// The bytes of a picture, or of what a person typed by the same rules (\x41 is A). nullopt where a backslash begins
// none of \\ \n \t \r \xNN, or a U+200E stands where byteText() puts none.
std::optional<std::string> bytesOfText(std::string_view text);

// The picture for places that are short of room, at most `bytesMax` long (at least 8): with an ellipsis at its end, or,
// for keys, which often begin alike, with one in it and more of the end than of the beginning. Not to be read back.
std::string byteTextBegin(std::string_view bytes, std::size_t bytesMax);
std::string byteTextEnds(std::string_view bytes, std::size_t bytesMax);

}  // namespace raftarium::base
