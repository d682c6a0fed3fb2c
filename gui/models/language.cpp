// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/models/language.h"

#include "gui/models/settings.h"

#include <QCoreApplication>
#include <QLocale>

namespace raftarium::gui {

namespace {

QString fileOf(const QString& name) { return QStringLiteral(":/i18n/raftarium_%1.qm").arg(name); }

QString preferredBySystem() {
    for (const QString& wanted : QLocale::system().uiLanguages()) {
        const QLocale locale(wanted);
        for (const QString& known : Settings::languages())
            if (QLocale(known).language() == locale.language() && QLocale(known).script() == locale.script())
                return known;
    }
    return QStringLiteral("en");
}

}  // namespace

Language::Language() {
    if (m_english.load(fileOf(QStringLiteral("en")))) QCoreApplication::installTranslator(&m_english);
}

Language::~Language() {
    install(nullptr);
    QCoreApplication::removeTranslator(&m_english);
}

void Language::use(const QString& name) {
    const QString language = name.isEmpty() ? preferredBySystem() : name;
    if (language == QLatin1String("en"))
        install(nullptr);
    else
        useFile(fileOf(language));
}

bool Language::useFile(const QString& path) {
    auto translator = std::make_unique<QTranslator>();
    if (!translator->load(path)) return false;
    install(std::move(translator));
    return true;
}

void Language::install(std::unique_ptr<QTranslator> translator) {
    if (m_other) QCoreApplication::removeTranslator(m_other.get());
    m_other = std::move(translator);
    if (m_other) QCoreApplication::installTranslator(m_other.get());
}

}  // namespace raftarium::gui
