// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A request with all its fields in one line, as etcd's tools print it: put:<key:"foo" value:"bar" > .
// Passwords and tokens are printed as "***".
#pragma once

#include <string>
#include <string_view>

namespace raftarium::inspect {

// A normal entry: its type as in etcd-dump-logs, and its text.
struct RequestDump {
    std::string text;
    bool legacy = false;    // an etcdserverpb.Request
    std::string operation;  // IRRPut, IRRTxn, ...; empty for others
};
RequestDump dumpRequest(std::string_view data);
// method=ConfChangeAddNode id=8e9e05c52164694d
std::string dumpConfChange(std::string_view data);

}  // namespace raftarium::inspect
