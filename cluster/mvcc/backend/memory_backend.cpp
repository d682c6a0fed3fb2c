// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/mvcc/backend/memory_backend.h"

#include <utility>

namespace raftarium::mvcc {
namespace {
template <typename Table>
void scanTable(const Table& table, std::string_view from, std::string_view to, const ReadView::Visitor& visit) {
    for (auto it = table.lower_bound(from); it != table.end(); ++it) {
        if (!to.empty() && it->first >= to) return;
        if (!visit(it->first, it->second)) return;
    }
}

template <typename Table>
std::optional<std::string_view> find(const Table& table, std::string_view key) {
    const auto it = table.find(key);
    if (it == table.end()) return std::nullopt;
    return std::string_view(it->second);
}
}  // namespace

class MemoryBackend::View final : public ReadView {
public:
    explicit View(const MemoryBackend& backend) : m_tables(backend.m_tables) {}

    std::optional<std::string_view> get(Bucket bucket, std::string_view key) override {
        return find(*m_tables[static_cast<std::size_t>(bucket)], key);
    }
    void scan(Bucket bucket, std::string_view from, std::string_view to, const Visitor& visit) override {
        scanTable(*m_tables[static_cast<std::size_t>(bucket)], from, to, visit);
    }

private:
    std::array<std::shared_ptr<Table>, static_cast<std::size_t>(Bucket::count_)> m_tables;
};

MemoryBackend::MemoryBackend() {
    for (auto& table : m_tables) table = std::make_shared<Table>();
}

MemoryBackend::Table& MemoryBackend::writable(Bucket bucket) {
    auto& table = m_tables[static_cast<std::size_t>(bucket)];
    if (table.use_count() > 1) table = std::make_shared<Table>(*table);
    return *table;
}

void MemoryBackend::set(Bucket bucket, std::string_view key, std::optional<std::string_view> value,
                        std::optional<std::string>* old) {
    Table& table = writable(bucket);
    const auto it = table.find(key);
    std::int64_t change = 0;
    if (it != table.end()) {
        change -= static_cast<std::int64_t>(it->first.size() + it->second.size());
        if (old != nullptr) *old = std::move(it->second);
    }
    if (value) {
        change += static_cast<std::int64_t>(key.size() + value->size());
        if (it != table.end()) {
            it->second.assign(*value);
        } else {
            table.emplace(key, *value);
        }
    } else if (it != table.end()) {
        table.erase(it);
    }
    if (!m_sizeOverridden) m_bytes += change;
}

void MemoryBackend::put(Bucket bucket, std::string_view key, std::string_view value) {
    RAFTARIUM_CHECK(!key.empty());
    Undo& undo = m_undo.emplace_back(Undo{bucket, std::string(key), std::nullopt});
    set(bucket, key, value, &undo.before);
}

void MemoryBackend::remove(Bucket bucket, std::string_view key) {
    Undo& undo = m_undo.emplace_back(Undo{bucket, std::string(key), std::nullopt});
    set(bucket, undo.key, std::nullopt, &undo.before);
}

std::optional<std::string_view> MemoryBackend::get(Bucket bucket, std::string_view key) {
    return find(*m_tables[static_cast<std::size_t>(bucket)], key);
}

void MemoryBackend::scan(Bucket bucket, std::string_view from, std::string_view to, const ReadView::Visitor& visit) {
    scanTable(*m_tables[static_cast<std::size_t>(bucket)], from, to, visit);
}

void MemoryBackend::commitAsync(std::function<void(base::Status)> done) {
    m_commits.push_back({m_undo.size() - m_handedOver, std::move(done)});
    m_handedOver = m_undo.size();
}

void MemoryBackend::finishCommits() {
    while (!m_commits.empty()) {
        Commit commit = std::move(m_commits.front());
        m_commits.pop_front();
        if (m_failure) {
            if (commit.done) commit.done(*m_failure);
            continue;
        }
        m_undo.erase(m_undo.begin(), m_undo.begin() + static_cast<std::ptrdiff_t>(commit.operations));
        m_handedOver -= commit.operations;
        if (commit.done) commit.done({});
    }
}

base::Status MemoryBackend::commit() {
    finishCommits();
    if (m_failure) return *m_failure;
    m_undo.clear();
    m_handedOver = 0;
    return {};
}

std::unique_ptr<ReadView> MemoryBackend::readView() { return std::make_unique<View>(*this); }

void MemoryBackend::crash() {
    while (!m_undo.empty()) {
        Undo undo = std::move(m_undo.back());
        m_undo.pop_back();
        std::optional<std::string_view> before;
        if (undo.before) before = *undo.before;
        set(undo.bucket, undo.key, before, nullptr);
    }
    m_commits.clear();
    m_handedOver = 0;
    m_failure.reset();
}

std::unique_ptr<MemoryBackend> MemoryBackend::clone() const {
    auto copy = std::make_unique<MemoryBackend>();
    copy->replaceWith(*this);
    return copy;
}

void MemoryBackend::replaceWith(const MemoryBackend& other) {
    for (std::size_t i = 0; i < m_tables.size(); ++i) m_tables[i] = std::make_shared<Table>(*other.m_tables[i]);
    m_undo.clear();
    m_commits.clear();
    m_handedOver = 0;
    recount();
}

void MemoryBackend::overrideSize(std::int64_t bytes) {
    m_sizeOverridden = bytes >= 0;
    if (m_sizeOverridden) {
        m_bytes = bytes;
    } else {
        recount();
    }
}

void MemoryBackend::recount() {
    if (m_sizeOverridden) return;
    m_bytes = 0;
    for (const auto& table : m_tables) {
        for (const auto& [key, value] : *table) m_bytes += static_cast<std::int64_t>(key.size() + value.size());
    }
}

}  // namespace raftarium::mvcc
