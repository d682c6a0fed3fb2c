// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

import QtQuick
import QtTest
import Raftarium.Models
import Raftarium.Panels
import "find.js" as Find

// The panels that talk to a member, on one real node, and on three.
Item {
    id: root
    width: 420
    height: 1400

    Timer { running: true; repeat: true; interval: 16; onTriggered: if (bench.session) bench.session.advance(0.016) }

    Component { id: keysComponent; KeysPanel { width: 420; height: 640; session: bench.session } }
    Component { id: watchesComponent; WatchesPanel { width: 420; height: 640; session: bench.session } }
    Component { id: walComponent; WalPanel { width: 420; height: 640; session: bench.session } }

    property string said  // the last toast
    Connections {
        target: bench.session ? bench.session.actions : null
        function onToast(text: string) { root.said = text }
    }

    TestCase {
        name: "Panels of a real node"
        when: windowShown

        readonly property int patience: 60000

        function initTestCase() {
            if (!bench.nodeProgramIsBuilt())
                skip("raftarium-node is not built")
            verify(bench.real())
            tryVerify(() => bench.session.phase === Session.Live && bench.session.summary.leaderName.length > 0, patience)
        }
        function cleanupTestCase() {
            bench.close()
        }

        function put(panel, key, value) {
            Find.field(panel, "key").text = key
            Find.field(panel, "value").text = value
            const button = Find.button(panel, "Put")
            tryVerify(() => button.enabled, patience)
            mouseClick(button)
        }
        function list(panel) {
            return Find.first(panel, item => item.positionViewAtIndex !== undefined)
        }
        function askToDelete(panel) {
            tryVerify(() => Find.button(panel, "Delete").enabled, patience)
            mouseClick(Find.button(panel, "Delete"))
        }
        // The open question, its button being pressable.
        function dialog(panel, key) {
            let found = null
            tryVerify(() => {
                const title = Find.label(Find.top(panel), "Delete " + key + "?")
                found = title ? title.parent : null
                return found !== null
            }, patience)
            wait(20)
            return found
        }
        function row(panel, key) {
            return Find.label(list(panel), key)
        }

        // Two keys, of which one is what the other's text could be taken for.
        function test_0_deleteIsOfTheKeyThatIsShown() {
            const panel = createTemporaryObject(keysComponent, root)
            put(panel, "a\\\\x41", "four")  // typed with its backslash doubled
            tryVerify(() => row(panel, "a\\\\x41") !== null, patience)
            put(panel, "aA", "real")
            tryVerify(() => row(panel, "aA") !== null, patience)
            mouseClick(row(panel, "a\\\\x41"))
            tryVerify(() => Find.label(panel, "History of a\\\\x41") !== null, patience)
            askToDelete(panel)
            mouseClick(Find.button(dialog(panel, "a\\\\x41"), "Delete"))
            tryVerify(() => row(panel, "a\\\\x41") === null, patience)
            verify(row(panel, "aA") !== null)
            mouseClick(row(panel, "aA"))
            askToDelete(panel)
            const question = dialog(panel, "aA")
            // Changed while it is asked: it stays.
            bench.session.actions.put("aA", "newer")
            tryVerify(() => Find.label(panel, "newer") !== null, patience)
            mouseClick(Find.button(question, "Delete"))
            tryVerify(() => root.said.includes("was not deleted"), patience)
            verify(row(panel, "aA") !== null)
            askToDelete(panel)
            mouseClick(Find.button(dialog(panel, "aA"), "Delete"))
            tryVerify(() => Find.label(panel, "The store is empty") !== null, patience)
            Find.field(panel, "key").text = "a\\q"
            mouseClick(Find.button(panel, "Put"))
            tryVerify(() => root.said.includes("cannot be read"))
        }

        function test_1_putHistoryDelete() {
            const panel = createTemporaryObject(keysComponent, root)
            tryVerify(() => Find.label(panel, "The store is empty") !== null, patience)
            put(panel, "course/room", "H-104")
            tryVerify(() => Find.label(panel, "course/room") !== null && Find.label(panel, "H-104") !== null, patience)
            tryVerify(() => Find.label(panel, "History of course/room") !== null, patience)
            put(panel, "course/room", "H-105")
            tryVerify(() => Find.label(panel, "version 2") !== null, patience)
            askToDelete(panel)
            mouseClick(Find.button(dialog(panel, "course/room"), "Cancel"))
            askToDelete(panel)
            mouseClick(Find.button(dialog(panel, "course/room"), "Delete"))
            tryVerify(() => Find.label(panel, "deleted") !== null, patience)
            tryVerify(() => !Find.button(panel, "Delete").enabled, patience, "there is nothing to delete")
            put(panel, "course/room", "H-106")
            tryVerify(() => Find.label(panel, "History of course/room · 2 generations") !== null, patience)
            put(panel, "other", "1")
            tryVerify(() => Find.label(panel, "2 keys") !== null, patience)
            Find.field(panel, "show keys that begin with …").text = "oth"
            tryVerify(() => Find.label(panel, "1 key") !== null, patience)
            compare(list(panel).count, 1)
        }

        // The history takes its room from the list: the row that was clicked is still there.
        function test_1a_chosenRowStaysInView() {
            const panel = createTemporaryObject(keysComponent, root)
            for (let i = 10; i < 20; ++i)
                bench.session.actions.put("row/" + i, "1")
            tryVerify(() => row(panel, "row/19") !== null, patience)
            mouseClick(row(panel, "row/19"))
            tryVerify(() => Find.label(panel, "History of row/19") !== null, patience)
            tryVerify(() => {
                const top = row(panel, "row/19").mapToItem(list(panel), 0, 0).y
                return top > -1 && top + row(panel, "row/19").height < list(panel).height + 1
            })
        }

        function test_2_watch() {
            const panel = createTemporaryObject(watchesComponent, root)
            const start = () => Find.button(panel, "Watch")
            tryVerify(() => start() !== null && start().enabled, patience)
            Find.first(panel, item => item.placeholderText !== undefined && item.accepted !== undefined).text = "course/"
            mouseClick(start())
            tryVerify(() => Find.beginning(panel, "watching from revision") !== null, patience)
            bench.session.actions.put("course/room", "H-200")
            tryVerify(() => Find.label(panel, "course/room") !== null, patience)
            bench.session.actions.put("elsewhere", "1")
            bench.session.actions.put("course/students", "40")
            tryVerify(() => Find.label(panel, "course/students") !== null, patience)
            compare(Find.label(panel, "elsewhere"), null)
            mouseClick(Find.button(panel, "Stop"))
            tryVerify(() => Find.button(panel, "Watch") !== null)
        }

        function test_3_wal() {
            const panel = createTemporaryObject(walComponent, root)
            tryVerify(() => list(panel).count > 5, patience)
            tryVerify(() => Find.label(panel, "put course/room = H-106") !== null || Find.beginning(panel, "put course") !== null, patience)
            const before = list(panel).count
            bench.session.actions.put("wal", "1")
            tryVerify(() => list(panel).count > before, patience)  // reads on
            tryVerify(() => Find.label(panel, "put wal = 1") !== null && list(panel).atYEnd, patience)
            mouseClick(Find.label(panel, "put wal = 1"))
            tryVerify(() => Find.label(panel, "Its bytes") !== null || Find.label(panel, "ITS BYTES") !== null, patience)
            verify(Find.label(panel, "padding") !== null)
            tryVerify(() => Find.first(panel, item => String(item.text).includes("the chain holds")) !== null, patience)
        }
    }

    TestCase {
        name: "Keys of three real nodes"
        when: windowShown

        readonly property int patience: 60000

        function initTestCase() {
            if (!bench.nodeProgramIsBuilt())
                skip("raftarium-node is not built")
            verify(bench.real(3))
            tryVerify(() => bench.session.phase === Session.Live && bench.session.summary.leaderName.length > 0, patience)
        }
        function cleanupTestCase() {
            bench.close()
        }

        function test_1_showsTheNewest() {
            const panel = createTemporaryObject(keysComponent, root)
            for (let i = 1; i <= 5; ++i) {
                bench.session.actions.put("k", "value " + i)
                tryVerify(() => Find.label(panel, "value " + i) !== null, patience)
                tryVerify(() => Find.label(panel, "revision " + bench.session.summary.revision) !== null, patience)
            }
        }
        function test_2_withoutTheLeader() {
            const panel = createTemporaryObject(keysComponent, root)
            tryVerify(() => Find.label(panel, "value 5") !== null, patience)
            const old = bench.session.summary.leaderName
            bench.session.actions.node("kill", old)
            tryVerify(() => bench.session.summary.leaderName.length > 0 && bench.session.summary.leaderName !== old, patience)
            bench.session.actions.put("k", "value 6")
            tryVerify(() => Find.label(panel, "value 6") !== null, patience)
            tryVerify(() => Find.label(panel, "revision " + bench.session.summary.revision) !== null, patience)
        }
    }
}
