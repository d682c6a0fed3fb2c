// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors
import QtQuick
import QtQuick.Templates as T
import Raftarium.Theme

T.MenuSeparator {
    implicitWidth: 200 * Theme.u
    implicitHeight: visible ? Theme.gap : 0
    contentItem: Item {
        Rectangle {
            anchors.verticalCenter: parent.verticalCenter
            width: parent.width
            height: 1
            color: Theme.color.line
        }
    }
}
