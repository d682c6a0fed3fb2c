// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/models/settings.h"

#include "cluster/control/spec/paths.h"

#include <algorithm>
#include <cmath>

namespace raftarium::gui {

namespace {

const char* const kLookNames[] = {"night", "projector"};  // by Settings::Look, as they are stored

QVariant stored(Settings::Look look) { return QString::fromLatin1(kLookNames[look]); }
QVariant stored(const auto& value) { return value; }

}  // namespace

const QStringList& Settings::languages() {
    static const QStringList all{QStringLiteral("en"), QStringLiteral("zh_CN")};
    return all;
}

Settings::Settings(std::unique_ptr<QSettings> store, QObject* parent) : QObject(parent), m_store(std::move(store)) {
    if (!m_store) return;
    const auto text = [this](const char* key) { return m_store->value(QLatin1String(key)).toString(); };
    if (text("theme") == QLatin1String(kLookNames[Projector])) m_look = Projector;
    bool isNumber = false;
    const qreal scale = text("scale").toDouble(&isNumber);
    if (isNumber && scale >= kScaleLeast && scale <= kScaleMost) m_scale = scale;
    m_reducedMotion = text("reducedMotion") == QLatin1String("true");
    if (languages().contains(text("language"))) m_language = text("language");
    if (const QString name = text("cluster"); control::checkClusterName(name.toStdString()).ok()) m_cluster = name;
}

Settings::~Settings() = default;

template <typename Value>
bool Settings::keep(Value& member, const Value& value, const char* key) {
    if (member == value) return false;
    member = value;
    if (m_store) m_store->setValue(QLatin1String(key), stored(value));
    return true;
}

void Settings::setLook(Look look) {
    if (keep(m_look, look, "theme")) emit lookChanged();
}

void Settings::setScale(qreal scale) {
    if (std::isnan(scale)) return;
    if (keep(m_scale, std::clamp(scale, kScaleLeast, kScaleMost), "scale")) emit scaleChanged();
}

void Settings::setReducedMotion(bool on) {
    if (keep(m_reducedMotion, on, "reducedMotion")) emit reducedMotionChanged();
}

void Settings::setLanguage(const QString& language) {
    if (!language.isEmpty() && !languages().contains(language)) return;
    if (keep(m_language, language, "language")) emit languageChanged();
}

void Settings::setCluster(const QString& name) {
    if (keep(m_cluster, name, "cluster")) emit clusterChanged();
}

}  // namespace raftarium::gui
