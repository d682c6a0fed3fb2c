// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors
import QtQuick
import QtQuick.Templates as T
import Raftarium.Theme

T.Switch {
    id: control

    implicitWidth: 160 * Theme.u
    implicitHeight: Theme.controlHeight
    hoverEnabled: true
    opacity: enabled ? 1 : 0.45
    Accessible.name: text

    contentItem: TextLabel {
        text: control.text
        rightPadding: control.indicator.width + Theme.gap
    }
    indicator: Rectangle {
        x: control.width - width
        anchors.verticalCenter: parent ? parent.verticalCenter : undefined
        width: 40 * Theme.u
        height: 20 * Theme.u
        radius: height / 2
        color: control.checked ? Theme.color.accent : Theme.color.track
        border.width: control.visualFocus ? 2 : 0
        border.color: Theme.color.text

        Rectangle {
            x: control.checked ? parent.width - width - 2 * Theme.u : 2 * Theme.u
            anchors.verticalCenter: parent.verticalCenter
            width: parent.height - 4 * Theme.u
            height: width
            radius: width / 2
            color: control.checked ? Theme.color.onAccent : Theme.color.knob
            Behavior on x { NumberAnimation { duration: Theme.hoverMs } }
        }
    }
}
