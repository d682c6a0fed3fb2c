// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/models/time_text.h"

#include <QCoreApplication>

#include <cmath>

namespace raftarium::gui {

QString timeText(observe::TimeNs ns, int decimals) {
    const bool negative = ns < 0;
    observe::TimeNs unit = 1'000'000'000;
    for (int i = 0; i < decimals; ++i) unit /= 10;
    const observe::TimeNs units = (negative ? -ns : ns) / unit;
    const observe::TimeNs perSecond = 1'000'000'000 / unit;
    const observe::TimeNs seconds = units / perSecond;
    QString text = QStringLiteral("%1:%2")
                       .arg(seconds / 60 % 60, 2, 10, QLatin1Char('0'))
                       .arg(seconds % 60, 2, 10, QLatin1Char('0'));
    if (seconds >= 3600) text.prepend(QStringLiteral("%1:").arg(seconds / 3600));
    if (decimals > 0) text += QStringLiteral(".%1").arg(units % perSecond, decimals, 10, QLatin1Char('0'));
    return negative ? QStringLiteral("-") + text : text;
}

namespace {

struct Unit {
    double ns;
    const char* single;
    const char* range;  // with a word joiner after the dash, and spaces that do not break
};
constexpr Unit kUnits[] = {
    {1e9, QT_TRANSLATE_NOOP("Time", "%1 s"), QT_TRANSLATE_NOOP("Time", "%1–\u2060%2\u00a0s")},
    {1e6, QT_TRANSLATE_NOOP("Time", "%1 ms"), QT_TRANSLATE_NOOP("Time", "%1–\u2060%2\u00a0ms")},
    {1e3, QT_TRANSLATE_NOOP("Time", "%1 µs"), QT_TRANSLATE_NOOP("Time", "%1–\u2060%2\u00a0µs")},
};

const Unit& unitOf(observe::TimeNs ns) {
    const double size = std::abs(static_cast<double>(ns));
    return size >= 1e9 ? kUnits[0] : size >= 1e6 ? kUnits[1] : kUnits[2];
}

QString numberIn(const Unit& unit, observe::TimeNs ns) {
    const double number = static_cast<double>(ns) / unit.ns;
    const bool whole = std::abs(number - std::round(number)) < 0.05;
    return QString::number(number, 'f', whole || std::abs(number) >= 100 || unit.ns < 1e6 ? 0 : 1);
}

QString translated(const char* text) { return QCoreApplication::translate("Time", text); }

}  // namespace

QString durationText(observe::TimeNs ns) {
    const Unit& unit = unitOf(ns);
    return translated(unit.single).arg(numberIn(unit, ns));
}

QString durationRangeText(observe::TimeNs from, observe::TimeNs to) {
    const Unit& unit = unitOf(to);
    if (&unit == &unitOf(from)) return translated(unit.range).arg(numberIn(unit, from), numberIn(unit, to));
    return translated(QT_TRANSLATE_NOOP("Time", "%1–\u2060%2"))
        .arg(durationText(from), durationText(to))
        .replace(QLatin1Char(' '), QChar::Nbsp);
}

}  // namespace raftarium::gui
