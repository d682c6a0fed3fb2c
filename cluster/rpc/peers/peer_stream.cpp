// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/peers/peer_stream.h"

#include "cluster/base/coding.h"
#include "cluster/base/version.h"
#include "cluster/rpc/edge/listen_url.h"

#include <arpa/inet.h>
#include <utility>

namespace raftarium::rpc {
namespace {

std::string channelTarget(const ListenUrl& url) {
    if (url.port == 0) return url.address();
    unsigned char bytes[sizeof(in6_addr)];
    if (inet_pton(AF_INET, url.host.c_str(), bytes) == 1) return "ipv4:" + url.address();
    if (inet_pton(AF_INET6, url.host.c_str(), bytes) == 1) return "ipv6:" + url.address();
    return "dns:///" + url.address();
}

}  // namespace

void addIdentity(grpc::ClientContext& context, const StreamIdentity& identity) {
    context.AddMetadata(kClusterIdKey, base::hexId(identity.clusterId));
    context.AddMetadata(kFromKey, base::hexId(identity.from));
    context.AddMetadata(kToKey, base::hexId(identity.to));
    context.AddMetadata(kIncarnationKey, std::to_string(identity.incarnation));
    if (identity.firstStart) context.AddMetadata(kFirstStartKey, "1");
    context.AddMetadata(kVersionKey, std::string(base::kEtcdApiVersion));
}

std::shared_ptr<grpc::Channel> openPeerChannel(const std::string& url) {
    const base::Result<ListenUrl> parsed = parseListenUrl(url);
    if (!parsed || (parsed->scheme != "http" && parsed->scheme != "unix")) return nullptr;
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
    arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 500);
    arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 2'000);  // this also limits one attempt
    // A stopped process keeps its connections open. Pings notice that within seconds.
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 10'000);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 5'000);
    arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
    arguments.SetMaxReceiveMessageSize(-1);
    arguments.SetMaxSendMessageSize(-1);
    return grpc::CreateCustomChannel(channelTarget(*parsed), grpc::InsecureChannelCredentials(), arguments);
}

PeerStream::PeerStream(CompletionThread& completion, const std::shared_ptr<grpc::Channel>& channel,
                       const StreamIdentity& identity, std::mutex& mutex, Callbacks callbacks)
    : m_mutex(mutex), m_callbacks(std::move(callbacks)), m_stub(channel) {
    addIdentity(m_context, identity);
    m_context.set_wait_for_ready(true);
    const auto bind = [this](Event& event, void (PeerStream::*handler)(bool)) {
        event.stream = this;
        event.handler = handler;
    };
    bind(m_startEvent, &PeerStream::onStarted);
    bind(m_metadataEvent, &PeerStream::onMetadata);
    bind(m_readEvent, &PeerStream::onRead);
    bind(m_writeEvent, &PeerStream::onWritten);
    bind(m_finishEvent, &PeerStream::onFinished);
    m_stream = m_stub.PrepareCall(&m_context, kMessagesMethod, completion.queue());
}

PeerStream* PeerStream::open(CompletionThread& completion, const std::shared_ptr<grpc::Channel>& channel,
                             const StreamIdentity& identity, std::mutex& mutex, Callbacks callbacks) {
    auto* stream = new PeerStream(completion, channel, identity, mutex, std::move(callbacks));
    stream->m_pending = 1;
    stream->m_stream->StartCall(static_cast<Tag*>(&stream->m_startEvent));
    return stream;
}

void PeerStream::onStarted(bool ok) {
    if (ok) {
        m_pending += 2;
        m_stream->ReadInitialMetadata(static_cast<Tag*>(&m_metadataEvent));
        // The peer sends no messages: the read ends with the stream.
        m_stream->Read(&m_incoming, static_cast<Tag*>(&m_readEvent));
    }
    leave(ok);
}

void PeerStream::onMetadata(bool ok) {
    // A refused stream has metadata, too; its read ends right after.
    if (ok && !m_failed) {
        m_connected = true;
        m_callbacks.connected();
        m_callbacks.writable();
    }
    leave(ok);
}

void PeerStream::onRead(bool) { leave(false); }

void PeerStream::write(const grpc::ByteBuffer& batch) {
    m_writing = true;
    ++m_pending;
    m_stream->Write(batch, static_cast<Tag*>(&m_writeEvent));
}

void PeerStream::onWritten(bool ok) {
    m_writing = false;
    if (ok && !m_failed) m_callbacks.writable();
    leave(ok);
}

void PeerStream::leave(bool ok) {
    --m_pending;
    if (!ok && !m_failed) {
        m_failed = true;
        if (m_pending > 0) m_context.TryCancel();
    }
    if (m_failed && m_pending == 0 && !m_finishing) {
        m_finishing = true;
        m_stream->Finish(&m_status, static_cast<Tag*>(&m_finishEvent));
    }
}

void PeerStream::onFinished(bool) {
    const auto ended = std::move(m_callbacks.ended);
    const grpc::Status status = m_status;
    delete this;
    ended(status);
}

}  // namespace raftarium::rpc
