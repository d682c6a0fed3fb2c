// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/observe/random_telemetry.h"

#include "cluster/telemetry/codec.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace raftarium::testing {

using namespace observe;
using google::protobuf::FieldDescriptor;

namespace {

std::uint64_t number(base::Rng& rng) {
    if (rng.chance(0.01)) return rng.next();
    if (rng.chance(0.01)) return std::numeric_limits<std::uint64_t>::max() - rng.below(2);
    return rng.below(rng.chance(0.3) ? 200 : 8);  // small, so that events meet each other
}

std::string word(base::Rng& rng) {
    std::string out;
    for (auto n = rng.below(6); n > 0; --n) out += static_cast<char>('a' + rng.below(26));
    return out;
}

void fill(google::protobuf::Message& message, base::Rng& rng, int depth);

void fillField(google::protobuf::Message& message, const FieldDescriptor* field, base::Rng& rng, int depth) {
    const auto& as = *message.GetReflection();
    const bool many = field->is_repeated();
    switch (field->cpp_type()) {
        case FieldDescriptor::CPPTYPE_UINT64:
            return many ? as.AddUInt64(&message, field, number(rng)) : as.SetUInt64(&message, field, number(rng));
        case FieldDescriptor::CPPTYPE_INT64:
            return as.SetInt64(&message, field, static_cast<std::int64_t>(number(rng)));
        case FieldDescriptor::CPPTYPE_UINT32:
            return as.SetUInt32(&message, field, static_cast<std::uint32_t>(number(rng)));
        case FieldDescriptor::CPPTYPE_INT32:
            return as.SetInt32(&message, field, static_cast<std::int32_t>(number(rng)));
        case FieldDescriptor::CPPTYPE_BOOL:
            return as.SetBool(&message, field, rng.chance(0.5));
        case FieldDescriptor::CPPTYPE_DOUBLE:
            return as.SetDouble(&message, field, rng.chance(0.5) ? 0.25 : 0);
        case FieldDescriptor::CPPTYPE_ENUM:
            return as.SetEnumValue(&message, field, static_cast<int>(rng.below(9)) - (rng.chance(0.1) ? 5 : 0));
        case FieldDescriptor::CPPTYPE_STRING:
            return many ? as.AddString(&message, field, word(rng)) : as.SetString(&message, field, word(rng));
        case FieldDescriptor::CPPTYPE_MESSAGE:
            return fill(many ? *as.AddMessage(&message, field) : *as.MutableMessage(&message, field), rng, depth + 1);
        default:
            return;
    }
}

void fill(google::protobuf::Message& message, base::Rng& rng, int depth) {
    const auto* type = message.GetDescriptor();
    for (int i = 0; i < type->field_count(); ++i) {
        const FieldDescriptor* field = type->field(i);
        if (field->real_containing_oneof() || rng.chance(0.15)) continue;
        const auto times = field->is_repeated() ? rng.below(5) : 1;
        for (std::uint64_t n = 0; n < times && depth < 6; ++n) fillField(message, field, rng, depth);
    }
}

}  // namespace

telemetry::v1::EventBatch randomBatch(base::Rng& rng, int events, TimeNs from) {
    telemetry::v1::EventBatch batch;
    if (rng.chance(0.05)) {
        fill(*batch.mutable_node(), rng, 0);
        fill(*batch.mutable_full_state(), rng, 0);
        batch.mutable_full_state()->set_at_ns(from);
    }
    const auto* kinds = telemetry::v1::Event::descriptor()->oneof_decl(0);
    for (int i = 0; i < events; ++i) {
        auto& event = *batch.add_events();
        from += static_cast<TimeNs>(rng.below(40'000'000));
        event.set_at_ns(from);
        event.set_sequence(rng.below(1000));
        const auto kind = rng.below(static_cast<std::uint64_t>(kinds->field_count()) + 1);
        if (kind < static_cast<std::uint64_t>(kinds->field_count()))
            fillField(event, kinds->field(static_cast<int>(kind)), rng, 0);
    }
    return batch;
}

std::vector<Event> randomEvents(base::Rng& rng, std::size_t count) {
    std::vector<Event> events;
    TimeNs now = 1'000'000'000;
    while (events.size() < count) {
        const NodeId node = 1 + rng.below(5);
        (void)decodeBatch(randomBatch(rng, 5, now), node, events);
        now += static_cast<TimeNs>(rng.below(60'000'000));
        if (rng.chance(0.1)) {
            const auto state = static_cast<ProcessState>(rng.below(4));
            events.push_back({now, node, 0, ProcessChanged{state, "n" + std::to_string(node), 0, 9, ""}});
        }
        if (rng.chance(0.05)) events.push_back({now, node, 0, StreamEnded{"broken"}});
    }
    sortByTime(events);
    return events;
}

void sortByTime(std::vector<Event>& events) {
    std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) {
        return std::tie(a.atNs, a.node, a.sequence) < std::tie(b.atNs, b.node, b.sequence);
    });
}

}  // namespace raftarium::testing
