// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

import QtQuick
import QtTest
import Raftarium.Models
import Raftarium.Panels
import "find.js" as Find

Item {
    id: root
    width: 420
    height: 640

    Component {
        id: panelComponent
        NodePanel { width: 420; height: 640; session: bench.session }
    }

    TestCase {
        name: "NodePanel"
        when: windowShown

        property Item panel

        function init() {
            bench.model(5)
            panel = createTemporaryObject(panelComponent, root)
            wait(20)
        }
        function test_followsTheSelection() {
            bench.session.roster.select("n3")
            tryVerify(() => Find.label(panel, "n3") !== null)
            bench.session.roster.select(bench.session.summary.leaderName)
            tryVerify(() => Find.label(panel, "Leader") !== null)
            tryVerify(() => Find.label(panel, "replicate") !== null, 5000, "the leader's view of its followers")
            for (const text of ["match", "next", "in flight"])
                verify(Find.label(panel, text) !== null, text)
        }
        function test_followsThePlayhead() {
            const leader = bench.session.summary.leaderName
            bench.session.roster.select(leader)
            tryVerify(() => Find.label(panel, "Leader") !== null)
            bench.session.player.step(-1, false)
            for (let i = 0; i < 400 && bench.session.summary.leaderName === leader; ++i)
                bench.session.player.step(-1, false)
            verify(bench.session.summary.leaderName !== leader)
            tryVerify(() => Find.label(panel, "Leader") === null)
        }
    }
}
