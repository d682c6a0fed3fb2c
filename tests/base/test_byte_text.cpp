// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Pictures of bytes: exact to read back, never the same for two keys, also for the eye (as far as Unicode's own
// equivalences go, which Qt knows).
#include "cluster/base/byte_text.h"
#include "cluster/base/rng.h"
#include "tests/runner/test_class.h"

#include <QTest>

#include <map>

using namespace raftarium::base;

namespace {

std::string bytesOf(const QByteArray& bytes) { return bytes.toStdString(); }
QString shown(const std::string& bytes) { return QString::fromStdString(byteText(bytes)); }
std::string utf8(std::initializer_list<char32_t> points) {
    return QString::fromUcs4(std::data(points), static_cast<qsizetype>(points.size())).toStdString();
}

// Mostly what may go wrong: backslashes, their letters, blanks, pieces of UTF-8, marks, letters of both directions.
std::string randomBytes(Rng& rng) {
    static const std::string kPieces[] = {"\\",     "x",      "\\x41",  "n",      " ",      "\n",     "\t", "a",
                                          "\xC3",   "\xA9",   "é",      "\u0301", "\u0323", "\u05D0", "1",  "\u05BC",
                                          "\u05B0", "\u0627", "\u0653", "\u064E", "\u0651", "\u200E", "…",  "\u202E",
                                          "\u00A0", "键",     "😀",      "\uFE0F", "\u09C7", "\u09BE", "-",  "/"};
    std::string out;
    for (std::uint64_t left = rng.below(9); left > 0; --left) {
        if (rng.chance(0.2))
            out += static_cast<char>(rng.next());
        else
            out += kPieces[rng.below(std::size(kPieces))];
    }
    return out;
}

}  // namespace

