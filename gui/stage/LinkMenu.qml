// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What can be done to the link between two nodes, in both directions or one.
import QtQuick
import Raftarium.Models
import Raftarium.Theme

PopupMenu {
    id: root

    required property Session session
    property string from
    property string to

    heading: qsTr("%1 – %2").arg(from).arg(to)

    MenuEntry { text: qsTr("Cut both ways"); danger: true; onTriggered: root.session.actions.cut(root.from, root.to, true) }
    MenuEntry { text: qsTr("Cut %1 → %2").arg(root.from).arg(root.to); onTriggered: root.session.actions.cut(root.from, root.to, false) }
    MenuEntry { text: qsTr("Cut %1 → %2").arg(root.to).arg(root.from); onTriggered: root.session.actions.cut(root.to, root.from, false) }
    MenuEntry { text: qsTr("Heal both ways"); onTriggered: root.session.actions.heal(root.from, root.to, true) }
    MenuLine {}
    MenuEntry { text: qsTr("Delay 0.2 s"); onTriggered: root.delay(200) }
    MenuEntry { text: qsTr("Delay 2 s"); onTriggered: root.delay(2000) }
    MenuEntry { text: qsTr("No delay"); onTriggered: root.delay(0) }
    MenuLine {}
    MenuEntry { text: qsTr("Lose half of the messages"); onTriggered: root.drop(0.5) }
    MenuEntry { text: qsTr("Lose no messages"); onTriggered: root.drop(0) }

    function delay(ms: int) {
        session.actions.delay(from, to, ms)
        session.actions.delay(to, from, ms)
    }
    function drop(share: real) {
        session.actions.drop(from, to, share)
        session.actions.drop(to, from, share)
    }
}
