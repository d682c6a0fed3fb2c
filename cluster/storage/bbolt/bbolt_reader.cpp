// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/storage/bbolt/bbolt_reader.h"

#include "cluster/base/coding.h"
#include "cluster/storage/bbolt/bbolt_format.h"

#include <algorithm>
#include <cstring>

namespace raftarium::storage {

namespace {

using base::readFixed32Le;
using base::readFixed64Le;

constexpr int kDepthMax = 64;  // enough for a tree of 2^64 pages with two keys each
constexpr std::uint32_t kPageBytesMin = 1024, kPageBytesMax = 65536;

std::uint16_t readFixed16Le(const char* p) {
    std::uint16_t value = 0;
    std::memcpy(&value, p, sizeof value);
    return value;
}

bool isPowerOfTwo(std::uint32_t value) { return value != 0 && (value & (value - 1)) == 0; }

}  // namespace

base::Error BboltReader::damage(std::uint64_t page, const std::string& what) const {
    return {base::Errc::corruption, m_path + ", page " + std::to_string(page) + ": " + what};
}

base::Result<std::unique_ptr<BboltReader>> BboltReader::open(base::FileSystem& fs, const std::string& path) {
    std::unique_ptr<BboltReader> reader(new BboltReader(path));
    if (const auto status = reader->start(fs); !status) return status.error();
    return reader;
}

// True if the page is a valid meta page; keeps the newest one seen.
bool BboltReader::takeMeta(std::string_view page) {
    if (page.size() < bbolt::kPageHeaderBytes + bbolt::kMetaBytes) return false;
    const char* meta = page.data() + bbolt::kPageHeaderBytes;
    if (readFixed32Le(meta) != bbolt::kMagic || readFixed32Le(meta + 4) != bbolt::kVersion) return false;
    if (bbolt::checksum({meta, 56}) != readFixed64Le(meta + 56)) return false;
    const std::uint32_t pageBytes = readFixed32Le(meta + 8);
    if (!isPowerOfTwo(pageBytes) || pageBytes < kPageBytesMin || pageBytes > kPageBytesMax) return false;
    const std::uint64_t transaction = readFixed64Le(meta + 48);
    if (m_pageBytes != 0 && transaction <= m_transaction) return true;
    m_pageBytes = pageBytes;
    m_root = readFixed64Le(meta + 16);
    m_pages = readFixed64Le(meta + 40);
    m_transaction = transaction;
    return true;
}

base::Status BboltReader::start(base::FileSystem& fs) {
    auto file = fs.open(m_path, base::OpenMode::read);
    if (!file) return file.error();
    m_file = std::move(*file);
    const auto size = m_file->size();
    if (!size) return size.error();
    const auto take = [&](std::uint64_t offset) -> base::Result<bool> {
        const auto page = m_file->readAt(offset, bbolt::kPageHeaderBytes + bbolt::kMetaBytes);
        if (!page) return page.error();
        return takeMeta(*page);
    };
    const auto first = take(0);
    if (!first) return first.error();
    // The second meta page is one page further. If the first is broken, the size of a page must be guessed.
    for (std::uint32_t bytes = *first ? m_pageBytes : kPageBytesMin; bytes <= kPageBytesMax; bytes *= 2) {
        const auto second = take(bytes);
        if (!second) return second.error();
        if (*first || (*second && m_pageBytes == bytes)) break;
    }
    if (m_pageBytes == 0)
        return base::Error{base::Errc::corruption, m_path + " is not a bbolt file (no valid meta page)"};
    if (m_pages < 3 || m_pages > *size / m_pageBytes) {
        return base::Error{base::Errc::corruption, m_path + " is cut short: it has " + std::to_string(*size) +
                                                       " bytes, its pages need " + std::to_string(m_pages) + " times " +
                                                       std::to_string(m_pageBytes)};
    }
    m_reached.assign(m_pages, false);
    m_hasLastKey = false;
    return walk(m_root, 0, [&](const Element& element) -> base::Status {
        if ((element.flags & bbolt::kBucketFlag) == 0 || element.value.size() < bbolt::kBucketHeaderBytes) {
            return damage(m_root, "an entry of the root is not a bucket");
        }
        m_names.emplace_back(element.key);
        m_values.emplace_back(element.value);
        return {};
    });
}

base::Result<std::string> BboltReader::readPage(std::uint64_t id) {
    if (id < 2 || id >= m_pages) return damage(id, "reached, but the file has " + std::to_string(m_pages) + " pages");
    auto page = m_file->readAt(id * m_pageBytes, m_pageBytes);
    if (!page) return page;
    if (page->size() < m_pageBytes) return damage(id, "the file ends within it");
    const std::uint64_t overflow = readFixed32Le(page->data() + 12);
    if (readFixed64Le(page->data()) != id) return damage(id, "it carries another number");
    if (overflow >= m_pages - id) return damage(id, "it goes beyond the last page");
    for (std::uint64_t i = id; i <= id + overflow; ++i) {
        if (m_reached[i]) return damage(i, "reached twice");
        m_reached[i] = true;
    }
    if (overflow == 0) return page;
    return m_file->readAt(id * m_pageBytes, (overflow + 1) * m_pageBytes);
}

base::Status BboltReader::walk(std::uint64_t id, int depth, const ElementVisitor& visit) {
    if (depth > kDepthMax) return damage(id, "the tree is too deep");
    const auto page = readPage(id);
    if (!page) return page.error();
    return visitPage(*page, id, depth, visit);
}

base::Status BboltReader::visitPage(std::string_view page, std::uint64_t id, int depth, const ElementVisitor& visit) {
    const std::uint16_t flags = readFixed16Le(page.data() + 8), count = readFixed16Le(page.data() + 10);
    const bool branch = flags == bbolt::kBranchPage;
    if (!branch && flags != bbolt::kLeafPage) return damage(id, "it is neither branch nor leaf");
    if (branch && count == 0) return damage(id, "a branch without children");
    for (std::uint16_t i = 0; i < count; ++i) {
        const auto found = element(page, id, i, branch);
        if (!found) return found.error();
        if (branch) {
            if (const auto status = walk(found->child, depth + 1, visit); !status) return status;
            continue;
        }
        if (m_hasLastKey && m_lastKey >= found->key) return damage(id, "keys are out of order");
        m_lastKey = found->key;
        m_hasLastKey = true;
        if (const auto status = visit(*found); !status) return status;
    }
    return {};
}

base::Result<BboltReader::Element> BboltReader::element(std::string_view page, std::uint64_t id, std::uint16_t index,
                                                        bool branch) const {
    const std::size_t start = bbolt::kPageHeaderBytes + std::size_t{index} * bbolt::kElementBytes;
    if (start + bbolt::kElementBytes > page.size()) return damage(id, "its elements do not fit");
    const char* p = page.data() + start;
    Element element{};
    const std::uint64_t position = readFixed32Le(p + (branch ? 0 : 4));
    const std::uint64_t keyBytes = readFixed32Le(p + (branch ? 4 : 8));
    const std::uint64_t valueBytes = branch ? 0 : readFixed32Le(p + 12);
    if (start + position + keyBytes + valueBytes > page.size()) return damage(id, "a key or value lies outside of it");
    element.key = page.substr(start + position, keyBytes);
    if (branch) {
        element.child = readFixed64Le(p + 8);
    } else {
        element.flags = readFixed32Le(p);
        element.value = page.substr(start + position + keyBytes, valueBytes);
    }
    return element;
}

base::Status BboltReader::scan(std::string_view bucket, const Visitor& visit) {
    const auto it = std::lower_bound(m_names.begin(), m_names.end(), bucket);
    if (it == m_names.end() || *it != bucket) return {};
    const std::string_view value = m_values[static_cast<std::size_t>(it - m_names.begin())];
    const std::uint64_t root = readFixed64Le(value.data());
    const auto plainOnly = [&](const Element& element) -> base::Status {
        if (element.flags != 0) return damage(root, "a bucket within bucket " + std::string(bucket));
        return visit(element.key, element.value);
    };
    m_reached.assign(m_pages, false);
    m_hasLastKey = false;
    if (root != 0) return walk(root, 0, plainOnly);
    const std::string_view inlinePage = value.substr(bbolt::kBucketHeaderBytes);
    if (inlinePage.size() < bbolt::kPageHeaderBytes) return damage(m_root, "an inline bucket is cut");
    if (readFixed16Le(inlinePage.data() + 8) != bbolt::kLeafPage) return damage(m_root, "an inline bucket is no leaf");
    return visitPage(inlinePage, m_root, 0, plainOnly);
}

}  // namespace raftarium::storage
