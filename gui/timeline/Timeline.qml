// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The timeline: buttons to play and step, and under them the tape.
pragma ComponentBehavior: Bound

import QtQuick
import Raftarium.Timeline
import Raftarium.Models
import Raftarium.Theme

Card {
    id: root

    required property Session session
    readonly property var modeNames: [qsTr("following"), qsTr("playing"), qsTr("paused")]
    readonly property bool live: session.phase === Session.Live

    implicitHeight: 210 * Theme.u

    Item {
        id: controls
        anchors { left: parent.left; right: parent.right; top: parent.top; margins: Theme.gapLarge; topMargin: Theme.gap + 2 }
        height: Theme.controlHeight + 6

        Row {
            anchors.verticalCenter: parent.verticalCenter
            spacing: Theme.gap
            IconButton {
                anchors.verticalCenter: parent.verticalCenter
                round: true
                filled: true
                size: Theme.controlHeight + 6
                hint: root.session.player.mode === Player.Paused ? qsTr("Play (Space)") : qsTr("Pause (Space)")
                onClicked: root.session.player.togglePlay()
                contentItem: Item {
                    Row {
                        anchors.centerIn: parent
                        visible: root.session.player.mode !== Player.Paused
                        spacing: 4 * Theme.u
                        Rectangle { width: 4 * Theme.u; height: 14 * Theme.u; radius: 1; color: Theme.color.onAccent }
                        Rectangle { width: 4 * Theme.u; height: 14 * Theme.u; radius: 1; color: Theme.color.onAccent }
                    }
                    TextLabel {
                        anchors.centerIn: parent
                        anchors.horizontalCenterOffset: 1.5 * Theme.u
                        visible: root.session.player.mode === Player.Paused
                        text: "▶"
                        color: Theme.color.onAccent
                    }
                }
            }
            TextLabel {
                anchors.verticalCenter: parent.verticalCenter
                width: 80 * Theme.u
                horizontalAlignment: Text.AlignRight
                text: root.session.player.speedText
                fixed: true
                font.pixelSize: Theme.titleSize
            }
            SpeedDial { anchors.verticalCenter: parent.verticalCenter; session: root.session }
            TextLabel {
                anchors.verticalCenter: parent.verticalCenter
                width: Math.max(implicitWidth, 88 * Theme.u)
                leftPadding: Theme.gap
                text: root.modeNames[root.session.player.mode]
                quiet: root.session.player.mode !== Player.Following
                color: root.session.player.mode === Player.Following ? Theme.color.accent : Theme.color.dim
            }
            TextLabel {
                anchors.verticalCenter: parent.verticalCenter
                width: Math.max(implicitWidth, 110 * Theme.u)
                text: root.session.player.clockText
                isData: true
                fixed: true
                font.pixelSize: Theme.titleSize
            }
            IconButton { text: "◂"; hint: qsTr("To the event before (←)"); onClicked: root.session.player.step(-1, false) }
            TextLabel { anchors.verticalCenter: parent.verticalCenter; text: qsTr("step"); quiet: true; visible: root.width > 760 * Theme.u }
            IconButton { text: "▸"; hint: qsTr("To the next event (→)"); onClicked: root.session.player.step(1, false) }
        }
        Row {
            anchors { right: parent.right; verticalCenter: parent.verticalCenter }
            spacing: Theme.gap
            PushButton {
                text: qsTr("Whole")
                hint: qsTr("Show the whole recording (wheel: zoom, Shift+wheel: move)")
                visible: root.width > 820 * Theme.u
                onClicked: tape.showAll()
            }
            Rectangle {
                id: liveChip
                readonly property bool behind: root.session.player.mode !== Player.Following

                anchors.verticalCenter: parent.verticalCenter
                visible: root.live
                width: liveRow.implicitWidth + 2 * Theme.gapLarge
                height: Theme.controlHeight
                radius: height / 2
                color: chipArea.containsMouse ? Theme.color.hover : "transparent"
                border.width: activeFocus ? 2 : 1
                border.color: behind ? Theme.color.danger : Theme.color.accent
                activeFocusOnTab: true
                Accessible.role: Accessible.Button
                Accessible.name: behind ? qsTr("Go live") : qsTr("Live")
                Keys.onSpacePressed: root.session.player.follow()
                Row {
                    id: liveRow
                    anchors.centerIn: parent
                    spacing: Theme.gap
                    Rectangle {
                        anchors.verticalCenter: parent.verticalCenter
                        width: 9 * Theme.u
                        height: width
                        radius: width / 2
                        color: liveChip.border.color
                    }
                    TextLabel {
                        text: liveChip.behind ? (root.session.player.lagText.length > 0 ? root.session.player.lagText : qsTr("live")) : qsTr("live")
                        fixed: liveChip.behind
                        color: liveChip.border.color
                    }
                }
                MouseArea {
                    id: chipArea
                    anchors.fill: parent
                    hoverEnabled: true
                    onClicked: root.session.player.follow()
                }
                Hint { text: qsTr("Go live (L)"); shown: chipArea.containsMouse && liveChip.behind }
            }
        }
    }

    Item {
        id: names
        anchors { left: parent.left; leftMargin: Theme.gapLarge; top: controls.bottom; topMargin: Theme.gap; bottom: parent.bottom; bottomMargin: Theme.gap }
        width: 42 * Theme.u
        Repeater {
            model: root.session.roster.laneNames
            TextLabel {
                required property int index
                required property string modelData
                x: 0
                y: tape.lanesTop + index * tape.laneHeight
                width: names.width - Theme.gap
                height: tape.laneHeight
                horizontalAlignment: Text.AlignRight
                text: modelData
                isData: true
                fixed: true
                color: root.session.roster.selected === modelData ? Theme.color.accent : Theme.color.dim
                font.pixelSize: Math.min(Theme.smallSize, Math.max(9, tape.laneHeight * 0.9))
                MouseArea { anchors.fill: parent; onClicked: root.session.roster.select(parent.modelData) }
            }
        }
    }

    TimelineItem {
        id: tape
        anchors { left: names.right; right: parent.right; rightMargin: Theme.gapLarge; top: controls.bottom; topMargin: Theme.gap; bottom: parent.bottom; bottomMargin: Theme.gap }
        session: root.session
        tapeHeight: Math.round(Theme.smallSize * 1.6)

        Repeater {
            model: tape.termLabels
            TextLabel {
                id: termLabel
                required property real place
                required property real room
                required property string label
                required property real term
                x: place + 7
                width: Math.max(0, room - 10)
                height: tape.tapeHeight
                text: label.length > 0 && termAndLeader.width <= width ? termAndLeader.text : termAlone.width <= width ? termAlone.text : term
                color: Theme.termText(term)
                font.pixelSize: Theme.smallSize
                font.weight: Font.DemiBold
                elide: Text.ElideNone
                clip: true
                TextMetrics { id: termAndLeader; font: termLabel.font; text: qsTr("term %1 · %2").arg(termLabel.term).arg(termLabel.label) }
                TextMetrics { id: termAlone; font: termLabel.font; text: qsTr("term %1").arg(termLabel.term) }
            }
        }
        Repeater {
            model: tape.timeLabels
            TextLabel {
                required property real place
                required property string label
                x: Math.min(place + 4, tape.width - width)
                y: tape.lanesTop + tape.laneHeight * root.session.roster.laneNames.length
                text: label
                isData: true
                fixed: true
                quiet: true
                font.pixelSize: Theme.smallSize - 2
            }
        }
        // While the playhead is held at one of the two ends, the view moves on with it.
        Timer {
            interval: 80
            repeat: true
            running: area.pressed && !area.mapping && (area.mouseX < tape.width * 0.05 || area.mouseX > tape.width * 0.95)
            onTriggered: tape.scrubTo(Math.max(0, Math.min(area.mouseX, tape.width)))
        }
        MouseArea {
            id: area
            property bool mapping: false
            property string hoverText

            function refresh() { hoverText = containsMouse ? tape.textAt(mouseX, mouseY) : "" }

            anchors.fill: parent
            hoverEnabled: true
            onPressed: mouse => {
                mapping = tape.inMap(mouse.y)
                if (mapping) tape.mapTo(mouse.x)
                else tape.scrubTo(mouse.x)
            }
            onPositionChanged: mouse => {
                refresh()
                if (!pressed) return
                if (mapping) tape.mapTo(mouse.x)
                else tape.scrubTo(mouse.x)
            }
            onExited: refresh()
            Connections {
                target: root.session
                enabled: area.containsMouse  // the tape moves under it
                function onFrameAdvanced() { area.refresh() }
            }
            onWheel: wheel => {
                const turn = wheel.angleDelta.y !== 0 ? wheel.angleDelta.y : -wheel.angleDelta.x
                if (wheel.modifiers & Qt.ShiftModifier || wheel.angleDelta.y === 0) tape.panBy(-turn)
                else tape.zoomBy(Math.pow(1.0018, -turn), wheel.x)
            }
        }
        // On which side the playhead is, while it is out of view.
        Rectangle {
            id: sign
            readonly property bool before: tape.playheadSide < 0
            visible: tape.playheadSide !== 0
            x: before ? 0 : tape.width - width
            y: tape.tapeHeight + Theme.gap
            width: signLabel.implicitWidth + 2 * Theme.gap
            height: signLabel.implicitHeight + Theme.gapSmall
            radius: Theme.radiusSmall
            color: signArea.containsMouse ? Theme.color.hover : Theme.color.panel
            border.color: signArea.containsMouse ? Theme.color.accent : Theme.color.strongLine
            activeFocusOnTab: true
            Accessible.role: Accessible.Button
            Accessible.name: qsTr("Show the playhead")
            Keys.onSpacePressed: tape.showPlayhead()
            TextLabel {
                id: signLabel
                anchors.centerIn: parent
                text: sign.before ? "◂ " + root.session.player.clockText : root.session.player.clockText + " ▸"
                fixed: true
                font.pixelSize: Theme.smallSize
            }
            MouseArea {
                id: signArea
                anchors.fill: parent
                hoverEnabled: true
                onClicked: tape.showPlayhead()
            }
            Hint { text: qsTr("The playhead is here: show it"); shown: signArea.containsMouse }
        }
        Rectangle {
            visible: area.containsMouse && area.hoverText.length > 0
            x: Math.max(0, Math.min(area.mouseX + 12, tape.width - width))
            y: Math.max(0, Math.min(area.mouseY - height - 4, tape.height - height))
            width: hoverLabel.implicitWidth + 2 * Theme.gap
            height: hoverLabel.implicitHeight + Theme.gapSmall
            radius: Theme.radiusSmall
            color: Theme.color.hover
            border.color: Theme.color.strongLine
            TextLabel { id: hoverLabel; anchors.centerIn: parent; text: area.hoverText; fixed: true; font.pixelSize: Theme.smallSize }
        }
    }
}
