// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/rpc/api/watch_items.h"
#include "tests/runner/test_class.h"

#include <QTest>

#include <memory>
#include <string>

using namespace raftarium;
using namespace raftarium::rpc;

namespace {

mvcc::WatchBatch batch(mvcc::WatchId watch, std::int64_t revision, std::size_t valueBytes = 1) {
    auto event = std::make_shared<mvcc::ChangeEvent>();
    event->kv.key = "k";
    event->kv.value = std::string(valueBytes, 'v');
    event->kv.modRevision = revision;
    mvcc::WatchBatch out;
    out.watch = watch;
    out.revision = revision;
    out.events = {event};
    return out;
}

// "1:2,3@3 2:2@2 answer": watcher, revisions of its events, the header's revision.
std::string text(const std::vector<WatchItem>& items) {
    std::string out;
    for (const WatchItem& item : items) {
        if (!out.empty()) out += ' ';
        const auto* one = std::get_if<mvcc::WatchBatch>(&item);
        if (one == nullptr) {
            out += "answer";
            continue;
        }
        out += std::to_string(one->watch) + ':';
        for (const mvcc::EventPtr& event : one->events)
            out += (event == one->events.front() ? "" : ",") + std::to_string(event->kv.modRevision);
        out += (one->canceled ? "canceled@" : one->progress ? "progress@" : "@") + std::to_string(one->revision);
    }
    return out;
}

std::string joined(std::vector<WatchItem> items) {
    WatchJoiner joiner;
    joiner.join(items);
    return text(items);
}

}  // namespace

class TestWatchItems : public QObject {
    Q_OBJECT
private slots:
    void oneResponseForWhatWaits() {
        QCOMPARE(joined({batch(1, 2), batch(2, 2), batch(1, 3), batch(2, 3), batch(1, 4), batch(3, 4)}),
                 std::string("1:2,3,4@4 2:2,3@3 3:4@4"));
        QCOMPARE(joined({batch(1, 2)}), std::string("1:2@2"));
        QCOMPARE(joined({}), std::string());
    }
    void nothingMovesAcrossAnAnswer() {
        QCOMPARE(joined({batch(1, 2), WatchAnswer{}, batch(1, 3), batch(1, 4)}), std::string("1:2@2 answer 1:3,4@4"));
    }
    void norAcrossWhatIsSaidOfTheWatcher() {
        mvcc::WatchBatch progress;
        progress.watch = 1;
        progress.revision = 3;
        progress.progress = true;
        mvcc::WatchBatch canceled;
        canceled.watch = 2;
        canceled.revision = 5;
        canceled.canceled = true;
        QCOMPARE(joined({batch(1, 2), batch(2, 2), progress, batch(2, 3), batch(1, 4), canceled}),
                 std::string("1:2@2 2:2,3@3 1:progress@3 1:4@4 2:canceled@5"));
    }
    void norAcrossTheWholeStreamsProgress() {
        mvcc::WatchBatch progress;
        progress.watch = mvcc::kWholeStream;
        progress.revision = 3;
        progress.progress = true;
        QCOMPARE(joined({batch(1, 2), batch(2, 3), progress, batch(2, 4), batch(1, 4), batch(1, 5)}),
                 std::string("1:2@2 2:3@3 -1:progress@3 2:4@4 1:4,5@5"));
    }
    void notWithoutBounds() {
        QCOMPARE(joined({batch(1, 2, 40'000), batch(1, 3, 40'000), batch(1, 4)}), std::string("1:2@2 1:3,4@4"));
        std::vector<WatchItem> many;
        for (std::int64_t revision = 2; revision < 1'002; ++revision) many.push_back(batch(1, revision));
        WatchJoiner joiner;
        joiner.join(many);
        QCOMPARE(many.size(), std::size_t(2));
        QCOMPARE(std::get<mvcc::WatchBatch>(many[0]).events.size(), WatchJoiner::kEventsMax);
        QCOMPARE(std::get<mvcc::WatchBatch>(many[1]).events.size(), 1'000 - WatchJoiner::kEventsMax);
    }
};

RAFTARIUM_TEST_CLASS(TestWatchItems)
#include "test_watch_items.moc"
