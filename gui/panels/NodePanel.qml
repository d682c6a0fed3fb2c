// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors
// The Node panel: what the selected node knows at the playhead.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls.Basic as C
import Raftarium.Models
import Raftarium.Panels
import Raftarium.Theme

Item {
    id: root

    required property Session session
    readonly property alias shownNode: view.name

    NodeView { id: view; session: root.session; active: root.visible }

    EmptyState {
        anchors.centerIn: parent
        visible: view.name.length === 0
        title: qsTr("No node is selected")
        text: qsTr("Click a node, or press 1 to 9.")
    }

    C.ScrollView {
        id: scroll
        anchors.fill: parent
        visible: view.name.length > 0
        contentWidth: availableWidth

        Column {
            width: scroll.availableWidth
            spacing: Theme.gap

            Row {
                width: parent.width
                spacing: Theme.gap
                Rectangle {
                    anchors.verticalCenter: parent.verticalCenter
                    width: 18 * Theme.u
                    height: width
                    radius: width / 2
                    color: Theme.termFill(view.term)
                    border.color: Theme.termEdge(view.term)
                    border.width: 1
                }
                TextLabel {
                    text: view.name
                    isData: true
                    font.pixelSize: Theme.headingSize
                    font.weight: Font.Bold
                }
                TextLabel {
                    anchors.verticalCenter: parent.verticalCenter
                    visible: !view.known
                    text: view.processText.length > 0 ? view.processText : qsTr("it does not report now; this is its last known state")
                    isData: view.processText.length > 0  // the last line that it printed, or how it ended
                    quiet: true
                    font.pixelSize: Theme.smallSize
                }
            }

            Grid {
                id: facts
                width: parent.width
                columns: width < 22 * Theme.bodySize ? 1 : 2
                columnSpacing: Theme.gapLarge
                rowSpacing: Theme.gapSmall
                Repeater {
                    model: view.facts
                    Row {
                        id: factRow
                        required property var modelData
                        width: (facts.width - (facts.columns - 1) * facts.columnSpacing) / facts.columns
                        TextLabel { width: parent.width * 0.44; text: factRow.modelData.label; quiet: true; font.pixelSize: Theme.smallSize }
                        TextLabel {
                            width: parent.width * 0.56
                            text: factRow.modelData.value
                            isData: factRow.modelData.isData
                            fixed: true
                            font.pixelSize: Theme.smallSize + 1
                            fontSizeMode: Text.HorizontalFit  // for "Pre-candidate" and long pids
                            minimumPixelSize: Theme.smallSize * 0.75
                        }
                    }
                }
            }

            SectionTitle {
                visible: view.progress.length > 0
                topPadding: Theme.gap
                text: qsTr("Followers, as this leader knows them")
            }
            Row {
                visible: view.progress.length > 0
                width: scroll.availableWidth
                Item { width: parent.width * 0.4; height: 1 }
                Repeater {
                    model: [qsTr("match"), qsTr("next"), qsTr("in flight")]
                    TextLabel {
                        required property string modelData
                        width: parent.width * 0.2
                        horizontalAlignment: Text.AlignRight
                        text: modelData
                        quiet: true
                        font.pixelSize: Theme.smallSize
                    }
                }
            }
            Repeater {
                model: view.progress
                Column {
                    id: peer
                    required property var modelData
                    width: scroll.availableWidth
                    spacing: 2
                    Row {
                        id: numbers
                        width: parent.width
                        TextLabel { width: parent.width * 0.15; text: peer.modelData.name; isData: true; font.weight: Font.DemiBold; font.pixelSize: Theme.smallSize + 1 }
                        TextLabel { width: parent.width * 0.25; text: peer.modelData.state; quiet: true; font.pixelSize: Theme.smallSize }
                        Repeater {
                            model: [peer.modelData.match, peer.modelData.next, peer.modelData.inFlight]
                            TextLabel {
                                required property real modelData
                                width: numbers.width * 0.2
                                horizontalAlignment: Text.AlignRight
                                fixed: true
                                font.pixelSize: Theme.smallSize
                                text: modelData
                                isData: true
                            }
                        }
                    }
                    Rectangle {
                        width: parent.width
                        height: 6 * Theme.u
                        radius: height / 2
                        color: Theme.color.track
                        Rectangle {
                            width: parent.width * peer.modelData.share
                            height: parent.height
                            radius: parent.radius
                            color: Theme.color.accent
                        }
                    }
                }
            }

            SectionTitle { topPadding: Theme.gap; visible: view.endpoint.length > 0; text: qsTr("Reach it with etcdctl") }
            Row {
                visible: view.endpoint.length > 0
                width: parent.width
                spacing: Theme.gap
                TextLabel {
                    anchors.verticalCenter: parent.verticalCenter
                    width: parent.width - copyButton.width - Theme.gap
                    text: view.setupCommand
                    isData: true
                    fixed: true
                    font.pixelSize: Theme.smallSize
                    wrapMode: Text.Wrap
                    maximumLineCount: 2
                }
                PushButton {
                    id: copyButton
                    text: qsTr("Copy")
                    onClicked: root.session.actions.copy(view.setupCommand)
                }
            }
            TextLabel {
                width: parent.width
                visible: view.dataDir.length > 0
                text: view.dataDir
                isData: true
                quiet: true
                fixed: true
                font.pixelSize: Theme.smallSize
                elide: Text.ElideLeft
            }
        }
    }
}
