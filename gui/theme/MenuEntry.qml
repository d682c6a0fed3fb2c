// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors
import QtQuick
import QtQuick.Templates as T
import Raftarium.Theme

T.MenuItem {
    id: control

    property string keys
    property bool danger: false

    implicitWidth: Math.max(224 * Theme.u, textMetrics.width + (keys.length > 0 ? keyMetrics.width + 2 * Theme.gap : 0) + 3 * Theme.gap)
    implicitHeight: visible ? Theme.controlHeight : 0
    hoverEnabled: true
    opacity: enabled ? 1 : 0.4
    Accessible.name: text

    TextMetrics { id: textMetrics; font.family: Theme.sans; font.pixelSize: Theme.bodySize; text: control.text }
    TextMetrics { id: keyMetrics; font.family: Theme.mono; font.pixelSize: Theme.smallSize; text: control.keys }
    contentItem: Item {
        TextLabel {
            anchors.verticalCenter: parent.verticalCenter
            x: Theme.gap
            text: control.text
            color: control.danger ? Theme.color.danger : Theme.color.text
        }
        TextLabel {
            anchors { verticalCenter: parent.verticalCenter; right: parent.right; rightMargin: Theme.gap }
            text: control.keys
            isData: true
            fixed: true
            quiet: true
            font.pixelSize: Theme.smallSize
        }
    }
    background: Rectangle {
        radius: Theme.radiusSmall
        color: control.highlighted || control.hovered ? Theme.color.hover : "transparent"
    }
}
