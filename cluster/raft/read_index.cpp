// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/raft/read_index.h"

#include "cluster/base/coding.h"
#include "cluster/raft/mutant.h"

#include <algorithm>
#include <iterator>

namespace raftarium::raft {

std::deque<PendingRead>::iterator ReadIndexQueue::find(std::string_view heartbeatContext) {
    return std::find_if(m_queue.begin(), m_queue.end(), [heartbeatContext](const PendingRead& read) {
        return read.heartbeatContext.view() == heartbeatContext;
    });
}

base::Bytes ReadIndexQueue::add(Message request, Index commit) {
    std::string number;
    base::putFixed64Be(number, ++m_lastNumber);
    base::Bytes context(std::move(number));
    if (mutated(Mutant::readByCallersContext)) context = request.entries.front().data;
    m_queue.push_back({std::move(request), commit, context, {}});
    return context;
}

const VoterSet* ReadIndexQueue::confirm(NodeId id, std::string_view heartbeatContext) {
    const auto read = find(heartbeatContext);
    if (read == m_queue.end()) return nullptr;
    insertId(read->confirmed, id);
    return &read->confirmed;
}

std::vector<PendingRead> ReadIndexQueue::release(std::string_view heartbeatContext) {
    const auto read = find(heartbeatContext);
    if (read == m_queue.end()) return {};
    std::vector<PendingRead> out(std::make_move_iterator(m_queue.begin()), std::make_move_iterator(read + 1));
    m_queue.erase(m_queue.begin(), read + 1);
    return out;
}

base::Bytes ReadIndexQueue::lastContext() const {
    return m_queue.empty() ? base::Bytes() : m_queue.back().heartbeatContext;
}

}  // namespace raftarium::raft
