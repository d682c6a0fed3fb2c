// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors
// What a panel shows while it has no content: why, and what to do.
import QtQuick
import Raftarium.Theme

Column {
    id: root

    property alias title: titleText.text
    property alias text: bodyText.text

    width: parent ? parent.width - 2 * Theme.gapLarge : 240 * Theme.u
    spacing: Theme.gap

    TextLabel {
        id: titleText
        width: root.width
        horizontalAlignment: Text.AlignHCenter
        font.pixelSize: Theme.titleSize
        font.weight: Font.DemiBold
        wrapMode: Text.Wrap
    }
    TextLabel {
        id: bodyText
        width: root.width
        horizontalAlignment: Text.AlignHCenter
        quiet: true
        wrapMode: Text.Wrap
    }
}
