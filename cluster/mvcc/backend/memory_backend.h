// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A Backend in memory, for tests and the simulator. Its "disk" is the state at the last finished commit; crash() goes
// back to it. Views share the tables until the writer changes them. Use it from one thread.
#pragma once

#include "cluster/mvcc/backend/backend.h"

#include <absl/container/btree_map.h>

#include <array>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace raftarium::mvcc {

class MemoryBackend final : public Backend {
public:
    MemoryBackend();

    void put(Bucket bucket, std::string_view key, std::string_view value) override;
    void remove(Bucket bucket, std::string_view key) override;
    std::optional<std::string_view> get(Bucket bucket, std::string_view key) override;
    void scan(Bucket bucket, std::string_view from, std::string_view to, const ReadView::Visitor& visit) override;

    // Finishes when finishCommits() is called, so that a crash can come in between.
    void commitAsync(std::function<void(base::Status)> done) override;
    base::Status commit() override;
    std::size_t pendingOperations() const override { return m_undo.size() - m_handedOver; }

    std::unique_ptr<ReadView> readView() override;
    BackendSize size() const override { return {m_bytes, m_bytes}; }
    base::Status defragment() override { return {}; }

    // Finishes the commits begun so far, in order, and calls their callbacks.
    void finishCommits();
    // Every further commit fails with this error; nothing more becomes durable.
    void failCommits(base::Error error) { m_failure = std::move(error); }
    // Loses all changes since the last finished commit, as a crash does.
    void crash();
    // A new backend with the same content, like a received snapshot.
    std::unique_ptr<MemoryBackend> clone() const;
    // Replaces the content by that of another backend, all of it committed.
    void replaceWith(const MemoryBackend& other);
    // Reports this size instead of the real one; < 0: the real one again. For tests of the quota.
    void overrideSize(std::int64_t bytes);

private:
    using Table = absl::btree_map<std::string, std::string, std::less<>>;
    class View;
    struct Undo {
        Bucket bucket;
        std::string key;
        std::optional<std::string> before;
    };
    struct Commit {
        std::size_t operations;
        std::function<void(base::Status)> done;
    };

    Table& writable(Bucket bucket);
    void set(Bucket bucket, std::string_view key, std::optional<std::string_view> value,
             std::optional<std::string>* old);
    void recount();

    std::array<std::shared_ptr<Table>, static_cast<std::size_t>(Bucket::count_)> m_tables;
    std::deque<Undo> m_undo;
    std::deque<Commit> m_commits;
    std::size_t m_handedOver = 0;  // how many entries of m_undo, from its front
    std::optional<base::Error> m_failure;
    std::int64_t m_bytes = 0;
    bool m_sizeOverridden = false;
};

}  // namespace raftarium::mvcc
