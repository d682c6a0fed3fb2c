// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/stage/shown_calls.h"

namespace raftarium::gui {

namespace {
constexpr int kCallsLookedAt = 3000;
constexpr observe::TimeNs kAnswerShownNs = 2'500'000'000;
}  // namespace

ShownCalls callsShown(const observe::ClusterState& state, observe::TimeNs now) {
    ShownCalls shown;
    int looked = 0;
    for (auto call = state.calls.rbegin(); call != state.calls.rend() && looked < kCallsLookedAt; ++call, ++looked) {
        const observe::ClientCall& one = call->second;
        if (one.receivedNs > now || (one.answeredNs > 0 && now - one.answeredNs > kAnswerShownNs)) continue;
        ShownCall& there = shown[one.node];
        if (there.call) ++there.others;
        if (!there.call || one.receivedNs > there.call->receivedNs) there.call = &one;
    }
    return shown;
}

}  // namespace raftarium::gui
