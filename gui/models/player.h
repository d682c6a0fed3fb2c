// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Where the view stands in time, and how it moves: play, pause, seek, step, speed. Lives on the GUI thread.
#pragma once

#include "cluster/observe/history.h"
#include "gui/models/playhead.h"

#include <QObject>
#include <QString>
#include <QtQml/qqmlregistration.h>

namespace raftarium::gui {

class Player : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("belongs to the session")
    Q_PROPERTY(Mode mode READ mode NOTIFY changed)
    Q_PROPERTY(bool past READ past NOTIFY changed)
    Q_PROPERTY(qreal speed READ speed WRITE setSpeed NOTIFY changed)
    Q_PROPERTY(QString speedText READ speedText NOTIFY changed)
    Q_PROPERTY(QString clockText READ clockText NOTIFY moved)
    Q_PROPERTY(QString lagText READ lagText NOTIFY moved)

public:
    enum Mode { Following, Playing, Paused };
    Q_ENUM(Mode)
    // What there is to play: nothing, a cluster that runs, a recording.
    enum class Source { nothing, live, recording };

    using QObject::QObject;

    // Starts at the live edge, or at the beginning of a recording. `history` is stepped through; it must outlive this
    // or the next call.
    void open(Source source, const observe::History* history, observe::TimeNs beginNs);
    // Once a frame: there is now something to show from `beginNs` to `edgeNs`.
    void advance(qreal seconds, observe::TimeNs beginNs, observe::TimeNs edgeNs);

    observe::TimeNs atNs() const { return m_playhead.at(); }
    observe::TimeNs beginNs() const { return m_beginNs; }
    observe::TimeNs edgeNs() const { return m_edgeNs; }  // the live edge, or the end of the recording
    std::uint64_t jumpCount() const { return m_jumps; }  // changes whenever the view jumped in time

    Mode mode() const { return static_cast<Mode>(m_playhead.mode()); }
    bool following() const { return m_source == Source::live && mode() == Following; }
    bool past() const { return m_source == Source::live && mode() != Following; }
    qreal speed() const { return m_playhead.speed(); }
    QString speedText() const;
    QString clockText() const;  // since the beginning
    QString lagText() const;    // behind the edge; empty if it is not

    Q_INVOKABLE void follow();  // to the live edge; in a recording to its end
    Q_INVOKABLE void togglePlay();
    Q_INVOKABLE void pause();
    Q_INVOKABLE void seek(qint64 timeNs);
    // To the next (1) or previous (-1) event that matters, or with `messages` to the next message.
    Q_INVOKABLE void step(int direction, bool messages);
    Q_INVOKABLE void setSpeed(qreal speed);

signals:
    void changed();  // mode or speed
    void moved();    // once a frame
    void jumped();   // to another time; whoever shows something takes it from there at once

private:
    void jump();

    Source m_source = Source::nothing;
    const observe::History* m_history = nullptr;
    Playhead m_playhead;
    observe::TimeNs m_beginNs = 0, m_edgeNs = 0;
    std::uint64_t m_jumps = 0;
};

}  // namespace raftarium::gui
