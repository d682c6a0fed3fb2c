// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Command lines that do what the app did, to be pasted into a shell as they stand: whatever they name, and also where
// several clusters run or etcdctl is an old one. All command lines of the app are made here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace raftarium::control {

// One word that /bin/sh reads back as exactly these bytes: bare, in single quotes, or as "$(printf '...')" where a
// terminal would take some of them for commands of its own. Not for bytes with a NUL, which no argument can hold.
std::string shellWord(std::string_view bytes);

// raftariumctl cluster WORD... --cluster CLUSTER
std::string clusterCommand(std::string_view cluster, const std::vector<std::string>& words);

// As host:port; the first is asked first.
using Endpoints = std::vector<std::string>;
// With a NUL in key or value it is `etcdctl txn`, which reads them from its input.
std::string etcdctlPut(const Endpoints& endpoints, std::string_view key, std::string_view value);
// Deletes the key if nothing changed it after `modRevision`, which only a transaction can say.
std::string etcdctlDelete(const Endpoints& endpoints, std::string_view key, std::int64_t modRevision);
// Makes the etcdctl of this shell talk to them.
std::string etcdctlSetup(const Endpoints& endpoints);

}  // namespace raftarium::control
