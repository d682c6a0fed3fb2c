// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors
// The WAL panel: segments, records, and the bytes of the chosen record, read from the selected node's files.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls.Basic as C
import Raftarium.Models
import Raftarium.Panels
import Raftarium.Theme

Item {
    id: root

    required property Session session
    readonly property var partColors: [Theme.color.dim, Theme.color.vote, Theme.color.warning, Theme.color.append, Theme.color.line]
    readonly property var partNames: [qsTr("length"), qsTr("type"), qsTr("crc"), qsTr("data"), qsTr("padding")]

    NodeView { id: view; session: root.session; active: root.visible }
    WalModel {
        id: wal
        directory: view.dataDir
        active: root.visible
    }

    EmptyState {
        anchors.centerIn: parent
        visible: view.name.length === 0 || view.dataDir.length === 0
        title: view.name.length === 0 ? qsTr("No node is selected") : qsTr("No files here")
        text: view.name.length === 0 ? qsTr("Click a node to read its write-ahead log.")
                                     : qsTr("A recording has no log files; open the cluster itself to read them.")
    }

    Item {
        anchors.fill: parent
        visible: view.dataDir.length > 0

        Column {
            id: head
            width: parent.width
            spacing: Theme.gapSmall

            Row {
                width: parent.width
                TextLabel { width: parent.width * 0.6; text: qsTr("%1 · member/wal").arg(view.name); font.weight: Font.DemiBold }
                TextLabel {
                    width: parent.width * 0.4
                    horizontalAlignment: Text.AlignRight
                    text: qsTr("%n records", "", wal.total)
                    quiet: true
                    fixed: true
                    font.pixelSize: Theme.smallSize
                }
            }
            Row {
                width: parent.width
                spacing: Theme.gapSmall
                Repeater {
                    model: wal.segments
                    Column {
                        id: segment
                        required property var modelData
                        width: (head.width - (wal.segments.length - 1) * Theme.gapSmall) / Math.max(1, wal.segments.length)
                        spacing: 2
                        Rectangle {
                            width: parent.width
                            height: 12 * Theme.u
                            radius: 3 * Theme.u
                            color: Theme.color.track
                            Rectangle {
                                width: Math.max(2, parent.width * Math.min(1, segment.modelData.used / Math.max(1, segment.modelData.size)))
                                height: parent.height
                                radius: parent.radius
                                color: Theme.color.accent
                            }
                        }
                        TextLabel {
                            width: parent.width
                            text: qsTr("segment %1 · %2 of %3").arg(segment.modelData.sequence).arg(root.size(segment.modelData.used)).arg(root.size(segment.modelData.size))
                            fixed: true
                            quiet: true
                            font.pixelSize: Theme.smallSize
                        }
                    }
                }
            }
            TextLabel {
                width: parent.width
                visible: text.length > 0
                wrapMode: Text.Wrap
                color: Theme.color.danger
                font.pixelSize: Theme.smallSize
                text: wal.error.length > 0 ? wal.error : wal.damage
            }
        }

        ListView {
            id: list
            anchors { left: parent.left; right: parent.right; top: head.bottom; topMargin: Theme.gap }
            height: wal.chosen >= 0 ? (parent.height - head.height) * 0.4 : parent.height - head.height - Theme.gap
            clip: true
            model: wal
            boundsBehavior: Flickable.StopAtBounds
            C.ScrollBar.vertical: C.ScrollBar {}
            // Stay at the newest record, as long as nobody scrolled or chose.
            property bool atEnd: true
            onMovementEnded: atEnd = list.atYEnd
            onCountChanged: if (atEnd && wal.chosen < 0) toEnd.restart()
            onHeightChanged: wal.chosen < 0 && atEnd ? toEnd.restart() : list.positionViewAtIndex(wal.chosen, ListView.Contain)
            Timer { id: toEnd; interval: 0; onTriggered: list.positionViewAtEnd() }  // once the new rows are laid out

            delegate: Rectangle {
                id: row
                required property int index
                required property var number
                required property string kind
                required property var term
                required property var logIndex
                required property string text
                required property bool crcOk

                width: list.width
                height: 28 * Theme.u
                radius: Theme.radiusSmall
                color: wal.chosen === index ? Theme.color.selection : hover.hovered ? Theme.color.hover : "transparent"
                Accessible.role: Accessible.ListItem
                Accessible.name: qsTr("%1: %2").arg(row.kind).arg(row.text)
                HoverHandler { id: hover }
                TapHandler { onTapped: wal.chosen = wal.chosen === row.index ? -1 : row.index }

                Row {
                    anchors { fill: parent; leftMargin: Theme.gapSmall; rightMargin: Theme.gapSmall }
                    spacing: Theme.gap
                    TextLabel { width: 30 * Theme.u; height: parent.height; text: row.number; isData: true; fixed: true; quiet: true; font.pixelSize: Theme.smallSize }
                    TextLabel { width: 58 * Theme.u; height: parent.height; text: row.kind; font.pixelSize: Theme.smallSize; color: row.crcOk ? Theme.color.text : Theme.color.danger }
                    Item {
                        width: 28 * Theme.u
                        height: parent.height
                        opacity: row.term > 0 ? 1 : 0
                        Rectangle {
                            anchors.verticalCenter: parent.verticalCenter
                            width: 8 * Theme.u
                            height: width
                            radius: width / 2
                            color: Theme.termFill(row.term)
                            border.color: Theme.termEdge(row.term)
                        }
                        TextLabel { x: 13 * Theme.u; height: parent.height; text: row.term; isData: true; fixed: true; font.pixelSize: Theme.smallSize }
                    }
                    TextLabel { width: 34 * Theme.u; height: parent.height; text: row.logIndex > 0 ? row.logIndex : ""; isData: true; fixed: true; font.pixelSize: Theme.smallSize }
                    TextLabel { width: parent.width - x; height: parent.height; text: row.text; fixed: true; font.pixelSize: Theme.smallSize }
                }
            }
            TextLabel { anchors.centerIn: parent; visible: wal.loading; quiet: true; text: qsTr("Reading the log …") }
        }

        C.ScrollView {
            id: detail
            anchors { left: parent.left; right: parent.right; top: list.bottom; topMargin: Theme.gap; bottom: parent.bottom }
            visible: wal.chosen >= 0
            contentWidth: availableWidth
            clip: true

            Column {
                width: detail.availableWidth
                spacing: Theme.gapSmall
                SectionTitle { text: qsTr("Its bytes") }
                Flow {
                    width: parent.width
                    spacing: Theme.gap
                    Repeater {
                        model: root.partNames
                        Row {
                            id: legend
                            required property int index
                            required property string modelData
                            spacing: Theme.gapSmall
                            Rectangle {
                                anchors.verticalCenter: parent.verticalCenter
                                width: 10 * Theme.u
                                height: width
                                radius: 2
                                color: root.partColors[legend.index]
                            }
                            TextLabel { text: legend.modelData; quiet: true; font.pixelSize: Theme.smallSize }
                        }
                    }
                }
                Rectangle {
                    width: parent.width
                    height: grid.implicitHeight + 2 * Theme.gap
                    radius: Theme.radiusSmall
                    color: Theme.color.sunken
                    Grid {
                        id: grid
                        x: Theme.gap
                        y: Theme.gap
                        columns: 8
                        columnSpacing: (parent.width - 2 * Theme.gap - 8 * 22 * Theme.u) / 7
                        Repeater {
                            model: wal.bytes
                            TextLabel {
                                required property var modelData
                                width: 22 * Theme.u
                                text: modelData.text
                                isData: true
                                fixed: true
                                font.pixelSize: Theme.smallSize + 1
                                color: root.partColors[modelData.part]
                            }
                        }
                    }
                }
                Repeater {
                    model: wal.facts
                    Row {
                        id: factRow
                        required property var modelData
                        width: detail.availableWidth
                        TextLabel { width: 80 * Theme.u; text: factRow.modelData.label; quiet: true; font.pixelSize: Theme.smallSize }
                        TextLabel {
                            width: parent.width - 80 * Theme.u
                            wrapMode: Text.Wrap
                            text: factRow.modelData.value
                            isData: factRow.modelData.isData
                            fixed: true
                            font.pixelSize: Theme.smallSize
                            color: factRow.modelData.bad ? Theme.color.danger : Theme.color.text
                        }
                    }
                }
            }
        }
    }

    function size(bytes: real): string {
        return bytes < 1000 ? qsTr("%1 B").arg(bytes) : bytes < 1e6 ? qsTr("%1 KB").arg((bytes / 1000).toFixed(1)) : qsTr("%1 MB").arg((bytes / 1e6).toFixed(1))
    }
}
