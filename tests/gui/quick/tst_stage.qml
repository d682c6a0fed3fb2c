// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

import QtQuick
import QtTest
import Raftarium.Models
import Raftarium.Stage
import "find.js" as Find

Item {
    id: root
    width: 1000
    height: 760

    Component {
        id: stageComponent
        Stage { width: 1000; height: 760; session: bench.session }
    }

    TestCase {
        name: "Stage"
        when: windowShown

        property Item stage
        property Item drawing

        function init() {
            bench.model(10.5)
            stage = createTemporaryObject(stageComponent, root)
            drawing = Find.first(stage, item => item.centreOf !== undefined)
            verify(drawing !== null)
        }

        function entry(text) {
            return Find.first(Find.top(stage), item => item.text === text && item.triggered !== undefined)
        }
        function clickNode(name) {
            const place = drawing.centreOf(name)
            mouseClick(drawing, place.x, place.y)
        }
        function clickLink(a, b) {
            const from = drawing.centreOf(a), to = drawing.centreOf(b)
            // Off the middle, where other links cross.
            mouseClick(drawing, from.x + (to.x - from.x) * 0.4, from.y + (to.y - from.y) * 0.4)
        }
        function choose(text) {
            tryVerify(() => entry(text) !== null, 5000, text)
            wait(20)  // the menu is laid out with the next frame
            mouseClick(entry(text))
        }

        function test_namesAndRoles() {
            compare(drawing.labels.rowCount(), 5)
            for (const name of ["n1", "n2", "n3", "n4", "n5"])
                verify(Find.label(stage, name) !== null, name)
            verify(Find.label(stage, "Leader") !== null)
        }

        function test_nodeMenu_data() {
            return [
                {tag: "kill", entry: "Kill (SIGKILL)", does: "kill"}, {tag: "stop", entry: "Stop (SIGTERM)", does: "stop"},
                {tag: "pause", entry: "Pause (SIGSTOP)", does: "pause"}, {tag: "restart", entry: "Restart", does: "restart"}
            ]
        }
        function test_nodeMenu(data) {
            clickNode("n2")
            compare(bench.session.roster.selected, "n2")
            choose(data.entry)
            tryVerify(() => bench.done().length === 1)
            compare(bench.done()[0], data.does + " n2")
            tryVerify(() => entry(data.entry) === null)
        }

        function test_isolateFromTheMenu() {
            clickNode("n3")
            choose("Cut off from all")
            tryVerify(() => bench.done().length === 1)
            compare(bench.done()[0], "partition n3 n1,n2,n4,n5")
        }

        function test_stoppedNodeCanBeStarted() {
            bench.model(8)
            let stopped = ""
            const labels = drawing.labels
            for (let row = 0; row < labels.rowCount(); ++row)
                if (labels.named(labels.data(labels.index(row, 0), Qt.UserRole)).process === "stopped")
                    stopped = labels.data(labels.index(row, 0), Qt.UserRole)
            verify(stopped.length > 0, "the model's leader is down at 8 s")
            clickNode(stopped)
            tryVerify(() => entry("Start") !== null)
            compare(entry("Kill (SIGKILL)"), null)
            choose("Start")
            tryVerify(() => bench.done().length === 1)
            compare(bench.done()[0], "start --node " + stopped)
        }

        function test_linkMenu_data() {
            return [
                {tag: "both ways", entry: "Cut both ways", does: ["cut n1 n3"]},
                {tag: "one way", entry: "Cut n1 → n3", does: ["cut --one-way n1 n3"]},
                {tag: "other way", entry: "Cut n3 → n1", does: ["cut --one-way n3 n1"]},
                {tag: "heal", entry: "Heal both ways", does: ["heal n1 n3"]},
                {tag: "delay", entry: "Delay 0.2 s", does: ["delay n1 n3 200ms", "delay n3 n1 200ms"]},
                {tag: "loss", entry: "Lose half of the messages", does: ["drop n1 n3 50%", "drop n3 n1 50%"]}
            ]
        }
        function test_linkMenu(data) {
            clickLink("n1", "n3")
            choose(data.entry)
            tryVerify(() => bench.done().length === data.does.length)
            compare(bench.done().sort(), data.does.slice().sort())
        }

        function test_dragDivides() {
            const first = drawing.centreOf("n1"), left = drawing.centreOf("n4"), right = drawing.centreOf("n3")
            const from = Qt.point(first.x + 2 * drawing.discRadius, first.y - drawing.discRadius)
            const to = Qt.point((left.x + right.x) / 2, (left.y + right.y) / 2 + drawing.discRadius)
            stage.partitionTool = true
            mousePress(drawing, from.x, from.y)
            for (let i = 1; i <= 10; ++i)
                mouseMove(drawing, from.x + (to.x - from.x) * i / 10, from.y + (to.y - from.y) * i / 10)
            mouseRelease(drawing, to.x, to.y)
            tryVerify(() => bench.done().length === 1)
            verify(["partition n2,n3 n1,n4,n5", "partition n1,n4,n5 n2,n3"].includes(bench.done()[0]), bench.done()[0])
            compare(stage.partitionTool, false)
        }

        function test_wallComesOffByDragging() {
            bench.model(13)
            bench.pass(0.016)
            verify(drawing.divided)
            let wall = null
            for (let x = 10; x < drawing.width && !wall; x += 6)
                for (let y = 10; y < drawing.height && !wall; y += 6)
                    if (drawing.at(x, y).kind === "wall")
                        wall = Qt.point(x, y)
            verify(wall !== null)
            mousePress(drawing, wall.x, wall.y)
            for (let i = 1; i <= 6; ++i)
                mouseMove(drawing, wall.x + 20 * i, wall.y)
            mouseRelease(drawing, wall.x + 120, wall.y)
            tryVerify(() => bench.done().length === 1)
            compare(bench.done()[0], "heal")
        }

        function test_lineAroundNobodyDoesNothing() {
            const said = []
            bench.session.actions.toast.connect(text => said.push(text))
            stage.partitionTool = true
            mousePress(drawing, 4, 4)
            mouseMove(drawing, 30, 4)
            mouseMove(drawing, 60, 6)
            mouseRelease(drawing, 60, 6)
            compare(bench.done(), [])
            compare(said.length, 1)
        }
    }
}
