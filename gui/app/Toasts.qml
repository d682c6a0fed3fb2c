// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What was done, with the command that does the same; or why it could not be done.
pragma ComponentBehavior: Bound

import QtQuick
import Raftarium.Models
import Raftarium.Theme

Column {
    id: root

    required property Session session
    spacing: Theme.gap

    Connections {
        target: root.session.actions
        function onToast(text: string, command: string, bad: bool) {
            while (entries.count > 2)
                entries.remove(0)
            entries.append({text: text, command: command, bad: bad})
        }
    }
    ListModel { id: entries }
    Repeater {
        model: entries
        Rectangle {
            id: toast
            required property int index
            required property string text
            required property string command
            required property bool bad

            width: root.width
            height: content.height + 2 * Theme.gap + 4
            radius: Theme.radius
            color: Theme.color.panel
            border.width: 1
            border.color: bad ? Theme.color.danger : Theme.color.strongLine
            Accessible.role: Accessible.AlertMessage
            Accessible.name: text.length > 0 ? text : qsTr("Done")
            Accessible.description: command

            Timer { interval: toast.bad ? 2 * Theme.toastMs : Theme.toastMs; running: !area.containsMouse; onTriggered: entries.remove(toast.index) }
            Rectangle {
                x: Theme.gap
                anchors.verticalCenter: parent.verticalCenter
                width: 4 * Theme.u
                height: parent.height - 2 * Theme.gap
                radius: 2
                color: toast.bad ? Theme.color.danger : Theme.color.accent
            }
            Column {
                id: content
                anchors { left: parent.left; right: copyButton.left; verticalCenter: parent.verticalCenter; leftMargin: Theme.gap * 2.5; rightMargin: Theme.gap }
                TextLabel { width: parent.width; text: toast.text; visible: text.length > 0; wrapMode: Text.Wrap; elide: Text.ElideNone }
                TextLabel { width: parent.width; text: toast.command; isData: true; fixed: true; quiet: toast.text.length > 0; font.pixelSize: Theme.smallSize; visible: text.length > 0; wrapMode: Text.WrapAnywhere; maximumLineCount: 3 }
            }
            MouseArea { id: area; anchors.fill: parent; hoverEnabled: true; onClicked: entries.remove(toast.index) }
            PushButton {
                id: copyButton
                anchors { right: parent.right; rightMargin: Theme.gap; verticalCenter: parent.verticalCenter }
                visible: toast.command.length > 0
                width: visible ? implicitWidth : 0
                text: qsTr("Copy")
                hint: qsTr("Copy the command")
                onClicked: { root.session.actions.copy(toast.command); entries.remove(toast.index) }
            }
        }
    }
}
