// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors
import QtQuick
import QtQuick.Templates as T
import Raftarium.Theme

T.Menu {
    id: control

    property string heading

    implicitWidth: {
        let wanted = 224 * Theme.u
        for (let i = 0; i < count; ++i)
            wanted = Math.max(wanted, itemAt(i).implicitWidth)
        return wanted + leftPadding + rightPadding
    }
    implicitHeight: contentItem.implicitHeight + topPadding + bottomPadding
    topPadding: heading.length > 0 ? Theme.bodySize * 2.1 : Theme.gapSmall
    bottomPadding: Theme.gapSmall
    leftPadding: Theme.gapSmall
    rightPadding: Theme.gapSmall
    margins: Theme.gap
    overlap: 1

    delegate: MenuEntry {}
    contentItem: ListView {
        implicitHeight: contentHeight
        model: control.contentModel
        interactive: false
        currentIndex: control.currentIndex
    }
    background: Rectangle {
        color: Theme.color.panel
        border.color: Theme.color.strongLine
        radius: Theme.radius
        TextLabel {
            x: Theme.gapSmall + Theme.gap  // where the entries' text begins
            y: Theme.gap
            width: parent.width - 2 * x
            text: control.heading
            quiet: true
            font.pixelSize: Theme.smallSize
        }
    }
}
