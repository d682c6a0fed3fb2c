// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The tabs at the right. Each is a file of Raftarium.Panels with a required property `session`; those that do not exist
// are not offered.
pragma ComponentBehavior: Bound

import QtQuick
import Raftarium.Models
import Raftarium.Theme

Card {
    id: root
    objectName: "inspector"

    required property Session session
    required property var panels  // of {name, url}
    property int current: 0

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
                model: root.panels
                Item {
                    id: tab
                    required property int index
                    required property var modelData
                    readonly property bool selected: index === root.current
                    width: label.implicitWidth
                    height: tabs.height
                    activeFocusOnTab: true
                    Accessible.role: Accessible.PageTab
                    Accessible.name: modelData.name
                    Keys.onSpacePressed: root.current = index
                    TextLabel {
                        id: label
                        anchors.verticalCenter: parent.verticalCenter
                        text: tab.modelData.name
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
    Loader {
        id: loader
        readonly property string url: root.panels.length > root.current ? root.panels[root.current].url : ""
        anchors { left: parent.left; right: parent.right; top: bar.bottom; bottom: parent.bottom; margins: Theme.gapLarge; topMargin: Theme.gap }
        onUrlChanged: load()
        Component.onCompleted: load()
        function load() {
            if (url.length > 0)
                setSource(url, {"session": root.session})
        }
    }
}
