// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/observe/history.h"

#include "cluster/observe/flight_index.h"
#include "cluster/observe/journal.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <tuple>
#include <utility>

namespace raftarium::observe {

namespace {

// Copies of the live state at the end of the last appends: late events are a few milliseconds late, and going over
// their neighbours again should not begin at a checkpoint.
constexpr std::size_t kAnchorsMax = 4;
constexpr TimeNs kAnchorSpacing = 25'000'000;

bool earlier(const Event& a, const Event& b) {
    return std::tie(a.atNs, a.node, a.sequence) < std::tie(b.atNs, b.node, b.sequence);
}

struct WeightVisitor {
    Weight operator()(const RoleChanged&) const { return Weight::meaningful; }
    Weight operator()(const TermChanged&) const { return Weight::meaningful; }
    Weight operator()(const VoteCast&) const { return Weight::meaningful; }
    Weight operator()(const VoteTally& tally) const {
        return tally.result != TallyResult::pending ? Weight::meaningful : Weight::detail;
    }
    Weight operator()(const CommitAdvanced&) const { return Weight::meaningful; }
    Weight operator()(const Applied&) const { return Weight::meaningful; }
    Weight operator()(const ConfigurationChanged&) const { return Weight::meaningful; }
    Weight operator()(const LogTruncated&) const { return Weight::meaningful; }
    Weight operator()(const ProcessChanged&) const { return Weight::meaningful; }
    Weight operator()(const ActionTaken&) const { return Weight::meaningful; }
    Weight operator()(const Lifecycle&) const { return Weight::meaningful; }
    Weight operator()(const FaultsChanged&) const { return Weight::meaningful; }
    Weight operator()(const PaceChanged&) const { return Weight::meaningful; }
    Weight operator()(const AlarmChanged&) const { return Weight::meaningful; }
    Weight operator()(const Compacted&) const { return Weight::meaningful; }
    Weight operator()(const SnapshotProgress&) const { return Weight::meaningful; }
    Weight operator()(const MessageSent&) const { return Weight::message; }
    Weight operator()(const MessageReceived&) const { return Weight::message; }
    Weight operator()(const MessageDropped&) const { return Weight::message; }
    Weight operator()(const MessageDelayed&) const { return Weight::message; }
    Weight operator()(const ClientRequest&) const { return Weight::message; }
    template <typename T>
    Weight operator()(const T&) const {
        return Weight::detail;
    }
};

}  // namespace

Weight weightOf(const Event& event) { return std::visit(WeightVisitor{}, event.kind); }

struct History::Impl {
    struct Snapshot {
        std::uint64_t position = 0;  // events before it are in the state
        ClusterState state;
    };

    HistoryOptions options;
    Journal journal;
    std::deque<Snapshot> checkpoints;  // the first stands at journal.begin()
    std::deque<Snapshot> anchors;
    Snapshot live, cursor;
    FlightIndex flights;
    std::deque<std::uint64_t> meaningful, messages;  // positions of events of at least that weight

    explicit Impl(const HistoryOptions& asked) : options(asked) {
        options.eventsBetweenCheckpoints = std::max<std::size_t>(options.eventsBetweenCheckpoints, 1);
        checkpoints.emplace_back();
    }

    void push(Event event) {
        const std::uint64_t position = journal.end();
        const Weight weight = weightOf(event);
        if (weight == Weight::meaningful) meaningful.push_back(position);
        if (weight >= Weight::message) messages.push_back(position);
        flights.add(event);
        reduce(live.state, event);
        journal.pushBack(std::move(event));
        live.position = position + 1;
        if (live.position - checkpoints.back().position >= options.eventsBetweenCheckpoints)
            checkpoints.push_back(live);
    }

    // Takes off the events from `position` on, and all that was derived from them.
    std::vector<Event> takeOff(std::uint64_t position) {
        std::vector<Event> taken;
        taken.reserve(journal.end() - position);
        while (journal.end() > position) taken.push_back(journal.popBack());
        std::reverse(taken.begin(), taken.end());
        for (auto* index : {&meaningful, &messages})
            while (!index->empty() && index->back() >= position) index->pop_back();
        while (checkpoints.size() > 1 && checkpoints.back().position > position) checkpoints.pop_back();
        while (!anchors.empty() && anchors.back().position > position) anchors.pop_back();
        if (cursor.position > position) cursor = checkpoints.front();
        live = nearest(position);
        for (std::uint64_t at = live.position; at < position; ++at) reduce(live.state, journal.at(at));
        live.position = position;
        return taken;
    }

