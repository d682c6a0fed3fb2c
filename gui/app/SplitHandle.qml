// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Between two areas: drag it to change their sizes.
import QtQuick
import QtQuick.Templates as T
import Raftarium.Theme

Item {
    id: root
    property bool upright: false
    implicitWidth: Theme.gap + 4
    implicitHeight: Theme.gap + 4
    Rectangle {
        anchors.centerIn: parent
        width: root.upright ? 3 : 36
        height: root.upright ? 36 : 3
        radius: 1.5
        color: root.T.SplitHandle.hovered || root.T.SplitHandle.pressed ? Theme.color.accent : Theme.color.line
    }
}
