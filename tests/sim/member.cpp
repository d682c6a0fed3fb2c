// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/sim/member.h"

#include "cluster/base/coding.h"
#include "cluster/node/start/data_directory.h"
#include "tests/sim/trace_recorder.h"

#include <algorithm>

namespace raftarium::sim {
namespace {

// A loop's turn and the way to the next one take some time, in which more work gathers.
constexpr base::Nanoseconds kTurn = 50 * base::kMicrosecond;
// With nobody listening the ring only holds what nobody reads.
constexpr std::size_t kSilentRing = 16;
constexpr std::size_t kRecordedRing = 1 << 14;

}  // namespace

void World::note(const std::string& text) {
    if (recorder) recorder->mark(text);
    if (!notes) return;
    std::fprintf(notes, "%9.3f  %s\n", static_cast<double>(events.now()) / 1e9, text.c_str());
}

Member* World::byId(std::uint64_t id) const {
    for (const auto& member : members)
        if (id != 0 && member->id() == id) return member.get();
    return nullptr;
}

Member* World::byName(const std::string& name) const {
    for (const auto& member : members)
        if (member->name() == name) return member.get();
    return nullptr;
}

class Member::Transport final : public node::Transport {
public:
    explicit Transport(Member& owner) : m_owner(owner) {}
    void send(std::vector<node::Outgoing>& messages) override {
        for (node::Outgoing& outgoing : messages) {
            if (m_owner.m_dying) return;
            m_owner.m_world.checks.sent(m_owner.m_id, outgoing.message);
            m_owner.m_world.network->send(m_owner, std::move(outgoing));
        }
    }
    void sendSnapshot(node::Outgoing message, const std::string& path, std::function<void(bool)> done) override {
        if (m_owner.m_dying) return;
        m_owner.m_world.checks.sent(m_owner.m_id, message.message);
        m_owner.m_world.network->sendSnapshot(m_owner, std::move(message), path, std::move(done));
    }
    void setPeer(std::uint64_t, const std::vector<std::string>&) override {}
    void removePeer(std::uint64_t) override {}
    std::int64_t connectedSince(std::uint64_t id) const override {
        return m_owner.m_world.network->connectedSince(m_owner, id);
    }

private:
    Member& m_owner;
};

// Takes what waits, and some time later has written it: what comes meanwhile waits for the next round.
class Member::Writer final : public node::WalWriter {
public:
    Writer(Member& owner, node::LogFiles files)
        : m_owner(owner), m_job(std::move(files), owner.m_world.events.clock()) {}

    void submit(node::LogWrite write) override {
        if (m_owner.m_dying) return;
        m_owner.m_world.checks.submitted(m_owner.m_id, write);
        m_urgent |= write.sync || !write.responses.empty() || write.received || write.checkpoint;
        m_queue.push_back(std::move(write));
        begin();
    }
    base::Status stop() override { return {}; }

private:
    void begin() {
        if (m_busy || !m_urgent) return;
        m_busy = true;
        m_urgent = false;
        m_batch.swap(m_queue);
        m_owner.m_world.events.after(m_owner.diskTime(), [this, &owner = m_owner, generation = m_owner.m_generation] {
            if (owner.m_generation == generation && owner.up() && !owner.m_dying) end();
        });
    }
    void end() {
        const std::vector<node::LogWrite> written = m_batch;
        node::LogDone done = m_job.run(m_batch);
        m_batch.clear();
        if (m_owner.m_dying) return;
        if (done.status && done.synced) {
            m_unsynced.insert(m_unsynced.end(), written.begin(), written.end());
            m_owner.m_world.checks.synced(m_owner.m_id, m_unsynced);
            m_unsynced.clear();
        } else {
            m_unsynced.insert(m_unsynced.end(), written.begin(), written.end());
        }
        m_owner.m_world.hash.mix(m_owner.m_world.events.now(), m_owner.m_id, done.lastIndex, done.written.offset);
        const bool ok = done.status.ok();
        m_owner.deliver(std::move(done));
        m_busy = !ok;
        if (ok) begin();
    }

    Member& m_owner;
    node::LogJob m_job;
    std::vector<node::LogWrite> m_queue;
    std::vector<node::LogWrite> m_batch;
    std::vector<node::LogWrite> m_unsynced;
    bool m_urgent = false;
    bool m_busy = false;
};

struct Member::Process {
    explicit Process(Member& owner) : hub(owner.m_world.recorder ? kRecordedRing : kSilentRing), transport(owner) {}

