// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors
// The Keys panel: put and delete keys; the keys under a prefix as they were at the playhead; the history of one key.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls.Basic as C
import Raftarium.Models
import Raftarium.Panels
import Raftarium.Theme

Item {
    id: root

    required property Session session

    readonly property real pastRevision: session.summary.pastRevision  // 0: the newest is shown
    readonly property real newestRevision: session.summary.newestRevision
    readonly property ClusterApi api: visible ? session.api : null  // hidden, it asks nothing
    onNewestRevisionChanged: refreshTimer.start()
    // The store may change a thousand times a second. It is read again three times a second, which is as fast as people read.
    Timer { id: refreshTimer; interval: Theme.refreshMs; onTriggered: { keys.refresh(); history.refresh() } }

    KeysModel {
        id: keys
        api: root.api
        prefix: prefixField.text
        revision: root.pastRevision
        // The member that answered may not have applied the newest revision that is known. It is asked again until it has.
        onStateChanged: if (!loading && error.length === 0 && revision === 0 && shownRevision < root.newestRevision) refreshTimer.start()
    }
    HistoryModel { id: history; api: root.api }

    // Deletes the key and revision that were on the screen when Delete was pressed, also if the list has changed since.
    Dialog {
        id: deleteDialog
        property var key
        property var revision: 0
        yes: qsTr("Delete")
        danger: true
        onAccepted: root.session.actions.deleteKey(key, revision)

        function ask() {
            key = history.key
            revision = history.newest
            title = qsTr("Delete %1?").arg(history.shortText)
            body = qsTr("It is deleted only if it has not changed since revision %1. Its history can be read until the store is compacted.").arg(revision)
            command = root.session.actions.deleteCommand(key, revision)
            open()
        }
    }

    Column {
        id: top
        width: parent.width
        spacing: Theme.gap

        Row {
            width: parent.width
            spacing: Theme.gapSmall
            Field {
                id: keyField
                width: (parent.width - 2 * Theme.gapSmall - putButton.width) * 0.42
                placeholderText: qsTr("key")
                onAccepted: valueField.forceActiveFocus()
            }
            Field {
                id: valueField
                width: (parent.width - 2 * Theme.gapSmall - putButton.width) * 0.58
                placeholderText: qsTr("value")
                onAccepted: putButton.clicked()
            }
            PushButton {
                id: putButton
                text: qsTr("Put")
                primary: true
                enabled: keyField.text.length > 0 && root.session.api.reachable
                onClicked: {
                    root.session.actions.put(keyField.text, valueField.text)
                    history.key = keys.bytesOf(keyField.text)
                }
            }
        }
        Field { id: prefixField; width: parent.width; placeholderText: qsTr("show keys that begin with …") }

        Row {
            width: parent.width
            TextLabel {
                width: parent.width * 0.6
                font.pixelSize: Theme.smallSize
                quiet: true
                text: keys.error.length > 0 ? keys.error
                    : keys.loading && keys.shownRevision === 0 ? qsTr("Reading the keys …")
                    : !root.session.api.reachable ? qsTr("No member answers clients now.")
                    : keys.total > list.count ? qsTr("%1 of %n keys", "", keys.total).arg(list.count) : qsTr("%n keys", "", keys.total)
                color: keys.error.length > 0 ? Theme.color.danger : Theme.color.dim
            }
            TextLabel {
                width: parent.width * 0.4
                horizontalAlignment: Text.AlignRight
                font.pixelSize: Theme.smallSize
                quiet: true
                text: keys.shownRevision === 0 ? "" : root.pastRevision > 0 ? qsTr("as of revision %1").arg(keys.shownRevision) : qsTr("revision %1").arg(keys.shownRevision)
            }
        }
    }

    ListView {
        id: list
        anchors { left: parent.left; right: parent.right; top: top.bottom; topMargin: Theme.gapSmall }
        height: history.keyText.length > 0 ? (root.height - top.height) * 0.42 : root.height - top.height - Theme.gap
        clip: true
        model: keys
        boundsBehavior: Flickable.StopAtBounds
        C.ScrollBar.vertical: C.ScrollBar {}

        delegate: Rectangle {
            id: row
            required property int index
            required property string key
            required property var keyBytes
            required property int shared
            required property string value
            required property var version
            required property var modRevision
            required property string lease
            readonly property bool current: key === history.keyText  // two keys never have the same text
            readonly property bool isData: true

            width: list.width
            height: Theme.controlHeight
            radius: Theme.radiusSmall
            color: current ? Theme.color.selection : hover.hovered ? Theme.color.hover : "transparent"
            Accessible.role: Accessible.ListItem
            Accessible.name: key

            HoverHandler { id: hover }
            Hint { text: row.key; isData: true; shown: hover.hovered && !keyLabel.fits }
            TapHandler { onTapped: {
                    if (row.current) {
                        history.key = ""
                    } else {
                        history.key = row.keyBytes
                        // After the history has taken its part of the height.
                        Qt.callLater(list.positionViewAtIndex, row.index, ListView.Contain)
                    }
                } }
            Row {
                anchors.fill: parent
                anchors.leftMargin: Theme.gap
                anchors.rightMargin: Theme.gap
                spacing: Theme.gap
                TextLabel {
                    id: keyLabel
                    width: (parent.width - 3 * Theme.gap) * 0.42
                    height: parent.height
                    // If the key is too long, the beginning that it shares with its neighbours is cut first.
                    readonly property bool fits: whole.advanceWidth <= width
                    readonly property int surplus: Math.ceil(row.key.length * (1 - width / Math.max(1, whole.advanceWidth))) + 1
                    text: fits || row.shared < 2 ? row.key : "…" + row.key.slice(Math.min(row.shared, surplus))
                    elide: Text.ElideMiddle
                    isData: true
                    fixed: true
                    font.pixelSize: Theme.smallSize + 1
                    TextMetrics { id: whole; font: keyLabel.font; text: row.key }
                }
                TextLabel { width: (parent.width - 3 * Theme.gap) * 0.34; height: parent.height; text: row.value; isData: true; fixed: true; quiet: true; font.pixelSize: Theme.smallSize + 1 }
                TextLabel {
                    width: (parent.width - 3 * Theme.gap) * 0.24
                    height: parent.height
                    horizontalAlignment: Text.AlignRight
                    text: qsTr("v%1 @ %2").arg(row.version).arg(row.modRevision)
                    fixed: true
                    font.pixelSize: Theme.smallSize
                }
            }
        }
        EmptyState {
            anchors.centerIn: parent
            visible: list.count === 0 && !keys.loading && keys.error.length === 0 && root.session.api.reachable
            title: keys.prefix.length > 0 ? qsTr("No key begins with “%1”").arg(keys.prefix) : qsTr("The store is empty")
            text: qsTr("Put one above, or from a terminal with etcdctl.")
        }
    }

    Rectangle {
        anchors { left: parent.left; right: parent.right; top: list.bottom; topMargin: Theme.gap; bottom: parent.bottom }
        visible: history.keyText.length > 0
        color: "transparent"

        Row {
            id: historyHead
            width: parent.width
            spacing: Theme.gap
            TextLabel {
                width: parent.width - deleteButton.width - Theme.gap
                height: deleteButton.height
                // The key comes last: it may hold a "%1" itself.
                text: (history.generations > 1 ? qsTr("History of %1 · %n generations", "", history.generations) : qsTr("History of %1")).arg(history.keyText)
                font.weight: Font.DemiBold
                elide: Text.ElideMiddle
            }
            PushButton {
                id: deleteButton
                text: qsTr("Delete")
                danger: true
                enabled: root.session.api.reachable && root.pastRevision === 0 && history.newest > 0
                onClicked: deleteDialog.ask()
            }
        }
        ListView {
            id: revisions
            anchors { left: parent.left; right: parent.right; top: historyHead.bottom; topMargin: Theme.gapSmall; bottom: parent.bottom }
            clip: true
            model: history
            boundsBehavior: Flickable.StopAtBounds
            C.ScrollBar.vertical: C.ScrollBar {}

            delegate: Item {
                id: entry
                required property int index
                required property var revision
                required property string value
                required property var version
                required property bool deleted
                required property int generation
                readonly property bool future: root.pastRevision > 0 && revision > root.pastRevision

                width: revisions.width
                height: Theme.controlHeight
                opacity: future ? 0.4 : 1

                Rectangle {
                    x: 9 * Theme.u
                    width: 2 * Theme.u
                    height: parent.height
                    visible: !entry.deleted
                    color: entry.generation % 2 === 1 ? Theme.color.accent : Theme.color.strongLine
                }
                Rectangle {
                    anchors.verticalCenter: parent.verticalCenter
                    x: 4 * Theme.u
                    width: 12 * Theme.u
                    height: width
                    radius: entry.deleted ? 2 : width / 2
                    color: entry.deleted ? Theme.color.danger : Theme.color.panel
                    border.width: 2 * Theme.u
                    border.color: entry.deleted ? Theme.color.danger : entry.generation % 2 === 1 ? Theme.color.accent : Theme.color.strongLine
                }
                Row {
                    anchors { fill: parent; leftMargin: 26 * Theme.u; rightMargin: Theme.gap }
                    spacing: Theme.gap
                    TextLabel { width: 72 * Theme.u; height: parent.height; text: entry.revision; isData: true; fixed: true; font.pixelSize: Theme.smallSize + 1 }
                    TextLabel {
                        width: parent.width - 72 * Theme.u - 90 * Theme.u - 2 * Theme.gap
                        height: parent.height
                        text: entry.deleted ? qsTr("deleted") : entry.value
                        color: entry.deleted ? Theme.color.danger : Theme.color.text
                        isData: !entry.deleted
                        fixed: !entry.deleted
                        font.pixelSize: Theme.smallSize + 1
                    }
                    TextLabel {
                        width: 90 * Theme.u
                        height: parent.height
                        horizontalAlignment: Text.AlignRight
                        text: entry.deleted ? "" : entry.version === 1 ? qsTr("created") : qsTr("version %1").arg(entry.version)
                        quiet: true
                        font.pixelSize: Theme.smallSize
                    }
                }
            }
            TextLabel {
                anchors.centerIn: parent
                visible: revisions.count === 0
                quiet: true
                text: history.loading ? qsTr("Reading the revisions …") : history.error.length > 0 ? history.error : qsTr("This key is not in the store.")
            }
        }
    }
}
