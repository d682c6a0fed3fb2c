// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The stage: nodes, links, walls, messages, clients, as one drawing; and what is under the pointer.
#pragma once

#include "gui/models/session.h"
#include "gui/stage/stage_model.h"
#include "gui/theme/shape_item.h"

#include <QVariant>

namespace raftarium::gui {

// What one frame is drawn from.
struct StageFrame {
    const observe::ClusterState* state = nullptr;
    observe::TimeNs now = 0;
    double speed = 1;
    std::vector<observe::NodeId> ids;  // by place
    std::vector<observe::Flight> flights;
    ShownCalls calls;
    std::vector<std::vector<QPointF>> walls;
    const StageLayout* layout = nullptr;
    const Palette* palette = nullptr;
    observe::TimeNs typicalFlightNs = 1'000'000;
    bool reducedMotion = false;
    int selected = -1, hovered = -1;  // places
    std::pair<int, int> hoveredLink{-1, -1};

    int placeOf(observe::NodeId id) const;
    const observe::NodeState* node(std::size_t place) const;
};
void drawLinks(ShapeList& shapes, const StageFrame& frame);
void drawWalls(ShapeList& shapes, const StageFrame& frame);
void drawNodes(ShapeList& shapes, const StageFrame& frame);
void drawFlights(ShapeList& shapes, const StageFrame& frame);
void drawClients(ShapeList& shapes, const StageFrame& frame);

// The base is named in full for the tools that read the types of QML: they do not look into namespaces for it.
class StageItem : public raftarium::gui::ShapeItem {
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(raftarium::gui::Session* session READ session WRITE setSession NOTIFY sessionChanged REQUIRED)
    Q_PROPERTY(raftarium::gui::StageModel* labels READ labels CONSTANT)
    Q_PROPERTY(qreal discRadius READ discRadius NOTIFY layoutChanged)
    Q_PROPERTY(qreal ringRadius READ ringRadius NOTIFY layoutChanged)
    Q_PROPERTY(qreal cell READ cell NOTIFY layoutChanged)
    Q_PROPERTY(qreal cellPitch READ cellPitch NOTIFY layoutChanged)
    Q_PROPERTY(int columns READ columns NOTIFY layoutChanged)
    Q_PROPERTY(qreal clientRadius READ clientRadius NOTIFY layoutChanged)
    Q_PROPERTY(bool captionsShown READ captionsShown NOTIFY layoutChanged)
    Q_PROPERTY(bool divided READ divided NOTIFY dividedChanged)
    Q_PROPERTY(QPointF wallEnd READ wallEnd NOTIFY dividedChanged)
    Q_PROPERTY(qreal bottomReserve MEMBER m_bottomReserve NOTIFY layoutChanged)

public:
    explicit StageItem(QQuickItem* parent = nullptr);

    Session* session() const { return m_session; }
    void setSession(Session* session);
    StageModel* labels() { return &m_labels; }
    qreal discRadius() const { return m_layout.discRadius; }
    qreal ringRadius() const { return m_layout.ringRadius; }
    qreal cell() const { return m_layout.cell; }
    qreal cellPitch() const { return m_layout.cell + m_layout.cellGap; }
    int columns() const { return m_layout.columns; }
    qreal clientRadius() const { return m_layout.clientRadius; }
    bool captionsShown() const { return m_layout.detail != NodeDetail::discOnly; }
    bool divided() const { return !m_walls.empty(); }
    QPointF wallEnd() const;  // top end of the first wall, for its label
    const StageLayout& layout() const { return m_layout; }

    // Under the pointer: {kind: "node"|"link"|"wall"|"cell"|"", ...}.
    Q_INVOKABLE QVariantMap at(qreal x, qreal y) const;
    Q_INVOKABLE bool isFree(const QRectF& rect) const;  // of nodes and what is written at them
    Q_INVOKABLE void hover(qreal x, qreal y);
    Q_INVOKABLE void stroke(qreal x, qreal y);  // one more point of the wall being drawn
    Q_INVOKABLE QVariantList endStroke();       // groups of names; empty if it separates nothing
    Q_INVOKABLE QPointF centreOf(const QString& name) const;

signals:
    void sessionChanged();
    void layoutChanged();
    void dividedChanged();

protected:
    void draw(ShapeList& shapes) override;
    void geometryChange(const QRectF& now, const QRectF& before) override;

private:
    void frame();
    void relayout();
    QVariantMap cellAt(QPointF point) const;

    Session* m_session = nullptr;
    StageModel m_labels;
    StageLayout m_layout;
    qreal m_bottomReserve = 48;
    StageFrame m_frame;
    std::vector<std::vector<QPointF>> m_walls;
    std::vector<QPointF> m_stroke, m_lastStroke;
    std::vector<std::vector<std::size_t>> m_lastStrokeGroups;
    observe::TimeNs m_lookBackNs = 1'500'000'000;
    std::size_t m_laidOut = 0;
};

}  // namespace raftarium::gui
