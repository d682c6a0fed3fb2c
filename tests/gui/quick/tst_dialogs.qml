// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

import QtQuick
import QtTest
import Raftarium.App
import Raftarium.Models
import Raftarium.Theme
import "find.js" as Find

// The whole window: its keys, and the questions it asks.
Item {
    id: root
    width: 100
    height: 100

    Component {
        id: windowComponent
        Main { width: 1280; height: 800; session: bench.session; opener: bench.opener }
    }

    TestCase {
        name: "Window"
        when: windowShown

        property var window

        function init() {
            bench.model(10.5)
            window = createTemporaryObject(windowComponent, root)
            tryVerify(() => window.contentItem.width > 1000)
        }
        function cleanup() {
            if (!Theme.dark)
                Theme.toggle()
        }
        function all() {
            return Find.top(window.contentItem)
        }

        function test_thePastAsks() {
            bench.session.player.seek(bench.session.feed.data(bench.session.feed.index(3, 0), Qt.UserRole + 1))
            bench.session.actions.node("kill", "n2")
            tryVerify(() => Find.label(all(), "This happens now: go live?") !== null)
            compare(bench.done(), [])
            isFramed(Find.label(all(), "This happens now: go live?"))
            isFramed(Find.button(all(), "Cancel"))
            mouseClick(Find.button(all(), "Cancel"))
            tryVerify(() => Find.label(all(), "This happens now: go live?") === null)
            compare(bench.done(), [])
            verify(bench.session.player.past)
            bench.session.actions.node("kill", "n2")
            tryVerify(() => Find.button(all(), "Go live and do it") !== null)
            wait(20)
            mouseClick(Find.button(all(), "Go live and do it"))
            tryVerify(() => bench.done().length === 1)
            compare(bench.done()[0], "kill n2")
            compare(bench.session.player.mode, Player.Following)
        }
        function test_toastSaysTheCommand() {
            bench.session.actions.node("pause", "n4")
            tryVerify(() => Find.label(all(), "raftariumctl cluster pause n4 --cluster model") !== null)
        }
        function test_errorIsSaid() {
            bench.session.actions.node("wipe", "n4")
            tryVerify(() => Find.label(all(), "a member of several cannot forget") !== null)
        }
        function test_themeButton() {
            verify(Theme.dark)
            mouseClick(Find.button(all(), "Projector"))
            verify(!Theme.dark)
            mouseClick(Find.button(all(), "Night"))
            verify(Theme.dark)
        }
        function test_sheet() {
            mouseClick(Find.first(all(), item => item.hint === "Keys (?)"))
            tryVerify(() => Find.label(all(), "kill the selected node") !== null)
            isFramed(Find.label(all(), "kill the selected node"))
        }
        // The label lies inside its popup, in the middle of the window.
        function isFramed(label) {
            let frame = label
            while (frame && String(frame).indexOf("QQuickPopupItem") !== 0)
                frame = frame.parent
            verify(frame !== null)
            const at = label.mapToItem(frame, 0, 0)
            verify(at.x >= 0 && at.y >= 0 && at.x + label.width <= frame.width && at.y + label.height <= frame.height,
                   label.text + " at " + at + " in " + frame.width + " x " + frame.height)
            const centred = () => {
                const middle = frame.mapToItem(window.contentItem, frame.width / 2, frame.height / 2)
                return Math.abs(middle.x - window.contentItem.width / 2) <= 2 && Math.abs(middle.y - window.contentItem.height / 2) <= 2
            }
            tryVerify(centred)
        }
        function test_everyTabLoads() {
            for (const tab of ["Keys", "Watches", "WAL", "Node"])
                verify(String(open(tab)).toLowerCase().startsWith(tab.toLowerCase() + "panel"), tab)
        }
        // The panel that a click on its tab shows.
        function open(tab) {
            waitForRendering(window.contentItem)
            mouseClick(Find.label(all(), tab))
            const loader = Find.first(all(), item => item.sourceComponent !== undefined)
            verify(loader !== null)
            tryVerify(() => loader.item !== null && loader.status === Loader.Ready, 5000, tab)
            return loader.item
        }
        function test_panelsKeepTheirState() {
            const keys = open("Keys")
            const prefix = "show keys that begin with …"
            Find.field(keys, prefix).text = "course/"
            open("Watches")
            verify(!keys.visible)
            compare(open("Keys"), keys)
            compare(Find.field(keys, prefix).text, "course/")
        }
        function test_hiddenPanelsDoNotWork() {
            const panel = open("Node")
            tryVerify(() => Find.label(panel, bench.session.roster.selected) !== null)
            open("Keys")
            const before = bench.session.roster.selected
            bench.session.roster.select(before === "n4" ? "n5" : "n4")
            bench.pass(0.016)
            compare(panel.shownNode, before)
            open("Node")
            tryVerify(() => panel.shownNode === bench.session.roster.selected)
        }
        function test_tabOrderReachesNamedControls() {
            let named = 0
            let item = null
            for (let i = 0; i < 40; ++i) {
                item = (item ?? window.contentItem).nextItemInFocusChain(true)
                verify(item !== null)
                if (String(item.Accessible.name).length > 0)
                    ++named
                else
                    verify(item.Accessible.role === Accessible.NoRole || item.Accessible.ignored, item + " can be reached and has no name")
            }
            verify(named > 15, named)
        }
        function test_failureOffersAWayOn() {
            let again = 0, fresh = 0
            bench.opener.againAsked.connect(() => ++again)
            bench.opener.newAsked.connect(() => ++fresh)
            bench.session.fail("port 2379 is taken")
            tryVerify(() => Find.label(all(), "port 2379 is taken") !== null)
            waitForRendering(window.contentItem)
            mouseClick(Find.button(all(), "Try again"))
            mouseClick(Find.button(all(), "New five-node cluster"))
            compare([again, fresh], [1, 1])
        }
    }
}
