// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/app/frame_stats.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QThread>

#include <algorithm>
#include <ctime>

namespace raftarium::gui {

namespace {

std::int64_t nowNs(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

std::int64_t cpuNs() { return nowNs(CLOCK_THREAD_CPUTIME_ID); }

float milliseconds(std::int64_t ns) { return static_cast<float>(static_cast<double>(ns) / 1e6); }

QJsonObject summary(std::vector<float> values) {
    if (values.empty()) return {};
    std::sort(values.begin(), values.end());
    const auto at = [&](double share) {
        return static_cast<double>(values[static_cast<std::size_t>(static_cast<double>(values.size() - 1) * share)]);
    };
    return {{QStringLiteral("median"), at(0.5)}, {QStringLiteral("p99"), at(0.99)}, {QStringLiteral("max"), at(1)}};
}

}  // namespace

FrameStats::FrameStats(QQuickWindow* window, QObject* parent) : QObject(parent) {
    connect(window, &QQuickWindow::afterAnimating, this, &FrameStats::animated, Qt::DirectConnection);
    connect(window, &QQuickWindow::beforeSynchronizing, this, &FrameStats::syncBegins, Qt::DirectConnection);
    connect(window, &QQuickWindow::afterSynchronizing, this, &FrameStats::syncEnded, Qt::DirectConnection);
    connect(window, &QQuickWindow::beforeRendering, this, &FrameStats::renderBegins, Qt::DirectConnection);
    connect(window, &QQuickWindow::afterRendering, this, &FrameStats::renderEnded, Qt::DirectConnection);
}

void FrameStats::animated() {
    const std::lock_guard lock(m_mutex);
    const std::int64_t cpu = cpuNs(), wall = nowNs(CLOCK_MONOTONIC);
    if (m_lastWallNs != 0 && m_guiMs.size() < kFramesMax) {
        m_guiMs.push_back(milliseconds(std::max<std::int64_t>(0, cpu - m_lastCpuNs - m_drawnOnGuiNs)));
        m_intervalMs.push_back(milliseconds(wall - m_lastWallNs));
    }
    m_lastCpuNs = cpu;
    m_lastWallNs = wall;
    m_drawnOnGuiNs = 0;
}

void FrameStats::syncBegins() { m_syncFromNs = cpuNs(); }

void FrameStats::syncEnded() {
    const std::int64_t spent = cpuNs() - m_syncFromNs;
    const std::lock_guard lock(m_mutex);
    if (m_syncMs.size() < kFramesMax) m_syncMs.push_back(milliseconds(spent));
    if (QThread::currentThread() == thread()) m_drawnOnGuiNs += spent;
}

void FrameStats::renderBegins() { m_renderFromNs = cpuNs(); }

void FrameStats::renderEnded() {
    const std::int64_t spent = cpuNs() - m_renderFromNs;
    const std::lock_guard lock(m_mutex);
    if (m_renderMs.size() < kFramesMax) m_renderMs.push_back(milliseconds(spent));
    if (QThread::currentThread() == thread()) m_drawnOnGuiNs += spent;
}

QByteArray FrameStats::toJson() const {
    const std::lock_guard lock(m_mutex);
    return QJsonDocument(QJsonObject{{QStringLiteral("frames"), static_cast<qint64>(m_guiMs.size())},
                                     {QStringLiteral("gui"), summary(m_guiMs)},
                                     {QStringLiteral("sync"), summary(m_syncMs)},
                                     {QStringLiteral("render"), summary(m_renderMs)},
                                     {QStringLiteral("interval"), summary(m_intervalMs)}})
        .toJson(QJsonDocument::Compact);
}

base::Status FrameStats::write(const QString& file) const {
    QFile out(file);
    if (out.open(QIODevice::WriteOnly | QIODevice::Truncate) && out.write(toJson() + '\n') > 0 && out.flush())
        return {};
    return base::Error{base::Errc::ioError,
                       "cannot write " + file.toStdString() + ": " + out.errorString().toStdString()};
}

}  // namespace raftarium::gui
