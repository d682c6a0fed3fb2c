// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The texts of one node: name and term on the disc, the role under it, term numbers in the log cells, its client's request.
pragma ComponentBehavior: Bound

import QtQuick
import Raftarium.Stage
import Raftarium.Theme

Item {
    id: root

    required property string name
    required property point centre
    required property point caption
    required property rect strip
    required property string termText
    required property color ink
    required property string line
    required property bool dim
    required property var cells
    required property string filled
    required property point client
    required property string clientText
    required property string clientState
    required property string description
    property real discRadius
    property real ringRadius
    property bool captionsShown: true
    property real cell
    property real cellPitch
    property real clientRadius
    property real stageWidth
    property bool requestsAbove: true  // whether a request may stand above its node: not where nodes are close together
    required property StageItem scene  // knows which places are free of nodes

    Accessible.role: Accessible.Graphic
    Accessible.name: description

    Column {
        x: root.centre.x - width / 2
        y: root.centre.y - height / 2
        width: root.discRadius * 1.8
        visible: !root.dim
        TextLabel {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: root.name
            isData: true
            color: root.ink
            font.weight: Font.Bold
            font.pixelSize: Math.round(root.discRadius * 0.5)
        }
        TextLabel {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: root.termText
            color: root.ink
            font.weight: Font.Medium
            font.pixelSize: Math.max(10, Math.round(root.discRadius * 0.3))
            visible: root.termText.length > 0
        }
    }
    TextLabel {  // a stopped node: the cross has the disc, the name stands above the ring
        x: root.centre.x - width / 2
        y: Math.max(0, root.centre.y - root.ringRadius - 8 * Theme.u - height)
        visible: root.dim
        text: root.name
        isData: true
        quiet: true
        font.weight: Font.Bold
        font.pixelSize: Math.round(root.discRadius * 0.45)
    }
    Rectangle {  // so that links do not run through the text
        visible: root.captionsShown
        x: root.caption.x - width / 2
        y: root.caption.y
        width: role.implicitWidth + Theme.gap
        height: role.implicitHeight
        radius: Theme.radiusSmall
        color: Theme.color.stage
        opacity: 0.85
    }
    TextLabel {
        id: role
        visible: root.captionsShown
        x: root.caption.x - width / 2
        y: root.caption.y
        text: root.line
        color: root.dim ? Theme.color.dim : Theme.color.text
        font.weight: Font.Medium
        font.pixelSize: Theme.bodySize
    }
    Repeater {
        model: root.filled.length

        TextLabel {
            required property int index
            readonly property bool full: root.filled.charAt(index) === "f"

            x: root.strip.x + index * root.cellPitch
            y: root.strip.y
            width: root.cell
            height: root.cell
            visible: root.filled.charAt(index) !== "-"
            horizontalAlignment: Text.AlignHCenter
            text: root.cells[index] ?? ""
            isData: true
            fixed: true
            color: full ? Theme.termText(Number(text)) : Theme.color.text
            fontSizeMode: Text.HorizontalFit
            minimumPixelSize: 8
            font.weight: Font.Medium
            font.pixelSize: Math.round(root.cell * 0.56)
            elide: Text.ElideNone
            opacity: root.dim ? 0.7 : 1
        }
    }
    Item {
        visible: root.clientState.length > 0
        x: root.client.x
        y: root.client.y
        TextLabel {
            x: -width / 2
            y: -height / 2
            text: root.clientState === "failed" ? "✕" : root.clientState === "done" ? "✓" : "C"
            isData: true  // a sign
            color: root.clientState === "failed" ? Theme.color.danger : Theme.color.client
            font.weight: Font.Bold
            font.pixelSize: Math.round(root.clientRadius * 0.95)
        }
        TextLabel {
            // It stands on the side away from the node, else above it. If both places hold another node, it is left out.
            readonly property real wanted: root.client.x > root.centre.x ? -root.clientRadius : root.clientRadius - width
            readonly property real besideY: -root.clientRadius - height - 2 * Theme.u
            readonly property real aboveY: root.centre.y - root.client.y - root.ringRadius - 34 * Theme.u - height
            readonly property bool beside: root.scene.isFree(Qt.rect(root.client.x + x, root.client.y + besideY, width, height))
            x: Math.max(6 - root.client.x, Math.min(wanted, root.stageWidth - 6 - root.client.x - width))
            y: beside ? besideY : aboveY
            visible: beside || root.requestsAbove && root.scene.isFree(Qt.rect(root.client.x + x, root.client.y + aboveY, width, height))
            text: root.clientText
            isData: true
            fixed: true
            font.pixelSize: Theme.smallSize
            color: root.clientState === "failed" ? Theme.color.danger : Theme.color.text
        }
    }
}
