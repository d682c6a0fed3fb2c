// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/control/recording.h"

#include <chrono>
#include <utility>

namespace raftarium::control {

namespace {
constexpr std::chrono::milliseconds kWrittenWithin{500};
}

Recording::Recording(std::unique_ptr<observe::TraceWriter> writer, std::function<void(const base::Error&)> failed)
    : m_failed(std::move(failed)), m_writer(std::move(writer)), m_thread([this] { keepWriting(); }) {}

Recording::~Recording() {
    {
        const std::lock_guard lock(m_mutex);
        m_ending = true;
    }
    m_wake.notify_all();
    m_thread.join();
}

void Recording::keepWriting() {
    std::unique_lock lock(m_mutex);
    while (m_writer) {
        const bool last = m_wake.wait_for(lock, kWrittenWithin, [this] { return m_ending; });
        if (m_writer) check(m_writer->flush());
        if (last) return;
    }
}

void Recording::check(const base::Status& status) {
    if (status.ok()) return;
    m_writer.reset();
    m_failed(status.error());
}

void Recording::add(observe::NodeId node, const telemetry::v1::EventBatch& batch) {
    const std::lock_guard lock(m_mutex);
    if (m_writer) check(m_writer->add(node, batch));
}

void Recording::add(const observe::Event& event) {
    const std::lock_guard lock(m_mutex);
    if (m_writer) check(m_writer->add(event));
}

}  // namespace raftarium::control
