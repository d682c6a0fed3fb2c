// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A library for LD_PRELOAD: a disk that is full, or whose syncs fail, for the files of one kind. DISK_FAULTS names a
// file of two letters, read through shared memory: what fails ('-' nothing, 'f' writes for want of space, 'h' writes
// after half of their bytes, 's' syncs) and whose ('w' the log, 'b' the backend).

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

const volatile char* control() {
    static const volatile char* memory = [] {
        const char* path = std::getenv("DISK_FAULTS");
        const int descriptor = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
        if (descriptor < 0) return static_cast<const volatile char*>("--");
        void* mapped = mmap(nullptr, 2, PROT_READ, MAP_SHARED, descriptor, 0);
        close(descriptor);
        return mapped == MAP_FAILED ? "--" : static_cast<const volatile char*>(mapped);
    }();
    return memory;
}

bool fails(int descriptor, char what) {
    const volatile char* now = control();
    if (now[0] != what) return false;
    char link[64], path[4096];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    const ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return false;
    path[length] = '\0';
    return std::strstr(path, now[1] == 'w' ? "/member/wal" : "/backend.lmdb") != nullptr;
}

// The whole disk, as statvfs tells it.
bool full() {
    const char what = control()[0];
    return what == 'f' || what == 'h';
}

template <typename Function>
Function next(const char* name) {
    return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

template <typename Result>
Result failed(int number) {
    errno = number;
    return -1;
}

}  // namespace

extern "C" {

ssize_t write(int descriptor, const void* data, size_t size) {
    static const auto real = next<ssize_t (*)(int, const void*, size_t)>("write");
    return fails(descriptor, 'f') ? failed<ssize_t>(ENOSPC) : real(descriptor, data, size);
}
ssize_t pwrite(int descriptor, const void* data, size_t size, off_t offset) {
    static const auto real = next<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite");
    if (fails(descriptor, 'h')) return real(descriptor, data, size / 2, offset);
    return fails(descriptor, 'f') ? failed<ssize_t>(ENOSPC) : real(descriptor, data, size, offset);
}
ssize_t pwrite64(int descriptor, const void* data, size_t size, off_t offset) {
    return pwrite(descriptor, data, size, offset);
}
ssize_t writev(int descriptor, const iovec* parts, int count) {
    static const auto real = next<ssize_t (*)(int, const iovec*, int)>("writev");
    if (fails(descriptor, 'h')) return real(descriptor, parts, count / 2);
    return fails(descriptor, 'f') ? failed<ssize_t>(ENOSPC) : real(descriptor, parts, count);
}
ssize_t pwritev(int descriptor, const iovec* parts, int count, off_t offset) {
    static const auto real = next<ssize_t (*)(int, const iovec*, int, off_t)>("pwritev");
    if (fails(descriptor, 'h')) return real(descriptor, parts, count / 2, offset);
    return fails(descriptor, 'f') ? failed<ssize_t>(ENOSPC) : real(descriptor, parts, count, offset);
}
ssize_t pwritev64(int descriptor, const iovec* parts, int count, off_t offset) {
    return pwritev(descriptor, parts, count, offset);
}
int fallocate(int descriptor, int mode, off_t offset, off_t length) {
    static const auto real = next<int (*)(int, int, off_t, off_t)>("fallocate");
    return fails(descriptor, 'f') ? failed<int>(ENOSPC) : real(descriptor, mode, offset, length);
}
int fallocate64(int descriptor, int mode, off_t offset, off_t length) {
    return fallocate(descriptor, mode, offset, length);
}
int statvfs(const char* path, struct statvfs* out) {
    static const auto real = next<int (*)(const char*, struct statvfs*)>("statvfs");
    const int result = real(path, out);
    if (full()) out->f_bavail = 0;
    return result;
}
int statvfs64(const char* path, struct statvfs64* out) {
    static const auto real = next<int (*)(const char*, struct statvfs64*)>("statvfs64");
    const int result = real(path, out);
    if (full()) out->f_bavail = 0;
    return result;
}
int fdatasync(int descriptor) {
    static const auto real = next<int (*)(int)>("fdatasync");
    return fails(descriptor, 's') ? failed<int>(EIO) : real(descriptor);
}
int fsync(int descriptor) {
    static const auto real = next<int (*)(int)>("fsync");
    return fails(descriptor, 's') ? failed<int>(EIO) : real(descriptor);
}
}
