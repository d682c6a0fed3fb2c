// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/rng.h"
#include "cluster/storage/wal/wal_format.h"
#include "tests/runner/test_class.h"

#include <QTest>

using namespace raftarium;
using namespace raftarium::storage;

namespace {

// The first 224 bytes of a segment that etcd 3.4.23 wrote, then the empty entry and a put with the records between left
// out.
const char* const kRealBytes =
    "04 00 00 00 00 00 00 84 08 04 10 00 00 00 00 00 1f 00 00 00 00 00 00 81 08 01 10 8b 99 bd a1 03"
    "1a 15 08 a1 d1 cb b4 ad a9 b6 c7 62 10 9b b3 ea dd cf 9e fd e6 dd 01 00 0e 00 00 00 00 00 00 82"
    "08 05 10 97 ae 87 ca 04 1a 04 08 00 10 00 00 00 6e 00 00 00 00 00 00 82 08 02 10 d5 c6 d7 d1 06"
    "1a 64 08 01 10 01 18 01 22 5c 08 00 10 00 18 a1 d1 cb b4 ad a9 b6 c7 62 22 4c 7b 22 69 64 22 3a"
    "37 31 30 31 38 35 32 35 37 37 38 36 30 36 31 30 32 30 39 2c 22 70 65 65 72 55 52 4c 73 22 3a 5b"
    "22 68 74 74 70 3a 2f 2f 31 32 37 2e 30 2e 30 2e 31 3a 32 33 38 30 30 22 5d 2c 22 6e 61 6d 65 22"
    "3a 22 6e 31 22 7d 00 00 10 00 00 00 00 00 00 00 08 03 10 ac de fe b3 0e 1a 06 08 01 10 00 18 01"
    "10 00 00 00 00 00 00 00 08 02 10 b4 85 95 de 09 1a 06 08 00 10 02 18 02";

class StringBytes final : public WalBytes {
public:
    explicit StringBytes(std::string_view bytes) : m_bytes(bytes) {}
    std::uint64_t size() const override { return m_bytes.size(); }
    base::Result<std::string_view> read(std::uint64_t offset, std::size_t bytes) override {
        return offset > m_bytes.size() ? std::string_view() : m_bytes.substr(offset, bytes);
    }

private:
    std::string_view m_bytes;
};

std::string realBytes() { return QByteArray::fromHex(kRealBytes).toStdString(); }

}  // namespace

