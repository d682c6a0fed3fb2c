// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/storage/backend/lmdb_backend.h"

#include "cluster/storage/backend/layered_view.h"
#include "cluster/storage/backend/lmdb_environment.h"
#include "cluster/storage/backend/write_buffer.h"
#include "cluster/storage/files/posix_file_system.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <limits>
#include <mutex>
#include <thread>
#include <vector>

namespace raftarium::storage {

namespace {

using mvcc::Bucket;
using Visitor = mvcc::ReadView::Visitor;

constexpr std::uint64_t kEverything = std::numeric_limits<std::uint64_t>::max();

// A view cannot be made without a read transaction; this ends the process.
[[noreturn]] void readFailed(const base::Error& error) {
    base::checkFailed(__FILE__, __LINE__, "read transaction", error.text);
}

class BufferedLmdbBackend final : public LmdbBackend {
public:
    BufferedLmdbBackend(std::string path, const LmdbOptions& options, std::shared_ptr<LmdbEnvironment> environment)
        : m_path(std::move(path)),
          m_options(options),
          m_environment(std::move(environment)),
          m_active(std::make_shared<WriteBuffer>()) {
        measure();
        m_thread = std::thread([this] { run(); });
    }
    BufferedLmdbBackend(const BufferedLmdbBackend&) = delete;
    BufferedLmdbBackend& operator=(const BufferedLmdbBackend&) = delete;
    ~BufferedLmdbBackend() override {
        {
            const std::lock_guard lock(m_mutex);
            m_stopping = true;
        }
        m_wake.notify_all();
        m_thread.join();
    }

    void put(Bucket bucket, std::string_view key, std::string_view value) override {
        waitForRoom();
        m_active->put(bucket, key, value);
    }
    void remove(Bucket bucket, std::string_view key) override {
        waitForRoom();
        m_active->remove(bucket, key);
    }
    std::optional<std::string_view> get(Bucket bucket, std::string_view key) override {
        return writerView().get(bucket, key);
    }
    void scan(Bucket bucket, std::string_view from, std::string_view to, const Visitor& visit) override {
        writerView().scan(bucket, from, to, visit);
    }

    void commitAsync(std::function<void(base::Status)> done) override;
    base::Status commit() override;
    std::size_t pendingOperations() const override { return m_active->sequence(); }
    std::unique_ptr<mvcc::ReadView> readView() override {
        const std::lock_guard lock(m_mutex);
        return makeView(m_active->sequence());
    }
    mvcc::BackendSize size() const override { return {m_sizeTotal.load(), m_sizeInUse.load()}; }
    base::Status defragment() override;
    base::Status replaceWith(const std::string& path) override;
    base::Status copyTo(const std::string& path) override { return environment()->copyCompact(path); }
    void releasePages() override { environment()->releasePages(); }

private:
    struct Frozen {
        std::shared_ptr<WriteBuffer> buffer;
        std::function<void(base::Status)> done;
    };

    std::unique_ptr<LayeredView> makeView(std::uint64_t activeSequence);  // m_mutex held
    LayeredView& writerView();
    std::shared_ptr<LmdbEnvironment> environment() {
        const std::lock_guard lock(m_mutex);
        return m_environment;
    }
    void waitForRoom();
    void run();
    void commitFrozen(std::vector<Frozen> batch);
    base::Result<std::shared_ptr<LmdbEnvironment>> installFile(const std::string& replacement);
    void measure();

    const std::string m_path;
    const LmdbOptions m_options;
    std::mutex m_commitMutex;  // held while the file is written or exchanged; taken before m_mutex
    mutable std::mutex m_mutex;
    std::condition_variable m_wake;     // the commit thread
    std::condition_variable m_drained;  // a writer waiting for room
    // Under m_mutex:
    std::shared_ptr<LmdbEnvironment> m_environment;
    std::shared_ptr<WriteBuffer> m_active;             // replaced by the writer only; its content needs no lock
    std::deque<Frozen> m_frozen;                       // oldest first; they stay until they are on the disk
    std::vector<std::shared_ptr<WriteBuffer>> m_lost;  // buffers of a failed commit, in memory only; oldest first
    bool m_stopping = false;
    base::Status m_failure;  // of a commit; no later commit is tried

