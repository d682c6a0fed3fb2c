// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/bench/limits.h"

#include "cluster/load/load.h"
#include "proto/etcd/rpc.grpc.pb.h"

#include <grpcpp/grpcpp.h>
#include <lmdb.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

namespace raftarium::bench {

namespace {

using Steady = std::chrono::steady_clock;
double seconds(Steady::time_point from) { return std::chrono::duration<double>(Steady::now() - from).count(); }

double syncedAppendsPerSecond(const std::string& path) {
    const int fd = open(path.c_str(), O_CREAT | O_RDWR | O_TRUNC, 0600);
    if (fd < 0 || posix_fallocate(fd, 0, 64 << 20) != 0) return 0;
    const std::string block(2300, 'x');
    const auto start = Steady::now();
    int count = 0;
    for (off_t offset = 0; count < 20'000 && seconds(start) < 1.0;
         ++count, offset += static_cast<off_t>(block.size())) {
        if (pwrite(fd, block.data(), block.size(), offset) < 0 || fdatasync(fd) != 0) break;
    }
    const double rate = count / seconds(start);
    close(fd);
    unlink(path.c_str());
    return rate;
}

double lmdbPutsPerSecond(const std::string& directory) {
    std::filesystem::create_directories(directory);
    MDB_env* env = nullptr;
    mdb_env_create(&env);
    mdb_env_set_mapsize(env, 1UL << 32);
    if (mdb_env_open(env, directory.c_str(), 0, 0600) != 0) return 0;
    const std::string value(280, 'v');
    const auto start = Steady::now();
    std::uint64_t count = 0;
    while (seconds(start) < 1.0) {
        MDB_txn* txn = nullptr;
        MDB_dbi dbi = 0;
        mdb_txn_begin(env, nullptr, 0, &txn);
        mdb_dbi_open(txn, nullptr, 0, &dbi);
        for (int i = 0; i < 10'000; ++i, ++count) {
            char key[17] = {};
            const std::uint64_t big = __builtin_bswap64(count);
            std::memcpy(key, &big, sizeof big);
            MDB_val k{sizeof key, key};
            MDB_val v{value.size(), const_cast<char*>(value.data())};
            mdb_put(txn, dbi, &k, &v, MDB_APPEND);
        }
        mdb_txn_commit(txn);
    }
    const double rate = static_cast<double>(count) / seconds(start);
    mdb_env_close(env);
    std::filesystem::remove_all(directory);
    return rate;
}

// A server that answers puts with nothing, polled by one thread.
class NoopServer {
public:
    NoopServer() {
        grpc::ServerBuilder builder;
        builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &m_port);
        builder.RegisterService(&m_service);
        m_queue = builder.AddCompletionQueue();
        m_server = builder.BuildAndStart();
        for (int i = 0; i < 200; ++i) (new Call(*this))->proceed();
        m_thread = std::thread([this] {
            void* tag = nullptr;
            bool ok = false;
            while (m_queue->Next(&tag, &ok)) {
                if (ok) {
                    static_cast<Call*>(tag)->proceed();
                } else {
                    delete static_cast<Call*>(tag);
                }
            }
            rusage usage{};
            getrusage(RUSAGE_THREAD, &usage);
            m_cpuSeconds = static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                           static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
        });
    }
    double stop() {
        m_server->Shutdown();
        m_queue->Shutdown();
        m_thread.join();
        return m_cpuSeconds;
    }
    int port() const { return m_port; }

private:
    struct Call {
        explicit Call(NoopServer& server) : owner(server) {}
        void proceed() {
            if (state == 0) {
                state = 1;
                owner.m_service.RequestPut(&context, &request, &responder, owner.m_queue.get(), owner.m_queue.get(),
                                           this);
            } else if (state == 1) {
                (new Call(owner))->proceed();
                state = 2;
                responder.Finish(response, grpc::Status::OK, this);
            } else {
                delete this;
            }
        }
        NoopServer& owner;
        int state = 0;
        grpc::ServerContext context;
        etcdserverpb::PutRequest request;
        etcdserverpb::PutResponse response;
        grpc::ServerAsyncResponseWriter<etcdserverpb::PutResponse> responder{&context};
    };

    int m_port = 0;
    etcdserverpb::KV::AsyncService m_service;
    std::unique_ptr<grpc::ServerCompletionQueue> m_queue;
    std::unique_ptr<grpc::Server> m_server;
    std::thread m_thread;
    double m_cpuSeconds = 0;
};

}  // namespace

void printLimits(const std::string& directory) {
    std::filesystem::create_directories(directory);
    std::printf("limits of this machine, measured now\n");
    std::printf("  fdatasync of 2,300 B appends    %9.0f /s\n", syncedAppendsPerSecond(directory + "/sync"));
    std::printf("  LMDB puts, 10,000 a commit      %9.0f /s\n", lmdbPutsPerSecond(directory + "/lmdb"));
    NoopServer server;
    load::LoadSpec load;
    load.endpoints = {"127.0.0.1:" + std::to_string(server.port())};
    const auto report = load::runLoad(load, {});
    const double cpu = server.stop();
    if (report) {
        std::printf("  gRPC put that does nothing      %9.0f /s, %.1f us of server CPU\n\n", report->perSecond(),
                    cpu * 1e6 / static_cast<double>(report->operations));
    }
    std::fflush(stdout);
}

}  // namespace raftarium::bench
