// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What a log looks like after power cuts, cut files and flipped bytes: repaired by the rules for torn tails, refused,
// or unharmed; never something else than what was written.

#include "cluster/storage/files/fault_file_system.h"
#include "cluster/storage/wal/wal_reader.h"
#include "tests/runner/test_class.h"
#include "tests/storage/wal_fixture.h"

#include <QRegularExpression>
#include <QTest>

#include <map>

using namespace raftarium;
using namespace raftarium::storage;
using namespace raftarium::storage::fixture;

namespace {

constexpr WalOptions kSmall{4096, true};

std::string read(base::FileSystem& fs, const std::string& path) {
    const auto file = fs.open(path, base::OpenMode::read);
    return *(*file)->readAt(0, 1 << 20);
}

void write(base::FileSystem& fs, const std::string& path, std::string_view content) {
    const auto file = fs.open(path, base::OpenMode::createOrTruncate);
    if (!(*file)->writeAt(0, content)) qFatal("cannot write");
}

// A finished log: file name -> content, and what it holds.
struct Image {
    std::map<std::string, std::string> files;
    std::string lastPath;
    std::vector<std::uint64_t> frameEnds;  // in the last segment
    std::vector<raft::Index> lastIndexes;  // after each of these frames
    std::vector<raft::Entry> entries;
    raft::HardState state;

    void restore(MemoryFileSystem& fs) const {
        (void)fs.removeAll(kDirectory);
        (void)fs.createDirectories(kDirectory);
        for (const auto& [path, content] : files) write(fs, path, content);
    }
};

Image makeImage(std::uint64_t seed, int batches, std::size_t payloadMax = 300, std::uint64_t segmentBytes = 4096) {
    MemoryFileSystem fs;
    (void)fs.createDirectories("/member");
    auto wal = std::move(Wal::create(fs, kDirectory, kMetadata, {segmentBytes, true})).value();
    WalWriter log(seed, 0);
    log.begin();
    for (int i = 0; i < batches; ++i) {
        log.appendBatch(*wal, payloadMax);
        if (!wal->flush(true)) qFatal("cannot flush");
    }
    wal.reset();
    Image image;
    image.entries = log.entries;
    image.state = log.state;
    const auto segments = *listWalSegments(fs, kDirectory);
    for (const WalSegment& segment : segments) {
        image.files[segment.path] = read(fs, segment.path);
        image.lastPath = segment.path;
    }
    WalWalk walk;
    raft::Index last = 0;
    for (const WalSegment& segment : segments) {
        const bool isLast = segment.path == image.lastPath;
        const auto file = fs.open(segment.path, base::OpenMode::read);
        const auto end = walk.walkSegment(segment, **file, isLast, [&](const WalFrame& frame) -> base::Status {
            if (const auto entry = decodeWalEntry(frame.data); frame.type == 2 && entry) last = entry->index;
            if (isLast) {
                image.frameEnds.push_back(frame.end());
                image.lastIndexes.push_back(last);
            }
            return {};
        });
        if (!end) qFatal("%s", end.error().text.c_str());
    }
    return image;
}

}  // namespace

class TestWalDamage : public QObject {
    Q_OBJECT

