// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/theme/shape_item.h"

#include <QImage>
#include <QPainter>
#include <QQuickWindow>
#include <QSGGeometryNode>
#include <QSGImageNode>
#include <QSGRendererInterface>
#include <QSGVertexColorMaterial>

#include <cstring>
#include <memory>

namespace raftarium::gui {

namespace {

QSGGeometryNode* makeMeshNode() {
    auto* node = new QSGGeometryNode;
    auto* geometry =
        new QSGGeometry(QSGGeometry::defaultAttributes_ColoredPoint2D(), 0, 0, QSGGeometry::UnsignedIntType);
    geometry->setDrawingMode(QSGGeometry::DrawTriangles);
    geometry->setVertexDataPattern(QSGGeometry::StreamPattern);
    geometry->setIndexDataPattern(QSGGeometry::StreamPattern);
    node->setGeometry(geometry);
    auto* material = new QSGVertexColorMaterial;
    material->setFlag(QSGMaterial::Blending);
    node->setMaterial(material);
    node->setFlags(QSGNode::OwnsGeometry | QSGNode::OwnsMaterial);
    return node;
}

static_assert(sizeof(MeshVertex) == sizeof(QSGGeometry::ColoredPoint2D));

}  // namespace

ShapeItem::ShapeItem(QQuickItem* parent) : QQuickItem(parent) { setFlag(ItemHasContents); }

void ShapeItem::updatePolish() {
    m_shapes.clear();
    if (width() > 0 && height() > 0) draw(m_shapes);
    update();
}

void ShapeItem::geometryChange(const QRectF& now, const QRectF& before) {
    QQuickItem::geometryChange(now, before);
    redraw();
}

QSGNode* ShapeItem::updatePaintNode(QSGNode* old, UpdatePaintNodeData*) {
    const qreal ratio = window()->effectiveDevicePixelRatio();
    if (window()->rendererInterface()->graphicsApi() == QSGRendererInterface::Software) {
        auto* node = static_cast<QSGImageNode*>(old);
        const QSize size = (QSizeF(width(), height()) * ratio).toSize();
        if (size.isEmpty()) {
            delete node;
            return nullptr;
        }
        QImage image(size, QImage::Format_ARGB32_Premultiplied);
        image.setDevicePixelRatio(ratio);
        image.fill(Qt::transparent);
        QPainter painter(&image);
        m_shapes.paint(painter);
        painter.end();
        if (!node) {
            node = window()->createImageNode();
            node->setOwnsTexture(true);
        }
        node->setTexture(window()->createTextureFromImage(image));
        node->setRect(0, 0, width(), height());
        return node;
    }
    auto* node = static_cast<QSGGeometryNode*>(old);
    if (!node) node = makeMeshNode();
    m_shapes.tessellate(m_mesh, 1 / ratio);
    QSGGeometry* geometry = node->geometry();
    geometry->allocate(static_cast<int>(m_mesh.vertices.size()), static_cast<int>(m_mesh.indices.size()));
    if (!m_mesh.vertices.empty()) {
        std::memcpy(geometry->vertexData(), m_mesh.vertices.data(), m_mesh.vertices.size() * sizeof(MeshVertex));
        std::memcpy(geometry->indexDataAsUInt(), m_mesh.indices.data(), m_mesh.indices.size() * sizeof(std::uint32_t));
    }
    node->markDirty(QSGNode::DirtyGeometry);
    return node;
}

}  // namespace raftarium::gui
