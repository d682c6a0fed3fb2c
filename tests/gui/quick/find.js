// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Items as a person finds them: by what is written on them.
.pragma library

function top(item) {
    while (item.parent)
        item = item.parent
    return item
}

// First item at or below `item`, in the order of drawing, that `fits`; null if none does. Those not shown are left out.
function first(item, fits) {
    if (!item.visible)
        return null
    if (fits(item))
        return item
    for (let i = 0; i < item.children.length; ++i) {
        const found = first(item.children[i], fits)
        if (found)
            return found
    }
    return null
}

// What can be pressed and says this.
function button(item, text) {
    return first(item, one => one.text === text && one.clicked !== undefined)
}

function field(item, placeholder) {
    return first(item, one => one.placeholderText === placeholder && one.selectByMouse !== undefined)
}

function label(item, text) {
    return first(item, one => one.text === text && one.lineCount !== undefined && one.selectByMouse === undefined)
}

function beginning(item, text) {
    return first(item, one => one.lineCount !== undefined && String(one.text).startsWith(text))
}