    std::unique_ptr<LayeredView> m_writerView;  // used by the writer; made anew for each buffer
    std::atomic<std::size_t> m_frozenBytes = 0;
    std::atomic<std::int64_t> m_sizeTotal = 0;
    std::atomic<std::int64_t> m_sizeInUse = 0;
    std::thread m_thread;
};

// Called with the mutex held, so that no buffer can be frozen or removed between the choice of the layers and the start
// of the transaction. So the transaction contains nothing newer than the layers, and everything older.
std::unique_ptr<LayeredView> BufferedLmdbBackend::makeView(std::uint64_t activeSequence) {
    std::vector<Layer> layers;
    layers.reserve(m_frozen.size() + 1);
    if (activeSequence > 0) layers.push_back({m_active, activeSequence});
    for (auto it = m_frozen.rbegin(); it != m_frozen.rend(); ++it) {
        if (const std::uint64_t sequence = it->buffer->sequence(); sequence > 0)
            layers.push_back({it->buffer, sequence});
    }
    for (auto it = m_lost.rbegin(); it != m_lost.rend(); ++it) layers.push_back({*it, kEverything});
    auto transaction = m_environment->beginRead();
    if (!transaction) readFailed(transaction.error());
    return std::make_unique<LayeredView>(std::move(layers), m_environment, *transaction);
}

LayeredView& BufferedLmdbBackend::writerView() {
    if (!m_writerView) {
        const std::lock_guard lock(m_mutex);
        m_writerView = makeView(kEverything);
    }
    return *m_writerView;
}

void BufferedLmdbBackend::waitForRoom() {
    if (m_frozenBytes.load(std::memory_order_relaxed) == 0) return;
    if (m_active->bytes() + m_frozenBytes.load() <= m_options.bufferBytesMax) return;
    m_writerView.reset();
    std::unique_lock lock(m_mutex);
    m_drained.wait(lock, [this] { return m_frozen.empty() || !m_failure; });
}

void BufferedLmdbBackend::commitAsync(std::function<void(base::Status)> done) {
    m_writerView.reset();
    {
        const std::lock_guard lock(m_mutex);
        m_frozenBytes += m_active->bytes();
        m_frozen.push_back({m_active, std::move(done)});
        m_active = std::make_shared<WriteBuffer>();
    }
    m_wake.notify_all();
}

base::Status BufferedLmdbBackend::commit() {
    std::mutex mutex;
    std::condition_variable finished;
    std::optional<base::Status> result;
    commitAsync([&](base::Status status) {
        const std::lock_guard lock(mutex);
        result = std::move(status);
        finished.notify_all();
    });
    std::unique_lock lock(mutex);
    finished.wait(lock, [&] { return result.has_value(); });
    return *result;
}

void BufferedLmdbBackend::run() {
    for (;;) {
        std::vector<Frozen> batch;
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait(lock, [this] { return m_stopping || !m_frozen.empty(); });
            if (m_frozen.empty()) return;
        }
        const std::lock_guard commitLock(m_commitMutex);
        {
            const std::lock_guard lock(m_mutex);
            batch.assign(m_frozen.begin(), m_frozen.end());
        }
        if (!batch.empty()) commitFrozen(std::move(batch));
    }
}

void BufferedLmdbBackend::commitFrozen(std::vector<Frozen> batch) {
    std::vector<std::shared_ptr<WriteBuffer>> buffers;
    std::size_t bytes = 0;
    for (const Frozen& frozen : batch) {
        bytes += frozen.buffer->bytes();
        if (frozen.buffer->sequence() > 0) buffers.push_back(frozen.buffer);
    }
    base::Status status;
    {
        const std::lock_guard lock(m_mutex);
        status = m_failure;
    }
    if (status && !buffers.empty()) {
        status = m_environment->commit(buffers);
        if (status) measure();
    }
    {
        const std::lock_guard lock(m_mutex);
        if (!status) m_failure = status;
        m_frozen.erase(m_frozen.begin(), m_frozen.begin() + static_cast<std::ptrdiff_t>(batch.size()));
        if (!status) m_lost.insert(m_lost.end(), buffers.begin(), buffers.end());
        m_frozenBytes -= bytes;
    }
    m_drained.notify_all();
    for (Frozen& frozen : batch) {
        if (frozen.done) frozen.done(status);
    }
}

void BufferedLmdbBackend::measure() {
    if (const auto size = m_environment->size()) {
        m_sizeTotal = size->total;
        m_sizeInUse = size->inUse;
    }
}

// The file is opened under its own name first. If that fails, nothing has changed.
base::Result<std::shared_ptr<LmdbEnvironment>> BufferedLmdbBackend::installFile(const std::string& replacement) {
    auto environment = LmdbEnvironment::open(replacement, m_options);
    if (!environment) return environment;
    for (const char* suffix : {"", "-lock"}) {
        const auto status = posixFileSystem().rename(replacement + suffix, m_path + suffix);
        if (!status) return status.error();
    }
    if (const auto status = syncParentDirectory(m_path); !status) return status.error();
    (*environment)->renamedTo(m_path);
    return environment;
}

base::Status BufferedLmdbBackend::defragment() {
    const std::lock_guard commitLock(m_commitMutex);
    const std::string copy = m_path + ".defragment";
    (void)removeLmdbFile(copy);
    if (const auto status = m_environment->copyCompact(copy); !status) {
        (void)removeLmdbFile(copy);
        return status;
    }
    auto compacted = installFile(copy);
    if (!compacted) {
        (void)removeLmdbFile(copy);
        return compacted.error();
    }
    {
        // Views made before keep the old file open until the last of them is destroyed.
        const std::lock_guard lock(m_mutex);
        m_environment = std::move(*compacted);
    }
    measure();
    return {};
}

base::Status BufferedLmdbBackend::replaceWith(const std::string& path) {
    std::deque<Frozen> dropped;
    {
        const std::lock_guard commitLock(m_commitMutex);
        auto replacement = installFile(path);
        if (!replacement) return replacement.error();
        m_writerView.reset();
        const std::lock_guard lock(m_mutex);
        m_environment = std::move(*replacement);
        m_active = std::make_shared<WriteBuffer>();
        m_lost.clear();
        dropped.swap(m_frozen);
        m_frozenBytes = 0;
        measure();
    }
    for (Frozen& frozen : dropped) {
        if (frozen.done) frozen.done(base::Error{base::Errc::aborted, "the content of " + m_path + " was replaced"});
    }
    return {};
}

}  // namespace

base::Result<std::unique_ptr<LmdbBackend>> openLmdbBackend(const std::string& path, const LmdbOptions& options) {
    auto environment = LmdbEnvironment::open(path, options);
    if (!environment) return environment.error();
    (void)removeLmdbFile(path + ".defragment");  // from a defragmentation that did not finish
    return std::unique_ptr<LmdbBackend>(std::make_unique<BufferedLmdbBackend>(path, options, std::move(*environment)));
}

base::Result<std::unique_ptr<mvcc::ReadView>> openLmdbView(const std::string& path) {
    auto environment = LmdbEnvironment::openForReading(path);
    if (!environment) return environment.error();
    const auto transaction = (*environment)->beginRead();
    if (!transaction) return transaction.error();
    return std::unique_ptr<mvcc::ReadView>(
        std::make_unique<LayeredView>(std::vector<Layer>(), std::move(*environment), *transaction));
}

}  // namespace raftarium::storage
