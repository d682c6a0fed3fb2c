// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/mvcc/backend/backend.h"
#include "cluster/mvcc/index/row_key.h"
#include "cluster/mvcc/txn/api_error.h"
#include "cluster/mvcc/txn/operations.h"
#include "tests/runner/test_class.h"

#include <QtTest>

using namespace raftarium;
using namespace raftarium::mvcc;

class TestMvccFormats : public QObject {
    Q_OBJECT

private slots:
    void errorTexts() {
        QCOMPARE(apiErrorText(ApiError::compacted), "etcdserver: mvcc: required revision has been compacted");
        QCOMPARE(apiErrorText(ApiError::permissionNotGiven), "etcdserver: permission not given");
        for (int i = 1; i < static_cast<int>(ApiError::count_); ++i) {
            const auto error = static_cast<ApiError>(i);
            QVERIFY(!apiErrorText(error).empty());
            QCOMPARE(apiErrorOf(makeError(error)), error);
        }
    }

    void revisionBytes() {
        QCOMPARE(QByteArray::fromStdString(encodeRevision({3, 0})).toHex(),
                 QByteArray("00000000000000035f0000000000000000"));
        QCOMPARE(QByteArray::fromStdString(encodeRevision({5, 258}, true)).toHex(),
                 QByteArray("00000000000000055f000000000000010274"));
        const auto decoded = decodeRevision(encodeRevision({5, 258}, true));
        QVERIFY(decoded && decoded->tombstone && decoded->revision == (Revision{5, 258}));
    }

    void revisionRefused_data() {
        QTest::addColumn<QByteArray>("hex");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("short") << QByteArray("00000000000000035f00000000000000");
        QTest::newRow("no underscore") << QByteArray("0000000000000003600000000000000000");
        QTest::newRow("wrong mark") << QByteArray("00000000000000035f000000000000000075");
        QTest::newRow("too long") << QByteArray("00000000000000035f00000000000000007474");
        QTest::newRow("negative main") << QByteArray("80000000000000035f0000000000000000");
    }
    void revisionRefused() {
        QFETCH(QByteArray, hex);
        QVERIFY(!decodeRevision(QByteArray::fromHex(hex).toStdString()));
    }

    void recordBytes() {
        KeyValueView kv;
        kv.key = "a";
        kv.value = "2";
        kv.createRevision = 2;
        kv.modRevision = 3;
        kv.version = 2;
        // As real etcd stored it.
        QCOMPARE(QByteArray::fromStdString(encodeKeyValue(kv)).toHex(), QByteArray("0a0161100218032002") + "2a0132");
        KeyValueView back;
        const std::string bytes = encodeKeyValue(kv);
        QVERIFY(decodeKeyValue(bytes, back));
        QCOMPARE(back.copy(), kv.copy());
        KeyValueView negative = kv;
        negative.lease = -7;
        const std::string negativeBytes = encodeKeyValue(negative);
        QVERIFY(decodeKeyValue(negativeBytes, back));
        QCOMPARE(back.lease, -7);
        QVERIFY(encodeKeyValue(KeyValueView()).empty());
    }

    void recordDecoding_data() {
        QTest::addColumn<QByteArray>("hex");
        QTest::addColumn<bool>("ok");
        QTest::newRow("empty") << QByteArray() << true;
        QTest::newRow("unknown varint, bytes and fixed fields") << QByteArray(
                                                                       "38015a02616241"
                                                                       "01020304050607084d01020304")
                                                                << true;
        QTest::newRow("cut in the key") << QByteArray("0a0261") << false;
        QTest::newRow("cut varint") << QByteArray("1080") << false;
        QTest::newRow("varint of eleven bytes") << QByteArray("10ffffffffffffffffffff01") << false;
        QTest::newRow("key as varint") << QByteArray("0801") << false;
        QTest::newRow("version as bytes") << QByteArray("220161") << false;
        QTest::newRow("field 0") << QByteArray("0001") << false;
        QTest::newRow("group") << QByteArray("0b0c") << false;
        QTest::newRow("cut fixed") << QByteArray("0901") << false;
    }
    void recordDecoding() {
        QFETCH(QByteArray, hex);
        QFETCH(bool, ok);
        KeyValueView kv;
        const std::string data = QByteArray::fromHex(hex).toStdString();
        QCOMPARE(decodeKeyValue(data, kv), ok);
    }

    void bucketNames() {
        QCOMPARE(bucketName(Bucket::membersRemoved), "members_removed");
        QCOMPARE(bucketName(Bucket::keyBounds), "keyBounds");
    }
};

RAFTARIUM_TEST_CLASS(TestMvccFormats)
#include "test_mvcc_formats.moc"
