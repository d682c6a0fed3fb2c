// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A slider with a label and its value as text. A value is chosen when the slider is let go, or a key is released.
import QtQuick
import QtQuick.Templates as T
import Raftarium.Theme

Item {
    id: root

    property string name
    property string valueText
    property alias from: slider.from
    property alias to: slider.to
    property alias stepSize: slider.stepSize
    property real value: 0
    readonly property alias position: slider.value
    readonly property alias pressed: slider.pressed
    signal chosen(real value)

    implicitHeight: column.implicitHeight
    implicitWidth: 160 * Theme.u
    opacity: enabled ? 1 : 0.45
    onValueChanged: if (!slider.pressed) slider.value = value

    Column {
        id: column
        width: parent.width
        spacing: 0
        Item {
            width: parent.width
            height: Theme.bodySize * 1.5
            TextLabel { anchors.verticalCenter: parent.verticalCenter; text: root.name }
            TextLabel {
                anchors { verticalCenter: parent.verticalCenter; right: parent.right }
                text: root.valueText
                fixed: true
                quiet: true
                font.pixelSize: Theme.smallSize
            }
        }
        T.Slider {
            id: slider
            width: parent.width
            implicitHeight: 22 * Theme.u
            hoverEnabled: true
            live: true
            Accessible.name: qsTr("%1: %2").arg(root.name).arg(root.valueText)
            onPressedChanged: if (!pressed) root.chosen(value)
            Keys.onReleased: root.chosen(value)

            background: Rectangle {
                anchors.verticalCenter: parent.verticalCenter
                width: slider.width
                height: 4 * Theme.u
                radius: height / 2
                color: Theme.color.track
                Rectangle {
                    width: slider.visualPosition * parent.width
                    height: parent.height
                    radius: parent.radius
                    color: Theme.color.accent
                }
            }
            handle: Rectangle {
                x: slider.visualPosition * (slider.width - width)
                anchors.verticalCenter: parent.verticalCenter
                width: 16 * Theme.u
                height: width
                radius: width / 2
                color: Theme.color.knob
                border.width: slider.visualFocus || slider.pressed ? 3 : 0
                border.color: Theme.color.accent
            }
        }
    }
}