class TestByteText : public QObject {
    Q_OBJECT
private slots:
    void pictures_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("picture");
        const auto row = [](const char* name, const QByteArray& bytes, const QString& picture) {
            QTest::newRow(name) << bytes << picture;
        };
        row("text", "foo/bar", "foo/bar");
        row("empty", "", "");
        row("backslash", "a\\x41", "a\\\\x41");
        row("what it might be taken for", "aA", "aA");
        row("chinese", "键", "键");
        row("emoji", "😀", "😀");
        row("hindi", "हिंदी", "हिंदी");
        row("binary", QByteArray("a\x01\xff\0", 4), "a\\x01\\xff\\x00");
        row("lines", "a\nb\tc\r", "a\\nb\\tc\\r");
        row("blanks at the ends", " a b ", "\\x20a b\\x20");
        row("one blank", " ", "\\x20");
        row("no-break space", "a\u00A0b", "a\\xc2\\xa0b");
        row("zero-width space", "a\u200Bb", "a\\xe2\\x80\\x8bb");
        row("override of direction", "a\u202Eb", "a\\xe2\\x80\\xaeb");
        row("composed", "é", "é");
        row("combining", "e\u0301", "e\\xcc\\x81");
        row("Kelvin is no K", "\u212A", "\\xe2\\x84\\xaa");
        row("unassigned", "\u0378", "\\xcd\\xb8");
        row("surrogate in UTF-8", "\xED\xA0\x80", "\\xed\\xa0\\x80");
        row("overlong", "\xC0\xAF", "\\xc0\\xaf");
        row("right to left", "\u05D0\u05D1", "\u200E\u05D0\u05D1\u200E");
        row("digit and right to left", "a/1\u05D0", "a/1\u200E\u05D0\u200E");
    }
    void pictures() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, picture);
        QCOMPARE(shown(bytesOf(bytes)), picture);
        QCOMPARE(bytesOfText(picture.toStdString()), std::optional(bytesOf(bytes)));
    }

    // Also what was typed: read back it is exact, or it is refused.
    void typed_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("bytes");  // null: refused
        QTest::newRow("letter as hex") << QByteArray("a\\x41") << QByteArray("aA");
        QTest::newRow("capital digits") << QByteArray("\\xFF") << QByteArray("\xFF");
        QTest::newRow("blanks") << QByteArray(" a ") << QByteArray(" a ");
        QTest::newRow("no hex") << QByteArray("a\\xzz") << QByteArray();
        QTest::newRow("short hex") << QByteArray("\\x4") << QByteArray();
        QTest::newRow("lone backslash") << QByteArray("\\") << QByteArray();
        QTest::newRow("unknown escape") << QByteArray("\\q") << QByteArray();
        QTest::newRow("mark of direction where none belongs") << QByteArray("a\u200E") << QByteArray();
    }
    void typed() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, bytes);
        const auto read = bytesOfText(bytesOf(text));
        QCOMPARE(read.has_value(), !bytes.isNull());
        if (read) QCOMPARE(*read, bytesOf(bytes));
    }

    void roundTripOfRandomBytes() {
        Rng rng(5);
        std::map<QString, std::string> seen;
        for (int round = 0; round < 200'000; ++round) {
            const std::string bytes = randomBytes(rng);
            const std::string picture = byteText(bytes);
            QVERIFY2(QString::fromStdString(picture).toStdString() == picture, "not UTF-8");
            QVERIFY2(bytesOfText(picture) == bytes, picture.c_str());
            // Equivalent spellings look alike: two keys must not even differ only by those.
            const QString looks = QString::fromStdString(picture).normalized(QString::NormalizationForm_C);
            const auto [found, isNew] = seen.emplace(looks, bytes);
            QVERIFY2(isNew || found->second == bytes, picture.c_str());
        }
    }

    void everyCharacterStandsForItselfAlone() {
        int itself = 0;
        for (char32_t point = 0x21; point <= 0x10FFFF; ++point) {
            if (point >= 0xD800 && point < 0xE000) continue;
            const QString picture = shown(utf8({U'a', point, U'a'}));
            QCOMPARE(picture.normalized(QString::NormalizationForm_C), picture);
            const bool escaped = picture.contains('\\');
            itself += escaped ? 0 : 1;
            const auto category = QChar::category(point);
            const bool inkless = category == QChar::Other_Control || category == QChar::Other_Format ||
                                 category == QChar::Separator_Space || category == QChar::Separator_Line ||
                                 category == QChar::Separator_Paragraph || category == QChar::Other_PrivateUse ||
                                 category == QChar::Other_NotAssigned;
            if (inkless) QVERIFY2(escaped, qPrintable(QString::number(point, 16)));
        }
        QVERIFY2(itself > 130'000, qPrintable(QString::number(itself)));
    }

    // Of every character that Unicode can take apart into two, only one spelling is shown as it is.
    void noTwoSpellingsOfOneCharacter() {
        int pairs = 0;
        for (char32_t point = 0xA0; point <= 0x2FFFF; ++point) {
            if (point >= 0xD800 && point < 0xE000) continue;
            const QString one = QString::fromUcs4(&point, 1), apart = one.normalized(QString::NormalizationForm_D);
            if (apart == one) continue;
            ++pairs;
            const QString whole = shown(one.toStdString()), parts = shown(apart.toStdString());
            QVERIFY2(whole.normalized(QString::NormalizationForm_C) != parts.normalized(QString::NormalizationForm_C),
                     qPrintable(QString::number(point, 16)));
        }
        QVERIFY(pairs > 10'000);
    }

    void shortForms() {
        QCOMPARE(byteTextBegin("abcdefghij", 10), std::string("abcdefghij"));
        QCOMPARE(byteTextBegin("abcdefghijk", 10), std::string("abcdefg…"));
        QCOMPARE(byteTextEnds("abcdefghij", 10), std::string("abcdefghij"));
        QCOMPARE(byteTextEnds("abcdefghijk", 10), std::string("ab…ghijk"));
        const std::string prefix(300, 'p');
        QVERIFY(byteTextEnds(prefix + "1", 48) != byteTextEnds(prefix + "2", 48));
        // Whole pieces only.
        QCOMPARE(byteTextBegin("ab\x01\x02\x03", 10), std::string("ab\\x01…"));
    }
    void shortFormsOfRandomBytes() {
        Rng rng(6);
        for (int round = 0; round < 50'000; ++round) {
            std::string bytes;
            for (int i = 0; i < 6; ++i) bytes += randomBytes(rng);
            const std::size_t most = 8 + rng.below(60);
            for (const std::string& text : {byteTextBegin(bytes, most), byteTextEnds(bytes, most)}) {
                QVERIFY2(text.size() <= most, text.c_str());
                QVERIFY2(QString::fromStdString(text).toStdString() == text, "not UTF-8");
                if (byteText(bytes).size() <= most) QCOMPARE(text, byteText(bytes));
            }
        }
    }
};

RAFTARIUM_TEST_CLASS(TestByteText)
#include "test_byte_text.moc"
