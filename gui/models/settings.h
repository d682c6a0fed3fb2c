// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What the app remembers from one run to the next, each with its type and default. A stored value that is not one of
// those allowed counts as not stored.
#pragma once

#include <QObject>
#include <QSettings>
#include <QString>
#include <QStringList>
#include <QtQml/qqmlregistration.h>

#include <memory>

namespace raftarium::gui {

class Settings : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("made by the application")
    Q_PROPERTY(Look look READ look WRITE setLook NOTIFY lookChanged)
    Q_PROPERTY(qreal scale READ scale WRITE setScale NOTIFY scaleChanged)
    Q_PROPERTY(bool reducedMotion READ reducedMotion WRITE setReducedMotion NOTIFY reducedMotionChanged)
    Q_PROPERTY(QString language READ language WRITE setLanguage NOTIFY languageChanged)
    Q_PROPERTY(QString cluster READ cluster WRITE setCluster NOTIFY clusterChanged)

public:
    enum Look { Night, Projector };
    Q_ENUM(Look)
    static constexpr qreal kScaleLeast = 0.7, kScaleMost = 2;

    // `store` is read now and written at each change; null: nothing is remembered.
    explicit Settings(std::unique_ptr<QSettings> store = nullptr, QObject* parent = nullptr);
    ~Settings() override;

    Look look() const { return m_look; }
    void setLook(Look look);
    qreal scale() const { return m_scale; }  // of text and controls, kScaleLeast..kScaleMost
    void setScale(qreal scale);              // brought into that range
    bool reducedMotion() const { return m_reducedMotion; }
    void setReducedMotion(bool on);
    QString language() const { return m_language; }  // one of languages(), or empty: the system's
    void setLanguage(const QString& language);       // others are not taken
    QString cluster() const { return m_cluster; }    // opened last
    void setCluster(const QString& name);

    static const QStringList& languages();  // "en", "zh_CN"

signals:
    void lookChanged();
    void scaleChanged();
    void reducedMotionChanged();
    void languageChanged();
    void clusterChanged();

private:
    template <typename Value>
    bool keep(Value& member, const Value& value, const char* key);

    std::unique_ptr<QSettings> m_store;
    Look m_look = Night;
    qreal m_scale = 1;
    bool m_reducedMotion = false;
    QString m_language;
    QString m_cluster = QStringLiteral("demo");
};

}  // namespace raftarium::gui
