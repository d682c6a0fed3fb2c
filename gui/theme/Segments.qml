// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A choice between a few texts, side by side.
pragma ComponentBehavior: Bound

import QtQuick
import Raftarium.Theme

Rectangle {
    id: root

    required property var choices
    property int current: 0
    signal chosen(int index)

    implicitHeight: Theme.controlHeight
    implicitWidth: 200 * Theme.u
    radius: Theme.radiusSmall + 2
    color: Theme.color.sunken
    border.width: 1
    border.color: Theme.color.line
    opacity: enabled ? 1 : 0.45

    Row {
        id: row
        anchors.fill: parent
        anchors.margins: 2

        Repeater {
            model: root.choices

            Rectangle {
                id: segment
                required property int index
                required property string modelData
                readonly property bool selected: index === root.current

                width: row.width / root.choices.length
                height: row.height
                radius: Theme.radiusSmall
                color: selected ? Theme.color.accent : area.containsMouse ? Theme.color.hover : "transparent"
                border.width: activeFocus ? 2 : 0
                border.color: Theme.color.text
                activeFocusOnTab: true
                Accessible.role: Accessible.RadioButton
                Accessible.name: modelData
                Accessible.checked: selected
                Keys.onSpacePressed: root.chosen(index)
                Keys.onReturnPressed: root.chosen(index)

                TextLabel {
                    anchors.fill: parent
                    text: segment.modelData
                    horizontalAlignment: Text.AlignHCenter
                    fontSizeMode: Text.HorizontalFit
                    minimumPixelSize: 9
                    leftPadding: 2
                    rightPadding: 2
                    color: segment.selected ? Theme.color.onAccent : Theme.color.dim
                    font.weight: segment.selected ? Font.DemiBold : Font.Normal
                    font.pixelSize: Theme.smallSize
                }
                MouseArea {
                    id: area
                    anchors.fill: parent
                    hoverEnabled: true
                    onClicked: root.chosen(segment.index)
                }
            }
        }
    }
}
