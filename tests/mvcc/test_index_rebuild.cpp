// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The index that is made from rows is the one that the same changes, one after the other, make.
#ifndef Q_MOC_RUN  // which stumbles over a header of Abseil's
#include "cluster/mvcc/index/index_rebuild.h"
#include "tests/runner/test_class.h"
#endif

#include <QTest>

#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace raftarium::mvcc;

namespace {

// Works when it is waited for: nobody may count on more.
struct Helper final : SideWork {
    void begin(std::function<void()> work) override {
        ++begun;
        m_work = std::move(work);
    }
    void wait() override { std::exchange(m_work, nullptr)(); }

    int begun = 0;
    std::function<void()> m_work;
};

struct Expected {
    std::vector<Change> changes;
    std::int64_t createRevision = 0, version = 0;
};

bool same(const KeyHistory& history, const Expected& expected) {
    if (history.size() != expected.changes.size() || history.createRevision() != expected.createRevision ||
        history.version() != expected.version)
        return false;
    for (std::uint32_t i = 0; i < history.size(); ++i) {
        const Change &a = history.change(i), &b = expected.changes[i];
        if (a.main != b.main || a.sub != b.sub || a.tombstone != b.tombstone) return false;
    }
    return true;
}

}  // namespace

class TestIndexRebuild : public QObject {
    Q_OBJECT

private slots:
    void sameAsOneByOne_data() {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("keys");
        QTest::addColumn<bool>("helped");
        for (const bool helped : {false, true}) {
            for (const int rows : {0, 1, 511, 512, 513, 5'000, 60'000}) {
                for (const int keys : {1, 40, 100'000})
                    QTest::addRow("%d rows of %d keys%s", rows, keys, helped ? ", helped" : "")
                        << rows << keys << helped;
            }
        }
    }
    void sameAsOneByOne() {
        QFETCH(int, rows);
        QFETCH(int, keys);
        QFETCH(bool, helped);
        std::mt19937 random(static_cast<unsigned>(rows + keys));
        std::vector<std::string> names;  // of several lengths, some with a common beginning, one empty
        for (int i = 0; i < keys; ++i)
            names.push_back(i == 0 ? std::string() : std::string(random() % 3, 'p') + std::to_string(random()));
        std::map<std::string, Expected> expected;
        std::map<std::string, std::int64_t> leases;
        KeyIndex index;
        index.findOrAdd("was there before").put({1, 0});
        IndexRebuild rebuild;
        std::vector<StoredRow> batch;
        const std::size_t batchRows = 1 + random() % 3'000;
        const auto add = [&](const StoredRow& row) {
            batch.push_back(row);
            if (batch.size() < batchRows) return;
            rebuild.add(batch);
            batch.clear();
        };
        for (int i = 0; i < rows; ++i) {
            const std::string& key = names[random() % names.size()];
            const Revision revision{2 + i / 3, i % 3};
            StoredRow row{key, revision, random() % 8 == 0, 0, 0, 0};
            if (row.tombstone) {
                add(row);
                leases.erase(key);
                // Also a key's first row: a compaction at its revision keeps a tombstone.
                Expected& entry = expected[key];
                entry.changes.push_back({revision.main, static_cast<std::uint32_t>(revision.sub), true});
                entry.createRevision = entry.version = 0;
                continue;
            }
            row.createRevision = revision.main - 1;
            row.version = 1 + static_cast<std::int64_t>(random() % 100);
            row.lease = random() % 4 == 0 ? 1 + static_cast<std::int64_t>(random() % 5) : 0;
            add(row);
            Expected& entry = expected[key];
            entry.changes.push_back({revision.main, static_cast<std::uint32_t>(revision.sub), false});
            entry.createRevision = row.createRevision;
            entry.version = row.version;
            if (row.lease != 0) {
                leases[key] = row.lease;
            } else {
                leases.erase(key);
            }
        }
        rebuild.add(batch);
        Helper helper;
        const auto attached = rebuild.finish(index, helped ? &helper : nullptr);
        QCOMPARE(helper.begun, helped ? 1 : 0);
        QCOMPARE(attached.size(), leases.size());
        for (const auto& [key, lease] : leases) {
            const auto it = attached.find(key);
            QVERIFY(it != attached.end() && it->second == lease);
        }
        QCOMPARE(index.size(), expected.size());
        auto next = expected.begin();
        index.visit({"", std::string(1, '\0')}, [&](KeyHistory& history) {
            if (next == expected.end() || history.key() != next->first || !same(history, next->second)) return false;
            if (index.find(history.key()) != &history) return false;
            ++next;
            return true;
        });
        QVERIFY2(next == expected.end(), next == expected.end() ? "" : next->first.c_str());
        // It can be added to as before.
        index.findOrAdd("zz added later").put({1'000'000, 0});
        QVERIFY(index.find("zz added later") != nullptr);
        QCOMPARE(index.size(), expected.size() + 1);
    }

    // Nothing is kept of what is not finished.
    void givenUp() {
        IndexRebuild rebuild;
        std::vector<StoredRow> rows;
        for (std::int64_t i = 1; i < 2'000; ++i) rows.push_back({"k", {i, 0}, false, 1, i, 0});
        rebuild.add(rows);
    }
};

RAFTARIUM_TEST_CLASS(TestIndexRebuild)
#include "test_index_rebuild.moc"
