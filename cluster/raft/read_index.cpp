// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/raft/read_index.h"

#include <algorithm>
#include <iterator>

namespace raftarium::raft {

namespace {

std::string_view contextOf(const PendingRead& read) { return read.request.entries.front().data.view(); }

}  // namespace

std::deque<PendingRead>::iterator ReadIndexQueue::find(std::string_view context) {
    return std::find_if(m_queue.begin(), m_queue.end(),
                        [context](const PendingRead& read) { return contextOf(read) == context; });
}

void ReadIndexQueue::add(Message request, Index commit) {
    if (find(request.entries.front().data.view()) != m_queue.end()) return;
    m_queue.push_back({std::move(request), commit, {}});
}

const VoterSet* ReadIndexQueue::confirm(NodeId id, std::string_view context) {
    const auto read = find(context);
    if (read == m_queue.end()) return nullptr;
    insertId(read->confirmed, id);
    return &read->confirmed;
}

std::vector<PendingRead> ReadIndexQueue::release(std::string_view context) {
    const auto read = find(context);
    if (read == m_queue.end()) return {};
    std::vector<PendingRead> out(std::make_move_iterator(m_queue.begin()), std::make_move_iterator(read + 1));
    m_queue.erase(m_queue.begin(), read + 1);
    return out;
}

base::Bytes ReadIndexQueue::lastContext() const {
    return m_queue.empty() ? base::Bytes() : m_queue.back().request.entries.front().data;
}

}  // namespace raftarium::raft
