// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/storage/bbolt/bbolt_writer.h"

#include "cluster/base/check.h"
#include "cluster/base/coding.h"
#include "cluster/storage/bbolt/bbolt_format.h"

namespace raftarium::storage {

namespace {

using base::putFixed32Le;
using base::putFixed64Le;

constexpr std::size_t kFillBytes = BboltWriter::kPageBytes * 9 / 10;  // as etcd fills pages of growing keys
constexpr std::size_t kInlineBytesMax = BboltWriter::kPageBytes / 4;
constexpr std::size_t kOutBytes = 1 << 20;

void putHeader(std::string& page, std::uint16_t flags, std::size_t count, std::uint64_t id) {
    putFixed64Le(page, id);
    putFixed32Le(page, flags | static_cast<std::uint32_t>(count << 16));
    putFixed32Le(page, 0);  // overflow: known when the page is written
}

template <typename Elements>
std::string leafPage(const Elements& elements) {
    std::string page;
    putHeader(page, bbolt::kLeafPage, elements.size(), 0);
    std::size_t data = bbolt::kPageHeaderBytes + elements.size() * bbolt::kElementBytes;
    for (const auto& element : elements) {
        putFixed32Le(page, element.flags);
        putFixed32Le(page, static_cast<std::uint32_t>(data - (page.size() - 4)));
        putFixed32Le(page, static_cast<std::uint32_t>(element.key.size()));
        putFixed32Le(page, static_cast<std::uint32_t>(element.value.size()));
        data += element.key.size() + element.value.size();
    }
    for (const auto& element : elements) page.append(element.key).append(element.value);
    return page;
}

template <typename Children>
std::string branchPage(const Children& children, std::size_t from, std::size_t to) {
    std::string page;
    putHeader(page, bbolt::kBranchPage, to - from, 0);
    std::size_t data = bbolt::kPageHeaderBytes + (to - from) * bbolt::kElementBytes;
    for (std::size_t i = from; i < to; ++i) {
        putFixed32Le(page, static_cast<std::uint32_t>(data - page.size()));
        putFixed32Le(page, static_cast<std::uint32_t>(children[i].firstKey.size()));
        putFixed64Le(page, children[i].page);
        data += children[i].firstKey.size();
    }
    for (std::size_t i = from; i < to; ++i) page.append(children[i].firstKey);
    return page;
}

std::string bucketHeader(std::uint64_t root) {
    std::string value;
    putFixed64Le(value, root);
    putFixed64Le(value, 0);
    return value;
}

std::string metaPage(std::uint64_t id, std::uint64_t transaction, std::uint64_t root, std::uint64_t pages) {
    std::string page;
    putHeader(page, bbolt::kMetaPage, 0, id);
    std::string meta;
    putFixed32Le(meta, bbolt::kMagic);
    putFixed32Le(meta, bbolt::kVersion);
    putFixed32Le(meta, BboltWriter::kPageBytes);
    putFixed32Le(meta, 0);
    meta += bucketHeader(root);
    putFixed64Le(meta, bbolt::kNoFreelist);
    putFixed64Le(meta, pages);
    putFixed64Le(meta, transaction);
    putFixed64Le(meta, bbolt::checksum(meta));
    page += meta;
    page.resize(BboltWriter::kPageBytes, '\0');
    return page;
}

}  // namespace

base::Status BboltWriter::beginBucket(std::string_view name) {
    if (m_inBucket) {
        if (const auto status = endBucket(); !status) return status;
    }
    RAFTARIUM_CHECK(m_buckets.empty() || m_buckets.back().key < name);
    m_bucket = name;
    m_inBucket = true;
    return {};
}

base::Status BboltWriter::add(std::string_view key, std::string_view value) {
    return addElement({0, std::string(key), std::string(value)});
}

base::Status BboltWriter::addElement(Element element) {
    RAFTARIUM_CHECK(!element.key.empty() && (m_leaf.empty() || m_leaf.back().key < element.key));
    const std::size_t bytes = bbolt::kElementBytes + element.key.size() + element.value.size();
    if (!m_leaf.empty() && bbolt::kPageHeaderBytes + m_leafBytes + bytes > kFillBytes) {
        if (const auto status = flushLeaf(); !status) return status;
    }
    m_leafBytes += bytes;
    m_leaf.push_back(std::move(element));
    return {};
}

base::Status BboltWriter::flushLeaf() {
    const auto page = writePage(leafPage(m_leaf));
    if (!page) return page.error();
    m_children.push_back({std::move(m_leaf.front().key), *page});
    m_leaf.clear();
    m_leafBytes = 0;
    return {};
}

base::Status BboltWriter::endBucket() {
    Element entry{bbolt::kBucketFlag, std::move(m_bucket), {}};
    m_inBucket = false;
    if (m_children.empty() && bbolt::kPageHeaderBytes + m_leafBytes <= kInlineBytesMax) {
        entry.value = bucketHeader(0) + leafPage(m_leaf);
        m_leaf.clear();
        m_leafBytes = 0;
    } else {
        const auto root = writeBranches();
        if (!root) return root.error();
        entry.value = bucketHeader(*root);
    }
    m_buckets.push_back(std::move(entry));
    return {};
}

base::Result<std::uint64_t> BboltWriter::writeBranches() {
    if (m_children.empty() && m_leaf.empty()) return writePage(leafPage(m_leaf));
    if (!m_leaf.empty()) {
        if (const auto status = flushLeaf(); !status) return status.error();
    }
    while (m_children.size() > 1) {
        std::vector<Child> parents;
        std::size_t from = 0;
        while (from < m_children.size()) {
            std::size_t to = from, bytes = bbolt::kPageHeaderBytes;
            while (to < m_children.size() && (to - from < 2 || bytes < kFillBytes)) {
                bytes += bbolt::kElementBytes + m_children[to].firstKey.size();
                ++to;
            }
            // A branch has at least two children, so the last child must not be left alone.
            if (to + 1 == m_children.size()) to = to - from > 2 ? to - 1 : to + 1;
            const auto page = writePage(branchPage(m_children, from, to));
            if (!page) return page;
            parents.push_back({m_children[from].firstKey, *page});
            from = to;
        }
        m_children = std::move(parents);
    }
    const std::uint64_t root = m_children.front().page;
    m_children.clear();
    return root;
}

base::Result<std::uint64_t> BboltWriter::writePage(std::string page) {
    const std::uint64_t id = m_nextPage;
    const std::size_t pages = (page.size() + kPageBytes - 1) / kPageBytes;
    page.resize(pages * kPageBytes, '\0');
    std::string numbers;
    putFixed64Le(numbers, id);
    page.replace(0, 8, numbers);
    numbers.clear();
    putFixed32Le(numbers, static_cast<std::uint32_t>(pages - 1));
    page.replace(12, 4, numbers);
    m_out += page;
    m_nextPage += pages;
    if (const auto status = writeOut(false); !status) return status.error();
    return id;
}

base::Status BboltWriter::writeOut(bool all) {
    if (m_out.empty() || (!all && m_out.size() < kOutBytes)) return {};
    const auto status = m_file.writeAt(m_outStart * kPageBytes, m_out);
    m_outStart = m_nextPage;
    m_out.clear();
    return status;
}

base::Result<std::uint64_t> BboltWriter::finish() {
    if (m_inBucket) {
        if (const auto status = endBucket(); !status) return status.error();
    }
    for (Element& bucket : m_buckets) {
        if (const auto status = addElement(std::move(bucket)); !status) return status.error();
    }
    const auto root = writeBranches();
    if (!root) return root;
    if (const auto status = writeOut(true); !status) return status.error();
    if (const auto status = m_file.writeAt(0, metaPage(0, 2, *root, m_nextPage)); !status) return status.error();
    if (const auto status = m_file.writeAt(kPageBytes, metaPage(1, 3, *root, m_nextPage)); !status)
        return status.error();
    return m_nextPage * kPageBytes;
}

}  // namespace raftarium::storage
