// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/client/etcd_client.h"

#include "cluster/client/etcd_calls_internal.h"
#include "cluster/client/etcd_connection.h"
#include "proto/etcd/rpc.grpc.pb.h"

#include <utility>

namespace raftarium::client {

namespace pb = etcdserverpb;

std::string prefixEnd(std::string_view prefix) {
    std::string end(prefix);
    while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xff) end.pop_back();
    if (end.empty()) return std::string(1, '\0');  // in the API: all keys from here on
    end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
    return end;
}

namespace {

class GrpcEtcdClient final : public EtcdClient {
public:
    explicit GrpcEtcdClient(ClientOptions options)
        : m_options(std::move(options)), m_endpoints(std::make_shared<Endpoints>(m_options.endpoints, Probe::yes)) {}

    base::Result<RangeResult> range(const std::string& key, const RangeOptions& options) override {
        const auto answer = call<pb::KV>(Retry::reads, &pb::KV::Stub::Range, rangeRequestOf(key, options));
        if (!answer.ok()) return answer.error();
        RangeResult out{headerOf(answer->header()), {}, answer->more(), answer->count()};
        out.kvs.reserve(static_cast<std::size_t>(answer->kvs_size()));
        for (const auto& kv : answer->kvs()) out.kvs.push_back(keyValueOf(kv));
        return out;
    }

    base::Result<PutResult> put(const std::string& key, const std::string& value, const PutOptions& options) override {
        pb::PutRequest request;
        request.set_key(key);
        request.set_value(value);
        request.set_lease(options.lease);
        request.set_prev_kv(options.prevKv);
        request.set_ignore_value(options.ignoreValue);
        request.set_ignore_lease(options.ignoreLease);
        request.set_keep_versions(options.keepVersions);
        const auto answer = call<pb::KV>(Retry::never, &pb::KV::Stub::Put, request);
        if (!answer.ok()) return answer.error();
        return PutResult{headerOf(answer->header()), answer->has_prev_kv(), keyValueOf(answer->prev_kv())};
    }

    base::Result<DeleteResult> remove(const std::string& key, const std::string& rangeEnd, bool prevKv) override {
        pb::DeleteRangeRequest request;
        request.set_key(key);
        request.set_range_end(rangeEnd);
        request.set_prev_kv(prevKv);
        const auto answer = call<pb::KV>(Retry::never, &pb::KV::Stub::DeleteRange, request);
        if (!answer.ok()) return answer.error();
        DeleteResult out{headerOf(answer->header()), answer->deleted(), {}};
        for (const auto& kv : answer->prev_kvs()) out.prevKvs.push_back(keyValueOf(kv));
        return out;
    }

    base::Result<GuardedDeleteResult> removeIf(const std::string& key, std::int64_t modRevision) override {
        pb::TxnRequest request;
        pb::Compare& compare = *request.add_compare();
        compare.set_target(pb::Compare::MOD);
        compare.set_result(pb::Compare::EQUAL);
        compare.set_key(key);
        compare.set_mod_revision(modRevision);
        request.add_success()->mutable_request_delete_range()->set_key(key);
        pb::RangeRequest& now = *request.add_failure()->mutable_request_range();
        now.set_key(key);
        now.set_keys_only(true);
        const auto answer = call<pb::KV>(Retry::never, &pb::KV::Stub::Txn, request);
        if (!answer.ok()) return answer.error();
        GuardedDeleteResult out{headerOf(answer->header()), answer->succeeded(), 0};
        if (!out.deleted && answer->responses_size() == 1 && answer->responses(0).response_range().kvs_size() == 1)
            out.modRevision = answer->responses(0).response_range().kvs(0).mod_revision();
        return out;
    }

    base::Result<Header> compact(std::int64_t revision, bool physical) override {
        pb::CompactionRequest request;
        request.set_revision(revision);
        request.set_physical(physical);
        return headerFrom(call<pb::KV>(Retry::never, &pb::KV::Stub::Compact, request));
    }

    base::Result<LeaseInfo> leaseGrant(std::int64_t ttl, std::int64_t id) override {
        pb::LeaseGrantRequest request;
        request.set_ttl(ttl);
        request.set_id(id);
        const auto answer = call<pb::Lease>(Retry::never, &pb::Lease::Stub::LeaseGrant, request);
        if (!answer.ok()) return answer.error();
        if (!answer->error().empty()) return base::Error{base::Errc::invalidArgument, answer->error()};
        return LeaseInfo{headerOf(answer->header()), answer->id(), answer->ttl(), answer->ttl(), {}};
    }

