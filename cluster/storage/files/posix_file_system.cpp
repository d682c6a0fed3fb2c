// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/storage/files/posix_file_system.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace raftarium::storage {

namespace {

namespace stdfs = std::filesystem;

base::Error systemError(const char* what, const std::string& path, int number) {
    base::Errc code = base::Errc::ioError;
    if (number == ENOENT) code = base::Errc::notFound;
    if (number == EEXIST) code = base::Errc::exists;
    if (number == ENOSPC || number == EDQUOT) code = base::Errc::noSpace;
    return {code, std::string("cannot ") + what + " " + path + ": " + std::generic_category().message(number)};
}

class PosixFile final : public base::File {
public:
    PosixFile(int descriptor, std::string path) : m_descriptor(descriptor), m_path(std::move(path)) {}
    PosixFile(const PosixFile&) = delete;
    PosixFile& operator=(const PosixFile&) = delete;
    ~PosixFile() override { ::close(m_descriptor); }

    base::Status writeAt(std::uint64_t offset, std::string_view data) override {
        while (!data.empty()) {
            const ssize_t count = ::pwrite(m_descriptor, data.data(), data.size(), static_cast<off_t>(offset));
            if (count < 0) {
                if (errno == EINTR) continue;
                return failed("write");
            }
            offset += static_cast<std::uint64_t>(count);
            data.remove_prefix(static_cast<std::size_t>(count));
        }
        return {};
    }

    base::Result<std::string> readAt(std::uint64_t offset, std::size_t size) const override {
        std::string data;
        if (auto status = readInto(offset, size, data); !status) return status.error();
        return data;
    }

    base::Status readInto(std::uint64_t offset, std::size_t size, std::string& data) const override {
        data.resize(size);
        std::size_t have = 0;
        while (have < size) {
            const ssize_t count =
                ::pread(m_descriptor, data.data() + have, size - have, static_cast<off_t>(offset + have));
            if (count < 0) {
                if (errno == EINTR) continue;
                return failed("read");
            }
            if (count == 0) break;
            have += static_cast<std::size_t>(count);
        }
        data.resize(have);
        return {};
    }

    base::Result<std::uint64_t> size() const override {
        struct stat status {};
        if (::fstat(m_descriptor, &status) != 0) return failed("examine");
        return static_cast<std::uint64_t>(status.st_size);
    }

    base::Status truncate(std::uint64_t size) override {
        return ::ftruncate(m_descriptor, static_cast<off_t>(size)) == 0 ? base::Status() : failed("truncate");
    }

    base::Status preallocate(std::uint64_t size) override {
        int result = 0;
        do {
            result = ::fallocate(m_descriptor, 0, 0, static_cast<off_t>(size));
        } while (result != 0 && errno == EINTR);
        if (result == 0) return {};
        if (errno != EOPNOTSUPP && errno != ENOSYS) return failed("reserve space for");
        const auto now = this->size();
        if (!now) return now.error();
        return *now >= size ? base::Status() : truncate(size);
    }

    base::Status syncData() override { return ::fdatasync(m_descriptor) == 0 ? base::Status() : failed("sync"); }
    base::Status sync() override { return ::fsync(m_descriptor) == 0 ? base::Status() : failed("sync"); }

    // The same kind of lock as etcd's, so that each program respects the other's.
    base::Status tryLock() override {
        struct flock whole {};
        whole.l_type = F_WRLCK;
        whole.l_whence = SEEK_SET;
        if (::fcntl(m_descriptor, F_OFD_SETLK, &whole) == 0) return {};
        if (errno == EINVAL && ::flock(m_descriptor, LOCK_EX | LOCK_NB) == 0) return {};
        if (errno != EWOULDBLOCK && errno != EACCES) return failed("lock");
        return base::Error{base::Errc::unavailable,
                           m_path + " is locked by another process; is this member already running?"};
    }

    void renamedTo(const std::string& path) override { m_path = path; }

private:
    base::Error failed(const char* what) const { return systemError(what, m_path, errno); }

    int m_descriptor;
    std::string m_path;
};

class PosixFileSystem final : public base::FileSystem {
public:
    base::Result<std::unique_ptr<base::File>> open(const std::string& path, base::OpenMode mode,
                                                   unsigned permissions) override {
        int flags = O_CLOEXEC;
        switch (mode) {
            case base::OpenMode::read:
                flags |= O_RDONLY;
                break;
            case base::OpenMode::readWrite:
                flags |= O_RDWR;
                break;
            case base::OpenMode::createNew:
                flags |= O_RDWR | O_CREAT | O_EXCL;
                break;
            case base::OpenMode::createOrTruncate:
                flags |= O_RDWR | O_CREAT | O_TRUNC;
                break;
        }
        const int descriptor = ::open(path.c_str(), flags, static_cast<mode_t>(permissions));
        if (descriptor < 0) return systemError("open", path, errno);
        return std::unique_ptr<base::File>(std::make_unique<PosixFile>(descriptor, path));
    }

    base::Result<std::vector<std::string>> list(const std::string& directory) override {
        std::error_code error;
        std::vector<std::string> names;
        for (auto it = stdfs::directory_iterator(directory, error); !error && it != stdfs::directory_iterator();
             it.increment(error)) {
            names.push_back(it->path().filename().string());
        }
        if (error) return systemError("list", directory, error.value());
        std::sort(names.begin(), names.end());
        return names;
    }

    bool exists(const std::string& path) override { return ::access(path.c_str(), F_OK) == 0; }

    base::Status createDirectories(const std::string& path, unsigned permissions) override {
        for (std::size_t end = 1; end <= path.size(); ++end) {
            if (end != path.size() && path[end] != '/') continue;
            const std::string part = path.substr(0, end);
            if (::mkdir(part.c_str(), static_cast<mode_t>(permissions)) == 0 || errno == EEXIST) continue;
            // A parent directory that exists is no error, even if it cannot be made (on a read-only file system).
            const int number = errno;
            if (!exists(part)) return systemError("create directory", part, number);
        }
        struct stat status {};
        if (::stat(path.c_str(), &status) != 0) return systemError("examine", path, errno);
        return S_ISDIR(status.st_mode) ? base::Status() : systemError("create directory", path, ENOTDIR);
    }

    base::Status rename(const std::string& from, const std::string& to) override {
        return ::rename(from.c_str(), to.c_str()) == 0 ? base::Status()
                                                       : systemError("rename", from + " to " + to, errno);
    }

    base::Status remove(const std::string& path) override {
        return ::unlink(path.c_str()) == 0 ? base::Status() : systemError("remove", path, errno);
    }

    base::Status removeAll(const std::string& path) override {
        std::error_code error;
        stdfs::remove_all(path, error);
        return error ? systemError("remove", path, error.value()) : base::Status();
    }

    base::Status syncDirectory(const std::string& path) override {
        const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (descriptor < 0) return systemError("open directory", path, errno);
        const int result = ::fsync(descriptor);
        const int number = errno;
        ::close(descriptor);
        // Some file systems cannot sync a directory and answer EINVAL.
        return result == 0 || number == EINVAL ? base::Status() : systemError("sync directory", path, number);
    }
};

}  // namespace

base::FileSystem& posixFileSystem() {
    static PosixFileSystem fileSystem;
    return fileSystem;
}

}  // namespace raftarium::storage
