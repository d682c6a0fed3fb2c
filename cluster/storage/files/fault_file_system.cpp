// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/storage/files/fault_file_system.h"

namespace raftarium::storage {

namespace {

class FaultFile final : public base::File {
public:
    FaultFile(std::unique_ptr<base::File> inner, std::string path, std::shared_ptr<FaultFileSystem::Control> control)
        : m_inner(std::move(inner)), m_path(std::move(path)), m_control(std::move(control)) {}

    base::Status writeAt(std::uint64_t offset, std::string_view data) override {
        const auto allowed = m_control->step(FileOperation::write, m_path, data.size());
        return allowed ? m_inner->writeAt(offset, data) : allowed;
    }
    base::Result<std::string> readAt(std::uint64_t offset, std::size_t size) const override {
        return m_inner->readAt(offset, size);
    }
    base::Result<std::uint64_t> size() const override { return m_inner->size(); }
    base::Status truncate(std::uint64_t size) override {
        const auto allowed = m_control->step(FileOperation::truncate, m_path);
        return allowed ? m_inner->truncate(size) : allowed;
    }
    base::Status preallocate(std::uint64_t size) override {
        const auto allowed = m_control->step(FileOperation::preallocate, m_path);
        return allowed ? m_inner->preallocate(size) : allowed;
    }
    base::Status syncData() override {
        const auto allowed = m_control->step(FileOperation::sync, m_path);
        return allowed ? m_inner->syncData() : allowed;
    }
    base::Status sync() override {
        const auto allowed = m_control->step(FileOperation::sync, m_path);
        return allowed ? m_inner->sync() : allowed;
    }
    base::Status tryLock() override { return m_inner->tryLock(); }
    void renamedTo(const std::string& path) override {
        m_path = path;
        m_inner->renamedTo(path);
    }

private:
    std::unique_ptr<base::File> m_inner;
    std::string m_path;
    std::shared_ptr<FaultFileSystem::Control> m_control;
};

}  // namespace

base::Status FaultFileSystem::Control::step(FileOperation operation, const std::string& path, std::uint64_t bytes) {
    const std::uint64_t number = steps++;
    ++counts[static_cast<std::size_t>(operation)];
    return judge ? judge({operation, path, number, bytes}) : base::Status();
}

void FaultFileSystem::failFrom(std::uint64_t n, base::Errc code) {
    const std::uint64_t first = m_control->steps + n;
    m_control->judge = [first, code](const FileStep& step) -> base::Status {
        if (step.number < first) return {};
        return base::Error{code, "injected fault at " + step.path};
    };
}

void FaultFileSystem::limitSpace(std::uint64_t bytes) {
    m_control->judge = [left = bytes](const FileStep& step) mutable -> base::Status {
        const bool grows = step.operation == FileOperation::preallocate ||
                           (step.operation == FileOperation::write && step.bytes > left);
        if (grows) return base::Error{base::Errc::noSpace, "cannot write " + step.path + ": No space left on device"};
        if (step.operation == FileOperation::write) left -= step.bytes;
        return {};
    };
}

base::Result<std::unique_ptr<base::File>> FaultFileSystem::open(const std::string& path, base::OpenMode mode,
                                                                unsigned permissions) {
    if (mode == base::OpenMode::createNew || mode == base::OpenMode::createOrTruncate) {
        const auto allowed = m_control->step(FileOperation::create, path);
        if (!allowed) return allowed.error();
    }
    auto file = m_inner.open(path, mode, permissions);
    if (!file) return file;
    return std::unique_ptr<base::File>(std::make_unique<FaultFile>(std::move(*file), path, m_control));
}

base::Status FaultFileSystem::createDirectories(const std::string& path, unsigned permissions) {
    const auto allowed = m_control->step(FileOperation::createDirectories, path);
    return allowed ? m_inner.createDirectories(path, permissions) : allowed;
}

base::Status FaultFileSystem::rename(const std::string& from, const std::string& to) {
    const auto allowed = m_control->step(FileOperation::rename, from);
    return allowed ? m_inner.rename(from, to) : allowed;
}

base::Status FaultFileSystem::remove(const std::string& path) {
    const auto allowed = m_control->step(FileOperation::remove, path);
    return allowed ? m_inner.remove(path) : allowed;
}

base::Status FaultFileSystem::removeAll(const std::string& path) {
    const auto allowed = m_control->step(FileOperation::remove, path);
    return allowed ? m_inner.removeAll(path) : allowed;
}

base::Status FaultFileSystem::syncDirectory(const std::string& path) {
    const auto allowed = m_control->step(FileOperation::syncDirectory, path);
    return allowed ? m_inner.syncDirectory(path) : allowed;
}

}  // namespace raftarium::storage