    base::Result<Header> leaseRevoke(std::int64_t id) override {
        pb::LeaseRevokeRequest request;
        request.set_id(id);
        return headerFrom(call<pb::Lease>(Retry::never, &pb::Lease::Stub::LeaseRevoke, request));
    }

    base::Result<LeaseInfo> leaseTimeToLive(std::int64_t id, bool keys) override {
        pb::LeaseTimeToLiveRequest request;
        request.set_id(id);
        request.set_keys(keys);
        const auto answer = call<pb::Lease>(Retry::reads, &pb::Lease::Stub::LeaseTimeToLive, request);
        if (!answer.ok()) return answer.error();
        return LeaseInfo{headerOf(answer->header()),
                         answer->id(),
                         answer->ttl(),
                         answer->grantedttl(),
                         {answer->keys().begin(), answer->keys().end()}};
    }

    base::Result<LeaseInfo> leaseKeepAliveOnce(std::int64_t id) override {
        // Renewing twice does no harm. So each endpoint gets a share of the time, and a frozen one does not cost the
        // lease.
        const std::size_t tries = std::max<std::size_t>(m_endpoints->size(), 1);
        const std::int64_t shareMs = m_options.requestTimeoutMs / static_cast<std::int64_t>(tries);
        base::Error last;
        for (std::size_t i = 0; i < tries; ++i) {
            const auto endpoint = m_endpoints->choose(m_options.dialTimeoutMs);
            if (!endpoint.ok()) return i == 0 ? endpoint.error() : last;
            auto renewed = keepAliveAt(**endpoint, id, shareMs);
            if (renewed || !mayBeElsewhere(renewed.error())) return renewed;
            m_endpoints->avoid(*endpoint);
            last = renewed.error();
        }
        return last;
    }

    base::Result<std::vector<std::int64_t>> leases() override {
        const auto answer = call<pb::Lease>(Retry::reads, &pb::Lease::Stub::LeaseLeases, pb::LeaseLeasesRequest());
        if (!answer.ok()) return answer.error();
        std::vector<std::int64_t> out;
        for (const auto& lease : answer->leases()) out.push_back(lease.id());
        return out;
    }

    base::Result<std::pair<Header, std::vector<MemberInfo>>> members() override {
        pb::MemberListRequest request;
        request.set_linearizable(true);
        const auto answer = call<pb::Cluster>(Retry::reads, &pb::Cluster::Stub::MemberList, request);
        if (!answer.ok()) return answer.error();
        return std::pair{headerOf(answer->header()), membersOf(*answer)};
    }

    base::Result<std::vector<MemberInfo>> memberAdd(const std::vector<std::string>& peerUrls, bool learner) override {
        pb::MemberAddRequest request;
        for (const std::string& url : peerUrls) request.add_peerurls(url);
        request.set_islearner(learner);
        const auto answer = call<pb::Cluster>(Retry::never, &pb::Cluster::Stub::MemberAdd, request);
        if (!answer.ok()) return answer.error();
        std::vector<MemberInfo> out{memberOf(answer->member())};
        for (MemberInfo& member : membersOf(*answer))
            if (member.id != out.front().id) out.push_back(std::move(member));
        return out;
    }

    base::Result<std::vector<MemberInfo>> memberRemove(std::uint64_t id) override {
        pb::MemberRemoveRequest request;
        request.set_id(id);
        return membersFrom(call<pb::Cluster>(Retry::never, &pb::Cluster::Stub::MemberRemove, request));
    }

    base::Result<std::vector<MemberInfo>> memberUpdate(std::uint64_t id,
                                                       const std::vector<std::string>& peerUrls) override {
        pb::MemberUpdateRequest request;
        request.set_id(id);
        for (const std::string& url : peerUrls) request.add_peerurls(url);
        return membersFrom(call<pb::Cluster>(Retry::never, &pb::Cluster::Stub::MemberUpdate, request));
    }

    base::Result<std::vector<MemberInfo>> memberPromote(std::uint64_t id) override {
        pb::MemberPromoteRequest request;
        request.set_id(id);
        return membersFrom(call<pb::Cluster>(Retry::never, &pb::Cluster::Stub::MemberPromote, request));
    }

    base::Result<StatusResult> status() override {
        const auto answer = call<pb::Maintenance>(Retry::reads, &pb::Maintenance::Stub::Status, pb::StatusRequest());
        if (!answer.ok()) return answer.error();
        return StatusResult{
            headerOf(answer->header()), answer->version(),          answer->dbsize(),
            answer->dbsizeinuse(),      answer->leader(),           answer->raftindex(),
            answer->raftterm(),         answer->raftappliedindex(), {answer->errors().begin(), answer->errors().end()},
            answer->islearner()};
    }

