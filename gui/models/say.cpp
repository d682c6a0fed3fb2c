// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/models/say.h"

#include <QCoreApplication>

namespace raftarium::gui {

QString say(const base::Text& text, QString (*value)(const QString&)) {
    std::vector<std::string> filled;
    filled.reserve(text.values.size());
    for (const base::TextValue& one : text.values) {
        if (one.text)
            filled.push_back(say(*one.text, value).toStdString());
        else
            filled.push_back(value ? value(QString::fromStdString(one.plain)).toStdString() : one.plain);
    }
    const QString pattern = QCoreApplication::translate(text.pattern.context, text.pattern.source);
    return QString::fromStdString(base::expand(pattern.toStdString(), filled));
}

QString say(const base::Error& error) { return error.said ? say(*error.said) : QString::fromStdString(error.text); }

}  // namespace raftarium::gui
