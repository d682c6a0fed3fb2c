// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

import QtQuick
import QtTest
import Raftarium.App
import Raftarium.Models
import "find.js" as Find

Item {
    id: root
    width: 420
    height: 300

    Component {
        id: feedComponent
        Feed { width: 420; height: 300; session: bench.session }
    }

    TestCase {
        name: "Feed"
        when: windowShown

        property Item feed
        property Item list

        function init() {
            bench.model(10.5)
            feed = createTemporaryObject(feedComponent, root)
            list = Find.first(feed, item => item.positionViewAtIndex !== undefined)
            tryVerify(() => list.count > 5)
        }

        function test_endsAtTheNewest() {
            tryVerify(() => list.atYEnd)
        }
        function test_lineJumpsToItsTime() {
            list.positionViewAtBeginning()
            tryVerify(() => list.itemAtIndex(2) !== null)
            const row = list.itemAtIndex(2)
            verify(row.line.length > 0)
            mouseClick(row)
            compare(bench.session.player.mode, Player.Paused)
            verify(bench.session.player.past)
            compare(bench.session.player.clockText.substring(0, row.timeText.length), row.timeText)
        }
        function test_causesAreSaid() {
            let said = ""
            for (let row = 0; row < list.count; ++row)
                said += bench.session.feed.data(bench.session.feed.index(row, 0), Qt.UserRole) + "\n"
            verify(/n\d .*leader/.test(said), said)
            verify(!/\{\d\}/.test(said), "no place of a sentence stays open")
        }
        function test_emptySaysSo() {
            bench.model(0)
            tryVerify(() => list.count > 0 || Find.label(feed, "Nothing yet.") !== null)
        }
    }
}
