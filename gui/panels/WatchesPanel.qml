// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors
// The Watches panel: makes a watch, and lists the events that it delivers.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls.Basic as C
import Raftarium.Models
import Raftarium.Panels
import Raftarium.Theme

Item {
    id: root

    required property Session session

    WatchModel { id: watch; api: root.session.api }

    Column {
        id: top
        width: parent.width
        spacing: Theme.gap

        Row {
            width: parent.width
            spacing: Theme.gapSmall
            Field {
                id: keyField
                width: (parent.width - 2 * Theme.gapSmall - startButton.width) * 0.53
                placeholderText: qsTr("key (or empty)")
                enabled: !watch.active
                onAccepted: startButton.clicked()
            }
            Field {
                id: revisionField
                width: (parent.width - 2 * Theme.gapSmall - startButton.width) * 0.47
                placeholderText: qsTr("from rev.")
                enabled: !watch.active
                validator: IntValidator { bottom: 0 }
                onAccepted: startButton.clicked()
            }
            PushButton {
                id: startButton
                text: watch.active ? qsTr("Stop") : qsTr("Watch")
                primary: !watch.active
                enabled: watch.active || root.session.api.reachable
                onClicked: watch.active ? watch.stop() : watch.start(keyField.text, prefix.checked, Number(revisionField.text))
            }
        }
        Toggle { id: prefix; width: parent.width; text: qsTr("all keys that begin with it"); checked: true; enabled: !watch.active }
        TextLabel {
            width: parent.width
            font.pixelSize: Theme.smallSize
            wrapMode: Text.Wrap
            color: watch.error.length > 0 ? Theme.color.danger : Theme.color.dim
            text: watch.error.length > 0 ? watch.error
                : watch.status.length > 0 ? qsTr("%1 · %n events", "", watch.received).arg(watch.status) : ""
        }
    }

    ListView {
        id: list
        anchors { left: parent.left; right: parent.right; top: top.bottom; topMargin: Theme.gapSmall; bottom: parent.bottom }
        clip: true
        model: watch
        boundsBehavior: Flickable.StopAtBounds
        C.ScrollBar.vertical: C.ScrollBar {}

        delegate: Row {
            id: event
            required property var revision
            required property string key
            required property string value
            required property string previous
            required property bool deleted
            width: list.width
            height: Theme.controlHeight
            spacing: Theme.gap
            TextLabel { width: 56 * Theme.u; height: parent.height; text: event.revision; isData: true; fixed: true; font.pixelSize: Theme.smallSize + 1 }
            TextLabel {
                width: 60 * Theme.u
                height: parent.height
                text: event.deleted ? qsTr("delete") : qsTr("put")
                color: event.deleted ? Theme.color.danger : Theme.color.accent
                font.pixelSize: Theme.smallSize
            }
            TextLabel { width: (parent.width - 116 * Theme.u - 3 * Theme.gap) * 0.4; height: parent.height; text: event.key; isData: true; fixed: true; elide: Text.ElideMiddle; font.pixelSize: Theme.smallSize + 1 }
            TextLabel {
                width: (parent.width - 116 * Theme.u - 3 * Theme.gap) * 0.6
                height: parent.height
                isData: !event.deleted
                fixed: true
                quiet: true
                font.pixelSize: Theme.smallSize + 1
                text: event.deleted ? (event.previous.length > 0 ? qsTr("was %1").arg(event.previous) : "")
                    : event.previous.length > 0 ? event.previous + " → " + event.value : event.value
            }
        }
        EmptyState {
            anchors.centerIn: parent
            visible: list.count === 0 && watch.error.length === 0
            title: watch.active ? qsTr("Waiting for a change") : qsTr("Watch a key")
            text: watch.active ? qsTr("Put or delete a key that this watch covers.")
                               : qsTr("Every put and delete is shown with its revision. From revision 1 on, the past comes first.")
        }
    }
}
