// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors
// What a tab shows instead of content: what is the case, and what to do.
import QtQuick
import Raftarium.Theme

Column {
    id: root

    property alias title: titleText.text
    property alias text: bodyText.text

    width: parent ? parent.width - 2 * Theme.gapLarge : 240 * Theme.u
    spacing: Theme.gap

    Words {
        id: titleText
        width: root.width
        horizontalAlignment: Text.AlignHCenter
        font.pixelSize: Theme.titleSize
        font.weight: Font.DemiBold
        wrapMode: Text.Wrap
    }
    Words {
        id: bodyText
        width: root.width
        horizontalAlignment: Text.AlignHCenter
        quiet: true
        wrapMode: Text.Wrap
    }
}
