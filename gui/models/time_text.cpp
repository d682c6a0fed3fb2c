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

QString durationText(observe::TimeNs ns) {
    const double value = static_cast<double>(ns);
    const auto number = [](double of) {
        const bool whole = std::abs(of - std::round(of)) < 0.05;
        return QString::number(of, 'f', whole || std::abs(of) >= 100 ? 0 : 1);
    };
    if (std::abs(value) >= 1e9) return QCoreApplication::translate("Time", "%1 s").arg(number(value / 1e9));
    if (std::abs(value) >= 1e6) return QCoreApplication::translate("Time", "%1 ms").arg(number(value / 1e6));
    return QCoreApplication::translate("Time", "%1 µs").arg(value / 1e3, 0, 'f', 0);
}

QString durationRangeText(observe::TimeNs from, observe::TimeNs to) {
    constexpr char16_t kWordJoiner = 0x2060;
    const QString last = durationText(to), unit = last.mid(last.indexOf(' '));
    QString text = durationText(from);
    if (text.endsWith(unit)) text.chop(unit.size());
    text += QStringLiteral("–") + kWordJoiner + last;
    return text.replace(' ', QChar::Nbsp);
}

}  // namespace raftarium::gui
