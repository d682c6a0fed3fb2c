// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The language that the app speaks. Translations are resources of the program (:/i18n/raftarium_zh_CN.qm), made from
// resources/translations. What has no translation is said in English, whose file holds the plural forms.
#pragma once

#include <QString>
#include <QTranslator>

#include <memory>

namespace raftarium::gui {

class Language {
public:
    Language();  // speaks English
    ~Language();
    Language(const Language&) = delete;
    Language& operator=(const Language&) = delete;

    // One of Settings::languages(), or empty: the one of them that the system prefers. From then on all texts are said
    // in it; those on the screen follow (QEvent::LanguageChange, see MainWindow).
    void use(const QString& name);
    // The same with a file of one's own; false if it holds no translation.
    bool useFile(const QString& path);

private:
    void install(std::unique_ptr<QTranslator> translator);

    QTranslator m_english;
    std::unique_ptr<QTranslator> m_other;  // null: English
};

}  // namespace raftarium::gui
