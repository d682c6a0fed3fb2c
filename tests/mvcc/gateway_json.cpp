// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/mvcc/gateway_json.h"

#include <QByteArray>
#include <QJsonArray>

namespace raftarium::mvcc::test {
namespace {
std::int64_t number(const QJsonObject& json, const char* name) {
    return json[QLatin1String(name)].toString().toLongLong();
}
bool flag(const QJsonObject& json, const char* name) { return json[QLatin1String(name)].toBool(); }

template <typename Enum>
Enum choice(const QJsonObject& json, const char* name, const QStringList& names) {
    const qsizetype index = names.indexOf(json[QLatin1String(name)].toString());
    return static_cast<Enum>(index < 0 ? 0 : index);
}

void set(QJsonObject& out, const char* name, std::int64_t value) {
    if (value != 0) out[QLatin1String(name)] = QString::number(value);
}
void set(QJsonObject& out, const char* name, const std::string& bytes) {
    if (!bytes.empty()) out[QLatin1String(name)] = QString::fromLatin1(QByteArray::fromStdString(bytes).toBase64());
}
void set(QJsonObject& out, const char* name, bool value) {
    if (value) out[QLatin1String(name)] = true;
}
void set(QJsonObject& out, const char* name, const std::vector<KeyValue>& kvs) {
    if (kvs.empty()) return;
    QJsonArray array;
    for (const KeyValue& kv : kvs) array.append(toGateway(kv));
    out[QLatin1String(name)] = array;
}
QJsonObject withHeader(std::int64_t revision) {
    QJsonObject header;
    set(header, "revision", revision);
    QJsonObject out;
    out[QLatin1String("header")] = header;
    return out;
}

QJsonObject one(const RangeResult& result) {
    QJsonObject out = withHeader(result.revision);
    set(out, "kvs", result.kvs);
    set(out, "more", result.more);
    set(out, "count", result.count);
    return out;
}
QJsonObject one(const PutResult& result) {
    QJsonObject out = withHeader(result.revision);
    if (result.prevKv) out[QLatin1String("prev_kv")] = toGateway(*result.prevKv);
    return out;
}
QJsonObject one(const DeleteResult& result) {
    QJsonObject out = withHeader(result.revision);
    set(out, "deleted", result.deleted);
    set(out, "prev_kvs", result.prevKvs);
    return out;
}
QJsonObject one(const TxnResult& result) {
    QJsonObject out = withHeader(result.revision);
    set(out, "succeeded", result.succeeded);
    QJsonArray responses;
    for (const OperationResult& operation : result.results) {
        QJsonObject item;
        if (const auto* range = std::get_if<RangeResult>(&operation.result))
            item[QLatin1String("response_range")] = one(*range);
        if (const auto* put = std::get_if<PutResult>(&operation.result))
            item[QLatin1String("response_put")] = one(*put);
        if (const auto* del = std::get_if<DeleteResult>(&operation.result)) {
            item[QLatin1String("response_delete_range")] = one(*del);
        }
        if (const auto* txn = std::get_if<std::unique_ptr<TxnResult>>(&operation.result)) {
            item[QLatin1String("response_txn")] = one(**txn);
        }
        responses.append(item);
    }
    if (!responses.isEmpty()) out[QLatin1String("responses")] = responses;
    return out;
}
QJsonObject one(const CompactResult& result) { return withHeader(result.revision); }
QJsonObject one(const LeaseGrantResult& result) {
    QJsonObject out = withHeader(result.revision);
    set(out, "ID", result.id);
    set(out, "TTL", result.ttlSeconds);
    return out;
}
QJsonObject one(const LeaseRevokeResult& result) { return withHeader(result.revision); }
template <typename T>
QJsonObject one(const T&) {
    return {};
}
}  // namespace

std::string_view GatewayReader::bytes(const QJsonObject& json, const char* name) {
    return m_bytes.emplace_back(QByteArray::fromBase64(json[QLatin1String(name)].toString().toLatin1()).toStdString());
}

KeyRange GatewayReader::range(const QJsonObject& json) { return {bytes(json, "key"), bytes(json, "range_end")}; }

RangeOp GatewayReader::rangeOp(const QJsonObject& json) {
    RangeOp op;
    op.range = range(json);
    op.limit = number(json, "limit");
    op.revision = number(json, "revision");
    op.sortOrder = choice<SortOrder>(json, "sort_order", {"NONE", "ASCEND", "DESCEND"});
    op.sortTarget = choice<SortTarget>(json, "sort_target", {"KEY", "VERSION", "CREATE", "MOD", "VALUE"});
    op.keysOnly = flag(json, "keys_only");
    op.countOnly = flag(json, "count_only");
    op.minModRevision = number(json, "min_mod_revision");
    op.maxModRevision = number(json, "max_mod_revision");
    op.minCreateRevision = number(json, "min_create_revision");
    op.maxCreateRevision = number(json, "max_create_revision");
    return op;
}

PutOp GatewayReader::putOp(const QJsonObject& json) {
    PutOp op;
    op.key = bytes(json, "key");
    op.value = bytes(json, "value");
    op.lease = number(json, "lease");
    op.prevKv = flag(json, "prev_kv");
    op.ignoreValue = flag(json, "ignore_value");
    op.ignoreLease = flag(json, "ignore_lease");
    return op;
}

DeleteOp GatewayReader::deleteOp(const QJsonObject& json) { return {range(json), flag(json, "prev_kv")}; }

Compare GatewayReader::compare(const QJsonObject& json) {
    Compare compare;
    compare.range = range(json);
    compare.result = choice<CompareResult>(json, "result", {"EQUAL", "GREATER", "LESS", "NOT_EQUAL"});
    compare.target = choice<CompareTarget>(json, "target", {"VERSION", "CREATE", "MOD", "VALUE", "LEASE"});
    for (const char* name : {"version", "create_revision", "mod_revision", "lease"})
        compare.number += number(json, name);
    compare.value = bytes(json, "value");
    return compare;
}

Operation GatewayReader::operation(const QJsonObject& json) {
    const QString kind = json.keys().constFirst();
    const QJsonObject inner = json[kind].toObject();
    Operation operation;
    if (kind == "request_range") operation.op = rangeOp(inner);
    if (kind == "request_put") operation.op = putOp(inner);
    if (kind == "request_delete_range") operation.op = deleteOp(inner);
    if (kind == "request_txn") operation.op = std::make_unique<TxnOp>(txnOp(inner));
    return operation;
}

TxnOp GatewayReader::txnOp(const QJsonObject& json) {
    TxnOp txn;
    for (const auto& item : json["compare"].toArray()) txn.compares.push_back(compare(item.toObject()));
    for (const auto& item : json["success"].toArray()) txn.success.push_back(operation(item.toObject()));
    for (const auto& item : json["failure"].toArray()) txn.failure.push_back(operation(item.toObject()));
    return txn;
}

Request GatewayReader::request(const QString& call, const QJsonObject& json) {
    if (call == "/v3/kv/range") return rangeOp(json);
    if (call == "/v3/kv/put") return putOp(json);
    if (call == "/v3/kv/deleterange") return deleteOp(json);
    if (call == "/v3/kv/txn") return txnOp(json);
    if (call == "/v3/kv/compaction") return CompactOp{number(json, "revision"), flag(json, "physical")};
    if (call == "/v3/lease/grant") return LeaseGrantOp{number(json, "ID"), number(json, "TTL")};
    if (call == "/v3/lease/revoke") return LeaseRevokeOp{number(json, "ID")};
    qFatal("no such call: %s", qPrintable(call));
}

QJsonObject toGateway(const KeyValue& kv) {
    QJsonObject out;
    set(out, "key", kv.key);
    set(out, "create_revision", kv.createRevision);
    set(out, "mod_revision", kv.modRevision);
    set(out, "version", kv.version);
    set(out, "value", kv.value);
    set(out, "lease", kv.lease);
    return out;
}

QJsonObject toGateway(const Response& response) {
    return std::visit([](const auto& result) { return one(result); }, response);
}

}  // namespace raftarium::mvcc::test
