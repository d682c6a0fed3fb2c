// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// An item that draws a ShapeList: one geometry node, or one picture under the software renderer.
#pragma once

#include "gui/theme/shape_list.h"

#include <QQuickItem>

namespace raftarium::gui {

class ShapeItem : public QQuickItem {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("draws nothing by itself")

public:
    explicit ShapeItem(QQuickItem* parent = nullptr);

protected:
    // Says what to draw; called once a frame after update(), on the GUI thread.
    virtual void draw(ShapeList& shapes) = 0;
    void updatePolish() override;
    QSGNode* updatePaintNode(QSGNode* old, UpdatePaintNodeData*) override;
    void geometryChange(const QRectF& now, const QRectF& before) override;
    // Call instead of update().
    void redraw() { polish(); }

private:
    ShapeList m_shapes;
    Mesh m_mesh;
};

}  // namespace raftarium::gui
