// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/sim/network.h"

#include "cluster/wire/message_codec.h"
#include "tests/sim/member.h"

namespace raftarium::sim {
namespace {

constexpr base::Nanoseconds kSnapshotDelay = 20 * base::kMillisecond;

}  // namespace

base::Nanoseconds Network::arrival(Link& link) {
    base::Nanoseconds at = m_world.events.now() + World::around(m_world.networkRng, m_world.options.delay);
    if (at < link.cloggedUntil) at = link.cloggedUntil;
    if (m_world.options.keepsOrder) at = std::max(at, link.lastArrival + 1);
    link.lastArrival = at;
    return at;
}

void Network::lost(Member& from, std::uint64_t to) {
    from.call([to](node::Loop& loop) { loop.peerUnreachable(to); });
}

void Network::send(Member& from, node::Outgoing&& outgoing) {
    const std::uint64_t to = outgoing.message.to;
    Link& way = link(from.id(), to);
    const Member* target = m_world.byId(to);
    if (way.cut || !target || !target->up()) {
        // A transport notices a broken connection sooner or later.
        if (m_world.networkRng.chance(0.3)) lost(from, to);
        return;
    }
    if (!m_calm && m_world.networkRng.chance(m_world.options.loss)) {
        if (m_world.networkRng.chance(0.3)) lost(from, to);
        return;
    }
    outgoing.message.responses.clear();
    outgoing.message.vote = raft::kNone;
    if (m_world.options.encodeMessages) {
        std::string bytes;
        wire::encodeMessage(outgoing.message, bytes);
        auto decoded = wire::decodeMessage(bytes);
        if (!decoded) {
            m_world.checks.fail("wire", "a message cannot be read again: " + decoded.error().text);
            return;
        }
        outgoing.message = std::move(*decoded);
    }
    // A forwarded proposal has no number: twice in the log it takes effect twice. The transports do not repeat
    // messages.
    const bool repeats =
        outgoing.message.type != raft::MessageType::prop && m_world.networkRng.chance(m_world.options.duplication);
    const int copies = !m_calm && repeats ? 2 : 1;
    const std::uint64_t incarnation = from.status().incarnation;
    for (int i = 0; i < copies; ++i) {
        m_world.events.at(arrival(way), [this, fromId = from.id(), incarnation, outgoing] {
            deliver(fromId, incarnation, outgoing);
        });
    }
}

void Network::deliver(std::uint64_t from, std::uint64_t incarnation, const node::Outgoing& outgoing) {
    const raft::Message& message = outgoing.message;
    Member* target = m_world.byId(message.to);
    if (!target || !target->up() || isCut(from, message.to)) return;
    m_world.hash.mix(m_world.events.now(), from, message.to, message.type, message.term, message.index, message.logTerm,
                     message.commit, message.entries.size(), message.reject);
    target->receive(message, {from, incarnation, outgoing.counter});
}

void Network::sendSnapshot(Member& from, node::Outgoing&& outgoing, const std::string& path,
                           std::function<void(bool)> done) {
    std::string content;
    if (auto file = from.files().open(path, base::OpenMode::read)) {
        auto size = (*file)->size();
        auto data = size ? (*file)->readAt(0, *size) : base::Result<std::string>(size.error());
        if (data) content = std::move(*data);
    }
    const auto answer = [this, id = from.id(), generation = from.generation(), done = std::move(done)](bool ok) {
        Member* sender = m_world.byId(id);
        if (sender && sender->up() && sender->generation() == generation) {
            sender->call([done, ok](node::Loop&) { done(ok); });
        }
    };
    const std::uint64_t to = outgoing.message.to;
    if (link(from.id(), to).cut || (!m_calm && m_world.networkRng.chance(m_world.options.loss))) {
        m_world.events.after(kSnapshotDelay, [answer] { answer(false); });
        return;
    }
    const base::Nanoseconds at = std::max(arrival(link(from.id(), to)),
                                          m_world.events.now() + World::around(m_world.networkRng, kSnapshotDelay));
    m_world.events.at(
        at, [this, fromId = from.id(), incarnation = from.status().incarnation, outgoing, content, answer] {
            Member* target = m_world.byId(outgoing.message.to);
            if (!target || !target->up() || isCut(fromId, outgoing.message.to)) return answer(false);
            const std::string arrived = target->snapshotDirectory() + "/tmp.receive." + std::to_string(++m_copies);
            auto file = target->files().open(arrived, base::OpenMode::createOrTruncate);
            base::Status status = file ? (*file)->writeAt(0, content) : base::Status(file.error());
            if (status) status = (*file)->sync();
            if (!status) return answer(false);
            m_world.hash.mix(m_world.events.now(), fromId, outgoing.message.to, content.size());
            target->call([message = outgoing.message, id = node::MessageId{fromId, incarnation, outgoing.counter},
                          arrived](node::Loop& loop) { loop.receiveSnapshot(message, id, arrived); });
            answer(true);
        });
}

base::Nanoseconds Network::connectedSince(const Member& from, std::uint64_t to) const {
    const Member* target = m_world.byId(to);
    if (!target || !target->up() || isCut(from.id(), to) || isCut(to, from.id())) return 0;
    base::Nanoseconds since = std::max(target->upSince(), from.upSince());
    for (const auto& key : {std::pair{from.id(), to}, {to, from.id()}}) {
        const auto it = m_links.find(key);
        if (it != m_links.end()) since = std::max(since, it->second.openSince);
    }
    return since;
}

void Network::cut(std::uint64_t from, std::uint64_t to) { link(from, to).cut = true; }

void Network::clog(std::uint64_t from, std::uint64_t to, base::Nanoseconds until) {
    link(from, to).cloggedUntil = until;
}

void Network::heal() {
    for (auto& [key, link] : m_links) {
        if (link.cut) link.openSince = m_world.events.now();
        link.cut = false;
    }
}

bool Network::isCut(std::uint64_t from, std::uint64_t to) const {
    const auto it = m_links.find({from, to});
    return it != m_links.end() && it->second.cut;
}

}  // namespace raftarium::sim
