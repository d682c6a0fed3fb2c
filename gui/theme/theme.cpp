// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/theme/theme.h"

#include <QFontDatabase>
#include <QJSEngine>

#include <algorithm>
#include <cmath>

namespace raftarium::gui {

namespace {

QString firstInstalled(const QStringList& wanted, QFontDatabase::SystemFont fallback) {
    const QStringList families = QFontDatabase::families();
    for (const QString& family : wanted)
        if (families.contains(family)) return family;
    return QFontDatabase::systemFont(fallback).family();
}

}  // namespace

Theme::Theme()
    : m_sans(firstInstalled({QStringLiteral("Inter"), QStringLiteral("Noto Sans"), QStringLiteral("DejaVu Sans")},
                            QFontDatabase::GeneralFont)),
      m_mono(firstInstalled({QStringLiteral("JetBrains Mono"), QStringLiteral("DejaVu Sans Mono")},
                            QFontDatabase::FixedFont)) {}

Theme* Theme::instance() {
    static Theme theme;
    return &theme;
}

Theme* Theme::create(QQmlEngine*, QJSEngine*) {
    QJSEngine::setObjectOwnership(instance(), QJSEngine::CppOwnership);
    return instance();
}

void Theme::setName(Name name) {
    if (m_name == name) return;
    m_name = name;
    emit changed();
}

void Theme::setScale(qreal scale) {
    const qreal bounded = std::clamp(scale, 0.7, 2.0);
    if (qFuzzyCompare(m_scale, bounded)) return;
    m_scale = bounded;
    emit changed();
}

void Theme::setReducedMotion(bool on) {
    if (m_reducedMotion == on) return;
    m_reducedMotion = on;
    emit changed();
}

int Theme::sized(int night, int projector) const {
    return static_cast<int>(std::lround((dark() ? night : projector) * m_scale));
}

}  // namespace raftarium::gui
