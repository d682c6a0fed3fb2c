// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// One line: the name of the cluster, its most important values, and buttons for the window.
import QtQuick
import Raftarium.Models
import Raftarium.Theme

Item {
    id: root

    required property Session session
    property bool controlsShown: true
    signal sheetAsked()
    signal controlsAsked()

    implicitHeight: Theme.controlHeight + 2 * Theme.gap + 4

    Row {
        id: left
        anchors { left: parent.left; leftMargin: Theme.gap; verticalCenter: parent.verticalCenter }
        spacing: Theme.gapLarge
        IconButton {
            anchors.verticalCenter: parent.verticalCenter
            text: "☰"
            hint: root.controlsShown ? qsTr("Hide the controls (C)") : qsTr("Show the controls (C)")
            onClicked: root.controlsAsked()
        }
        TextLabel {
            anchors.verticalCenter: parent.verticalCenter
            text: "Raftarium"
            isData: true
            font.pixelSize: Theme.headingSize
            font.weight: Font.DemiBold
            elide: Text.ElideNone
        }
        TextLabel {
            anchors.verticalCenter: parent.verticalCenter
            anchors.verticalCenterOffset: 2 * Theme.u
            visible: root.width > 1100 * Theme.u
            text: root.session.phase === Session.Replay ? qsTr("%1 · recording").arg(root.session.clusterName)
                : qsTr("%1 · %n nodes", "", root.session.roster.names.length).arg(root.session.clusterName)
            quiet: true
        }
    }
    Row {
        anchors.centerIn: parent
        spacing: Theme.gap
        Chip {
            name: qsTr("term")
            value: root.session.summary.term > 0 ? root.session.summary.term : "–"
            dot: root.session.summary.term > 0 ? Theme.termFill(root.session.summary.term) : "transparent"
        }
        Chip {
            name: qsTr("leader")
            value: root.session.summary.leaderName.length > 0 ? root.session.summary.leaderName : qsTr("none")
            isData: root.session.summary.leaderName.length > 0
        }
        Chip { name: qsTr("commit"); value: root.session.summary.commitIndex }
        Chip { name: qsTr("revision"); value: root.session.summary.revision }
    }
    Row {
        anchors { right: parent.right; rightMargin: Theme.gap; verticalCenter: parent.verticalCenter }
        spacing: Theme.gap
        PushButton {
            text: Theme.dark ? qsTr("Projector") : qsTr("Night")
            hint: qsTr("The other theme (T)")
            onClicked: Theme.toggle()
        }
        IconButton { text: "?"; hint: qsTr("Keys (?)"); onClicked: root.sheetAsked() }
    }
}
