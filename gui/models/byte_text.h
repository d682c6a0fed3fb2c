// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Bytes as text and back (cluster/base/byte_text.h) for the models of the app.
#pragma once

#include "cluster/base/byte_text.h"

#include <QByteArray>
#include <QCoreApplication>
#include <QString>

#include <optional>
#include <string>

namespace raftarium::gui {

inline QString textOfBytes(const std::string& bytes) { return QString::fromStdString(base::byteText(bytes)); }
inline QString textOfBytes(const QByteArray& bytes) { return textOfBytes(bytes.toStdString()); }

// The bytes that a typed text stands for; nullopt if it cannot be read. Then unreadableText() is the error to show.
inline std::optional<std::string> bytesOfTyped(const QString& typed) { return base::bytesOfText(typed.toStdString()); }
inline QString unreadableText(const QString& typed) {
    return QCoreApplication::translate(
               "Bytes", "“%1” cannot be read: write a backslash as \\\\, and other bytes as \\n, \\t, \\r or \\xNN.")
        .arg(typed);
}

}  // namespace raftarium::gui
