// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Writes a bbolt file from front to back, buckets and keys in ascending order. All pages are full; there are no free
// pages and no free list, as etcd opens its files. It needs memory for one page, and for one key of each page.
//
//   BboltWriter writer(file);
//   writer.beginBucket("key"); writer.add(key, value); ... ; writer.beginBucket("lease"); ... ; writer.finish();
#pragma once

#include "cluster/base/file_system.h"
#include "cluster/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace raftarium::storage {

class BboltWriter {
public:
    static constexpr std::size_t kPageBytes = 4096;

    // `file` must be empty and must outlive the writer.
    explicit BboltWriter(base::File& file) : m_file(file) {}

    base::Status beginBucket(std::string_view name);
    base::Status add(std::string_view key, std::string_view value);
    // Writes the tree of buckets and the meta pages. Returns the size of the file in bytes. Does not sync.
    base::Result<std::uint64_t> finish();

private:
    struct Element {
        std::uint32_t flags = 0;
        std::string key;
        std::string value;
    };
    struct Child {
        std::string firstKey;
        std::uint64_t page = 0;
    };

    base::Status addElement(Element element);
    base::Status flushLeaf();
    base::Status endBucket();
    // Writes the levels above `m_children`. Returns the number of the root's page.
    base::Result<std::uint64_t> writeBranches();
    base::Result<std::uint64_t> writePage(std::string page);
    base::Status writeOut(bool all);

    base::File& m_file;
    std::string m_out;             // pages not written yet
    std::uint64_t m_outStart = 2;  // page number of the first of them
    std::uint64_t m_nextPage = 2;
    std::string m_bucket;
    bool m_inBucket = false;
    std::vector<Element> m_leaf;  // of the page being filled
    std::size_t m_leafBytes = 0;
    std::vector<Child> m_children;  // finished leaves of the bucket
    std::vector<Element> m_buckets;
};

}  // namespace raftarium::storage
