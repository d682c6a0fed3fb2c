// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A recording in progress, fed from several threads. What came in is in the file within half a second, also when the
// program is killed then: a thread of its own sees to that.
#pragma once

#include "cluster/observe/trace/trace_file.h"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace raftarium::control {

class Recording {
public:
    // `failed` is called once, from any thread, when the file cannot be written; nothing is recorded after that.
    Recording(std::unique_ptr<observe::TraceWriter> writer, std::function<void(const base::Error&)> failed);
    // Writes the rest.
    ~Recording();

    // From any thread.
    void add(observe::NodeId node, const telemetry::v1::EventBatch& batch);
    void add(const observe::Event& event);  // ProcessChanged, StreamEnded, ActionTaken

private:
    void keepWriting();
    void check(const base::Status& status);  // with m_mutex held

    const std::function<void(const base::Error&)> m_failed;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::unique_ptr<observe::TraceWriter> m_writer;  // null after a failure
    bool m_ending = false;
    std::thread m_thread;
};

}  // namespace raftarium::control
