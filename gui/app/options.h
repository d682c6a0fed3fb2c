// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The command line of the app.
#pragma once

#include "cluster/base/result.h"

#include <QSize>
#include <QString>
#include <QStringList>

#include <optional>

namespace raftarium::gui {

struct Options {
    QString open;      // cluster name; empty: the last one, or a new one
    QString replay;    // trace file
    QString record;    // trace file to write
    QString theme;     // night | projector; empty: as last time
    QString language;  // one of Settings::languages(); empty: as last time
    QSize size;
    QString screenshot;  // PNG file
    double atSeconds = 10;
    QString frameStats;  // JSON file to write at the end: what a frame costs (FrameStats)
    int nodes = 5;
    QString pace;  // classroom | paper | etcd
    double scale = 0;
    QString textAndExit;  // --help, --version
};
// An error names the option, its value and the values that are allowed.
base::Result<Options> parseOptions(const QStringList& arguments);

}  // namespace raftarium::gui
