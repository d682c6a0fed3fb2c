// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Sentences of the layers below (cluster/base/text.h) in the language of the app.
#pragma once

#include "cluster/base/result.h"

#include <QString>

namespace raftarium::gui {

// `value` is asked for the text of each name or number that fills a place; null: they are taken as they are.
QString say(const base::Text& text, QString (*value)(const QString&) = nullptr);

// An error made for people in their language; any other (a server's own text, the operating system's reason) as it is.
QString say(const base::Error& error);

}  // namespace raftarium::gui
