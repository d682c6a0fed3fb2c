// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Every token of the app's look: colours, type, spacing, radii, durations. Sizes are in pixels and already contain the
// UI scale (Ctrl +/-) and the theme's own: what is projected is read from further away. `u` is one scaled pixel.
#pragma once

#include "gui/theme/palette.h"

#include <QObject>
#include <QtQml/qqmlregistration.h>

class QJSEngine;
class QQmlEngine;

namespace raftarium::gui {

class Theme : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_SINGLETON
    Q_PROPERTY(Name name READ name WRITE setName NOTIFY changed)
    Q_PROPERTY(raftarium::gui::Palette color READ color NOTIFY changed)
    Q_PROPERTY(bool dark READ dark NOTIFY changed)
    Q_PROPERTY(qreal scale READ scale WRITE setScale NOTIFY changed)
    Q_PROPERTY(bool reducedMotion READ reducedMotion WRITE setReducedMotion NOTIFY changed)
    Q_PROPERTY(qreal u READ u NOTIFY changed)
    Q_PROPERTY(QString sans READ sans CONSTANT)
    Q_PROPERTY(QString mono READ mono CONSTANT)
    Q_PROPERTY(int smallSize READ smallSize NOTIFY changed)
    Q_PROPERTY(int bodySize READ bodySize NOTIFY changed)
    Q_PROPERTY(int titleSize READ titleSize NOTIFY changed)
    Q_PROPERTY(int headingSize READ headingSize NOTIFY changed)
    Q_PROPERTY(int captionSize READ captionSize NOTIFY changed)
    Q_PROPERTY(qreal gapSmall READ gapSmall NOTIFY changed)
    Q_PROPERTY(qreal gap READ gap NOTIFY changed)
    Q_PROPERTY(qreal gapLarge READ gapLarge NOTIFY changed)
    Q_PROPERTY(qreal radius READ radius NOTIFY changed)
    Q_PROPERTY(qreal radiusSmall READ radiusSmall NOTIFY changed)
    Q_PROPERTY(qreal controlHeight READ controlHeight NOTIFY changed)
    Q_PROPERTY(int hoverMs READ hoverMs NOTIFY changed)
    Q_PROPERTY(int moveMs READ moveMs NOTIFY changed)
    Q_PROPERTY(int toastMs READ toastMs CONSTANT)
    Q_PROPERTY(int refreshMs READ refreshMs CONSTANT)

public:
    enum Name { Night, Projector };
    Q_ENUM(Name)

    static Theme* instance();
    static Theme* create(QQmlEngine*, QJSEngine*);

    Name name() const { return m_name; }
    void setName(Name name);
    const Palette& color() const { return m_name == Night ? Palette::night() : Palette::projector(); }
    bool dark() const { return m_name == Night; }
    qreal scale() const { return m_scale; }
    void setScale(qreal scale);  // kept within 0.7..2
    bool reducedMotion() const { return m_reducedMotion; }
    void setReducedMotion(bool on);

    qreal u() const { return m_scale; }
    QString sans() const { return m_sans; }
    QString mono() const { return m_mono; }
    int smallSize() const { return sized(13, 15); }
    int bodySize() const { return sized(15, 18); }
    int titleSize() const { return sized(17, 20); }
    int headingSize() const { return sized(22, 25); }
    int captionSize() const { return sized(24, 28); }
    qreal gapSmall() const { return 4 * u(); }
    qreal gap() const { return 8 * u(); }
    qreal gapLarge() const { return 16 * u(); }
    qreal radius() const { return 10 * u(); }
    qreal radiusSmall() const { return 6 * u(); }
    qreal controlHeight() const { return sized(32, 36); }
    int hoverMs() const { return m_reducedMotion ? 0 : 150; }
    int moveMs() const { return m_reducedMotion ? 0 : 240; }
    int toastMs() const { return 6000; }
    int refreshMs() const { return 300; }  // how often lists that follow the store are read again

    Q_INVOKABLE QColor termFill(double term) const { return color().termFill(static_cast<std::uint64_t>(term)); }
    Q_INVOKABLE QColor termEdge(double term) const { return color().termEdge(static_cast<std::uint64_t>(term)); }
    Q_INVOKABLE QColor termText(double term) const { return color().termText(static_cast<std::uint64_t>(term)); }
    Q_INVOKABLE void toggle() { setName(dark() ? Projector : Night); }

signals:
    void changed();

private:
    Theme();
    int sized(int night, int projector) const;

    Name m_name = Night;
    qreal m_scale = 1;
    bool m_reducedMotion = false;
    QString m_sans, m_mono;
};

}  // namespace raftarium::gui
