// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

import QtQuick
import QtTest
import Raftarium.App
import Raftarium.Models
import "find.js" as Find

Item {
    id: root
    width: 260
    height: 900

    Component {
        id: controlsComponent
        Controls { width: 232; height: 900; session: bench.session }
    }

    TestCase {
        name: "Controls"
        when: windowShown

        property Item controls

        function init() {
            bench.model(5)
            controls = createTemporaryObject(controlsComponent, root)
            wait(20)
        }
        function does(action, expected) {
            action()
            tryVerify(() => bench.done().length === 1)
            compare(bench.done()[0], expected)
        }

        function test_pace_data() {
            return [{tag: "Classroom"}, {tag: "Paper"}, {tag: "etcd"}]
        }
        function test_pace(data) {
            does(() => mouseClick(Find.label(controls, data.tag)), "pace " + data.tag.toLowerCase())
        }
        function test_paceByKeys() {
            const segment = Find.label(controls, "Paper").parent
            segment.forceActiveFocus()
            verify(segment.activeFocus)
            does(() => keyClick(Qt.Key_Space), "pace paper")
        }
        function test_protocol() {
            does(() => mouseClick(Find.first(controls, item => item.text === "PreVote" && item.checked !== undefined)), "protocol --pre-vote on --check-quorum on")
        }
        function test_delayOfAllLinks() {
            const slider = Find.first(controls, item => item.visualPosition !== undefined && item.from !== undefined)
            does(() => mouseClick(slider, slider.width / 2, slider.height / 2), "delay * * 1000ms")
        }
        function test_healAll() {
            does(() => mouseClick(Find.first(controls, item => String(item.text).startsWith("Heal all") && item.clicked !== undefined)), "heal")
        }
        function test_members_data() {
            return [{tag: "+ Voter", does: "add"}, {tag: "+ Learner", does: "add --learner"}]
        }
        function test_members(data) {
            does(() => mouseClick(Find.button(controls, data.tag)), data.does)
        }
        function test_partitionTool() {
            let asked = 0
            controls.partitionToolAsked.connect(() => ++asked)
            mouseClick(Find.button(controls, "Draw a partition"))
            compare(asked, 1)
        }
        function test_putCountsOn() {
            const value = Find.field(controls, "value")
            value.text = "7"
            mouseClick(Find.button(controls, "Put"))
            compare(value.text, "8")
        }
        function test_emptyKeyCannotBePut() {
            Find.field(controls, "key").text = ""
            compare(Find.button(controls, "Put").enabled, false)
        }
        function test_recordingCannotBeTouched() {
            bench.recording()
            tryVerify(() => !Find.button(controls, "Draw a partition").enabled)
        }
    }
}
