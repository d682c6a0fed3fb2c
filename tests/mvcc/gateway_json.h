// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// etcd's gateway JSON to requests and from results, for replaying what a real etcd answered.
#pragma once

#include "cluster/mvcc/txn/operations.h"

#include <QJsonObject>

#include <deque>
#include <string>

namespace raftarium::mvcc::test {

class GatewayReader {
public:
    // `call` is the gateway's path. The request borrows from this reader.
    Request request(const QString& call, const QJsonObject& json);

private:
    std::string_view bytes(const QJsonObject& json, const char* name);
    KeyRange range(const QJsonObject& json);
    RangeOp rangeOp(const QJsonObject& json);
    PutOp putOp(const QJsonObject& json);
    DeleteOp deleteOp(const QJsonObject& json);
    TxnOp txnOp(const QJsonObject& json);
    Compare compare(const QJsonObject& json);
    Operation operation(const QJsonObject& json);

    std::deque<std::string> m_bytes;
};

QJsonObject toGateway(const KeyValue& kv);
QJsonObject toGateway(const Response& response);

}  // namespace raftarium::mvcc::test
