// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A button that is one sign. The hint, which screen readers read too, says what it does.
import QtQuick
import QtQuick.Templates as T
import Raftarium.Theme

T.Button {
    id: control

    property string hint
    property bool round: false
    property bool filled: false
    property real size: Theme.controlHeight

    implicitWidth: size
    implicitHeight: size
    hoverEnabled: true
    opacity: enabled ? 1 : 0.4
    Accessible.name: hint

    background: Rectangle {
        radius: control.round ? width / 2 : Theme.radiusSmall
        color: control.filled ? Theme.color.accent
             : control.checked ? Theme.color.selection : control.hovered ? Theme.color.hover : "transparent"
        border.width: control.visualFocus ? 2 : 0
        border.color: control.filled ? Theme.color.text : Theme.color.accent
    }
    contentItem: TextLabel {
        text: control.text
        color: control.filled ? Theme.color.onAccent : Theme.color.text
        horizontalAlignment: Text.AlignHCenter
        font.pixelSize: Theme.titleSize
    }
    Hint { text: control.hint; shown: control.hovered }
}
