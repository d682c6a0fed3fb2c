// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The examples of cluster/storage/FORMATS.md and of wal_format.h: the bytes shown are the bytes we write.
#include "cluster/mvcc/index/row_key.h"
#include "cluster/mvcc/txn/operations.h"
#include "cluster/storage/files/memory_file_system.h"
#include "cluster/storage/snapshot/snapshot_files.h"
#include "cluster/storage/wal/wal.h"
#include "cluster/storage/wal/wal_format.h"
#include "cluster/wire/requests.h"
#include "tests/runner/test_class.h"

#include <QFile>
#include <QRegularExpression>
#include <QTest>

using namespace raftarium;
using namespace raftarium::storage;

namespace {

constexpr std::uint64_t kNode = 0x8e9e05c52164694d;
constexpr std::uint64_t kCluster = 0xcdf818194e3a8c32;

QByteArray bytesOf(std::string_view bytes) { return QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size())); }

QString textOfFile(const char* path) {
    QFile file(QStringLiteral(RAFTARIUM_SOURCE_DIR) + "/" + path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

// The dumps of a page, in order: runs of lines "0008  08 04   meaning". An offset that does not follow from the bytes
// before it ends the test.
std::vector<QByteArray> dumpsIn(const QString& text) {
    static const QRegularExpression form(QStringLiteral("^([0-9a-f]{4})  ((?:[0-9a-f]{2} )*[0-9a-f]{2})(?: |$)"));
    std::vector<QByteArray> dumps;
    for (const QString& line : text.split('\n')) {
        const auto match = form.match(line);
        if (!match.hasMatch()) continue;
        const auto offset = match.captured(1).toUInt(nullptr, 16);
        if (offset == 0) dumps.emplace_back();
        if (dumps.empty() || dumps.back().size() != static_cast<qsizetype>(offset)) {
            qFatal("the offset is wrong: %s", qPrintable(line));
        }
        dumps.back() += QByteArray::fromHex(match.captured(2).toLatin1());
    }
    return dumps;
}

raft::Entry putOfTheExample() {
    return {2, 5, raft::EntryType::normal,
            base::Bytes(wire::wrapRequest(wire::RequestField::put, "\x0a\x01\x61\x12\x01\x31", 1))};
}

}  // namespace

class TestFormats : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        m_dumps = dumpsIn(textOfFile("cluster/storage/FORMATS.md"));
        QCOMPARE(m_dumps.size(), 4U);
    }

    void theSegmentOfThePageIsWhatIsWritten() {
        MemoryFileSystem fs;
        auto wal = Wal::create(fs, "/wal", {kNode, kCluster}, {.segmentBytes = 4096});
        QVERIFY(wal.ok());
        (*wal)->append({putOfTheExample()}, {2, kNode, 5});
        QVERIFY((*wal)->flush(true).ok());
        const auto names = fs.list("/wal");
        QCOMPARE(names->front(), std::string("0000000000000000-0000000000000000.wal"));
        const auto file = fs.open("/wal/" + names->front(), base::OpenMode::read);
        const auto content = (*file)->readAt(0, 4096);
        const QByteArray example = m_dumps[0];
        QCOMPARE(bytesOf(*content).first(example.size()).toHex(' '), example.toHex(' '));
        QVERIFY(bytesOf(*content).mid(example.size()).count('\0') == 4096 - example.size());
    }

    void theSnapFileOfThePageIsWhatIsWritten() {
        MemoryFileSystem fs;
        QVERIFY(fs.createDirectories("/snap").ok());
        QVERIFY(saveSnapshotFile(fs, "/snap", {base::Bytes(), {{{kNode}, {}, {}, {}, false}, 100, 2}}).ok());
        const auto file = fs.open("/snap/0000000000000002-0000000000000064.snap", base::OpenMode::read);
        QCOMPARE(bytesOf(*(*file)->readAt(0, 4096)).toHex(' '), m_dumps[1].toHex(' '));
    }

    void theRowOfThePageIsWhatIsWritten() {
        QCOMPARE(bytesOf(mvcc::RowKey({3, 0}, false).view()).toHex(' '), m_dumps[2].toHex(' '));
        mvcc::KeyValueView kv;
        kv.key = "a";
        kv.value = "1";
        kv.createRevision = 2;
        kv.modRevision = 3;
        kv.version = 2;
        QCOMPARE(bytesOf(mvcc::encodeKeyValue(kv)).toHex(' '), m_dumps[3].toHex(' '));
    }

    void theEntryInTheHeaderIsWhatIsWritten() {
        const QString header = textOfFile("cluster/storage/wal/wal_format.h");
        const qsizetype begin = header.indexOf("behind a record with crc e67faf2c:");
        QVERIFY(begin > 0);
        static const QRegularExpression form(QStringLiteral("^//   ((?:[0-9a-f]{2} )+)  "));
        QByteArray shown;
        for (const QString& line : header.mid(begin).split('\n').mid(1)) {
            const auto match = form.match(line);
            if (!match.hasMatch()) break;
            shown += QByteArray::fromHex(match.captured(1).toLatin1());
        }
        WalEncoder encoder(0xe67faf2c);
        encoder.addEntry({2, 2, raft::EntryType::normal, base::Bytes()});
        QCOMPARE(bytesOf(encoder.buffer()).toHex(' '), shown.toHex(' '));
    }

private:
    std::vector<QByteArray> m_dumps;
};

RAFTARIUM_TEST_CLASS(TestFormats)
#include "test_formats.moc"
