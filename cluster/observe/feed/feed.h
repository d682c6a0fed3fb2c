// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What happened, as sentences with a cause. The parts are data (template + values), so that the app can say them in
// another language: `text` is a template in English with {0} {1} ..., a key for translation; `values` fill it.
#pragma once

#include "cluster/observe/cluster_state.h"

#include <optional>
#include <string>
#include <vector>

namespace raftarium::observe {

struct FeedLine {
    TimeNs atNs = 0;
    NodeId node = 0;
    const char* text = "";  // "{0} refused {1}: its log ends at term {2}, index {3}; mine at term {4}, index {5}"
    std::vector<std::string> values;  // node names, numbers
    std::uint8_t severity = 0;        // 0 normal, 1 notable (leader elected), 2 bad (node died, message loss)

    std::string plain() const;  // filled in, English
};

// One line or none for an event; `before` is the state just before it. Every template stands in feedTemplates().
std::optional<FeedLine> describe(const Event& event, const ClusterState& before);
const std::vector<const char*>& feedTemplates();

}  // namespace raftarium::observe
