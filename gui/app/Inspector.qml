// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The panels at the right, one tab each. A panel is made when it is first shown and keeps its state from then on; while
// another one is shown it is hidden, and does no work.
import QtQuick
import Raftarium.Models
import Raftarium.Panels
import Raftarium.Theme

Card {
    id: root
    objectName: "inspector"

    required property Session session
    property int current: 0

    component Page: Loader {
        active: false
        onVisibleChanged: if (visible) active = true
        Component.onCompleted: active = visible
        anchors.fill: parent
    }

    clip: true

    Flickable {
        id: bar
        anchors { left: parent.left; right: parent.right; top: parent.top; margins: Theme.gap; leftMargin: Theme.gapLarge }
        height: Theme.controlHeight + 4
        contentWidth: tabs.width
        boundsBehavior: Flickable.StopAtBounds
        clip: true
        Row {
            id: tabs
            height: parent.height
            spacing: Theme.gapLarge + 2
            Repeater {
                model: [qsTr("Node"), qsTr("Keys"), qsTr("Watches"), qsTr("WAL")]
                Item {
                    id: tab
                    required property int index
                    required property string modelData
                    readonly property bool selected: index === root.current
                    width: label.implicitWidth
                    height: tabs.height
                    activeFocusOnTab: true
                    Accessible.role: Accessible.PageTab
                    Accessible.name: modelData
                    Keys.onSpacePressed: root.current = index
                    TextLabel {
                        id: label
                        anchors.verticalCenter: parent.verticalCenter
                        text: tab.modelData
                        quiet: !tab.selected
                        font.weight: tab.selected ? Font.DemiBold : Font.Normal
                    }
                    Rectangle {
                        anchors.bottom: parent.bottom
                        width: parent.width
                        height: 2
                        radius: 1
                        color: Theme.color.accent
                        visible: tab.selected || tab.activeFocus
                    }
                    MouseArea { anchors.fill: parent; anchors.margins: -4; onClicked: root.current = tab.index }
                }
            }
        }
    }
    Item {
        anchors { left: parent.left; right: parent.right; top: bar.bottom; bottom: parent.bottom; margins: Theme.gapLarge; topMargin: Theme.gap }
        Page { visible: root.current === 0; sourceComponent: NodePanel { session: root.session } }
        Page { visible: root.current === 1; sourceComponent: KeysPanel { session: root.session } }
        Page { visible: root.current === 2; sourceComponent: WatchesPanel { session: root.session } }
        Page { visible: root.current === 3; sourceComponent: WalPanel { session: root.session } }
    }
}
