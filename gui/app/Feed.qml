// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What happened, the newest last. A click on a row moves the playhead to its time. Rows after the playhead are dimmed.
pragma ComponentBehavior: Bound

import QtQuick
import Raftarium.Models
import Raftarium.Theme

Card {
    id: root

    required property Session session
    readonly property int currentRow: session.feed.currentRow
    clip: true

    SectionTitle {
        id: title
        x: Theme.gapLarge
        y: Theme.gap + 2
        text: qsTr("What happened")
    }
    TextLabel {
        anchors.centerIn: parent
        visible: list.count === 0
        quiet: true
        text: qsTr("Nothing yet.")
    }
    // The topmost row fades out at the edge instead of being cut off.
    Rectangle {
        id: fade
        anchors { left: list.left; right: list.right; top: list.top }
        height: 3 * Theme.gap
        z: 1
        visible: !list.atYBeginning
        gradient: Gradient {
            GradientStop { position: 0; color: Theme.color.panel }
            GradientStop { position: 1; color: Qt.alpha(Theme.color.panel, 0) }
        }
    }

    ListView {
        id: list
        anchors { fill: parent; topMargin: title.height + 2 * Theme.gap; bottomMargin: Theme.gap; leftMargin: Theme.gap; rightMargin: Theme.gap }
        model: root.session.feed
        clip: true
        reuseItems: true
        boundsBehavior: Flickable.StopAtBounds
        Accessible.role: Accessible.List
        Accessible.name: title.text
        property bool sticking: true

        // Below the edge where rows fade.
        function show(row) {
            positionViewAtIndex(row, ListView.Contain)
            const item = itemAtIndex(row)
            if (item && item.y - contentY < fade.height)
                contentY = Math.max(originY, item.y - fade.height)
        }

        Timer { id: toEnd; interval: 0; onTriggered: list.positionViewAtEnd() }  // once the new rows are laid out

        onMovementEnded: sticking = atYEnd
        onCountChanged: if (sticking && root.session.player.mode === Player.Following) toEnd.restart()
        onHeightChanged: if (sticking) positionViewAtEnd()
        Connections {
            target: root.session.feed
            function onCurrentChanged() {
                if (root.session.player.mode !== Player.Following && root.currentRow >= 0)
                    list.show(root.currentRow)
            }
        }
        Connections {
            target: root.session.player
            function onChanged() {
                if (root.session.player.mode === Player.Following) {
                    list.sticking = true
                    list.positionViewAtEnd()
                }
            }
        }

        delegate: Item {
            id: row
            required property int index
            required property string line
            required property string timeText
            required property int severity
            required property int repeats
            required property int alike
            required property var time
            readonly property bool current: index === root.currentRow
            readonly property bool later: root.session.player.mode !== Player.Following && index > root.currentRow && root.currentRow >= 0

            width: ListView.view.width
            height: body.implicitHeight + Theme.gapSmall + 2
            Accessible.role: Accessible.ListItem
            Accessible.name: line

            Rectangle {
                anchors.fill: parent
                radius: Theme.radiusSmall
                color: row.current ? Theme.color.selection : area.containsMouse ? Theme.color.hover : "transparent"
            }
            TextLabel {
                id: when
                x: Theme.gap
                y: 2 * Theme.u
                height: body.height
                verticalAlignment: Text.AlignTop
                text: row.timeText
                isData: true
                fixed: true
                quiet: true
                topPadding: 1
                font.pixelSize: Theme.smallSize
                elide: Text.ElideNone
                opacity: row.later ? 0.55 : 1
            }
            Rectangle {
                x: when.x + when.width + Theme.gap
                y: 2 * Theme.u
                width: 3 * Theme.u
                height: body.height
                radius: width / 2
                visible: row.severity > 0
                color: row.severity > 1 ? Theme.color.danger : Theme.color.accent
            }
            TextLabel {
                id: body
                x: when.x + when.width + Theme.gap * 2.2
                y: 2 * Theme.u
                width: parent.width - x - Theme.gap
                wrapMode: Text.Wrap
                maximumLineCount: 3
                text: row.alike > 0 ? qsTr("%1  (and %n like it)", "", row.alike).arg(row.line)
                    : row.repeats > 1 ? qsTr("%1  (%n times)", "", row.repeats).arg(row.line) : row.line
                font.pixelSize: Theme.smallSize + 1
                font.weight: row.severity > 0 ? Font.Medium : Font.Normal
                opacity: row.later ? 0.55 : 1
            }
            MouseArea {
                id: area
                anchors.fill: parent
                hoverEnabled: true
                onClicked: root.session.player.seek(row.time)
            }
        }
    }
}
