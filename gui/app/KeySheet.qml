// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The page of all keys.
import QtQuick
import QtQuick.Templates as T
import Raftarium.Theme

T.Popup {
    id: root

    parent: T.Overlay.overlay
    // In Qt 6.4 the overlay may still have an earlier size of the window.
    x: Math.round((parent.Window.width - width) / 2)
    y: Math.round((parent.Window.height - height) / 2)
    modal: true
    focus: true
    padding: Theme.gapLarge * 1.5
    // This popup does not take its size from its content by itself.
    implicitWidth: contentItem.implicitWidth + leftPadding + rightPadding
    implicitHeight: contentItem.implicitHeight + topPadding + bottomPadding
    T.Overlay.modal: Rectangle { color: Theme.color.scrim }
    background: Card {}

    readonly property var keys: [
        [qsTr("Space"), qsTr("pause, play")], ["←  →", qsTr("to the event before, after")],
        [qsTr("Shift + ←  →"), qsTr("to the message before, after")], ["[  ]", qsTr("slower, faster")], ["L", qsTr("go live")],
        ["1 … 9", qsTr("select a node")], ["K", qsTr("kill the selected node")],
        ["P", qsTr("draw a partition")], ["H", qsTr("heal all links")],
        ["C", qsTr("hide or show the controls")], ["T", qsTr("the other theme")],
        ["R", qsTr("less motion: no trails, no pulses")], [qsTr("Ctrl + +  −  0"), qsTr("larger, smaller, as it was")], ["?", qsTr("this page")]
    ]
    contentItem: Column {
        spacing: Theme.gap
        TextLabel { text: qsTr("Keys"); font.pixelSize: Theme.headingSize; font.weight: Font.DemiBold; bottomPadding: Theme.gap }
        Repeater {
            model: root.keys
            Row {
                required property var modelData
                spacing: Theme.gapLarge
                TextLabel { width: 170 * Theme.u; text: parent.modelData[0]; isData: text.length === 1; fixed: true; color: Theme.color.accent }
                TextLabel { text: parent.modelData[1] }
            }
        }
    }
}
