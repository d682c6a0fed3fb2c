// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What counts as whole records behind the end of a log, and what does not.
#include "cluster/storage/files/memory_file_system.h"
#include "cluster/storage/wal/wal_format.h"
#include "cluster/storage/wal/wal_hole.h"
#include "tests/runner/test_class.h"

#include <QTest>

using namespace raftarium;
using namespace raftarium::storage;

namespace {

raft::Entry entryAt(raft::Index index) { return {3, index, raft::EntryType::normal, base::Bytes("some data")}; }

// The frames of entries `first` to `last`, continuing the CRC `crc`.
std::string framesOf(raft::Index first, raft::Index last, std::uint32_t crc = 0x1234) {
    WalEncoder encoder(crc);
    for (raft::Index index = first; index <= last; ++index) encoder.addEntry(entryAt(index));
    return encoder.buffer();
}

// What is found in a segment of this content behind offset 0, where the log ended.
std::optional<WalRecordsBeyond> foundIn(const std::string& content) {
    MemoryFileSystem fs;
    const auto file = fs.open("/segment", base::OpenMode::createNew);
    if (!(*file)->writeAt(0, content)) qFatal("the segment cannot be written");
    const auto found = findRecordsBeyond(**file, 0);
    if (!found) qFatal("%s", found.error().text.c_str());
    return *found;
}

std::string hole(std::size_t bytes) { return std::string(bytes, '\0'); }

}  // namespace

class TestWalHole : public QObject {
    Q_OBJECT
private slots:
    void zerosAreNoRecords() {
        QVERIFY(!foundIn(""));
        QVERIFY(!foundIn(hole(8)));
        QVERIFY(!foundIn(hole(100'000)));
    }
    void recordsThatContinueEachOtherAreFound() {
        const auto found = foundIn(hole(512) + framesOf(12, 40) + hole(4096));
        QVERIFY(found);
        QCOMPARE(found->offset, 512U);
        QCOMPARE(found->records, 29U);
        QCOMPARE(found->firstIndex, 12U);
        QCOMPARE(found->lastIndex, 40U);
    }
    void oneRecordProvesNothing() {
        // Its own CRC cannot be checked: the bytes of a value may look like one record.
        QVERIFY(!foundIn(hole(512) + framesOf(12, 12) + hole(512)));
        QVERIFY(foundIn(hole(512) + framesOf(12, 13) + hole(512)));
    }
    void recordsMustContinueTheCrc() { QVERIFY(!foundIn(hole(512) + framesOf(12, 12, 1) + framesOf(13, 13, 2))); }
    void aDamagedRecordEndsTheChain() {
        std::string frames = framesOf(12, 20);
        const std::size_t size = frames.size() / 9;
        frames[5 * size + size / 2] = static_cast<char>(frames[5 * size + size / 2] ^ 1);
        const auto found = foundIn(hole(512) + frames);
        QVERIFY(found);
        QCOMPARE(found->records, 5U);
        QCOMPARE(found->lastIndex, 16U);
    }
    void framesBeginAtMultiplesOfEight() {
        QVERIFY(!foundIn(hole(516) + framesOf(12, 20)));
        QVERIFY(foundIn(hole(520) + framesOf(12, 20)));
    }
    void aRecordThatIsCutByTheHoleIsSkipped() {
        std::string frames = framesOf(12, 20);
        frames.replace(0, 16, 16, '\0');
        const auto found = foundIn(hole(512) + frames);
        QVERIFY(found);
        QCOMPARE(found->firstIndex, 13U);
    }
    void onlyEntriesHaveIndexes() {
        WalEncoder encoder(7);
        encoder.addState({3, 1, 5});
        encoder.addState({3, 1, 6});
        const auto found = foundIn(hole(512) + encoder.buffer());
        QVERIFY(found);
        QCOMPARE(found->records, 2U);
        QCOMPARE(found->firstIndex, 0U);
    }
    void theTextNamesThePlaceAndTheEntries() {
        QCOMPARE(textOf({1536, 2, 0, 0}), std::string("whole records follow at offset 1536"));
        QCOMPARE(textOf({1536, 2, 12, 12}), std::string("whole records follow at offset 1536, with entry 12"));
        QCOMPARE(textOf({1536, 29, 12, 40}),
                 std::string("whole records follow at offset 1536, with the entries 12 to 40"));
    }
};

RAFTARIUM_TEST_CLASS(TestWalHole)
#include "test_wal_hole.moc"
