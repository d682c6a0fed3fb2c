// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The alarms that are raised. Rows of Bucket::alarm: the key is etcdserverpb.AlarmMember {1 memberID, 2 alarm}, the
// value is empty.
#pragma once

#include "cluster/mvcc/store_core.h"

#include <vector>

namespace raftarium::mvcc {

class Alarms {
public:
    explicit Alarms(StoreCore& core) : m_core(core) {}

    base::Status open();
    AlarmResult apply(const AlarmOp& op);
    bool raised(AlarmType type) const;
    const std::vector<Alarm>& all() const { return m_alarms; }  // ordered by type, then member

private:
    std::vector<Alarm> ofType(AlarmType type) const;

    StoreCore& m_core;
    std::vector<Alarm> m_alarms;
};

}  // namespace raftarium::mvcc
