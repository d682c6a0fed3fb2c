// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/gui/quick/bench.h"

#include "cluster/base/clock.h"
#include "tests/observe/synthetic_cluster.h"

#include <QFileInfo>

namespace raftarium::testing {

using observe::TimeNs;

Bench::~Bench() { close(); }

void Bench::reset() {
    m_link.reset();
    m_last = std::move(m_session);
    m_cluster = std::make_shared<FakeCluster>();
}

void Bench::close() {
    m_link.reset();
    m_directory.reset();
}

void Bench::model(double seconds, int nodes) {
    reset();
    SyntheticOptions options;
    options.nodes = nodes;
    m_now = options.startNs + static_cast<TimeNs>(seconds * 1e9);
    m_session = std::make_unique<gui::Session>([this] { return m_now; });
    m_session->startLive(QStringLiteral("model"), m_cluster);
    std::vector<observe::Event> events;
    for (observe::Event& event : synthesize(options))
        if (event.atNs <= m_now) events.push_back(std::move(event));
    m_session->post(std::move(events));
    m_session->advance(0.016);
    emit sessionChanged();
}

void Bench::recording() {
    reset();
    m_session = std::make_unique<gui::Session>([this] { return m_now; });
    m_session->startReplay(QStringLiteral("lecture"), synthesize({}));
    m_session->advance(0.016);
    emit sessionChanged();
}

bool Bench::nodeProgramIsBuilt() const {
    return QFileInfo::exists(qEnvironmentVariable("RAFTARIUM_BIN") + QStringLiteral("/raftarium-node"));
}

bool Bench::real(int nodes) {
    reset();
    m_directory.emplace();
    if (!m_directory->isValid()) return false;
    qputenv("XDG_DATA_HOME", m_directory->filePath(QStringLiteral("data")).toUtf8());
    qputenv("XDG_RUNTIME_DIR", m_directory->path().toUtf8());
    m_session = std::make_unique<gui::Session>([] { return base::SystemClock().monotonicNow(); });
    m_link = std::make_unique<gui::ClusterLink>(m_session.get());
    gui::OpenRequest request;
    request.name = "quick";
    request.create.nodes = nodes;
    request.create.pace = control::PacePreset::etcd;
    request.firstWrites = false;
    m_link->open(request);
    emit sessionChanged();
    return true;
}

void Bench::pass(double seconds) {
    m_now += static_cast<TimeNs>(seconds * 1e9);
    m_session->advance(seconds);
}

QStringList Bench::done() const {
    QStringList words;
    for (const std::string& one : m_cluster->done()) words.append(QString::fromStdString(one));
    return words;
}

}  // namespace raftarium::testing
