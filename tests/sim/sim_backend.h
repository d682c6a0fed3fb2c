// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The store's backend in simulated time: mvcc::MemoryBackend with the promises of the LMDB one. A commit ends when the
// owner says so; copies and replacements go through the member's simulated disk.
#pragma once

#include "cluster/base/file_system.h"
#include "cluster/mvcc/backend/memory_backend.h"
#include "cluster/storage/backend/lmdb_backend.h"

#include <deque>
#include <functional>
#include <memory>
#include <string>

namespace raftarium::sim {

class SimBackend final : public storage::LmdbBackend {
public:
    // `content` outlives the process: it is the file. `handedOver` is called for each commit that begins.
    SimBackend(std::shared_ptr<mvcc::MemoryBackend> content, base::FileSystem& files, std::function<void()> handedOver)
        : m_content(std::move(content)), m_files(files), m_handedOver(std::move(handedOver)) {}

    // The disk has what was handed over so far.
    void finishCommits() { m_content->finishCommits(); }

    void put(mvcc::Bucket bucket, std::string_view key, std::string_view value) override {
        m_content->put(bucket, key, value);
    }
    void remove(mvcc::Bucket bucket, std::string_view key) override { m_content->remove(bucket, key); }
    std::optional<std::string_view> get(mvcc::Bucket bucket, std::string_view key) override {
        return m_content->get(bucket, key);
    }
    void scan(mvcc::Bucket bucket, std::string_view from, std::string_view to,
              const mvcc::ReadView::Visitor& visit) override {
        m_content->scan(bucket, from, to, visit);
    }
    void commitAsync(std::function<void(base::Status)> done) override;
    base::Status commit() override { return m_content->commit(); }
    std::size_t pendingOperations() const override { return m_content->pendingOperations(); }
    std::unique_ptr<mvcc::ReadView> readView() override { return m_content->readView(); }
    mvcc::BackendSize size() const override { return m_content->size(); }
    base::Status defragment() override { return {}; }
    base::Status replaceWith(const std::string& path) override;
    base::Status copyTo(const std::string& path) override;

private:
    std::shared_ptr<mvcc::MemoryBackend> m_content;
    base::FileSystem& m_files;
    std::function<void()> m_handedOver;
    std::deque<std::function<void(base::Status)>> m_waiting;  // commits that have not ended
};

}  // namespace raftarium::sim
