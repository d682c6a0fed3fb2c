// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

import QtQuick
import QtTest
import Raftarium.Models
import Raftarium.Timeline
import "find.js" as Find

Item {
    id: root
    width: 1100
    height: 240

    Component {
        id: timelineComponent
        Timeline { width: 1100; height: 240; session: bench.session }
    }

    TestCase {
        name: "Timeline"
        when: windowShown

        property Item timeline
        property Item tape

        function init() {
            bench.model(10.5)
            timeline = createTemporaryObject(timelineComponent, root)
            tape = Find.first(timeline, item => item.scrubTo !== undefined)
            verify(tape !== null)
            bench.pass(0.016)
        }

        function hinted(hint) {
            return Find.first(timeline, item => item.hint === hint)
        }

        function test_threeStates() {
            verify(Find.label(timeline, "following") !== null)
            mouseClick(hinted("Pause (Space)"))
            compare(bench.session.player.mode, Player.Paused)
            verify(Find.label(timeline, "paused") !== null)
            bench.pass(2)
            verify(Find.beginning(timeline, "\u2212") !== null, "the gap to live is said")
            mouseClick(hinted("Play (Space)"))
            compare(bench.session.player.mode, Player.Playing)
            verify(Find.label(timeline, "playing") !== null)
            mouseClick(Find.beginning(timeline, "\u2212"))
            compare(bench.session.player.mode, Player.Following)
        }

        function test_scrub() {
            mouseClick(tape, tape.width * 0.4, tape.height * 0.4)
            compare(bench.session.player.mode, Player.Paused)
            verify(bench.session.player.past)
            fuzzyCompare(tape.playheadX(), tape.width * 0.4, 3)
            const before = bench.session.player.clockText
            mousePress(tape, tape.width * 0.4, tape.height * 0.4)
            mouseMove(tape, tape.width * 0.6, tape.height * 0.4)
            mouseRelease(tape, tape.width * 0.6, tape.height * 0.4)
            verify(bench.session.player.clockText > before)
        }

        function test_steps() {
            mouseClick(hinted("To the event before (←)"))
            compare(bench.session.player.mode, Player.Paused)
            const before = bench.session.player.clockText
            mouseClick(hinted("To the event before (←)"))
            const earlier = bench.session.player.clockText
            verify(earlier < before)
            mouseClick(hinted("To the next event (→)"))
            compare(bench.session.player.clockText, before)
        }

        function test_speedIsLogarithmic() {
            const dial = Find.first(timeline, item => item.visualPosition !== undefined)
            verify(dial !== null)
            mouseClick(dial, dial.width / 2, dial.height / 2)
            verify(bench.session.player.speed < 0.06 && bench.session.player.speed > 0.015, bench.session.player.speed)
            compare(bench.session.player.mode, Player.Playing)
            mouseClick(dial, 1, dial.height / 2)
            fuzzyCompare(bench.session.player.speed, 0.001, 0.0005)
            mouseClick(dial, dial.width - 1, dial.height / 2)
            compare(bench.session.player.speed, 1)
        }

        function inView() {
            return tape.playheadX() >= 0 && tape.playheadX() <= tape.width
        }
        function sign() {
            return Find.first(timeline, item => item.before !== undefined)
        }

        function test_goLiveBringsTheAxisBack() {
            mouseClick(tape, tape.width * 0.4, tape.height * 0.4)
            compare(bench.session.player.mode, Player.Paused)
            for (let i = 0; i < 100; ++i)
                bench.pass(1)
            verify(inView())
            bench.session.player.follow()
            for (let i = 0; i < 100; ++i)
                bench.pass(0.016)
            verify(bench.session.player.mode === Player.Following && inView(), tape.playheadX())
            bench.pass(60)
            bench.pass(0.016)
            verify(inView(), "the axis goes on with the edge")
            compare(sign(), null)
        }
        function test_playedUpToTheEdge() {
            mouseClick(tape, tape.width * 0.4, tape.height * 0.4)
            bench.session.player.togglePlay()
            bench.pass(0)
            // The clock stands while the playhead catches up.
            for (let i = 0; i < 2000 && bench.session.player.mode !== Player.Following; ++i)
                bench.session.advance(0.05)
            compare(bench.session.player.mode, Player.Following)
            for (let i = 0; i < 120; ++i) {
                bench.pass(1)
                verify(inView(), tape.playheadX())
            }
        }
        function test_smallMapLeavesASign() {
            for (let i = 0; i < 200; ++i)
                bench.pass(1)
            mouseClick(tape, tape.width * 0.1, tape.height - 3)
            bench.pass(0.016)
            verify(!inView())
            verify(sign() !== null)
            verify(!sign().before)
            compare(bench.session.player.mode, Player.Following, "only the view was moved")
            mouseClick(sign())
            bench.pass(0.016)
            verify(inView())
            compare(sign(), null)
        }
        function test_draggedBeyondTheEdge() {
            for (let i = 0; i < 100; ++i)
                bench.pass(1)
            mousePress(tape, tape.width * 0.5, tape.height * 0.4)
            mouseMove(tape, 2, tape.height * 0.4)
            tryVerify(() => bench.session.player.clockText < "00:10", 20000)  // the view goes along
            mouseRelease(tape, 2, tape.height * 0.4)
            verify(inView())
        }

        function test_lanesAndTerms() {
            for (const name of ["n1", "n2", "n3", "n4", "n5"])
                verify(Find.label(timeline, name) !== null, name)
            verify(tape.termLabels.rowCount() >= 2)
            verify(tape.timeLabels.rowCount() >= 3)
            mouseClick(Find.label(timeline, "n4"))
            compare(bench.session.roster.selected, "n4")
        }

        function test_wheelZooms() {
            const before = tape.timeLabels.rowCount()
            const first = Find.first(timeline, item => item.textAt !== undefined).textAt(0, 0)
            mouseWheel(tape, tape.width - 5, tape.height * 0.4, 0, 600)
            verify(tape.textAt(0, 0) > first, "closer: the left edge is later")
            mouseClick(Find.button(timeline, "Whole"))
            compare(tape.textAt(0, 0).substring(0, 5), "00:00")
        }
    }
}