    // The newest saved state at or before `position`.
    const Snapshot& nearest(std::uint64_t position) const {
        const auto after = [](std::uint64_t wanted, const Snapshot& s) { return wanted < s.position; };
        const auto checkpoint = std::upper_bound(checkpoints.begin(), checkpoints.end(), position, after);
        const Snapshot& best = checkpoint == checkpoints.begin() ? checkpoints.front() : *std::prev(checkpoint);
        for (auto it = anchors.rbegin(); it != anchors.rend(); ++it)
            if (it->position <= position) return it->position > best.position ? *it : best;
        return best;
    }

    void anchor() {
        if (!anchors.empty() && live.state.nowNs - anchors.back().state.nowNs < kAnchorSpacing) return;
        anchors.push_back(live);
        if (anchors.size() > kAnchorsMax) anchors.pop_front();
    }

    void trim() {
        if (journal.end() - journal.begin() <= options.eventsMax) return;
        while (checkpoints.size() > 1 && journal.end() - checkpoints.front().position > options.eventsMax)
            checkpoints.pop_front();
        const std::uint64_t begin = checkpoints.front().position;
        if (begin == journal.begin()) return;
        journal.dropBefore(begin);
        for (auto* index : {&meaningful, &messages})
            while (!index->empty() && index->front() < begin) index->pop_front();
        if (begin < journal.end()) flights.dropBefore(journal.at(begin).atNs);
        while (!anchors.empty() && anchors.front().position < begin) anchors.pop_front();
        if (cursor.position < begin) cursor = checkpoints.front();
    }

    const ClusterState& seekTo(std::uint64_t position) {
        if (position == live.position) return live.state;
        const Snapshot& saved = nearest(position);
        if (cursor.position > position || cursor.position < saved.position) cursor = saved;
        for (; cursor.position < position; ++cursor.position) reduce(cursor.state, journal.at(cursor.position));
        return cursor.state;
    }
};

History::History(const HistoryOptions& options) : m_impl(std::make_unique<Impl>(options)) {}
History::~History() = default;

void History::append(std::vector<Event> events, const Observer& observer) {
    if (events.empty()) return;
    Impl& h = *m_impl;
    std::stable_sort(events.begin(), events.end(), earlier);
    Journal& journal = h.journal;
    // Events older than all that is kept come too late to have a place before it.
    std::vector<Event> taken;
    if (journal.end() > journal.begin() && earlier(events.front(), journal.back())) {
        std::uint64_t low = journal.begin(), high = journal.end();
        while (low < high) {
            const std::uint64_t middle = low + (high - low) / 2;
            if (earlier(events.front(), journal.at(middle)))
                high = middle;
            else
                low = middle + 1;
        }
        taken = h.takeOff(low);
    }
    std::size_t next = 0;
    const auto pushNew = [&] {
        Event& event = events[next++];
        if (observer) observer(event, h.live.state);
        h.push(std::move(event));
    };
    for (Event& event : taken) {
        while (next < events.size() && earlier(events[next], event)) pushNew();
        h.push(std::move(event));
    }
    while (next < events.size()) pushNew();
    h.anchor();
    h.trim();
}

TimeNs History::beginNs() const { return size() ? at(0).atNs : 0; }
TimeNs History::endNs() const { return size() ? m_impl->journal.back().atNs : 0; }
std::size_t History::size() const { return m_impl->journal.end() - m_impl->journal.begin(); }
const Event& History::at(std::size_t position) const { return m_impl->journal.at(m_impl->journal.begin() + position); }
std::size_t History::positionAt(TimeNs time) const { return m_impl->journal.after(time) - m_impl->journal.begin(); }

const ClusterState& History::live() const { return m_impl->live.state; }
const ClusterState& History::seek(TimeNs time) { return m_impl->seekTo(m_impl->journal.after(time)); }

std::optional<TimeNs> History::next(TimeNs after, Weight weight) const {
    const Journal& journal = m_impl->journal;
    std::uint64_t position = journal.after(after);
    if (weight != Weight::detail) {
        const auto& index = weight == Weight::meaningful ? m_impl->meaningful : m_impl->messages;
        const auto it = std::lower_bound(index.begin(), index.end(), position);
        position = it == index.end() ? journal.end() : *it;
    }
    if (position >= journal.end()) return std::nullopt;
    return journal.at(position).atNs;
}

std::optional<TimeNs> History::previous(TimeNs before, Weight weight) const {
    const Journal& journal = m_impl->journal;
    std::uint64_t end = journal.after(before, true);  // positions below are earlier
    if (weight != Weight::detail) {
        const auto& index = weight == Weight::meaningful ? m_impl->meaningful : m_impl->messages;
        const auto it = std::lower_bound(index.begin(), index.end(), end);
        if (it == index.begin()) return std::nullopt;
        end = *std::prev(it) + 1;
    }
    if (end <= journal.begin()) return std::nullopt;
    return journal.at(end - 1).atNs;
}

std::vector<Flight> History::flights(TimeNs from, TimeNs to) const {
    return m_impl->flights.overlapping(from, to, endNs());
}

}  // namespace raftarium::observe
