// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/storage/files/memory_file_system.h"

#include <algorithm>

namespace raftarium::storage {

namespace {

constexpr std::size_t kSectorBytes = 512;

struct Change {
    enum class Kind : std::uint8_t { write, resize } kind;
    std::uint64_t offset;  // or the new size
    std::string data;
};

void applyChange(std::string& content, const Change& change) {
    if (change.kind == Change::Kind::resize) {
        content.resize(change.offset, '\0');
        return;
    }
    if (content.size() < change.offset + change.data.size()) content.resize(change.offset + change.data.size(), '\0');
    content.replace(change.offset, change.data.size(), change.data);
}

// Each sector of the write reached the disk or did not.
void applyTorn(std::string& content, const Change& change, base::Rng& rng) {
    std::size_t done = 0;
    while (done < change.data.size()) {
        const std::uint64_t at = change.offset + done;
        const std::size_t part = std::min<std::size_t>(kSectorBytes - at % kSectorBytes, change.data.size() - done);
        if (rng.chance(0.5)) applyChange(content, {Change::Kind::write, at, change.data.substr(done, part)});
        done += part;
    }
}

base::Error failed(base::Errc code, const std::string& path, const char* reason) {
    return {code, path + ": " + reason};
}

}  // namespace

struct MemoryFileSystem::Node {
    bool isDirectory = false;
    // A file: what programs see, what is surely on the disk, and the changes between them.
    std::string content;
    std::string durable;
    std::vector<Change> pending;
    bool locked = false;
    // A directory: its present names, and all states since the last sync, the first of which is durable.
    using Names = std::map<std::string, std::shared_ptr<Node>>;
    Names names;
    std::vector<Names> states = {Names()};

    void change(Change step) {
        applyChange(content, step);
        pending.push_back(std::move(step));
    }
    void namesChanged() { states.push_back(names); }
};

namespace {

class MemoryFile final : public base::File {
public:
    MemoryFile(std::shared_ptr<MemoryFileSystem::Node> node, std::string path, std::shared_ptr<std::uint64_t> boots)
        : m_node(std::move(node)), m_path(std::move(path)), m_boots(std::move(boots)), m_openedAt(*m_boots) {}
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    ~MemoryFile() override {
        if (m_holdsLock && alive()) m_node->locked = false;
    }

    base::Status writeAt(std::uint64_t offset, std::string_view data) override {
        if (!alive()) return dead();
        m_node->change({Change::Kind::write, offset, std::string(data)});
        return {};
    }
    base::Result<std::string> readAt(std::uint64_t offset, std::size_t size) const override {
        if (!alive()) return dead();
        return offset >= m_node->content.size() ? std::string() : m_node->content.substr(offset, size);
    }
    base::Result<std::uint64_t> size() const override {
        if (!alive()) return dead();
        return static_cast<std::uint64_t>(m_node->content.size());
    }
    base::Status truncate(std::uint64_t size) override {
        if (!alive()) return dead();
        m_node->change({Change::Kind::resize, size, {}});
        return {};
    }
    base::Status preallocate(std::uint64_t size) override {
        if (!alive()) return dead();
        return size > m_node->content.size() ? truncate(size) : base::Status();
    }
    base::Status syncData() override {
        if (!alive()) return dead();
        for (const Change& change : m_node->pending) applyChange(m_node->durable, change);
        m_node->pending.clear();
        return {};
    }
    base::Status sync() override { return syncData(); }
    void renamedTo(const std::string& path) override { m_path = path; }

    base::Status tryLock() override {
        if (!alive()) return dead();
        if (m_node->locked && !m_holdsLock)
            return failed(base::Errc::unavailable, m_path, "is locked by another opener");
        m_node->locked = m_holdsLock = true;
        return {};
    }

private:
    bool alive() const { return *m_boots == m_openedAt; }
    base::Error dead() const {
        return failed(base::Errc::ioError, m_path, "the machine has crashed since it was opened");
    }