    // Opens; what comes out must be what was written up to `expected`, and the log must go on from there.
    void openAndContinue(MemoryFileSystem& fs, const Image& image, raft::Index expected, bool mustRepair) {
        raft::HardState state;
        {
            WalContent content;
            auto opened = Wal::open(fs, kDirectory, {}, kSmall, content);
            QVERIFY2(opened.ok(), opened.ok() ? "" : opened.error().text.c_str());
            QCOMPARE(content.entries.size(), expected);
            QVERIFY(isPrefix(content.entries, image.entries));
            QCOMPARE(content.repaired, mustRepair);
            if (mustRepair) {
                QVERIFY(fs.exists(image.lastPath + ".broken"));
                QVERIFY(content.repairText.find(image.lastPath) != std::string::npos);
            }
            state = {content.hardState.term + 1, 9, content.hardState.commit};
            (*opened)->append({{state.term, expected + 1, raft::EntryType::normal, base::Bytes("more")}}, state);
            QVERIFY((*opened)->flush(true).ok());
        }
        WalContent again;
        QVERIFY(Wal::open(fs, kDirectory, {}, kSmall, again).ok());
        QCOMPARE(again.entries.size(), expected + 1);
        QVERIFY(again.hardState == state);
        QVERIFY(!again.repaired);
    }

private slots:
    void everyLengthOfTheTail_data() {
        QTest::addColumn<bool>("zeros");
        QTest::newRow("file cut") << false;
        QTest::newRow("rest zero") << true;
    }
    void everyLengthOfTheTail() {
        QFETCH(bool, zeros);
        const Image image = makeImage(1, 30);
        QVERIFY(image.files.size() > 2);
        const std::string& whole = image.files.at(image.lastPath);
        MemoryFileSystem fs;
        for (std::uint64_t length = image.frameEnds[0]; length <= image.frameEnds.back(); ++length) {
            image.restore(fs);
            std::string cut = whole.substr(0, length);
            if (zeros) cut.resize(whole.size(), '\0');
            write(fs, image.lastPath, cut);
            std::size_t frames = 0;
            while (frames < image.frameEnds.size() && image.frameEnds[frames] <= length) ++frames;
            const bool atBoundary = image.frameEnds[frames - 1] == length;
            if (!zeros) {
                openAndContinue(fs, image, image.lastIndexes[frames - 1], !atBoundary);
                if (QTest::currentTestFailed()) QFAIL(qPrintable(QString("cut at %1").arg(length)));
                continue;
            }
            // Zeros that do not fill a sector are no torn write but damage, unless they are what was there anyway.
            WalContent content;
            const auto opened = Wal::open(fs, kDirectory, {}, kSmall, content);
            if (!opened.ok()) {
                QVERIFY(opened.error().code == base::Errc::corruption);
                continue;
            }
            QVERIFY(isPrefix(content.entries, image.entries));
            QVERIFY(content.entries.size() >= image.lastIndexes[frames - 1]);
        }
    }
    void everyByteFlipped_data() {
        QTest::addColumn<int>("mask");
        for (const int mask : {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xFF, 0}) {
            QTest::addRow("%02x", mask) << mask;  // 0: the byte becomes zero
        }
    }
    void everyByteFlipped() {
        QFETCH(int, mask);
        const Image image = makeImage(2, 14, 150, 2048);
        QVERIFY(image.files.size() >= 2);
        MemoryFileSystem fs;
        int refused = 0, unharmed = 0;
        for (const auto& [path, content] : image.files) {
            const std::uint64_t used = path == image.lastPath ? image.frameEnds.back() : content.size();
            for (std::uint64_t i = 0; i < used; ++i) {
                std::string flipped = content;
                flipped[i] = mask == 0 ? '\0' : static_cast<char>(flipped[i] ^ mask);
                if (flipped[i] == content[i]) continue;
                image.restore(fs);
                write(fs, path, flipped);
                WalContent found;
                const auto opened = Wal::open(fs, kDirectory, {}, kSmall, found);
                if (opened.ok()) {
                    // Only padding may differ without harm; no frame here has a zero sector that would make it torn.
                    // A zeroed length word at the end of a sector looks like a lost sector: cut there, and said so.
                    const QByteArray place = QByteArray::fromStdString(path + " byte " + std::to_string(i));
                    if (found.repaired) {
                        QVERIFY2(i % 512 >= 504 && path == image.lastPath, place.constData());
                        QVERIFY(isPrefix(found.entries, image.entries));
                        continue;
                    }
                    QVERIFY2(found.entries == image.entries && found.hardState == image.state, place.constData());
                    QVERIFY2(found.metadata.nodeId == kMetadata.nodeId, place.constData());
                    ++unharmed;
                    continue;
                }
                ++refused;
                QVERIFY2(opened.error().code == base::Errc::corruption, opened.error().text.c_str());
                QVERIFY2(opened.error().text.find(".wal at offset ") != std::string::npos, opened.error().text.c_str());
            }
        }
        QVERIFY(refused > 1000);
        QVERIFY2(unharmed * 10 < refused, qPrintable(QString("%1 unharmed").arg(unharmed)));
    }
    // What stands behind the end of data is nobody's: a byte there loses nothing, and is gone after the next start.
    void everyByteBehindTheEnd() {
        const Image image = makeImage(2, 6, 150, 4096);
        MemoryFileSystem fs;
        int opens = 0;
        const std::string& whole = image.files.at(image.lastPath);
        QVERIFY(whole.size() > image.frameEnds.back() + 500);
        for (std::uint64_t i = image.frameEnds.back(); i < whole.size(); ++i) {
            for (const char value : {'\x01', '\x10', '\xff'}) {
                image.restore(fs);
                std::string flipped = whole;
                flipped[i] = value;
                write(fs, image.lastPath, flipped);
                WalContent found;
                if (const auto opened = Wal::open(fs, kDirectory, {}, kSmall, found); !opened) {
                    QVERIFY2(opened.error().code == base::Errc::corruption, opened.error().text.c_str());
                    QVERIFY(opened.error().text.find(image.lastPath + " at offset ") != std::string::npos);
                    continue;
                }
                ++opens;
                QVERIFY2(found.entries == image.entries && found.hardState == image.state,
                         qPrintable(QString("byte %1").arg(i)));
                const std::string after = read(fs, image.lastPath);
                QVERIFY(after.find_first_not_of('\0', image.frameEnds.back()) == std::string::npos);
            }
        }
        QVERIFY(opens > 1000);
    }
    void aWrongCrcIsNamed() {
        const Image image = makeImage(2, 10);
        MemoryFileSystem fs;
        image.restore(fs);
        std::string bytes = image.files.begin()->second;
        bytes[0x50 + 8 + 2 + 6 + 20] ^= 1;  // within the first entry's data
        write(fs, image.files.begin()->first, bytes);
        WalContent content;
        const auto opened = Wal::open(fs, kDirectory, {}, kSmall, content);
        const QRegularExpression wanted(
            "0000000000000000-0000000000000000\\.wal at offset 80: CRC mismatch: .*0x[0-9a-f]{8}.*0x[0-9a-f]{8}");
        QVERIFY2(wanted.match(QString::fromStdString(opened.error().text)).hasMatch(), opened.error().text.c_str());
    }
    void aLostSectorOfALargeRecordIsTorn() {
        const Image image = makeImage(7, 1, 10);
        MemoryFileSystem fs;
        image.restore(fs);
        WalContent content;
        {
            auto wal = std::move(Wal::open(fs, kDirectory, {}, {65536, true}, content)).value();
            const raft::Index next = content.entries.size() + 1;
            wal->append({{1, next, raft::EntryType::normal, base::Bytes(std::string(5000, 'x'))}}, {});
            QVERIFY(wal->flush(true).ok());
        }
        const std::string whole = read(fs, image.lastPath);
        for (std::uint64_t sector = 512; sector < 5000; sector += 512) {
            image.restore(fs);
            std::string torn = whole;
            torn.replace(sector, 512, 512, '\0');
            write(fs, image.lastPath, torn);
            openAndContinue(fs, image, image.entries.size(), true);
        }
    }
    // Whoever knows that the log was longer is asked before anything is changed, and told what stands behind a hole.
    void nothingIsChangedUnlessAllAgree() {
        const Image image = makeImage(11, 60, 300, 1 << 20);
        QCOMPARE(image.files.size(), 1U);
        const std::string& whole = image.files.at(image.lastPath);
        MemoryFileSystem fs;
        int holes = 0, ends = 0;
        for (std::uint64_t sector = 512; sector + 1024 < image.frameEnds.back(); sector += 512) {
            image.restore(fs);
            std::string damaged = whole;
            damaged.replace(sector, 512, 512, '\0');
            write(fs, image.lastPath, damaged);
            WalContent content;
            std::string end;
            const auto opened = Wal::open(fs, kDirectory, {}, kSmall, content, {},
                                          [&](const WalContent& found, const auto& whereItEnds) -> base::Status {
                                              end = whereItEnds();
                                              if (found.entries.size() == image.entries.size()) return {};
                                              return base::Error{base::Errc::corruption, "entries are missing"};
                                          });
            QVERIFY(!opened.ok());
            QVERIFY(fs.list(kDirectory)->size() == 1 && read(fs, image.lastPath) == damaged);
            if (end.empty()) continue;  // not zero sectors as far as the reader can see: damage
            ++ends;
            QCOMPARE(opened.error().text, std::string("entries are missing"));
            QVERIFY2(end.find(image.lastPath + " at offset ") != std::string::npos, end.c_str());
            const QRegularExpression behind("whole records follow at offset (\\d+), with the entries (\\d+) to (\\d+)");
            const auto match = behind.match(QString::fromStdString(end));
            if (!match.hasMatch()) continue;
            ++holes;
            QVERIFY(match.captured(1).toULongLong() >= sector + 512);
            QVERIFY(match.captured(2).toULongLong() > content.lastIndex());
            QCOMPARE(match.captured(3).toULongLong(), image.entries.back().index);
        }
        QVERIFY2(ends > 10 && holes > 10, qPrintable(QString("%1 ends, %2 holes").arg(ends).arg(holes)));
    }
    // A commit index in what stands behind a hole is no proof that the hole was synced: this is one batch, half of
    // which the power kept from the disk.
    void aTornBatchIsCut() {
        MemoryFileSystem fs;
        (void)fs.createDirectories("/member");
        auto wal = std::move(Wal::create(fs, kDirectory, kMetadata, {65536, true})).value();
        wal->append({{1, 1, raft::EntryType::normal, base::Bytes("safe")}}, {1, 9, 0});
        const std::uint64_t safe = wal->flush(true)->offset;
        std::vector<raft::Entry> batch;
        for (raft::Index i = 2; i < 40; ++i)
            batch.push_back({1, i, raft::EntryType::normal, base::Bytes(std::string(100, 'x'))});
        wal->append(batch, {1, 9, 39});
        QVERIFY(wal->flush(false).ok());
        wal.reset();
        const std::string path = listWalSegments(fs, kDirectory)->front().path;
        const std::string whole = read(fs, path);
        for (std::uint64_t sector = (safe / 512 + 1) * 512; sector < 4096; sector += 512) {
            std::string torn = whole;
            torn.replace(sector, 512, 512, '\0');
            write(fs, path, torn);
            WalContent content;
            const auto opened = Wal::open(fs, kDirectory, {}, {65536, true}, content, {},
                                          [](const WalContent&, const auto&) -> base::Status { return {}; });
            QVERIFY2(opened.ok(), opened.ok() ? "" : opened.error().text.c_str());
            QVERIFY(content.entries.size() >= 1 && content.entries.size() < 40);
            QCOMPARE(content.hardState.commit, 0U);
            if (content.repaired)
                QVERIFY(content.repairText.find("whole records follow at offset ") != std::string::npos);
        }
    }
    void crashAtEveryStep_data() {
        QTest::addColumn<int>("mode");
        QTest::newRow("process killed") << static_cast<int>(CrashMode::keepAll);
        QTest::newRow("power lost") << static_cast<int>(CrashMode::dropUnsynced);
        QTest::newRow("power lost while writing") << static_cast<int>(CrashMode::tear);
    }
    void crashAtEveryStep() {
        QFETCH(int, mode);
        const int repeats = static_cast<CrashMode>(mode) == CrashMode::tear ? 30 : 1;
        base::Rng rng(17);
        for (std::uint64_t step = 0;; ++step) {
            bool finished = false;
            for (int repeat = 0; repeat < repeats; ++repeat) {
                finished = crashAt(step, static_cast<CrashMode>(mode), rng);
                if (QTest::currentTestFailed()) return;
            }
            if (finished) break;
        }
    }

private:
    // True if the script ended before the step was reached.
    bool crashAt(std::uint64_t step, CrashMode mode, base::Rng& rng) {
        MemoryFileSystem memory;
        FaultFileSystem fs(memory);
        (void)memory.createDirectories("/member");
        (void)memory.syncDirectory("/");
        fs.failFrom(step, base::Errc::ioError);
        WalWriter log(5, 0);
        log.begin();
        std::vector<raft::Entry> safe;
        raft::HardState safeState;
        bool created = false, failed = false;
        if (auto wal = Wal::create(fs, kDirectory, kMetadata, {1500, true})) {
            created = true;
            for (int batch = 0; batch < 25 && !failed; ++batch) {
                log.appendBatch(**wal, 700);
                failed = !(*wal)->flush(true).ok();
                if (failed) break;
                safe = log.entries;
                safeState = log.state;
            }
            memory.crash(mode, rng);
        } else {
            failed = true;
            memory.crash(mode, rng);
        }
        if (!Wal::exists(memory, kDirectory)) {
            if (created) QTest::qFail("the log is gone", __FILE__, __LINE__);
            return !failed;
        }
        // A second crash while repairing, then a start that is let through.
        fs.failFrom(rng.below(12), base::Errc::ioError);
        WalContent content;
        (void)Wal::open(fs, kDirectory, {}, {1500, true}, content);
        memory.crash(mode, rng);
        fs.heal();
        content = {};
        const auto opened = Wal::open(memory, kDirectory, {}, {1500, true}, content);
        const auto where = QString("step %1: ").arg(step) + (opened ? "" : opened.error().text.c_str());
        if (!opened) QTest::qFail(qPrintable(where), __FILE__, __LINE__);
        if (opened && (!isPrefix(safe, content.entries) || !isPrefix(content.entries, log.entries) ||
                       content.hardState.commit < safeState.commit || content.hardState.term < safeState.term)) {
            QTest::qFail(qPrintable(where + "something acknowledged is lost"), __FILE__, __LINE__);
        }
        return !failed;
    }
};

RAFTARIUM_TEST_CLASS(TestWalDamage)
#include "test_wal_damage.moc"
