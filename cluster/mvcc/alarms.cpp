// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/mvcc/alarms.h"

#include "cluster/mvcc/backend/field_codec.h"

#include <algorithm>
#include <tuple>

namespace raftarium::mvcc {
namespace {
bool before(const Alarm& a, const Alarm& b) { return std::tie(a.type, a.member) < std::tie(b.type, b.member); }

std::string rowKeyOf(const Alarm& alarm) {
    std::string key;
    putVarintField(key, 1, alarm.member);
    putVarintField(key, 2, static_cast<std::uint64_t>(alarm.type));
    return key;
}
}  // namespace

base::Status Alarms::open() {
    m_alarms.clear();
    std::optional<base::Error> error;
    m_core.backend.scan(Bucket::alarm, {}, {}, [&](std::string_view key, std::string_view) {
        Alarm alarm;
        std::uint64_t type = 0;
        FieldReader reader(key);
        while (reader.next()) {
            if (reader.field() == 1) alarm.member = reader.varint();
            if (reader.field() == 2) type = reader.varint();
        }
        if (reader.malformed() || type > static_cast<std::uint64_t>(AlarmType::corrupt)) {
            error = base::Error{base::Errc::corruption,
                                "bucket alarm: a row does not decode; restore the member from a snapshot or its peers"};
            return false;
        }
        alarm.type = static_cast<AlarmType>(type);
        m_alarms.push_back(alarm);
        return true;
    });
    if (error) return *error;
    std::sort(m_alarms.begin(), m_alarms.end(), before);
    return {};
}

std::vector<Alarm> Alarms::ofType(AlarmType type) const {
    if (type == AlarmType::none) return m_alarms;
    std::vector<Alarm> found;
    std::copy_if(m_alarms.begin(), m_alarms.end(), std::back_inserter(found),
                 [type](const Alarm& alarm) { return alarm.type == type; });
    return found;
}

AlarmResult Alarms::apply(const AlarmOp& op) {
    const Alarm alarm{op.member, op.alarm};
    const auto at = std::lower_bound(m_alarms.begin(), m_alarms.end(), alarm, before);
    const bool present = at != m_alarms.end() && *at == alarm;
    switch (op.action) {
        case AlarmAction::get:
            return {ofType(op.alarm)};
        case AlarmAction::activate:
            if (!present) {
                m_alarms.insert(at, alarm);
                // An alarm of no type for member 0 has no bytes, and a row needs a key.
                if (const std::string key = rowKeyOf(alarm); !key.empty()) m_core.backend.put(Bucket::alarm, key, {});
                m_core.addTrace(trace::AlarmRaised{alarm});
            }
            return {{alarm}};
        case AlarmAction::deactivate:
            if (!present) return {};
            m_alarms.erase(at);
            if (const std::string key = rowKeyOf(alarm); !key.empty()) m_core.backend.remove(Bucket::alarm, key);
            m_core.addTrace(trace::AlarmDisarmed{alarm});
            return {{alarm}};
    }
    return {};
}

bool Alarms::raised(AlarmType type) const {
    return std::any_of(m_alarms.begin(), m_alarms.end(), [type](const Alarm& alarm) { return alarm.type == type; });
}

}  // namespace raftarium::mvcc
