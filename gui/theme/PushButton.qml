// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors
import QtQuick
import QtQuick.Templates as T
import Raftarium.Theme

T.Button {
    id: control

    property bool danger: false
    property bool primary: false
    property string hint
    readonly property color ink: danger ? Theme.color.danger : primary ? Theme.color.onAccent : Theme.color.text

    implicitWidth: contentItem.implicitWidth + 2 * Theme.gapLarge
    implicitHeight: Theme.controlHeight
    hoverEnabled: true
    focusPolicy: Qt.StrongFocus
    opacity: enabled ? 1 : 0.45
    Accessible.name: text
    Accessible.description: hint

    background: Rectangle {
        radius: Theme.radiusSmall + 2
        color: control.primary ? Theme.color.accent
             : control.checked ? Theme.color.selection
             : control.down ? Theme.color.selection : control.hovered ? Theme.color.hover : "transparent"
        border.width: control.visualFocus ? 2 : 1
        border.color: control.visualFocus ? Theme.color.accent
                    : control.danger ? Theme.color.danger : control.primary ? Theme.color.accent : Theme.color.strongLine
        Behavior on color { ColorAnimation { duration: Theme.hoverMs } }
    }
    contentItem: TextLabel {
        text: control.text
        color: control.ink
        horizontalAlignment: Text.AlignHCenter
        font.weight: control.primary ? Font.DemiBold : Font.Normal
    }
    Hint { text: control.hint; shown: control.hovered && control.hint.length > 0 }
}
