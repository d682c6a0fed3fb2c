// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Stands in place of the stage while no cluster is shown: says what is happening, and what to do.
pragma ComponentBehavior: Bound

import QtQuick
import Raftarium.Models
import Raftarium.Theme

Rectangle {
    id: root

    required property Session session
    signal again()
    signal newCluster()

    readonly property bool failed: session.phase === Session.Failed
    color: Theme.color.stage
    border.color: Theme.color.line
    radius: Theme.radius
    visible: session.phase !== Session.Live && session.phase !== Session.Replay

    Column {
        anchors.centerIn: parent
        width: Math.min(parent.width - 4 * Theme.gapLarge, 640 * Theme.u)
        spacing: Theme.gapLarge

        Row {  // five dots, as five nodes that start
            anchors.horizontalCenter: parent.horizontalCenter
            spacing: Theme.gapLarge
            Repeater {
                model: 5
                Rectangle {
                    id: dot
                    required property int index
                    width: 18 * Theme.u
                    height: width
                    radius: width / 2
                    color: "transparent"
                    border.width: 2
                    border.color: root.failed ? Theme.color.danger : Theme.color.accent
                    Component.onCompleted: opacity = 0.35
                    SequentialAnimation on opacity {
                        running: root.session.phase === Session.Opening && !Theme.reducedMotion
                        loops: Animation.Infinite
                        PauseAnimation { duration: dot.index * Theme.moveMs / 2 }
                        NumberAnimation { to: 1; duration: Theme.moveMs }
                        NumberAnimation { to: 0.35; duration: 2 * Theme.moveMs }
                        PauseAnimation { duration: (5 - dot.index) * Theme.moveMs / 2 }
                    }
                }
            }
        }
        TextLabel {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: root.failed ? qsTr("The cluster did not open") : root.session.phase === Session.Opening
                  ? qsTr("Opening %1").arg(root.session.clusterName) : qsTr("No cluster is open")
            font.pixelSize: Theme.captionSize
            font.weight: Font.Medium
            wrapMode: Text.WordWrap
        }
        TextLabel {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: root.session.phaseText
            quiet: true
            wrapMode: Text.WordWrap
            elide: Text.ElideNone
        }
        Row {
            anchors.horizontalCenter: parent.horizontalCenter
            spacing: Theme.gap
            visible: root.failed
            PushButton { text: qsTr("Try again"); primary: true; onClicked: root.again() }
            PushButton { text: qsTr("New five-node cluster"); onClicked: root.newCluster() }
        }
    }
}
