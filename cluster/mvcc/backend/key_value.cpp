// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/coding.h"
#include "cluster/base/protobuf_fields.h"
#include "cluster/mvcc/backend/key_value_record.h"
#include "cluster/mvcc/txn/operations.h"

namespace raftarium::mvcc {

KeyValue KeyValueView::copy() const {
    return {std::string(key), std::string(value), createRevision, modRevision, version, lease};
}

void appendKeyValue(std::string& out, const KeyValueView& kv) {
    constexpr std::size_t kNumbersSizeMax = 6 * 11;
    out.reserve(out.size() + kv.key.size() + kv.value.size() + kNumbersSizeMax);
    base::putBytesUnlessEmpty(out, 1, kv.key);
    base::putVarintUnlessZero(out, 2, static_cast<std::uint64_t>(kv.createRevision));
    base::putVarintUnlessZero(out, 3, static_cast<std::uint64_t>(kv.modRevision));
    base::putVarintUnlessZero(out, 4, static_cast<std::uint64_t>(kv.version));
    base::putBytesUnlessEmpty(out, 5, kv.value);
    base::putVarintUnlessZero(out, 6, static_cast<std::uint64_t>(kv.lease));
}

std::string encodeKeyValue(const KeyValueView& kv) {
    std::string out;
    appendKeyValue(out, kv);
    return out;
}

bool decodeKeyValue(std::string_view data, KeyValueView& out) {
    out = KeyValueView();
    base::FieldReader reader(data);
    while (reader.next()) {
        switch (reader.number()) {
            case 1:
                out.key = reader.expectBytes();
                break;
            case 2:
                out.createRevision = static_cast<std::int64_t>(reader.expectInteger());
                break;
            case 3:
                out.modRevision = static_cast<std::int64_t>(reader.expectInteger());
                break;
            case 4:
                out.version = static_cast<std::int64_t>(reader.expectInteger());
                break;
            case 5:
                out.value = reader.expectBytes();
                break;
            case 6:
                out.lease = static_cast<std::int64_t>(reader.expectInteger());
                break;
            default:
                break;
        }
    }
    return reader.ok();
}

}  // namespace raftarium::mvcc
