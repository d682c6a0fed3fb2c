// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Finds texts on the screen that no translator could translate. A language is made up in which every text of the app is
// marked and every letter of it has an accent: "Stop" is "⟦Śťöþ⟧". What is shown without marks did not go through the
// translation; nor did what stands between marks without accents, unless it is data.
#pragma once

#include <QQuickWindow>
#include <QRegularExpression>
#include <QString>
#include <QStringList>

namespace raftarium::testing {

// The text in the made-up language. Places (%1, %n, {0}) stay as they are.
QString pseudo(const QString& text);

// Extracts all texts of the sources with lupdate, translates them with pseudo() and compiles that with lrelease.
struct PseudoLanguage {
    QString tsFile, qmFile;
    QString problem;  // empty if there is none
};
PseudoLanguage makePseudoLanguage(const QString& folder);

// Why `text` cannot have been translated; empty if it can. `data` matches words that are the same in all languages.
QString untranslatedPart(const QString& text, const QRegularExpression& data);

// All texts that can be seen or heard in a window now: labels, names for screen readers, placeholders, tooltips (also
// those not shown now), the title. An item whose property isData is true shows data. One line per finding: what, where.
QStringList untranslatedTexts(QQuickWindow* window, const QRegularExpression& data);

}  // namespace raftarium::testing
