// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/coding.h"
#include "cluster/base/rng.h"
#include "tests/runner/test_class.h"

#include <QTest>

using namespace raftarium::base;

class TestCoding : public QObject {
    Q_OBJECT
private slots:
    void crc_data() {
        QTest::addColumn<QByteArray>("data");
        QTest::addColumn<quint32>("crc");
        // RFC 3720 appendix B.4, and the usual check value.
        QTest::newRow("check") << QByteArray("123456789") << 0xE3069283U;
        QTest::newRow("empty") << QByteArray() << 0U;
        QTest::newRow("zeros") << QByteArray(32, '\0') << 0x8A9136AAU;
        QTest::newRow("ones") << QByteArray(32, '\xff') << 0x62A8AB43U;
    }
    void crc() {
        QFETCH(QByteArray, data);
        QFETCH(quint32, crc);
        const std::string_view view(data.constData(), static_cast<std::size_t>(data.size()));
        QCOMPARE(crc32c(0, view), crc);
        QCOMPARE(crc32cPortable(0, view), crc);
    }
    void crcChainsAndBothFormsAgree() {
        Rng rng(7);
        for (int round = 0; round < 200; ++round) {
            std::string text(rng.below(300), '\0');
            for (char& c : text) c = static_cast<char>(rng.next());
            const std::size_t cut = rng.below(text.size() + 1);
            const std::string_view all(text);
            const auto whole = crc32c(0, all);
            QCOMPARE(crc32c(crc32c(0, all.substr(0, cut)), all.substr(cut)), whole);
            QCOMPARE(crc32cPortable(crc32cPortable(0, all.substr(0, cut)), all.substr(cut)), whole);
        }
    }
    void varintRoundTrip() {
        for (int bit = 0; bit < 64; ++bit) {
            for (const std::uint64_t value :
                 {std::uint64_t{1} << bit, (std::uint64_t{1} << bit) - 1, ~std::uint64_t{0}}) {
                std::string out;
                putVarint(out, value);
                QCOMPARE(out.size(), varintSize(value));
                std::string_view in(out);
                QCOMPARE(readVarint(in).value(), value);
                QVERIFY(in.empty());
                std::string_view cut(out.data(), out.size() - 1);
                QVERIFY(!readVarint(cut) || out.size() == 1);
            }
        }
    }
    void varintTooLong() {
        const std::string eleven(11, '\x80');
        std::string_view in(eleven);
        QVERIFY(!readVarint(in));
        const std::string overflow = std::string(9, '\xff') + '\x02';
        in = overflow;
        QVERIFY(!readVarint(in));
    }
    void hexIds() {
        QCOMPARE(hexId(0x628ed94ad692e8a1), std::string("628ed94ad692e8a1"));
        QCOMPARE(hexId(0), std::string("0"));
        QCOMPARE(parseHexId("628ed94ad692e8a1").value(), 0x628ed94ad692e8a1U);
        for (const char* bad : {"", "xyz", "1 ", "-1", "11111111111111111"}) QVERIFY(!parseHexId(bad));
    }
    void hexWithLeadingZeros() {
        QCOMPARE(hexDigits(100, 4), std::string("0064"));
        QCOMPARE(hexDigits(~std::uint64_t{0}, 16), std::string(16, 'f'));
        QCOMPARE(hexDigits(0, 8), std::string("00000000"));
        QCOMPARE(hexBytes(std::string_view("a\n\xff\0", 4)), std::string("610aff00"));
        QCOMPARE(hexBytes(""), std::string());
    }
    void fixedWords() {
        std::string out;
        putFixed32Le(out, 0x01020304);
        putFixed64Le(out, 0x0102030405060708);
        putFixed64Be(out, 0x0102030405060708);
        QCOMPARE(QByteArray(out.data(), 20).toHex(), QByteArray("0403020108070605040302010102030405060708"));
        QCOMPARE(readFixed32Le(out.data()), 0x01020304U);
        QCOMPARE(readFixed64Le(out.data() + 4), 0x0102030405060708U);
        QCOMPARE(readFixed64Be(out.data() + 12), 0x0102030405060708U);
    }
};

RAFTARIUM_TEST_CLASS(TestCoding)
#include "test_coding.moc"
