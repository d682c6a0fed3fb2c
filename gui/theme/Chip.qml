// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A labelled value in the header.
import QtQuick
import Raftarium.Theme

Rectangle {
    id: root

    property string name
    property string value
    property bool isData: true  // the value, see TextLabel
    property color dot: "transparent"

    implicitWidth: row.implicitWidth + 2 * Theme.gapLarge
    implicitHeight: Theme.controlHeight + 2
    radius: height / 2
    color: Theme.color.panel
    border.width: 1
    border.color: Theme.color.line
    Accessible.role: Accessible.StaticText
    Accessible.name: qsTr("%1: %2").arg(name).arg(value)

    Row {
        id: row
        anchors.centerIn: parent
        spacing: Theme.gap

        TextLabel {
            anchors.baseline: number.baseline
            text: root.name
            quiet: true
            font.pixelSize: Theme.smallSize
        }
        Rectangle {
            anchors.verticalCenter: parent.verticalCenter
            visible: root.dot.a > 0
            width: 11 * Theme.u
            height: width
            radius: width / 2
            color: root.dot
            border.width: 1
            border.color: Qt.darker(root.dot, 1.5)
        }
        TextLabel {
            id: number
            text: root.value
            isData: root.isData
            fixed: true
            font.pixelSize: Theme.titleSize
            font.weight: Font.Medium
        }
    }
}
