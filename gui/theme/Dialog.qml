// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A question in the middle of the window, with two answers.
import QtQuick
import QtQuick.Templates as T
import Raftarium.Theme

T.Popup {
    id: root

    property string title
    property string body
    property string command
    property string yes
    property bool danger: false
    signal accepted()
    signal rejected()

    property bool answered: false
    parent: T.Overlay.overlay
    // In Qt 6.4 the overlay may still have an earlier size of the window.
    x: Math.round((parent.Window.width - width) / 2)
    y: Math.round((parent.Window.height - height) / 2)
    modal: true
    focus: true
    padding: Theme.gapLarge * 1.5
    width: Math.min(480 * Theme.u, parent ? parent.width - 4 * Theme.gapLarge : 480)
    implicitHeight: contentItem.implicitHeight + topPadding + bottomPadding
    closePolicy: T.Popup.CloseOnEscape
    onOpened: answered = false
    onClosed: if (!answered) rejected()

    T.Overlay.modal: Rectangle { color: Theme.color.scrim }
    background: Card {}
    contentItem: Column {
        spacing: Theme.gapLarge
        objectName: "question"  // keys of the window are off while the focus is in here
        TextLabel { width: parent.width; text: root.title; font.pixelSize: Theme.headingSize; font.weight: Font.DemiBold; wrapMode: Text.Wrap; elide: Text.ElideNone }
        TextLabel { width: parent.width; text: root.body; wrapMode: Text.Wrap; elide: Text.ElideNone; visible: text.length > 0 }
        TextLabel { width: parent.width; text: root.command; isData: true; fixed: true; quiet: true; wrapMode: Text.WrapAnywhere; maximumLineCount: 8; font.pixelSize: Theme.smallSize; visible: text.length > 0 }
        Row {
            anchors.right: parent.right
            spacing: Theme.gap
            PushButton { text: qsTr("Cancel"); onClicked: root.close() }
            PushButton {
                focus: true
                text: root.yes
                primary: !root.danger
                danger: root.danger
                onClicked: { root.answered = true; root.close(); root.accepted() }
            }
        }
    }
}