class TestWalFormat : public QObject {
    Q_OBJECT
private slots:
    void decodesAndEncodesRealBytes() {
        const std::string bytes = realBytes();
        StringBytes source(bytes);
        WalEncoder encoder(0);
        std::uint64_t offset = 0;
        std::uint32_t crc = 0;
        std::vector<int> types;
        while (offset < bytes.size()) {
            WalFrame frame;
            WalFrameProblem problem;
            const auto state = parseWalFrame(source, offset, crc, true, frame, problem);
            QVERIFY(state.ok());
            QVERIFY2(*state == WalFrameState::record, problem.text.c_str());
            types.push_back(static_cast<int>(frame.type));
            switch (static_cast<WalRecordType>(frame.type)) {
                case WalRecordType::crc:
                    encoder.addCrc();
                    break;
                case WalRecordType::metadata:
                    encoder.addMetadata(decodeWalMetadata(frame.data).value());
                    break;
                case WalRecordType::entry:
                    encoder.addEntry(decodeWalEntry(frame.data).value());
                    break;
                case WalRecordType::state:
                    encoder.addState(decodeWalState(frame.data).value());
                    break;
                case WalRecordType::snapshot:
                    encoder.addSnapshotMark(decodeWalSnapshotMark(frame.data).value());
                    break;
            }
            crc = frame.crc;
            offset = frame.end();
        }
        QCOMPARE(types, (std::vector<int>{4, 1, 5, 2, 3, 2}));
        QCOMPARE(QByteArray::fromStdString(encoder.buffer()).toHex(), QByteArray::fromStdString(bytes).toHex());
        QCOMPARE(encoder.crc(), 0x9bc542b4U);
    }
    void decodedValues() {
        const std::string bytes = realBytes();
        const std::string_view all(bytes);
        const auto metadata = decodeWalMetadata(all.substr(0x22, 21)).value();
        QCOMPARE(metadata.nodeId, 0x628ed94ad692e8a1ULL);
        QCOMPARE(metadata.clusterId, 0xddcdf4f4fbba999bULL);
        const auto entry = decodeWalEntry(all.substr(0x62, 100)).value();
        QCOMPARE(entry.term, 1ULL);
        QCOMPARE(entry.index, 1ULL);
        QVERIFY(entry.type == raft::EntryType::confChange);
        QCOMPARE(entry.data.size(), 92ULL);
        QVERIFY((decodeWalState(all.substr(0xda, 6)).value() == raft::HardState{1, 0, 1}));
    }
    void onlyTheOneEncodingIsAccepted_data() {
        QTest::addColumn<int>("type");
        QTest::addColumn<QByteArray>("data");
        QTest::newRow("metadata cut") << 1 << QByteArray::fromHex("0801");
        QTest::newRow("metadata and more") << 1 << QByteArray::fromHex("080110021803");
        QTest::newRow("entry without index") << 2 << QByteArray::fromHex("08001002");
        QTest::newRow("entry of type 3") << 2 << QByteArray::fromHex("080310021802");
        QTest::newRow("entry, data cut") << 2 << QByteArray::fromHex("080010021802220500");
        QTest::newRow("entry, field twice") << 2
                                            << QByteArray::fromHex(
                                                   "0800100218022200"
                                                   "2200");
        QTest::newRow("state as entry with data") << 3 << QByteArray::fromHex("0800100218022200");
        QTest::newRow("state empty") << 3 << QByteArray();
        QTest::newRow("mark, integer for the members") << 5 << QByteArray::fromHex("080010021802");
    }
    void onlyTheOneEncodingIsAccepted() {
        QFETCH(int, type);
        QFETCH(QByteArray, data);
        const std::string_view view(data.constData(), static_cast<std::size_t>(data.size()));
        switch (type) {
            case 1:
                QVERIFY(!decodeWalMetadata(view));
                break;
            case 2:
                QVERIFY(!decodeWalEntry(view));
                break;
            case 3:
                QVERIFY(!decodeWalState(view));
                break;
            default:
                QVERIFY(!decodeWalSnapshotMark(view));
                break;
        }
    }
    void nullAndEmptyDataDiffer() {
        for (const auto& data : {base::Bytes(), base::Bytes(std::string())}) {
            WalEncoder encoder;
            encoder.addEntry({3, 4, raft::EntryType::normal, data});
            StringBytes source(encoder.buffer());
            WalFrame frame;
            WalFrameProblem problem;
            QVERIFY(*parseWalFrame(source, 0, 0, true, frame, problem) == WalFrameState::record);
            QCOMPARE(decodeWalEntry(frame.data)->data.isNull(), data.isNull());
        }
    }
    void segmentNames() {
        QCOMPARE(walSegmentName({1, 0x64}), std::string("0000000000000001-0000000000000064.wal"));
        const auto name = parseWalSegmentName("00000000000000ff-0000000000000064.wal");
        QVERIFY(name && name->sequence == 0xff && name->index == 0x64);
        for (const char* bad : {"0.tmp", "0000000000000001-0000000000000064.wal.broken",
                                "00000000000000FF-0000000000000064.wal", "0000000000000001_0000000000000064.wal", ""}) {
            QVERIFY2(!parseWalSegmentName(bad), bad);
        }
    }
    void anyBytesAreParsedWithoutHarm() {
        base::Rng rng(5);
        const std::string real = realBytes();
        for (int round = 0; round < 20'000; ++round) {
            std::string bytes = real;
            for (std::uint64_t i = rng.below(4); i-- > 0;)
                bytes[rng.below(bytes.size())] = static_cast<char>(rng.next());
            bytes.resize(rng.below(bytes.size() + 1));
            StringBytes source(bytes);
            std::uint64_t offset = 0;
            std::uint32_t crc = 0;
            for (;;) {
                WalFrame frame;
                WalFrameProblem problem;
                const auto state = parseWalFrame(source, offset, crc, true, frame, problem);
                QVERIFY(state.ok());
                if (*state != WalFrameState::record) break;
                QVERIFY(frame.end() > offset && frame.end() <= bytes.size());
                offset = frame.end();
                crc = frame.crc;
            }
        }
    }
};

RAFTARIUM_TEST_CLASS(TestWalFormat)
#include "test_wal_format.moc"
