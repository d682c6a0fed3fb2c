// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What can be done to a node in its present state.
import QtQuick
import Raftarium.Models
import Raftarium.Theme

PopupMenu {
    id: root

    required property Session session
    property string node
    property string process
    property string role
    property string line  // the text under the node on the stage
    readonly property bool up: can("stop")

    // What forbids an action to a process is known to the engine; what makes no sense for a role is said here.
    function can(verb: string): bool {
        return session.actions.can(verb, node, process)
    }

    heading: node.length > 0 ? qsTr("%1 · %2").arg(node).arg(line) : ""

    MenuEntry { text: qsTr("Kill (SIGKILL)"); keys: "K"; danger: true; visible: root.can("kill"); onTriggered: root.session.actions.node("kill", root.node) }
    MenuEntry { text: qsTr("Stop (SIGTERM)"); visible: root.up; onTriggered: root.session.actions.node("stop", root.node) }
    MenuEntry { text: qsTr("Pause (SIGSTOP)"); visible: root.can("pause"); onTriggered: root.session.actions.node("pause", root.node) }
    MenuEntry { text: qsTr("Resume (SIGCONT)"); visible: root.can("resume"); onTriggered: root.session.actions.node("resume", root.node) }
    MenuEntry { text: qsTr("Start"); visible: root.can("start"); onTriggered: root.session.actions.node("start", root.node) }
    MenuEntry { text: qsTr("Restart"); visible: root.up; onTriggered: root.session.actions.node("restart", root.node) }
    MenuLine { visible: root.up }
    MenuEntry { text: qsTr("Call an election now"); visible: root.can("campaign") && root.role !== "leader"; onTriggered: root.session.actions.node("campaign", root.node) }
    MenuEntry { text: qsTr("Hand leadership to it"); visible: root.process === "running" && root.role === "follower"; onTriggered: root.session.actions.node("transfer", root.node) }
    MenuEntry { text: qsTr("Cut off from all"); visible: root.up; onTriggered: root.session.actions.isolate(root.node) }
    MenuEntry { text: qsTr("Give it a vote"); visible: root.process === "running" && root.role === "learner"; onTriggered: root.session.actions.node("promote", root.node) }
    MenuLine {}
    MenuEntry { text: qsTr("Wipe its data…"); danger: true; onTriggered: root.wipeAsked(root.node) }
    MenuEntry { text: qsTr("Remove from the cluster…"); danger: true; visible: root.can("remove"); onTriggered: root.removeAsked(root.node) }

    signal wipeAsked(string node)
    signal removeAsked(string node)
}