    std::shared_ptr<MemoryFileSystem::Node> m_node;
    std::string m_path;
    std::shared_ptr<std::uint64_t> m_boots;
    std::uint64_t m_openedAt;
    bool m_holdsLock = false;
};

std::vector<std::string> parts(const std::string& path) {
    std::vector<std::string> names;
    std::size_t start = 0;
    while (start < path.size()) {
        const std::size_t end = std::min(path.find('/', start), path.size());
        if (end > start && path.substr(start, end - start) != ".") names.push_back(path.substr(start, end - start));
        start = end + 1;
    }
    return names;
}

}  // namespace

MemoryFileSystem::MemoryFileSystem() : m_root(std::make_shared<Node>()), m_boots(std::make_shared<std::uint64_t>(0)) {
    m_root->isDirectory = true;
}
MemoryFileSystem::~MemoryFileSystem() = default;

MemoryFileSystem::NodePtr MemoryFileSystem::find(const std::string& path) const {
    NodePtr node = m_root;
    for (const std::string& name : parts(path)) {
        const auto it = node->names.find(name);
        if (it == node->names.end()) return nullptr;
        node = it->second;
    }
    return node;
}

std::pair<MemoryFileSystem::NodePtr, std::string> MemoryFileSystem::parentOf(const std::string& path) const {
    std::vector<std::string> names = parts(path);
    if (names.empty()) return {nullptr, {}};
    std::string last = std::move(names.back());
    names.pop_back();
    NodePtr node = m_root;
    for (const std::string& name : names) {
        const auto it = node->names.find(name);
        if (it == node->names.end() || !it->second->isDirectory) return {nullptr, {}};
        node = it->second;
    }
    return {node, std::move(last)};
}

base::Result<std::unique_ptr<base::File>> MemoryFileSystem::open(const std::string& path, base::OpenMode mode,
                                                                 unsigned) {
    const auto [parent, name] = parentOf(path);
    if (!parent) return failed(base::Errc::notFound, path, "no such directory");
    NodePtr node = find(path);
    if (node && node->isDirectory) return failed(base::Errc::ioError, path, "is a directory");
    const bool creates = mode == base::OpenMode::createNew || mode == base::OpenMode::createOrTruncate;
    if (!node && !creates) return failed(base::Errc::notFound, path, "no such file");
    if (node && mode == base::OpenMode::createNew) return failed(base::Errc::exists, path, "file exists");
    if (!node) {
        node = std::make_shared<Node>();
        parent->names[name] = node;
        parent->namesChanged();
    } else if (mode == base::OpenMode::createOrTruncate) {
        node->change({Change::Kind::resize, 0, {}});
    }
    return std::unique_ptr<base::File>(std::make_unique<MemoryFile>(node, path, m_boots));
}

base::Result<std::vector<std::string>> MemoryFileSystem::list(const std::string& directory) {
    const NodePtr node = find(directory);
    if (!node || !node->isDirectory) return failed(base::Errc::notFound, directory, "no such directory");
    std::vector<std::string> names;
    for (const auto& [name, child] : node->names) names.push_back(name);
    return names;
}

bool MemoryFileSystem::exists(const std::string& path) { return find(path) != nullptr; }

base::Status MemoryFileSystem::createDirectories(const std::string& path, unsigned) {
    NodePtr node = m_root;
    for (const std::string& name : parts(path)) {
        NodePtr& child = node->names[name];
        if (!child) {
            child = std::make_shared<Node>();
            child->isDirectory = true;
            node->namesChanged();
        }
        if (!child->isDirectory) return failed(base::Errc::ioError, path, "not a directory");
        node = child;
    }
    return {};
}

base::Status MemoryFileSystem::rename(const std::string& from, const std::string& to) {
    const auto [fromParent, fromName] = parentOf(from);
    const auto [toParent, toName] = parentOf(to);
    if (!fromParent || !toParent || !fromParent->names.contains(fromName)) {
        return failed(base::Errc::notFound, from, "no such file or directory to rename");
    }
    NodePtr moved = fromParent->names[fromName];
    const auto target = toParent->names.find(toName);
    if (target != toParent->names.end() && target->second->isDirectory && !target->second->names.empty()) {
        return failed(base::Errc::exists, to, "directory is not empty");
    }
    fromParent->names.erase(fromName);
    toParent->names[toName] = std::move(moved);
    fromParent->namesChanged();
    if (toParent != fromParent) toParent->namesChanged();
    return {};
}

base::Status MemoryFileSystem::remove(const std::string& path) {
    const auto [parent, name] = parentOf(path);
    if (!parent || parent->names.erase(name) == 0) return failed(base::Errc::notFound, path, "no such file");
    parent->namesChanged();
    return {};
}

base::Status MemoryFileSystem::removeAll(const std::string& path) {
    const auto [parent, name] = parentOf(path);
    if (parent && parent->names.erase(name) != 0) parent->namesChanged();
    return {};
}

base::Status MemoryFileSystem::syncDirectory(const std::string& path) {
    const NodePtr node = find(path);
    if (!node || !node->isDirectory) return failed(base::Errc::notFound, path, "no such directory");
    node->states = {node->names};
    return {};
}

void MemoryFileSystem::crash(CrashMode mode, base::Rng& rng) {
    ++*m_boots;
    crashNode(*m_root, mode, rng);
}

void MemoryFileSystem::crashNode(Node& node, CrashMode mode, base::Rng& rng) {
    node.locked = false;
    if (node.isDirectory) {
        if (mode == CrashMode::dropUnsynced) node.names = node.states.front();
        if (mode == CrashMode::tear) node.names = node.states[rng.below(node.states.size())];
        node.states = {node.names};
        for (auto& [name, child] : node.names) crashNode(*child, mode, rng);
        return;
    }
    if (mode == CrashMode::keepAll) node.durable = node.content;
    if (mode == CrashMode::tear) {
        const std::size_t reached = rng.below(node.pending.size() + 1);
        for (std::size_t i = 0; i < reached; ++i) {
            const Change& change = node.pending[i];
            if (change.kind == Change::Kind::write) {
                applyTorn(node.durable, change, rng);
            } else {
                applyChange(node.durable, change);
            }
        }
    }
    node.pending.clear();
    node.content = node.durable;
}

}  // namespace raftarium::storage
