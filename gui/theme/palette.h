// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The colours of a theme. Term colours follow the Okabe-Ito cycle in an order whose neighbours stay apart for every
// kind of colour vision; roles, messages and controls use hues outside that cycle, and each has a shape or a word
// besides.
#pragma once

#include <QColor>
#include <QObject>
#include <QtQml/qqmlregistration.h>

#include <array>
#include <cstdint>

namespace raftarium::gui {

struct Palette {
    Q_GADGET
    QML_ANONYMOUS
    Q_PROPERTY(QColor window MEMBER window CONSTANT)
    Q_PROPERTY(QColor panel MEMBER panel CONSTANT)
    Q_PROPERTY(QColor stage MEMBER stage CONSTANT)
    Q_PROPERTY(QColor sunken MEMBER sunken CONSTANT)
    Q_PROPERTY(QColor hover MEMBER hover CONSTANT)
    Q_PROPERTY(QColor selection MEMBER selection CONSTANT)
    Q_PROPERTY(QColor line MEMBER line CONSTANT)
    Q_PROPERTY(QColor strongLine MEMBER strongLine CONSTANT)
    Q_PROPERTY(QColor text MEMBER text CONSTANT)
    Q_PROPERTY(QColor dim MEMBER dim CONSTANT)
    Q_PROPERTY(QColor accent MEMBER accent CONSTANT)
    Q_PROPERTY(QColor onAccent MEMBER onAccent CONSTANT)
    Q_PROPERTY(QColor danger MEMBER danger CONSTANT)
    Q_PROPERTY(QColor onDanger MEMBER onDanger CONSTANT)
    Q_PROPERTY(QColor warning MEMBER warning CONSTANT)
    Q_PROPERTY(QColor track MEMBER track CONSTANT)
    Q_PROPERTY(QColor knob MEMBER knob CONSTANT)
    Q_PROPERTY(QColor scrim MEMBER scrim CONSTANT)
    Q_PROPERTY(QColor ring MEMBER ring CONSTANT)
    Q_PROPERTY(QColor ringTrack MEMBER ringTrack CONSTANT)
    Q_PROPERTY(QColor vote MEMBER vote CONSTANT)
    Q_PROPERTY(QColor grant MEMBER grant CONSTANT)
    Q_PROPERTY(QColor append MEMBER append CONSTANT)
    Q_PROPERTY(QColor heartbeat MEMBER heartbeat CONSTANT)
    Q_PROPERTY(QColor ack MEMBER ack CONSTANT)
    Q_PROPERTY(QColor snapshot MEMBER snapshot CONSTANT)
    Q_PROPERTY(QColor client MEMBER client CONSTANT)

public:
    QColor window, panel, stage, sunken, hover, selection, line, strongLine, text, dim, accent, onAccent, danger,
        onDanger, warning, track, knob, scrim;
    QColor ring, ringTrack, stopped, stoppedEdge, link;
    QColor vote, grant, append, heartbeat, ack, snapshot, client, onMessage;
    std::array<QColor, 7> termFills, termEdges, termTexts;

    static const Palette& night();
    static const Palette& projector();

    // Term 0 (nothing known yet) is neutral.
    QColor termFill(std::uint64_t term) const { return term == 0 ? stopped : termFills[(term - 1) % termFills.size()]; }
    QColor termEdge(std::uint64_t term) const {
        return term == 0 ? stoppedEdge : termEdges[(term - 1) % termEdges.size()];
    }
    QColor termText(std::uint64_t term) const { return term == 0 ? text : termTexts[(term - 1) % termTexts.size()]; }
};

}  // namespace raftarium::gui
