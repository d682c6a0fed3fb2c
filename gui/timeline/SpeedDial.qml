// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Speed on a logarithmic scale, 1/1000 to 1.
import QtQuick
import QtQuick.Templates as T
import Raftarium.Models
import Raftarium.Theme

T.Slider {
    id: slider

    required property Session session

    implicitWidth: 120 * Theme.u
    implicitHeight: Theme.controlHeight
    from: -3
    to: 0
    value: Math.log(session.player.speed) / Math.LN10
    hoverEnabled: true
    Accessible.name: qsTr("Speed of the view: %1").arg(session.player.speedText)
    onMoved: session.player.setSpeed(value > -0.05 ? 1 : Math.pow(10, value))

    background: Rectangle {
        anchors.verticalCenter: parent.verticalCenter
        width: slider.width
        height: 4 * Theme.u
        radius: height / 2
        color: Theme.color.track
        Repeater {
            model: 4
            Rectangle {
                required property int index
                x: index / 3 * (parent.width - 1)
                y: -3 * Theme.u
                width: 1
                height: 10 * Theme.u
                color: Theme.color.strongLine
            }
        }
    }
    handle: Rectangle {
        x: slider.visualPosition * (slider.width - width)
        anchors.verticalCenter: parent.verticalCenter
        width: 14 * Theme.u
        height: width
        radius: width / 2
        color: Theme.color.knob
        border.width: slider.visualFocus || slider.pressed ? 3 : 0
        border.color: Theme.color.accent
    }
    Hint {
        text: qsTr("How fast the view plays. The pace of the cluster stays the same.")
        shown: slider.hovered && !slider.pressed
    }
}
