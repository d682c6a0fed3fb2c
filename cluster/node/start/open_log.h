// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A member's log and .snap files: read, or made for the first time. The store is opened elsewhere (data_directory.h).
#pragma once

#include "cluster/base/file_system.h"
#include "cluster/base/result.h"
#include "cluster/node/config/config.h"
#include "cluster/node/loop/start_state.h"
#include "cluster/node/members/membership.h"
#include "cluster/node/start/member_paths.h"
#include "cluster/storage/wal/wal.h"

#include <functional>
#include <memory>
#include <string>

namespace raftarium::node {

// Makes the directories, durably, and removes what was being received or sent when an earlier run ended.
base::Status prepareDirectories(base::FileSystem& fs, const MemberPaths& paths);

// The log with what was read of it, or planned for it.
struct OpenedLog {
    std::unique_ptr<storage::Wal> wal;
    StartState start;
    std::string note;  // what was repaired
};

// `locked` runs as soon as no other process can hold the directory; `agree` judges what was read, before anything on
// the disk is changed (storage::Wal::Agree). `existing` as for planStart().
base::Result<OpenedLog> openLog(const Config& config, base::FileSystem& fs, const MemberPaths& paths,
                                const Membership* existing, const std::function<void()>& locked,
                                const storage::Wal::Agree& agree);

// Adds a sentence to a note.
void addNote(std::string& note, const std::string& text);

}  // namespace raftarium::node
