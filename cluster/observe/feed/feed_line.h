// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A line of the feed: a sentence as data, so that the app can say it in another language.
#pragma once

#include "cluster/base/text.h"
#include "cluster/observe/event.h"

#include <cstdint>
#include <string>

namespace raftarium::observe {

struct FeedLine {
    TimeNs atNs = 0;
    NodeId node = 0;
    base::Text text;            // its values: names of nodes, numbers, other sentences
    std::uint8_t severity = 0;  // 0 normal, 1 notable (leader elected), 2 bad (node died, message loss)

    std::string plain() const { return text.english(); }
};

}  // namespace raftarium::observe
