// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/api/maintenance_service.h"

#include "cluster/base/version.h"
#include "cluster/rpc/api/database_snapshot.h"
#include "cluster/rpc/edge/status.h"

#include <utility>

namespace raftarium::rpc {
namespace {

namespace pb = etcdserverpb;

// etcd prints the alarm message in protobuf's short text form.
std::string alarmText(const mvcc::Alarm& alarm) {
    std::string text;
    if (alarm.member != 0) text += "memberID:" + std::to_string(alarm.member) + " ";
    if (alarm.type != mvcc::AlarmType::none) {
        text += std::string("alarm:") + (alarm.type == mvcc::AlarmType::noSpace ? "NOSPACE" : "CORRUPT") + " ";
    }
    return text;
}

}  // namespace

void MaintenanceService::registerMethods(RpcService& service) {
    const auto bind = [this](void (MaintenanceService::*handler)(UnaryCall&)) {
        return [this, handler](UnaryCall& call) { (this->*handler)(call); };
    };
    service.addUnary("/etcdserverpb.Maintenance/Status", bind(&MaintenanceService::status));
    service.addUnary("/etcdserverpb.Maintenance/Alarm", bind(&MaintenanceService::alarm));
    service.addUnary("/etcdserverpb.Maintenance/HashKV", bind(&MaintenanceService::hashKv));
    service.addUnary("/etcdserverpb.Maintenance/Hash", bind(&MaintenanceService::hash));
    service.addUnary("/etcdserverpb.Maintenance/Defragment", bind(&MaintenanceService::defragment));
    service.addUnary("/etcdserverpb.Maintenance/MoveLeader", bind(&MaintenanceService::moveLeader));
    registerDatabaseSnapshot(service, m_context, m_work);
}

void MaintenanceService::status(UnaryCall& call) {
    const node::NodeStatus now = m_context.node().status();
    pb::StatusResponse response;
    std::int64_t revision = 0;
    m_context.node().read([&](const mvcc::Store& store) {
        revision = store.revision();
        const mvcc::BackendSize size = store.size();
        response.set_dbsize(size.total);
        response.set_dbsizeinuse(size.inUse);
        if (now.leader == 0) response.add_errors("etcdserver: no leader");
        for (const mvcc::Alarm& alarm : store.alarms()) response.add_errors(alarmText(alarm));
    });
    m_context.fillHeader(*response.mutable_header(), revision);
    response.set_version(std::string(base::kEtcdApiVersion));
    response.set_leader(now.leader);
    response.set_raftindex(now.commit);
    response.set_raftterm(now.term);
    response.set_raftappliedindex(now.applied);
    response.set_islearner(now.learner);
    call.reply(response);
}

void MaintenanceService::alarm(UnaryCall& call) {
    if (m_context.refusedAsLearner(call)) return;
    m_context.propose(call, wire::RequestField::alarm, call.request());
}

void MaintenanceService::hashKv(UnaryCall& call) {
    if (m_context.refusedAsLearner(call)) return;
    pb::HashKVRequest request;
    if (!call.parse(request)) return;
    m_work.run([this, &call, revision = request.revision()] {
        std::optional<base::Result<mvcc::HashKvResult>> result;
        m_context.node().read([&](const mvcc::Store& store) { result.emplace(store.hashKv(revision)); });
        if (!*result) return call.fail(result->error());
        const mvcc::HashKvResult& hash = **result;
        pb::HashKVResponse response;
        m_context.fillHeader(*response.mutable_header(), hash.revision);
        response.set_hash(hash.hash);
        response.set_compact_revision(hash.compactRevision);
        call.reply(response);
    });
}

void MaintenanceService::hash(UnaryCall& call) {
    if (m_context.refusedAsLearner(call)) return;
    m_work.run([this, &call] {
        pb::HashResponse response;
        m_context.node().read([&](const mvcc::Store& store) { response.set_hash(store.hashAll()); });
        m_context.fillHeaderNow(*response.mutable_header());
        call.reply(response);
    });
}

void MaintenanceService::defragment(UnaryCall& call) {
    if (m_context.refusedAsLearner(call)) return;
    m_work.run([this, &call] {
        const base::Status done = m_context.node().defragment();
        if (!done) return call.fail(done.error());
        call.reply(pb::DefragmentResponse());
    });
}

void MaintenanceService::moveLeader(UnaryCall& call) {
    if (m_context.refusedAsLearner(call)) return;
    pb::MoveLeaderRequest request;
    if (!call.parse(request)) return;
    if (m_context.node().status().role != raft::Role::leader) return call.fail(toStatus(mvcc::ApiError::notLeader));
    m_context.node().ask(&node::RaftLoop::moveLeader, request.targetid(), [&call](const base::Status& moved) {
        if (!moved) return call.fail(moved.error());
        call.reply(pb::MoveLeaderResponse());
    });
}

}  // namespace raftarium::rpc
