// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The stage: the drawing, its texts, the pointer's actions, and the caption.
pragma ComponentBehavior: Bound

import QtQuick
import Raftarium.Stage
import Raftarium.Models
import Raftarium.Theme

Rectangle {
    id: root

    required property Session session
    property bool partitionTool: false
    signal wipeAsked(string node)
    signal removeAsked(string node)

    color: Theme.color.stage
    border.color: Theme.color.line
    border.width: 1
    radius: Theme.radius
    clip: true

    function openNodeMenu(name: string, x: real, y: real) {
        const row = stage.labels.named(name)
        nodeMenu.process = row.process ?? ""
        nodeMenu.role = row.role ?? ""
        nodeMenu.line = row.line ?? ""
        nodeMenu.node = name
        nodeMenu.popup(stage, x, y)
    }

    StageItem {
        id: stage
        anchors.fill: parent
        session: root.session
        bottomReserve: captionBar.height + Theme.gap

        Repeater {
            model: stage.labels
            NodeLabel {
                discRadius: stage.discRadius
                ringRadius: stage.ringRadius
                captionsShown: stage.captionsShown
                cell: stage.cell
                cellPitch: stage.cellPitch
                clientRadius: stage.clientRadius
                stageWidth: stage.width
                requestsAbove: root.session.roster.names.length <= 6
                scene: stage
            }
        }

        TextLabel {
            readonly property point end: stage.wallEnd
            readonly property real rightPlace: end.x + 14 * Theme.u
            readonly property real leftPlace: end.x - 14 * Theme.u - width
            visible: stage.divided
            x: stage.isFree(Qt.rect(rightPlace, y, width, height)) || !stage.isFree(Qt.rect(leftPlace, y, width, height))
               ? Math.max(Theme.gap, Math.min(stage.width - width - Theme.gap, rightPlace)) : leftPlace
            y: Math.max(Theme.gap, end.y + 1.5 * Theme.gap)
            text: qsTr("partition: drag it away to heal")
            color: Theme.color.danger
            font.pixelSize: Theme.smallSize
        }

        MouseArea {
            id: pointer
            property var pressedOn: ({})
            property bool drawing: false
            property bool pullingWall: false
            property point pressedAt

            anchors.fill: parent
            hoverEnabled: true
            acceptedButtons: Qt.LeftButton | Qt.RightButton
            cursorShape: root.partitionTool || drawing ? Qt.CrossCursor
                       : pullingWall ? Qt.ClosedHandCursor
                       : hoveredKind === "wall" ? Qt.OpenHandCursor
                       : hoveredKind === "node" || hoveredKind === "link" ? Qt.PointingHandCursor : Qt.ArrowCursor
            property string hoveredKind
            property string cellText

            onExited: {
                stage.hover(-1, -1)
                cellText = ""
            }
            onPressed: mouse => {
                pressedOn = stage.at(mouse.x, mouse.y)
                pressedAt = Qt.point(mouse.x, mouse.y)
                drawing = false
                pullingWall = pressedOn.kind === "wall" && !root.partitionTool
            }
            onPositionChanged: mouse => {
                if (!pressed) {
                    stage.hover(mouse.x, mouse.y)
                    const under = stage.at(mouse.x, mouse.y)
                    hoveredKind = under.kind ?? ""
                    cellText = under.kind === "cell" ? under.text : ""
                    return
                }
                const far = Math.hypot(mouse.x - pressedAt.x, mouse.y - pressedAt.y) > 12
                if (pullingWall || !far && !drawing)
                    return
                if (!drawing && (root.partitionTool || pressedOn.kind === undefined || pressedOn.kind === "link")) {
                    drawing = true
                    stage.hover(-1, -1)
                    stage.stroke(pressedAt.x, pressedAt.y)
                }
                if (drawing)
                    stage.stroke(mouse.x, mouse.y)
            }
            onReleased: mouse => {
                if (pullingWall) {
                    pullingWall = false
                    if (Math.hypot(mouse.x - pressedAt.x, mouse.y - pressedAt.y) > 40)
                        root.session.actions.healAll()
                    else
                        wallMenu.popup(stage, mouse.x, mouse.y)
                    return
                }
                if (drawing) {
                    drawing = false
                    root.partitionTool = false
                    const groups = stage.endStroke()
                    if (groups.length > 1)
                        root.session.actions.partition(groups)
                    else
                        root.session.actions.say(qsTr("That line has all nodes on one side: draw it between them."), "", false)
                    return
                }
                const under = stage.at(mouse.x, mouse.y)
                if (under.kind === "node") {
                    root.session.roster.select(under.name)
                    root.openNodeMenu(under.name, mouse.x, mouse.y)
                } else if (under.kind === "cell") {
                    root.session.roster.select(under.node)
                } else if (under.kind === "link") {
                    linkMenu.from = under.from
                    linkMenu.to = under.to
                    linkMenu.popup(stage, mouse.x, mouse.y)
                }
            }
        }

        Rectangle {
            visible: pointer.cellText.length > 0
            x: Math.min(pointer.mouseX + 14, stage.width - width - Theme.gap)
            y: Math.min(pointer.mouseY + 18, stage.height - height - Theme.gap)
            width: cellLabel.implicitWidth + 2 * Theme.gap
            height: cellLabel.implicitHeight + Theme.gap
            radius: Theme.radiusSmall
            color: Theme.color.hover
            border.color: Theme.color.strongLine
            TextLabel {
                id: cellLabel
                anchors.centerIn: parent
                text: pointer.cellText
                font.pixelSize: Theme.smallSize
            }
        }
    }

    NodeMenu { id: nodeMenu; session: root.session; onWipeAsked: node => root.wipeAsked(node); onRemoveAsked: node => root.removeAsked(node) }
    LinkMenu { id: linkMenu; session: root.session }
    PopupMenu {
        id: wallMenu
        heading: qsTr("Partition")
        MenuEntry { text: qsTr("Heal"); onTriggered: root.session.actions.healAll() }
    }

    Item {
        id: captionBar
        anchors { left: parent.left; right: parent.right; bottom: parent.bottom; margins: Theme.gapLarge; bottomMargin: Theme.gap }
        height: Math.ceil(caption.font.pixelSize * 1.35) * (caption.lineCount > 1 ? 2 : 1)
        TextLabel {
            id: caption
            anchors { left: parent.left; right: parent.right; bottom: parent.bottom }
            text: root.partitionTool ? qsTr("Drag a line across the stage: it divides the nodes on its two sides.") : root.session.feed.caption
            font.pixelSize: Math.round(Math.max(Theme.titleSize, Math.min(Theme.captionSize, root.width * 0.032)))
            font.weight: Font.Medium
            wrapMode: Text.WordWrap
            maximumLineCount: 2
            Accessible.role: Accessible.StaticText
            Accessible.name: text
        }
    }
}
