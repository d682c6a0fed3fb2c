// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors
import QtQuick
import QtQuick.Templates as T
import Raftarium.Theme

T.TextField {
    id: control

    implicitWidth: 120 * Theme.u
    implicitHeight: Theme.controlHeight
    leftPadding: Theme.gap
    rightPadding: Theme.gap
    font.family: Theme.mono
    font.pixelSize: Theme.smallSize + 1
    color: Theme.color.text
    placeholderTextColor: Theme.color.dim
    selectionColor: Theme.color.accent
    selectedTextColor: Theme.color.onAccent
    verticalAlignment: TextInput.AlignVCenter
    selectByMouse: true
    Accessible.name: placeholderText

    background: Rectangle {
        radius: Theme.radiusSmall
        color: Theme.color.sunken
        border.width: control.activeFocus ? 2 : 1
        border.color: control.activeFocus ? Theme.color.accent : Theme.color.strongLine
        TextLabel {
            anchors.fill: parent
            leftPadding: control.leftPadding
            rightPadding: control.rightPadding
            visible: control.text.length === 0
            text: control.placeholderText
            quiet: true
            font: control.font
        }
    }
}
