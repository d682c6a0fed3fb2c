// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Command lines that do what the app did, to be pasted into a shell as they stand: whatever they name, and also where
// several clusters run or etcdctl is an old one. All command lines of the app are made here.
#pragma once

#include "cluster/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace raftarium::control {

// One word that /bin/sh reads back as exactly these bytes: bare, in single quotes, or as "$(printf '...')" where a
// terminal would take some of them for commands of its own. Not for bytes with a NUL, which no argument can hold.
std::string shellWord(std::string_view bytes);

// The words of a line, as /bin/sh would make them of what shellWord() writes and of plain or quoted words. The error
// names what only a real shell can read: variables, pipes, redirections.
base::Result<std::vector<std::string>> shellWords(std::string_view line);

// raftariumctl cluster WORD... --cluster CLUSTER
std::string clusterCommand(std::string_view cluster, const std::vector<std::string>& words);

// As host:port; the first is asked first.
using Endpoints = std::vector<std::string>;
// With a NUL in key or value it is `etcdctl txn`, which reads them from its input.
std::string etcdctlPut(const Endpoints& endpoints, std::string_view key, std::string_view value);
// Deletes the key if it was last changed at `modRevision`, which only a transaction can say; 0: whenever that was.
std::string etcdctlDelete(const Endpoints& endpoints, std::string_view key, std::int64_t modRevision);
// Reads what the two above write. nullopt for a line that does not call etcdctl; an error for one that does, but does
// something else.
struct EtcdctlLine {
    enum class Verb : std::uint8_t { put, remove };
    Verb verb = Verb::put;
    std::string key, value;
    std::int64_t modRevision = 0;
    Endpoints endpoints;
};
base::Result<std::optional<EtcdctlLine>> parseEtcdctl(std::string_view line);

// Makes the etcdctl of this shell talk to them.
std::string etcdctlSetup(const Endpoints& endpoints);

}  // namespace raftarium::control
