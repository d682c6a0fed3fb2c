// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The tape: terms, a lane per node, faults, the gap to live, the playhead, and a small map of the whole recording.
#pragma once

#include "gui/models/session.h"
#include "gui/theme/shape_item.h"
#include "gui/timeline/label_model.h"
#include "gui/timeline/time_scale.h"

namespace raftarium::gui {

// The base is named in full for the tools that read the types of QML: they do not look into namespaces for it.
class TimelineItem : public raftarium::gui::ShapeItem {
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(raftarium::gui::Session* session READ session WRITE setSession NOTIFY sessionChanged REQUIRED)
    Q_PROPERTY(qreal tapeHeight MEMBER m_tapeHeight NOTIFY layoutChanged)
    Q_PROPERTY(qreal laneHeight READ laneHeight NOTIFY layoutChanged)
    Q_PROPERTY(qreal lanesTop READ lanesTop NOTIFY layoutChanged)
    // -1: the playhead is left of what is shown, 1: right of it, 0: in view. See TimeScale for when it may be outside.
    Q_PROPERTY(int playheadSide READ playheadSide NOTIFY playheadSideChanged)
    Q_PROPERTY(raftarium::gui::LabelModel* termLabels READ termLabels CONSTANT)
    Q_PROPERTY(raftarium::gui::LabelModel* timeLabels READ timeLabels CONSTANT)

public:
    explicit TimelineItem(QQuickItem* parent = nullptr);

    Session* session() const { return m_session; }
    void setSession(Session* session);
    qreal laneHeight() const;
    qreal lanesTop() const;
    LabelModel* termLabels() { return &m_termLabels; }
    LabelModel* timeLabels() { return &m_timeLabels; }
    Q_INVOKABLE qreal playheadX() const;
    int playheadSide() const { return m_side; }
    bool pinned() const { return m_scale.pinned(); }

    Q_INVOKABLE void scrubTo(qreal x);
    Q_INVOKABLE void zoomBy(qreal factor, qreal x);
    Q_INVOKABLE void panBy(qreal pixels);
    Q_INVOKABLE void mapTo(qreal x);  // centres the view on the place of the small map under x
    Q_INVOKABLE void showAll();
    Q_INVOKABLE void showPlayhead();
    Q_INVOKABLE bool inMap(qreal y) const;
    // What is under the pointer: the time, and the member's role then. Empty outside of the recording.
    Q_INVOKABLE QString textAt(qreal x, qreal y) const;

signals:
    void sessionChanged();
    void layoutChanged();
    void playheadSideChanged();

protected:
    void draw(ShapeList& shapes) override;

private:
    void frame();
    void refreshLabels();
    const observe::ActionMark* actionAt(qreal x) const;  // null: none is near
    qreal mapTop() const;

    Session* m_session = nullptr;
    TimeScale m_scale;
    qreal m_tapeHeight = 20;
    LabelModel m_termLabels, m_timeLabels;
    std::uint64_t m_jumps = 0;
    int m_side = 0;
};

}  // namespace raftarium::gui
