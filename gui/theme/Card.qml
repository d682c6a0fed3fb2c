// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The background of a panel.
import QtQuick
import Raftarium.Theme

Rectangle {
    color: Theme.color.panel
    border.color: Theme.color.line
    border.width: 1
    radius: Theme.radius
}
