// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What the fields of protocol-buffer messages must look like, on the wire and for a reader.
#include "cluster/base/file_system.h"
#include "cluster/base/protobuf_fields.h"
#include "cluster/base/version.h"
#include "tests/runner/test_class.h"

#include <QTest>

using namespace raftarium::base;

namespace {
std::string_view bytes(const QByteArray& in) { return {in.data(), static_cast<std::size_t>(in.size())}; }
QByteArray hex(const std::string& in) { return QByteArray::fromStdString(in).toHex(' '); }
}  // namespace

class TestProtobufFields : public QObject {
    Q_OBJECT
private slots:
    void numbersAndBytesAreWritten() {
        std::string out;
        putVarintField(out, 2, 300);
        putBytesField(out, 1, "a");
        putVarintField(out, 16, 0);
        putBytesField(out, 100, "");
        QCOMPARE(hex(out), QByteArray("10 ac 02 0a 01 61 80 01 00 a2 06 00"));
    }
    void zeroAndEmptyMayBeLeftOut() {
        std::string out;
        putVarintUnlessZero(out, 1, 0);
        putBytesUnlessEmpty(out, 2, "");
        QVERIFY(out.empty());
        putVarintUnlessZero(out, 1, 1);
        putBytesUnlessEmpty(out, 2, "b");
        QCOMPARE(hex(out), QByteArray("08 01 12 01 62"));
    }
    void everyKindIsRead() {
        const QByteArray message = QByteArray::fromHex(
            "08 96 01"
            "12 01 61"
            "1d 04 03 02 01"
            "21 08 07 06 05 04 03 02 01");
        FieldReader fields(bytes(message));
        QVERIFY(fields.next() && fields.number() == 1 && fields.isVarint());
        QCOMPARE(fields.integer(), 150U);
        QVERIFY(fields.next() && fields.number() == 2 && fields.isBytes());
        QCOMPARE(fields.bytes(), std::string_view("a"));
        QCOMPARE(fields.start(), 3U);
        QCOMPARE(fields.end(), 6U);
        QVERIFY(fields.next() && fields.kind() == FieldKind::fixed32);
        QCOMPARE(fields.integer(), 0x01020304U);
        QVERIFY(fields.next() && fields.kind() == FieldKind::fixed64);
        QCOMPARE(fields.integer(), 0x0102030405060708U);
        QVERIFY(!fields.next() && fields.ok());
    }
    void malformedBytesAreRefused_data() {
        QTest::addColumn<QByteArray>("message");
        QTest::newRow("field 0") << QByteArray::fromHex("00 01");
        QTest::newRow("field 2^29") << QByteArray::fromHex("80 80 80 80 10 01");
        QTest::newRow("group") << QByteArray::fromHex("0b 0c");
        QTest::newRow("tag is cut") << QByteArray::fromHex("80");
        QTest::newRow("no value") << QByteArray::fromHex("08");
        QTest::newRow("number of 11 bytes") << QByteArray::fromHex("08 80 80 80 80 80 80 80 80 80 80 01");
        QTest::newRow("bytes are cut") << QByteArray::fromHex("0a 02 61");
        QTest::newRow("huge length") << QByteArray::fromHex("0a ff ff ff ff ff ff ff ff ff 01");
        QTest::newRow("fixed32 is cut") << QByteArray::fromHex("0d 01 02 03");
    }
    void malformedBytesAreRefused() {
        QFETCH(QByteArray, message);
        FieldReader fields(bytes(message));
        QVERIFY(!fields.next());
        QVERIFY(!fields.ok());
        QVERIFY(!fields.next());
    }
    void aFieldOfAnotherKindIsMalformed() {
        const QByteArray message = QByteArray::fromHex(
            "08 01"
            "12 01 61");
        FieldReader numbers(bytes(message));
        QVERIFY(numbers.next());
        QCOMPARE(numbers.expectInteger(), 1U);
        QVERIFY(numbers.next());
        (void)numbers.expectInteger();
        QVERIFY(!numbers.ok());
        FieldReader texts(bytes(message));
        QVERIFY(texts.next());
        (void)texts.expectBytes();
        QVERIFY(!texts.ok() && !texts.next());
    }
    void repeatedNumbersMayBePacked() {
        const QByteArray message = QByteArray::fromHex(
            "08 01"
            "0a 03 02 80 01"
            "08 03");
        std::vector<std::uint64_t> numbers;
        FieldReader fields(bytes(message));
        while (fields.next()) QVERIFY(fields.appendIntegers(numbers));
        QVERIFY(fields.ok());
        QCOMPARE(numbers, (std::vector<std::uint64_t>{1, 2, 128, 3}));
        const QByteArray cut = QByteArray::fromHex("0a 02 01 80");
        FieldReader damaged(bytes(cut));
        QVERIFY(damaged.next() && !damaged.appendIntegers(numbers));
    }
    void theDirectoryOfAPath() {
        QCOMPARE(parentDirectory("/a/b.wal"), std::string("/a"));
        QCOMPARE(parentDirectory("/a"), std::string("/"));
        QCOMPARE(parentDirectory("a"), std::string("."));
    }
    // A cluster version is the major and minor number of the API's.
    void theVersionsBelongTogether() {
        const std::string_view minor = kEtcdApiVersion.substr(0, kEtcdApiVersion.rfind('.'));
        QCOMPARE(std::string(kEtcdClusterVersion), std::string(minor) + ".0");
        QVERIFY(!raftariumVersion().empty());
    }
};

RAFTARIUM_TEST_CLASS(TestProtobufFields)
#include "test_protobuf_fields.moc"
