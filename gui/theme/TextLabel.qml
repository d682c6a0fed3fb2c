// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A text in the app's typeface and colour; one line unless a user of it says otherwise.
import QtQuick
import Raftarium.Theme

Text {
    property bool quiet: false  // in the dim colour
    property bool fixed: false  // in the monospaced typeface
    // Not a text of the app but data: a name, a key, a value, a number, a command, a path. It is the same in every language.
    property bool isData: false

    font.family: fixed ? Theme.mono : Theme.sans
    font.pixelSize: Theme.bodySize
    color: quiet ? Theme.color.dim : Theme.color.text
    elide: Text.ElideRight
    textFormat: Text.PlainText
    verticalAlignment: Text.AlignVCenter
}
