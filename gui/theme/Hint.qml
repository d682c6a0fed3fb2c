// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The tooltip.
import QtQuick
import QtQuick.Templates as T
import Raftarium.Theme

T.ToolTip {
    id: control

    property bool shown: false
    property bool isData: false  // see TextLabel

    visible: shown
    delay: 600
    timeout: 8000
    x: parent ? Math.round((parent.width - width) / 2) : 0
    y: parent ? parent.height + Theme.gapSmall : 0
    margins: Theme.gap
    padding: Theme.gap
    implicitWidth: Math.min(contentItem.implicitWidth, 460 * Theme.u) + 2 * padding
    implicitHeight: contentItem.implicitHeight + 2 * padding

    contentItem: Text {
        text: control.text
        width: Math.min(implicitWidth, 460 * Theme.u)
        wrapMode: Text.Wrap
        font.family: Theme.sans
        font.pixelSize: Theme.smallSize
        color: Theme.color.text
        textFormat: Text.PlainText
    }
    background: Rectangle {
        color: Theme.color.hover
        border.color: Theme.color.strongLine
        radius: Theme.radiusSmall
    }
}
