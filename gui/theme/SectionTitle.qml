// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors
import QtQuick
import Raftarium.Theme

TextLabel {
    font.pixelSize: Theme.smallSize
    font.weight: Font.DemiBold
    color: Theme.color.dim
    Accessible.role: Accessible.Heading
    Accessible.name: text
}