    node::TelemetryHub hub;
    node::ReaderGate gate;
    node::Inbox inbox;
    node::LoopViews views;
    Transport transport;
    std::unique_ptr<node::Loop> loop;
    std::unique_ptr<Writer> writer;
    std::unique_ptr<storage::LmdbBackend> backend;
    std::unique_ptr<mvcc::Store> store;
    std::string snapshotDirectory;
    std::optional<base::Error> fatal;
};

Member::Member(World& world, std::string name, node::Config config)
    : m_world(world), m_name(std::move(name)), m_config(std::move(config)), m_files(m_disk) {
    m_files.setJudge([this](const storage::FileStep& step) { return judge(step); });
}

Member::~Member() = default;

base::Status Member::judge(const storage::FileStep& step) {
    const base::Error gone{base::Errc::ioError, step.path + ": the machine is going down"};
    if (m_dying) return gone;
    if (m_crashAtStep && step.number >= *m_crashAtStep) {
        m_crashAtStep.reset();
        m_dying = m_diskFaultHit = true;
        m_world.events.after(0, [this, generation = m_generation] {
            if (generation == m_generation) crash(storage::CrashMode::tear);
        });
        return gone;
    }
    if (m_failSync && step.operation == storage::FileOperation::sync) {
        m_failSync = false;
        m_diskFaultHit = true;
        return base::Error{base::Errc::ioError, step.path + ": fdatasync failed (simulated)"};
    }
    return {};
}

void Member::clearDiskFaults() {
    m_crashAtStep.reset();
    m_failSync = false;
    m_slowUntil = 0;
}

base::Nanoseconds Member::diskTime() {
    base::Nanoseconds time = World::around(m_world.diskRng, m_world.options.sync);
    if (m_world.events.now() < m_slowUntil) time += World::around(m_world.diskRng, m_slowBy);
    return time;
}

void Member::start(const node::Membership* existing) {
    if (m_process) return;
    ++m_generation;
    m_diskFaultHit = false;
    m_process = std::make_unique<Process>(*this);
    open(existing);
}

void Member::join(const node::Membership& existing) {
    m_config.initialCluster.clear();
    int unnamed = 0;
    for (const auto& [id, member] : existing.members) {
        const bool self = member.peerUrls == m_config.initialAdvertisePeerUrls;
        const std::string name = self                  ? m_name
                                 : member.name.empty() ? "unnamed" + std::to_string(++unnamed)
                                                       : member.name;
        m_config.initialCluster.emplace_back(name, member.peerUrls);
    }
    start(&existing);
}

void Member::open(const node::Membership* existing) {
    const auto openBackend = [this](const std::string&, const storage::LmdbOptions&) {
        return base::Result<std::unique_ptr<storage::LmdbBackend>>(
            std::make_unique<SimBackend>(m_database, m_files, [this] { commitLater(); }));
    };
    auto opened = node::openMember(m_config, m_files, m_world.events.clock(), existing, openBackend);
    if (!opened) {
        if (!m_diskFaultHit) m_world.checks.fail("restart", m_name + " cannot start: " + opened.error().text);
        crash(storage::CrashMode::tear);
        return;
    }
    Process& process = *m_process;
    m_id = opened->start.nodeId;
    m_everStarted = true;
    m_upSince = m_world.events.now();
    m_world.checks.setName(m_id, m_name);
    m_world.checks.started(m_id, *opened->start.log);
    m_world.note(m_name + " starts" + (opened->note.empty() ? "" : "; " + opened->note));
    m_requestId =
        std::max(m_requestId,
                 (m_id << 48) | ((static_cast<std::uint64_t>(m_world.events.clock().wallNow() / base::kMillisecond) &
                                  ((std::uint64_t{1} << 40) - 1))
                                 << 8));
    process.snapshotDirectory = opened->start.snapshotDirectory;
    process.writer = std::make_unique<Writer>(*this, std::move(opened->files));
    process.backend = std::move(opened->backend);
    process.store = std::move(opened->store);
    node::LoopParts parts;
    parts.config = m_config;
    parts.clock = &m_world.events.clock();
    parts.fileSystem = &m_files;
    parts.transport = &process.transport;
    parts.walWriter = process.writer.get();
    parts.backend = process.backend.get();
    parts.store = process.store.get();
    parts.gate = &process.gate;
    parts.hub = &process.hub;
    parts.inbox = &process.inbox;
    parts.views = &process.views;
    parts.logger = std::make_shared<spdlog::logger>(m_name);
    parts.nextRequestId = [this] { return nextRequestId(); };
    parts.fatal = [this](base::Error error) { m_process->fatal = std::move(error); };
    process.loop = std::make_unique<node::Loop>(std::move(parts), std::move(opened->start));
    m_stepAt = 0;
    process.loop->start();
    m_world.hash.mix(m_world.events.now(), m_id, m_generation);
    observe();
    wake();
}

void Member::crash(storage::CrashMode mode) {
    if (m_process && m_world.recorder) m_world.recorder->stopped(*this);
    m_process.reset();
    ++m_generation;
    m_dying = false;
    m_database->crash();
    m_disk.crash(mode, m_world.diskRng);
    m_world.hash.mix(m_world.events.now(), m_id, mode);
    m_hashedRevision = 0;
}

void Member::commitLater() {
    m_world.events.after(diskTime(), [this, generation = m_generation] {
        if (m_generation != generation || !up() || m_dying) return;
        static_cast<SimBackend&>(*m_process->backend).finishCommits();
        wake();
    });
}

void Member::wake() { stepAt(m_world.events.now() + kTurn); }

void Member::stepAt(base::Nanoseconds when) {
    when = std::max(when, m_pausedUntil);
    if (m_stepAt != 0 && m_stepAt <= when) return;
    m_stepAt = when;
    m_world.events.at(when, [this, generation = m_generation, when] { step(generation, when); });
}

void Member::step(std::uint64_t generation, base::Nanoseconds when) {
    if (generation != m_generation || when != m_stepAt || !up() || m_dying) return;
    m_stepAt = 0;
    if (m_world.events.now() < m_pausedUntil) return stepAt(m_pausedUntil);
    const base::Nanoseconds next = m_process->loop->step();
    if (m_dying) return;  // the crash is on its way
    observe();
    if (m_world.recorder) m_world.recorder->collect(*this, *m_process->loop, m_process->hub);
    if (m_process->fatal) return ended();
    stepAt(m_process->inbox.empty() ? std::max(next, m_world.events.now() + kTurn) : m_world.events.now() + kTurn);
}

void Member::ended() {
    const base::Error error = *m_process->fatal;
    m_world.note(m_name + " ends: " + error.text);
    if (error.code == base::Errc::aborted && m_process->views.membership()->removed.contains(m_id))
        m_removed = true;
    else if (!m_diskFaultHit)
        m_world.checks.fail("unexpected end", m_name + " stopped: " + error.text);
    crash(storage::CrashMode::tear);
}

void Member::observe() {
    const node::NodeStatus now = status();
    m_world.checks.status(m_id, now);
    m_world.hash.mix(now.term, now.role, now.commit, now.applied, now.revision, now.lastIndex);
    // Each hash reads the whole store, and stands for all revisions before it.
    if (now.revision >= m_hashedRevision + 16) checkHash();
}

void Member::checkHash() {
    if (!up()) return;
    const auto hash = m_process->store->hashKv(0);
    if (!hash) return;
    m_hashedRevision = hash->hashRevision;
    m_world.checks.storeHash(m_id, hash->hashRevision, hash->compactRevision, hash->hash);
}

void Member::deliver(node::LogDone done) {
    m_process->inbox.logDone(std::move(done));
    wake();
}

void Member::call(std::function<void(node::Loop&)> work) {
    if (!up()) return;
    m_process->inbox.call([work = std::move(work), loop = m_process->loop.get()](node::RaftLoop&) { work(*loop); });
    wake();
}

void Member::receive(raft::Message message, const node::MessageId& id) {
    m_process->inbox.receive({std::move(message), id});
    wake();
}

void Member::propose(std::uint64_t requestId, std::string payload, node::ProposalDone done) {
    m_process->inbox.propose({requestId, base::Bytes(std::move(payload)), std::move(done)});
    wake();
}

void Member::linearizableRead(node::ReadDone done) {
    m_process->inbox.read(std::move(done));
    wake();
}

std::uint64_t Member::nextRequestId() { return ++m_requestId; }
const mvcc::Store& Member::store() const { return *m_process->store; }
node::NodeStatus Member::status() const { return m_process ? m_process->views.status.load() : node::NodeStatus(); }
std::shared_ptr<const node::Membership> Member::membership() const { return m_process->views.membership(); }
std::string Member::snapshotDirectory() const { return m_process->snapshotDirectory; }

}  // namespace raftarium::sim
