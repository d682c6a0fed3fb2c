// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The main window.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Raftarium.App
import Raftarium.Models
import Raftarium.Stage
import Raftarium.Theme
import Raftarium.Timeline

T.ApplicationWindow {
    id: window

    required property Session session
    required property ClusterOpener opener
    readonly property bool narrow: width < 1240 * Theme.u
    property bool controlsShown: !narrow

    width: 1600
    height: 1000
    minimumWidth: 900
    minimumHeight: 600
    visible: true
    title: session.clusterName.length > 0 ? qsTr("%1 – Raftarium").arg(session.clusterName) : "Raftarium"
    color: Theme.color.window

    FrameAnimation {
        running: true
        onTriggered: window.session.advance(frameTime)
    }

    Header {
        id: header
        anchors { left: parent.left; right: parent.right; top: parent.top; leftMargin: Theme.gapLarge; rightMargin: Theme.gapLarge }
        session: window.session
        controlsShown: window.controlsShown
        onSheetAsked: sheet.open()
        onControlsAsked: window.controlsShown = !window.controlsShown
    }

    T.SplitView {
        id: columns
        anchors { left: parent.left; right: parent.right; top: header.bottom; bottom: parent.bottom; margins: Theme.gapLarge; topMargin: 0 }
        orientation: Qt.Horizontal
        handle: SplitHandle { upright: true }

        Item {
            T.SplitView.fillWidth: true
            T.SplitView.minimumWidth: 480

            Controls {
                id: controls
                visible: window.controlsShown
                anchors { left: parent.left; top: parent.top; bottom: timeline.top; bottomMargin: Theme.gap + 4 }
                width: window.narrow ? 196 * Theme.u : 232 * Theme.u
                session: window.session
                partitionTool: stage.partitionTool
                onPartitionToolAsked: stage.partitionTool = !stage.partitionTool
            }
            Stage {
                id: stage
                anchors { left: controls.visible ? controls.right : parent.left; leftMargin: controls.visible ? Theme.gap + 4 : 0; right: parent.right; top: parent.top; bottom: timeline.top; bottomMargin: Theme.gap + 4 }
                session: window.session
                visible: !blank.visible
                onWipeAsked: node => wipeDialog.ask(node)
                onRemoveAsked: node => removeDialog.ask(node)
            }
            StateScreen {
                id: blank
                anchors.fill: stage
                session: window.session
                onAgain: window.opener.openAgain()
                onNewCluster: window.opener.openNew(5)
            }
            Timeline {
                id: timeline
                anchors { left: parent.left; right: parent.right; bottom: parent.bottom }
                height: Math.min(Math.max(190 * Theme.u, (138 + 17 * window.session.roster.laneNames.length) * Theme.u), window.height * 0.3)
                session: window.session
            }
        }
        T.SplitView {
            T.SplitView.preferredWidth: (window.narrow ? 320 : 420) * Theme.u
            T.SplitView.minimumWidth: 260
            orientation: Qt.Vertical
            handle: SplitHandle {}

            Inspector {
                id: inspector
                T.SplitView.fillHeight: true
                T.SplitView.minimumHeight: 200
                session: window.session
            }
            Feed {
                id: feed
                T.SplitView.preferredHeight: 280 * Theme.u
                T.SplitView.minimumHeight: 100
                session: window.session
            }
        }
    }

    Toasts {
        // Over the lower end of the inspector, so that the stage stays visible.
        anchors { right: parent.right; rightMargin: 2 * Theme.gapLarge; bottom: parent.bottom; bottomMargin: feed.height + 3 * Theme.gapLarge }
        width: feed.width - 2 * Theme.gapLarge
        session: window.session
    }

    KeySheet { id: sheet }
    Dialog {
        id: pastDialog
        title: qsTr("This happens now: go live?")
        body: qsTr("You are looking at the past, which cannot be changed. The cluster has gone on since; this acts on it as it is now.")
        yes: qsTr("Go live and do it")
        onAccepted: window.session.actions.confirmPast(true)
        onRejected: window.session.actions.confirmPast(false)
    }
    Dialog {
        id: wipeDialog
        property string node
        function ask(name: string) { node = name; open() }
        title: qsTr("Wipe %1?").arg(node)
        body: window.session.roster.names.length > 1
              ? qsTr("Its data directory is deleted: its log, its vote, its keys. It comes back empty, as a new member, and gets all from the others. There is no undo.")
              : qsTr("Its data directory is deleted: its log, its vote, its keys. There is no undo.")
        command: node.length > 0 ? window.session.actions.nodeCommand("wipe", node) : ""
        yes: qsTr("Wipe")
        danger: true
        onAccepted: window.session.actions.node("wipe", node)
    }
    Dialog {
        id: removeDialog
        property string node
        function ask(name: string) { node = name; open() }
        title: qsTr("Remove %1 from the cluster?").arg(node)
        body: qsTr("The others go on without it; its process ends and its data is deleted. There is no undo, but a new node can be added.")
        command: node.length > 0 ? window.session.actions.nodeCommand("remove", node) : ""
        yes: qsTr("Remove")
        danger: true
        onAccepted: window.session.actions.node("remove", node)
    }
    Connections {
        target: window.session.actions
        function onPastActionAsked(command: string) {
            pastDialog.command = command
            pastDialog.open()
        }
    }

    readonly property bool typing: activeFocusItem instanceof TextInput
    // A dialog is open, of this window or of a panel.
    readonly property bool asked: {
        let item = activeFocusItem
        while (item && item.objectName !== "question")
            item = item.parent
        return item !== null
    }
    readonly property bool keysOn: !sheet.visible && !asked && !typing

    Shortcut { enabled: window.keysOn; sequence: "Space"; onActivated: window.session.player.togglePlay() }
    Shortcut { enabled: window.keysOn; sequence: "Left"; onActivated: window.session.player.step(-1, false) }
    Shortcut { enabled: window.keysOn; sequence: "Right"; onActivated: window.session.player.step(1, false) }
    Shortcut { enabled: window.keysOn; sequence: "Shift+Left"; onActivated: window.session.player.step(-1, true) }
    Shortcut { enabled: window.keysOn; sequence: "Shift+Right"; onActivated: window.session.player.step(1, true) }
    Shortcut { enabled: window.keysOn; sequence: "["; onActivated: window.session.player.setSpeed(window.session.player.speed / 2) }
    Shortcut { enabled: window.keysOn; sequence: "]"; onActivated: window.session.player.setSpeed(window.session.player.speed * 2) }
    Shortcut { enabled: window.keysOn; sequence: "L"; onActivated: window.session.player.follow() }
    Shortcut { enabled: window.keysOn; sequence: "K"; onActivated: if (window.session.roster.selected.length > 0) window.session.actions.node("kill", window.session.roster.selected) }
    Shortcut { enabled: window.keysOn; sequence: "P"; onActivated: stage.partitionTool = !stage.partitionTool }
    Shortcut { enabled: window.keysOn; sequence: "H"; onActivated: window.session.actions.healAll() }
    Shortcut { enabled: window.keysOn; sequence: "C"; onActivated: window.controlsShown = !window.controlsShown }
    Shortcut { enabled: window.keysOn; sequence: "T"; onActivated: Theme.toggle() }
    Shortcut { enabled: window.keysOn; sequence: "R"; onActivated: Theme.reducedMotion = !Theme.reducedMotion }
    Shortcut { enabled: window.keysOn; sequence: "Escape"; onActivated: stage.partitionTool = false }
    Shortcut { enabled: window.keysOn; sequences: ["?", "Shift+?", "F1"]; onActivated: sheet.open() }
    Shortcut { sequences: ["Ctrl++", "Ctrl+="]; onActivated: Theme.scale = Theme.scale * 1.1 }
    Shortcut { sequence: "Ctrl+-"; onActivated: Theme.scale = Theme.scale / 1.1 }
    Shortcut { sequence: "Ctrl+0"; onActivated: Theme.scale = 1 }
    Instantiator {
        model: 9
        delegate: Shortcut {
            required property int index
            sequence: String(index + 1)
            enabled: !window.typing
            onActivated: if (index < window.session.roster.names.length) window.session.roster.select(window.session.roster.names[index])
        }
    }
}