    base::Result<HashKvResult> hashKv(std::int64_t revision) override {
        pb::HashKVRequest request;
        request.set_revision(revision);
        const auto answer = call<pb::Maintenance>(Retry::reads, &pb::Maintenance::Stub::HashKV, request);
        if (!answer.ok()) return answer.error();
        return HashKvResult{headerOf(answer->header()), answer->hash(), answer->compact_revision()};
    }

    base::Result<Header> moveLeader(std::uint64_t target) override {
        pb::MoveLeaderRequest request;
        request.set_targetid(target);
        return headerFrom(call<pb::Maintenance>(Retry::never, &pb::Maintenance::Stub::MoveLeader, request));
    }

    base::Result<Header> defragment() override {
        return headerFrom(
            call<pb::Maintenance>(Retry::never, &pb::Maintenance::Stub::Defragment, pb::DefragmentRequest()));
    }

    base::Status snapshot(const SnapshotSink& take, std::int64_t timeoutMs) override {
        const auto endpoint = m_endpoints->choose(m_options.dialTimeoutMs);
        if (!endpoint.ok()) return endpoint.error();
        grpc::ClientContext context;
        if (timeoutMs > 0) setDeadline(context, timeoutMs);
        const auto stub = pb::Maintenance::NewStub((*endpoint)->channel);
        const auto stream = stub->Snapshot(&context, pb::SnapshotRequest());
        pb::SnapshotResponse piece;
        while (stream->Read(&piece)) {
            const auto taken = take(piece.blob(), piece.remaining_bytes());
            if (taken) continue;
            context.TryCancel();
            (void)stream->Finish();
            return taken;
        }
        const grpc::Status status = stream->Finish();
        return status.ok() ? base::Status() : errorOf(status, (*endpoint)->target);
    }

    std::unique_ptr<WatchHandle> watch(const std::string& key, const WatchOptions& options,
                                       std::function<void(WatchUpdate)> onUpdate,
                                       std::function<void(base::Error)> onEnd) override {
        return startWatch(m_endpoints, m_options.dialTimeoutMs, key, options, std::move(onUpdate), std::move(onEnd));
    }

    base::Result<std::vector<KeyValue>> history(const std::string& key, std::size_t max) override {
        return readHistory(*this, key, max);
    }

private:
    static base::Result<LeaseInfo> keepAliveAt(const Endpoint& endpoint, std::int64_t id, std::int64_t timeoutMs) {
        grpc::ClientContext context;
        setDeadline(context, timeoutMs);
        const auto stub = pb::Lease::NewStub(endpoint.channel);
        const auto stream = stub->LeaseKeepAlive(&context);
        pb::LeaseKeepAliveRequest request;
        request.set_id(id);
        pb::LeaseKeepAliveResponse answer;
        const bool answered = stream->Write(request) && stream->Read(&answer);
        stream->WritesDone();
        if (!answered) {
            const grpc::Status status = stream->Finish();
            if (!status.ok()) return errorOf(status, endpoint.target);
            return base::Error{base::Errc::unavailable, endpoint.target + " ended the keep-alive without an answer"};
        }
        context.TryCancel();
        (void)stream->Finish();
        // The answer for a lease that does not exist has a TTL of zero.
        if (answer.ttl() <= 0) return base::Error{base::Errc::notFound, "etcdserver: requested lease not found"};
        return LeaseInfo{headerOf(answer.header()), answer.id(), answer.ttl(), 0, {}};
    }

    template <typename Service, typename Request, typename Response>
    base::Result<Response> call(Retry retry,
                                grpc::Status (Service::Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                const Request& request) {
        return callEtcd<Service>(*m_endpoints, m_options, retry, method, request);
    }

    template <typename Response>
    static std::vector<MemberInfo> membersOf(const Response& answer) {
        std::vector<MemberInfo> out;
        for (const auto& member : answer.members()) out.push_back(memberOf(member));
        return out;
    }

    template <typename Response>
    static base::Result<std::vector<MemberInfo>> membersFrom(const base::Result<Response>& answer) {
        if (!answer.ok()) return answer.error();
        return membersOf(*answer);
    }

    template <typename Response>
    static base::Result<Header> headerFrom(const base::Result<Response>& answer) {
        if (!answer.ok()) return answer.error();
        return headerOf(answer->header());
    }

    ClientOptions m_options;
    std::shared_ptr<Endpoints> m_endpoints;
};

}  // namespace

std::unique_ptr<EtcdClient> EtcdClient::create(const ClientOptions& options) {
    return std::make_unique<GrpcEtcdClient>(options);
}

}  // namespace raftarium::client
