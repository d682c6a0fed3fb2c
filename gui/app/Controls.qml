// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What can be set for the whole cluster.
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Raftarium.Models
import Raftarium.Theme

Card {
    id: root

    required property Session session
    property bool partitionTool: false
    signal partitionToolAsked()

    component Group: Column {
        Layout.fillWidth: true
        spacing: Theme.gap
    }
    // The space between two groups. In a low window it is smaller.
    component Spacing: Item {
        Layout.fillHeight: true
        Layout.minimumHeight: Theme.gapSmall * 2.5
        Layout.preferredHeight: 3 * Theme.gap
        Layout.maximumHeight: 3 * Theme.gap
    }

    implicitWidth: 232 * Theme.u
    clip: true

    T.ScrollView {
        id: scroll
        anchors.fill: parent
        anchors.margins: Theme.gapLarge
        contentWidth: availableWidth
        contentHeight: column.height

        Flickable {
            contentWidth: scroll.width
            contentHeight: column.height
            boundsBehavior: Flickable.StopAtBounds

            ColumnLayout {
                id: column
                readonly property real least: implicitHeight - 5 * (3 * Theme.gap - 2.5 * Theme.gapSmall)
                width: scroll.width
                height: Math.max(least, Math.min(implicitHeight, scroll.height))
                spacing: 0
                enabled: root.session.controllable

                Group {
                    SectionTitle { text: qsTr("Write a key") }
                    Row {
                        width: parent.width
                        spacing: Theme.gapSmall
                        Field { id: key; width: parent.width * 0.4; placeholderText: qsTr("key"); text: "x"; onAccepted: putButton.clicked() }
                        Field { id: value; width: parent.width * 0.6 - Theme.gapSmall; placeholderText: qsTr("value"); text: "1"; onAccepted: putButton.clicked() }
                    }
                    PushButton {
                        id: putButton
                        width: parent.width
                        text: qsTr("Put")
                        primary: true
                        enabled: key.text.length > 0
                        onClicked: {
                            root.session.actions.put(key.text, value.text)
                            const number = Number(value.text)
                            if (value.text.length > 0 && Number.isInteger(number))
                                value.text = number + 1
                        }
                    }
                }
                Spacing {}
                Group {
                    SectionTitle { text: qsTr("Pace") }
                    Segments {
                        width: parent.width
                        choices: [qsTr("Classroom"), qsTr("Paper"), qsTr("etcd")]
                        current: root.session.summary.pacePreset
                        onChosen: index => root.session.actions.setPace(index)
                    }
                    TextLabel {
                        width: parent.width
                        text: root.session.summary.paceText
                        quiet: true
                        wrapMode: Text.WordWrap
                        font.pixelSize: Theme.smallSize
                        elide: Text.ElideNone
                    }
                }
                Spacing {}
                Group {
                    SectionTitle { text: qsTr("Protocol") }
                    Toggle {
                        width: parent.width
                        text: qsTr("PreVote")
                        checked: root.session.summary.preVote
                        onToggled: {
                            root.session.actions.setProtocol(checked, root.session.summary.checkQuorum)
                            checked = Qt.binding(() => root.session.summary.preVote)
                        }
                    }
                    Toggle {
                        width: parent.width
                        text: qsTr("CheckQuorum")
                        checked: root.session.summary.checkQuorum
                        onToggled: {
                            root.session.actions.setProtocol(root.session.summary.preVote, checked)
                            checked = Qt.binding(() => root.session.summary.checkQuorum)
                        }
                    }
                }
                Spacing {}
                Group {
                    SectionTitle { text: qsTr("All links") }
                    ValueSlider {
                        id: delay
                        width: parent.width
                        name: qsTr("Delay")
                        from: 0; to: 2000; stepSize: 50
                        value: root.session.summary.linkDelayMs
                        valueText: qsTr("%1 s").arg((position / 1000).toFixed(2))
                        onChosen: value => root.session.actions.delay("*", "*", Math.round(value))
                    }
                    ValueSlider {
                        id: loss
                        width: parent.width
                        name: qsTr("Loss")
                        from: 0; to: 100; stepSize: 5
                        value: root.session.summary.linkLossPercent
                        valueText: qsTr("%1 %").arg(Math.round(position))
                        onChosen: value => root.session.actions.drop("*", "*", value / 100)
                    }
                }
                Spacing {}
                Group {
                    SectionTitle { text: qsTr("Members") }
                    Row {
                        width: parent.width
                        spacing: Theme.gapSmall
                        enabled: root.session.roster.names.length < 9 && !root.session.actions.busy
                        PushButton { width: (parent.width - parent.spacing) / 2; text: qsTr("+ Voter"); hint: qsTr("Adds a node that votes"); onClicked: root.session.actions.addNode(false) }
                        PushButton { width: (parent.width - parent.spacing) / 2; text: qsTr("+ Learner"); hint: qsTr("Adds a node that gets the log and has no vote yet"); onClicked: root.session.actions.addNode(true) }
                    }
                }
                Spacing {}
                Group {
                    PushButton {
                        width: parent.width
                        text: qsTr("Draw a partition")
                        hint: qsTr("Drag a line between nodes (P)")
                        checkable: false
                        primary: root.partitionTool
                        onClicked: root.partitionToolAsked()
                    }
                    PushButton {
                        width: parent.width
                        text: root.session.summary.faultCount > 0 ? qsTr("Heal all (%n cut)", "", root.session.summary.faultCount) : qsTr("Heal all")
                        danger: true
                        onClicked: root.session.actions.healAll()
                    }
                }
            }
        }
    }
}
