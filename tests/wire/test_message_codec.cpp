// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/rng.h"
#include "cluster/wire/message_codec.h"
#include "proto/etcd/raft.pb.h"
#include "tests/runner/test_class.h"

#include <QTest>

using namespace raftarium;

namespace {

QByteArray hex(const std::string& data) { return QByteArray(data.data(), static_cast<qsizetype>(data.size())).toHex(); }

raft::Message richMessage() {
    raft::Message m;
    m.type = raft::MessageType::app;
    m.to = 0x628ed94ad692e8a1;
    m.from = 2;
    m.term = 7;
    m.logTerm = 6;
    m.index = 300;
    m.commit = 299;
    m.reject = true;
    m.rejectHint = 250;
    m.entries = {{7, 301, raft::EntryType::normal, base::Bytes("data")},
                 {7, 302, raft::EntryType::confChange, base::Bytes("")},
                 {7, 303, raft::EntryType::normal, {}}};
    m.context = base::Bytes("ctx");
    return m;
}

}  // namespace

class TestMessageCodec : public QObject {
    Q_OBJECT
private slots:
    void goldenBytes() {
        std::string out;
        wire::encodeHardState({1, 0, 1}, out);
        QCOMPARE(hex(out), QByteArray("080110001801"));
        out.clear();
        wire::encodeEntry({2, 2, raft::EntryType::normal, {}}, out);
        QCOMPARE(hex(out), QByteArray("080010021802"));
        out.clear();
        wire::encodeEntry({2, 2, raft::EntryType::normal, base::Bytes("")}, out);
        QCOMPARE(hex(out), QByteArray("0800100218022200"));
        out.clear();
        wire::encodeConfState({}, out);
        QCOMPARE(hex(out), QByteArray("2800"));
        out.clear();
        // All always-written fields and the 12 bytes of an empty snapshot.
        wire::encodeMessage({}, out);
        QCOMPARE(hex(out), QByteArray("08001000180020002800300040004a0a12080a022800100018005000"
                                      "5800"));
    }
    void protobufReadsWhatWeWrite() {
        const raft::Message m = richMessage();
        std::string bytes;
        wire::encodeMessage(m, bytes);
        QCOMPARE(bytes.size(), wire::encodedMessageSize(m));
        raftpb::Message parsed;
        QVERIFY(parsed.ParseFromString(bytes));
        QCOMPARE(parsed.type(), raftpb::MsgApp);
        QCOMPARE(parsed.to(), m.to);
        QCOMPARE(parsed.logterm(), m.logTerm);
        QCOMPARE(parsed.entries_size(), 3);
        QCOMPARE(parsed.entries(0).data(), std::string("data"));
        QVERIFY(parsed.entries(1).has_data());
        QVERIFY(!parsed.entries(2).has_data());
        QCOMPARE(parsed.rejecthint(), m.rejectHint);
        QCOMPARE(parsed.context(), std::string("ctx"));
        QVERIFY(parsed.has_snapshot());
    }
    void roundTrip() {
        raft::Message m = richMessage();
        raft::Snapshot snapshot;
        snapshot.data = base::Bytes("state");
        snapshot.metadata = {{{1, 2}, {3}, {1}, {2}, true}, 12, 3};
        m.snapshot = std::make_shared<const raft::Snapshot>(snapshot);
        std::string bytes;
        wire::encodeMessage(m, bytes);
        QCOMPARE(bytes.size(), wire::encodedMessageSize(m));
        auto back = wire::decodeMessage(bytes);
        QVERIFY2(back.ok(), back.ok() ? "" : back.error().text.c_str());
        QVERIFY(back->entries == m.entries);
        QVERIFY(back->snapshot->metadata == snapshot.metadata);
        QVERIFY(back->snapshot->data == snapshot.data);
        QVERIFY(back->context == m.context);
        QCOMPARE(back->to, m.to);
        QCOMPARE(back->term, m.term);
        QCOMPARE(back->index, m.index);
        QCOMPARE(back->commit, m.commit);
        QCOMPARE(back->reject, true);
    }
    void confStateRoundTrip() {
        const raft::ConfState state{{1, 1ULL << 63}, {3}, {4, 5}, {6}, true};
        std::string bytes;
        wire::encodeConfState(state, bytes);
        const auto back = wire::decodeConfState(bytes);
        QVERIFY(back.ok());
        QVERIFY(*back == state);
    }
    void packedIdsThatAreCutAreRefused() {
        QVERIFY(!wire::decodeConfState(std::string_view("\x0a\x02\x01\x80", 4)).ok());
    }
    void packedIdsAreRead() {
        auto state = wire::decodeConfState(std::string_view("\x0a\x03\x01\xac\x02\x12\x00\x28\x01", 9));
        QVERIFY(state.ok());
        QVERIFY((state->voters == std::vector<raft::NodeId>{1, 300}));
        QVERIFY(state->autoLeave);
    }
    void everyCutIsRefusedOrHarmless() {
        std::string bytes;
        wire::encodeMessage(richMessage(), bytes);
        for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
            const std::string_view part(bytes.data(), cut);
            raftpb::Message parsed;
            // Ours may refuse more (unknown types), never less.
            if (wire::decodeMessage(part).ok()) QVERIFY(parsed.ParseFromArray(part.data(), static_cast<int>(cut)));
        }
    }
    void noiseNeverCrashes() {
        base::Rng rng(11);
        std::string bytes;
        wire::encodeMessage(richMessage(), bytes);
        for (int round = 0; round < 20'000; ++round) {
            std::string noisy = bytes;
            for (int flips = 0; flips < 3; ++flips) noisy[rng.below(noisy.size())] = static_cast<char>(rng.next());
            if (auto message = wire::decodeMessage(noisy))
                QVERIFY(message->type <= raft::MessageType::forgetLeader);
            else
                QCOMPARE(message.error().code, base::Errc::corruption);
        }
    }
};

RAFTARIUM_TEST_CLASS(TestMessageCodec)
#include "test_message_codec.moc"
