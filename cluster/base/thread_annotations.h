// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Names for Clang's thread-safety analysis (-Wthread-safety; ./dev lint runs it): what a mutex guards, and which locks
// a function needs. Other compilers see nothing.
#pragma once

#if defined(__clang__)
#define RAFTARIUM_THREAD_ATTRIBUTE(attribute) __attribute__((attribute))
#else
#define RAFTARIUM_THREAD_ATTRIBUTE(attribute)
#endif

#define RAFTARIUM_CAPABILITY(name) RAFTARIUM_THREAD_ATTRIBUTE(capability(name))
#define RAFTARIUM_SCOPED_CAPABILITY RAFTARIUM_THREAD_ATTRIBUTE(scoped_lockable)
#define RAFTARIUM_GUARDED_BY(mutex) RAFTARIUM_THREAD_ATTRIBUTE(guarded_by(mutex))
#define RAFTARIUM_ACQUIRED_BEFORE(...) RAFTARIUM_THREAD_ATTRIBUTE(acquired_before(__VA_ARGS__))
#define RAFTARIUM_REQUIRES(...) RAFTARIUM_THREAD_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define RAFTARIUM_EXCLUDES(...) RAFTARIUM_THREAD_ATTRIBUTE(locks_excluded(__VA_ARGS__))
#define RAFTARIUM_ACQUIRE(...) RAFTARIUM_THREAD_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define RAFTARIUM_RELEASE(...) RAFTARIUM_THREAD_ATTRIBUTE(release_capability(__VA_ARGS__))
#define RAFTARIUM_ASSERT_HELD(...) RAFTARIUM_THREAD_ATTRIBUTE(assert_capability(__VA_ARGS__))
