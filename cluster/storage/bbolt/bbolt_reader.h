// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Reads a bbolt file that no process is writing: etcd's member/snap/db, or a snapshot of it (bytes behind the last page
// are ignored). Every offset in the file is checked. Damage is Errc::corruption with the number of the page, never a
// crash or an endless loop.
#pragma once

#include "cluster/base/file_system.h"
#include "cluster/base/result.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace raftarium::storage {

class BboltReader {
public:
    static base::Result<std::unique_ptr<BboltReader>> open(base::FileSystem& fs, const std::string& path);

    // Top-level buckets, ascending.
    const std::vector<std::string>& buckets() const { return m_names; }
    // Visits all pairs of a bucket in ascending order, until the visitor fails; none if the bucket does not exist.
    // Nested buckets are an error; etcd has none.
    using Visitor = std::function<base::Status(std::string_view key, std::string_view value)>;
    base::Status scan(std::string_view bucket, const Visitor& visit);

    std::uint32_t pageBytes() const { return m_pageBytes; }
    std::uint64_t bytes() const { return m_pages * m_pageBytes; }  // up to the high-water mark; the file may be longer

private:
    explicit BboltReader(std::string path) : m_path(std::move(path)) {}

    struct Element {
        std::uint32_t flags;
        std::string_view key;
        std::string_view value;
        std::uint64_t child;
    };
    using ElementVisitor = std::function<base::Status(const Element&)>;

    base::Status start(base::FileSystem& fs);
    bool takeMeta(std::string_view page);
    base::Result<std::string> readPage(std::uint64_t id);
    base::Status walk(std::uint64_t id, int depth, const ElementVisitor& visit);
    base::Status visitPage(std::string_view page, std::uint64_t id, int depth, const ElementVisitor& visit);
    base::Result<Element> element(std::string_view page, std::uint64_t id, std::uint16_t index, bool branch) const;
    base::Error damage(std::uint64_t page, const std::string& what) const;

    std::string m_path;
    std::unique_ptr<base::File> m_file;
    std::uint32_t m_pageBytes = 0;
    std::uint64_t m_pages = 0;
    std::uint64_t m_root = 0;
    std::uint64_t m_transaction = 0;
    std::vector<std::string> m_names;
    std::vector<std::string> m_values;  // bucket headers, some with an inline page
    std::vector<bool> m_reached;        // in the present walk; no page may be reached twice
    std::string m_lastKey;
    bool m_hasLastKey = false;
};

}  // namespace raftarium::storage
