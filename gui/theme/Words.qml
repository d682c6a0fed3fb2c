// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Text in the app's face and colour; one line unless told otherwise.
import QtQuick
import Raftarium.Theme

Text {
    property bool quiet: false
    property bool fixed: false

    font.family: fixed ? Theme.mono : Theme.sans
    font.pixelSize: Theme.bodySize
    color: quiet ? Theme.color.dim : Theme.color.text
    elide: Text.ElideRight
    textFormat: Text.PlainText
    verticalAlignment: Text.AlignVCenter
}
