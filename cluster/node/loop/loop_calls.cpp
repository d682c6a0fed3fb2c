// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What RaftLoop promises, as far as no part does it alone: watch streams; faults and pace.

#include "cluster/node/control_limits.h"
#include "cluster/node/loop/loop.h"

#include <utility>

namespace raftarium::node {

void Loop::openWatchStream(mvcc::WatchSink& sink, std::function<void(mvcc::StreamId)> done) {
    mvcc::StreamId id = 0;
    {
        const ReaderGate::Exclusive gate(*m_parts.gate);
        id = m_store.openWatchStream(sink);
    }
    done(id);
}

void Loop::closeWatchStream(mvcc::StreamId stream, std::function<void()> closed) {
    {
        const ReaderGate::Exclusive gate(*m_parts.gate);
        m_store.closeWatchStream(stream);
    }
    closed();
}

void Loop::createWatch(mvcc::StreamId stream, mvcc::WatchRequest request,
                       std::function<void(base::Result<mvcc::WatchCreated>)> done) {
    base::Result<mvcc::WatchCreated> created = mvcc::WatchCreated{};
    {
        const ReaderGate::Exclusive gate(*m_parts.gate);
        created = m_store.createWatch(stream, request);
    }
    storeChanged();
    m_upkeep.soon();  // it may have history to catch up with
    done(std::move(created));
}

void Loop::cancelWatch(mvcc::StreamId stream, mvcc::WatchId watch, std::function<void(bool)> done) {
    bool found = false;
    {
        const ReaderGate::Exclusive gate(*m_parts.gate);
        found = m_store.cancelWatch(stream, watch);
    }
    storeChanged();
    done(found);
}

void Loop::retryWatchStream(mvcc::StreamId stream) {
    {
        const ReaderGate::Exclusive gate(*m_parts.gate);
        m_store.retryWatchStream(stream);
    }
    storeChanged();
    m_upkeep.soon();  // it continues with what it missed meanwhile
}

void Loop::requestWatchProgress(mvcc::StreamId stream) {
    {
        const ReaderGate::Exclusive gate(*m_parts.gate);
        m_store.requestWatchProgress(stream);
    }
    storeChanged();
}

base::Status Loop::setLinkFaults(const std::vector<LinkFaults>& links) {
    if (auto status = m_faults.validate(links); !status) return status;
    m_faults.set(links, m_now);
    emit(telemetry::FaultsChanged{m_faults.links()});
    return {};
}

void Loop::clearLinkFaults() {
    m_faults.clear(m_now);
    emit(telemetry::FaultsChanged{});
}

base::Status Loop::setPace(const Pace& pace) {
    if (auto valid = checkPace(pace); !valid) return valid;
    m_ticker.setPace(pace, m_now);
    m_reads.setRetry(m_ticker.readRetryNs());
    emit(telemetry::PaceChanged{pace});
    return {};
}

base::Status Loop::resolveHeld(const MessageId& id, HeldAction action) {
    std::vector<GatedMessage> through;
    const auto status = m_faults.resolve(id, action, through, m_gateEvents);
    release(through);
    m_outgoing.flush();
    return status;
}

}  // namespace raftarium::node
